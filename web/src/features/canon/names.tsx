/** Names for ids, and pickers that find entities by typing. */
import { MultiSelect, Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQueries, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { entityQuery, pickQuery } from '@/api/queries'
import type { EntityKind, Knower } from '@/api/types'
import './strings'

/** The names of some entities; what the viewer may not know has none. */
export function useNames(campaignId: string, ids: readonly string[]): Map<string, string> {
  const found = useQueries({
    queries: ids.map((id) => ({ ...entityQuery(campaignId, id), retry: false, staleTime: 60_000 })),
  })
  return new Map(found.flatMap((query) => (query.data ? [[query.data.id, query.data.name] as const] : [])))
}

export function EntityLink({ campaignId, id, name }: { campaignId: string; id: string; name: string }) {
  return (
    <Link
      to="/campaigns/$campaignId/canon/$entityId"
      params={{ campaignId, entityId: id }}
      style={{ color: 'var(--mantine-color-anchor)' }}
    >
      {name}
    </Link>
  )
}

function useOptions(campaignId: string, kind: EntityKind | undefined, chosen: readonly string[]) {
  const [search, setSearch] = useState('')
  const [q] = useDebouncedValue(search, 200)
  const names = useNames(campaignId, chosen)
  // The box of a picker shows what is chosen; that is no search.
  const wanted = q && !chosen.some((id) => names.get(id) === q) ? { q } : {}
  const page = useQuery(pickQuery(campaignId, { ...(kind ? { kind } : {}), ...wanted }))
  const options = new Map((page.data?.items ?? []).map((item) => [item.id, item.name]))
  for (const id of chosen) if (!options.has(id)) options.set(id, names.get(id) ?? '…')
  return {
    data: [...options].map(([value, label]) => ({ value, label })),
    search,
    setSearch,
  }
}

interface PickProps {
  campaignId: string
  kind?: EntityKind
  label: string
  description?: string
  error?: string
  placeholder?: string
  required?: boolean
}

export function PickOne(
  props: PickProps & { value: string | null; onChange: (id: string | null) => void; not?: string },
) {
  const { campaignId, kind, value, onChange, not, ...input } = props
  const { data, search, setSearch } = useOptions(campaignId, kind, value ? [value] : [])
  return (
    <Select
      {...input}
      data={data.filter((option) => option.value !== not)}
      value={value}
      onChange={onChange}
      searchValue={search}
      onSearchChange={setSearch}
      filter={({ options }) => options}
      searchable
      clearable={!input.required}
      clearButtonProps={{ 'aria-label': `${input.label} ×` }}
    />
  )
}

export function PickMany(props: PickProps & { value: string[]; onChange: (ids: string[]) => void }) {
  const { campaignId, kind, value, onChange, ...input } = props
  const { data, search, setSearch } = useOptions(campaignId, kind, value)
  return (
    <MultiSelect
      {...input}
      data={data}
      value={value}
      onChange={onChange}
      searchValue={search}
      onSearchChange={setSearch}
      filter={({ options }) => options}
      searchable
      hidePickedOptions
    />
  )
}

function keyOf(knower: Knower): string {
  return 'id' in knower ? `${knower.type}:${knower.id}` : knower.type
}

function knowerOf(key: string): Knower {
  const [type, id] = key.split(':')
  return (id ? { type, id } : { type }) as Knower
}

export function PickKnowers(props: {
  campaignId: string
  label: string
  description?: string
  value: Knower[]
  onChange: (knowers: Knower[]) => void
  /** Who is not offered. */
  not?: readonly Knower[]
  error?: string
}) {
  const { campaignId, value, onChange, not = [], ...input } = props
  const { t } = useTranslation('canon')
  const idsOf = (type: string) => value.flatMap((k) => ('id' in k && k.type === type ? [k.id] : []))
  const characters = useOptions(campaignId, 'character', idsOf('character'))
  const factions = useOptions(campaignId, 'faction', idsOf('faction'))
  const data = useMemo(() => {
    const hidden = new Set(not.map(keyOf))
    const groups = [
      {
        group: t('knowers.group_general'),
        items: (['everyone', 'gm', 'reader'] as const).map((key) => ({
          value: key as string,
          label: t(`knowers.${key}`),
        })),
      },
      {
        group: t('knowers.group_characters'),
        items: characters.data.map(({ value, label }) => ({ value: `character:${value}`, label })),
      },
      {
        group: t('knowers.group_factions'),
        items: factions.data.map(({ value, label }) => ({ value: `faction:${value}`, label })),
      },
    ]
    return groups.map(({ group, items }) => ({ group, items: items.filter((item) => !hidden.has(item.value)) }))
  }, [characters.data, factions.data, not, t])
  return (
    <MultiSelect
      {...input}
      data={data}
      value={value.map(keyOf)}
      onChange={(keys) => onChange(keys.map(knowerOf))}
      searchValue={characters.search}
      onSearchChange={(search) => {
        characters.setSearch(search)
        factions.setSearch(search)
      }}
      searchable
      hidePickedOptions
    />
  )
}

/** Who knows something, as words. */
export function useKnowerNames(campaignId: string, knowers: readonly Knower[]): string[] {
  const { t } = useTranslation('canon')
  const names = useNames(
    campaignId,
    knowers.flatMap((k) => ('id' in k ? [k.id] : [])),
  )
  return knowers.map((k) => ('id' in k ? (names.get(k.id) ?? '…') : t(`knowers.${k.type}`)))
}

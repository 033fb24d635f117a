/** Friendly inputs for the fields of a kind; they write into the free JSON object. */
import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  NumberInput,
  SimpleGrid,
  Stack,
  Switch,
  TagsInput,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Fields } from '@/api/types'
import { type FieldSpec, readPath, writePath } from './fields'
import { PickMany, PickOne } from './names'

interface FieldInputsProps {
  campaignId: string
  specs: FieldSpec[]
  fields: Fields
  onChange: (fields: Fields) => void
  errors: Record<string, string>
}

const small = new Set(['text', 'number', 'location', 'character'])

export function FieldInputs({ campaignId, specs, fields, onChange, errors }: FieldInputsProps) {
  const input = (spec: FieldSpec) => (
    <FieldInput
      key={spec.path}
      campaignId={campaignId}
      spec={spec}
      value={readPath(fields, spec.path)}
      onChange={(value) => onChange(writePath(fields, spec.path, value))}
      error={errors[`fields.${spec.path}`]}
    />
  )
  // Small inputs that follow each other share a grid.
  const groups: FieldSpec[][] = []
  for (const spec of specs) {
    const last = groups[groups.length - 1]
    if (last?.[0] && small.has(spec.input) && small.has(last[0].input)) last.push(spec)
    else groups.push([spec])
  }
  return (
    <Stack>
      {groups.map((group) =>
        group.length === 1 ? (
          group.map(input)
        ) : (
          <SimpleGrid key={group[0]?.path} cols={{ base: 2, sm: 3 }}>
            {group.map(input)}
          </SimpleGrid>
        ),
      )}
    </Stack>
  )
}

interface FieldInputProps {
  campaignId: string
  spec: FieldSpec
  value: unknown
  onChange: (value: unknown) => void
  error?: string
}

const words = (value: unknown): string => (value === undefined || value === null ? '' : String(value))
const list = <T,>(value: unknown): T[] => (Array.isArray(value) ? (value as T[]) : [])
const orNothing = <T,>(items: T[]): T[] | undefined => (items.length === 0 ? undefined : items)

function FieldInput({ campaignId, spec, value, onChange, error }: FieldInputProps) {
  const { t } = useTranslation('canon')
  const label = t(`fields.${spec.label as 'class'}`)
  switch (spec.input) {
    case 'text':
      return (
        <TextInput
          label={label}
          value={words(value)}
          onChange={(event) => onChange(event.currentTarget.value || undefined)}
          error={error}
        />
      )
    case 'area':
      return (
        <Textarea
          label={label}
          value={words(value)}
          onChange={(event) => onChange(event.currentTarget.value || undefined)}
          error={error}
          autosize
          minRows={2}
        />
      )
    case 'number':
      return (
        <NumberInput
          label={label}
          value={typeof value === 'number' ? value : ''}
          onChange={(next) => onChange(typeof next === 'number' ? next : undefined)}
          error={error}
        />
      )
    case 'switch':
      return (
        <Switch
          label={label}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked || undefined)}
        />
      )
    case 'location':
    case 'character':
      return (
        <PickOne
          campaignId={campaignId}
          kind={spec.input}
          label={label}
          value={typeof value === 'string' ? value : null}
          onChange={(id) => onChange(id ?? undefined)}
          error={error}
        />
      )
    case 'locations':
    case 'items':
      return (
        <PickMany
          campaignId={campaignId}
          kind={spec.input === 'items' ? 'item' : 'location'}
          label={label}
          value={list<string>(value)}
          onChange={(ids) => onChange(orNothing(ids))}
          error={error}
        />
      )
    case 'lines':
      return <TagsInput label={label} value={list<string>(value)} onChange={(lines) => onChange(orNothing(lines))} />
    case 'inventory':
      return (
        <Rows
          label={label}
          rows={list<Fields>(value)}
          onChange={onChange}
          blank={() => ({ item: '', quantity: 1 })}
          row={(row, set) => (
            <>
              <Cell label={t('fields.item')} value={row.item} onChange={(item) => set({ ...row, item })} />
              <NumberInput
                w={90}
                min={1}
                aria-label={t('fields.quantity')}
                value={Number(row.quantity ?? 1)}
                onChange={(quantity) => set({ ...row, quantity: Number(quantity) || 1 })}
              />
            </>
          )}
        />
      )
    case 'objectives':
      return (
        <Rows
          label={label}
          rows={list<Fields>(value)}
          onChange={onChange}
          blank={(rows) => ({ id: freeId(rows), text: '', target: 1 })}
          row={(row, set) => (
            <>
              <Cell label={t('fields.objective')} value={row.text} onChange={(text) => set({ ...row, text })} />
              <NumberInput
                w={80}
                min={1}
                aria-label={t('fields.target')}
                value={Number(row.target ?? 1)}
                onChange={(target) => set({ ...row, target: Number(target) || 1 })}
              />
            </>
          )}
        />
      )
    case 'milestones':
      return (
        <Rows
          label={label}
          rows={list<Fields>(value)}
          onChange={onChange}
          blank={() => ({ text: '', done: false })}
          row={(row, set) => (
            <>
              <Checkbox
                aria-label={t('fields.done')}
                checked={row.done === true}
                onChange={(event) => set({ ...row, done: event.currentTarget.checked })}
              />
              <Cell label={t('fields.milestone')} value={row.text} onChange={(text) => set({ ...row, text })} />
            </>
          )}
        />
      )
  }
}

/** The first letter that no objective has yet. */
function freeId(rows: Fields[]): string {
  const taken = new Set(rows.map((row) => row.id))
  for (let i = 0; i < 26; i++) {
    const id = String.fromCharCode(97 + i)
    if (!taken.has(id)) return id
  }
  return `o${rows.length + 1}`
}

function Cell({ label, value, onChange }: { label: string; value: unknown; onChange: (value: string) => void }) {
  return (
    <TextInput
      flex={1}
      aria-label={label}
      placeholder={label}
      value={words(value)}
      onChange={(e) => onChange(e.currentTarget.value)}
    />
  )
}

interface RowsProps {
  label: string
  rows: Fields[]
  onChange: (rows: Fields[] | undefined) => void
  blank: (rows: Fields[]) => Fields
  row: (row: Fields, set: (row: Fields) => void) => ReactNode
}

function Rows({ label, rows, onChange, blank, row }: RowsProps) {
  const { t } = useTranslation('canon')
  const { t: common } = useTranslation()
  return (
    <div role="group" aria-label={label}>
      <Text size="sm" fw={500} mb={4}>
        {label}
      </Text>
      <Stack gap={6}>
        {rows.map((value, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
          <Group key={i} gap={6} wrap="nowrap">
            {row(value, (next) => onChange(rows.map((old, j) => (j === i ? next : old))))}
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('fields.remove_row', { n: i + 1 })}
              onClick={() => onChange(orNothing(rows.filter((_, j) => j !== i)))}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Group>
        ))}
        <Button
          size="xs"
          variant="light"
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange([...rows, blank(rows)])}
          style={{ alignSelf: 'flex-start' }}
        >
          {common('actions.add')}
        </Button>
      </Stack>
    </div>
  )
}

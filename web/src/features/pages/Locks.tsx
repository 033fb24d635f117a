/** Padlocks: which fields of an entity are locked against change. */
import { ActionIcon, Group, MultiSelect, Text } from '@mantine/core'
import { IconLock, IconLockOpen } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { EntityOut, Fields } from '@/api/types'
import { lockable, useFieldName } from './fieldNames'
import './strings'

/** The padlock beside one field. */
export function Padlock(props: { field: string; locked: string[]; onChange: (locked: string[]) => void }) {
  const { field, locked, onChange } = props
  const { t } = useTranslation('pages')
  const name = useFieldName()(field)
  const on = locked.includes(field)
  return (
    <ActionIcon
      variant="subtle"
      color={on ? 'brass' : 'gray'}
      aria-pressed={on}
      aria-label={t(on ? 'locks.unlock' : 'locks.lock', { field: name })}
      onClick={() => onChange(on ? locked.filter((one) => one !== field) : [...locked, field])}
    >
      {on ? <IconLock size={16} /> : <IconLockOpen size={16} />}
    </ActionIcon>
  )
}

/** All that can be locked, in one list. */
export function PickLocks(props: { fields: Fields; locked: string[]; onChange: (locked: string[]) => void }) {
  const { t } = useTranslation('pages')
  const name = useFieldName()
  const keys = [...lockable, ...Object.keys(props.fields).map((key) => `fields.${key}`)]
  const all = [...new Set([...keys, ...props.locked])]
  return (
    <MultiSelect
      label={t('locks.label')}
      description={t('locks.hint')}
      leftSection={<IconLock size={16} />}
      data={all.map((value) => ({ value, label: name(value) }))}
      value={props.locked}
      onChange={props.onChange}
      searchable
      hidePickedOptions
    />
  )
}

/** On a page: what of it is locked. */
export function LockedFields({ entity }: { entity: EntityOut }) {
  const { t } = useTranslation('pages')
  const name = useFieldName()
  if (!entity.locked?.length) return null
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <IconLock size={15} aria-hidden style={{ marginTop: 3, flexShrink: 0 }} />
      <Text size="sm" c="dimmed">
        {t('locks.locked', { fields: entity.locked.map(name).join(', ') })}
      </Text>
    </Group>
  )
}

/** Two versions side by side; the person decides part by part. */
import { Alert, Button, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { EntityOut } from '@/api/types'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { TextDiff } from '@/features/pages/Diff'
import { Media } from '@/ui/Media'
import { When } from '@/ui/time'
import classes from './ConflictView.module.css'
import { compare, type EntityDraft, type EntityValues, resolve, type Side, type ValueKey, valuesOf } from './draft'
import { useNames } from './names'

interface ConflictViewProps {
  draft: EntityDraft
  theirs: EntityOut
  busy: boolean
  save: (values: EntityValues) => void
  edit: (values: EntityValues) => void
}

const labels = {
  name: 'form.name',
  aliases: 'form.aliases',
  summary: 'form.summary',
  body: 'form.body',
  tags: 'form.tags',
  subtype: 'form.subtype',
  parent_id: 'form.parent',
  portrait_id: 'form.portrait',
  fields: 'form.details',
  visibility: 'visibility.label',
  visible_to: 'visibility.some_hint',
  locked: 'form.locked',
} as const satisfies Record<ValueKey, string>

export function ConflictView({ draft, theirs, busy, save, edit }: ConflictViewProps) {
  const { t } = useTranslation('canon')
  const { campaignId } = useCampaign()
  const [picks, setPicks] = useState<Partial<Record<ValueKey, Side>>>({})
  const other = valuesOf(theirs)
  const conflict = compare(draft, other)
  const result = resolve(conflict, picks)
  const ids = [draft.values.parent_id, other.parent_id, ...draft.values.visible_to, ...other.visible_to]
  const names = useNames(campaignId, [...new Set(ids.filter((id): id is string => id !== null))])
  const all = (side: Side) => setPicks(Object.fromEntries(conflict.disputed.map((key) => [key, side])))
  const show = (values: EntityValues, key: ValueKey): string => {
    const value = values[key]
    if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) return t('conflict.empty')
    if (key === 'parent_id') return names.get(String(value)) ?? '…'
    if (key === 'visible_to') return (value as string[]).map((id) => names.get(id) ?? '…').join(', ')
    if (Array.isArray(value)) return value.join(', ')
    return typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value)
  }
  return (
    <Stack>
      <Alert color="brass" title={t('conflict.title')} role="alert">
        <Text size="sm">
          {t('conflict.lead')} (<When at={theirs.updated_at} />)
        </Text>
      </Alert>
      {conflict.disputed.length > 1 && (
        <Group gap="xs">
          <Button size="xs" variant="light" onClick={() => all('mine')}>
            {t('conflict.keep_mine')}
          </Button>
          <Button size="xs" variant="light" onClick={() => all('theirs')}>
            {t('conflict.take_theirs')}
          </Button>
        </Group>
      )}
      {conflict.joined.length > 0 && (
        <Text size="sm">
          {t('conflict.joined', { fields: conflict.joined.map((key) => t(labels[key])).join(', ') })}
        </Text>
      )}
      {conflict.disputed.length === 0 && <Text>{t('conflict.none')}</Text>}
      {conflict.disputed.map((key) => {
        const pick = picks[key] ?? 'mine'
        const label = t(labels[key])
        return (
          <section key={key} className={classes.part} aria-label={label}>
            <Group justify="space-between" mb={6}>
              <Text fw={600}>{label}</Text>
              <SegmentedControl
                size="xs"
                aria-label={t('conflict.pick', { field: label })}
                value={pick}
                onChange={(side) => setPicks({ ...picks, [key]: side as Side })}
                data={[
                  { value: 'mine', label: t('conflict.keep_mine') },
                  { value: 'theirs', label: t('conflict.take_theirs') },
                ]}
              />
            </Group>
            <div className={classes.sides}>
              <div data-picked={pick === 'mine' || undefined}>
                <Text size="xs" c="dimmed">
                  {t('conflict.mine')}
                </Text>
                <Part
                  values={draft.values}
                  part={key}
                  label={`${label}, ${t('conflict.mine')}`}
                  before={show(draft.original, key)}
                  after={show(draft.values, key)}
                />
              </div>
              <div data-picked={pick === 'theirs' || undefined}>
                <Text size="xs" c="dimmed">
                  {t('conflict.theirs')}
                </Text>
                <Part
                  values={other}
                  part={key}
                  label={`${label}, ${t('conflict.theirs')}`}
                  before={show(draft.original, key)}
                  after={show(other, key)}
                />
              </div>
            </div>
          </section>
        )
      })}
      <Group justify="flex-end">
        <Button variant="default" onClick={() => edit(result)}>
          {t('conflict.edit')}
        </Button>
        <Button onClick={() => save(result)} loading={busy}>
          {t('conflict.save')}
        </Button>
      </Group>
    </Stack>
  )
}

/** One side of a part, with what it changed marked. */
function Part(props: { values: EntityValues; part: ValueKey; label: string; before: string; after: string }) {
  const { values, part, label, before, after } = props
  if (part === 'portrait_id' && values.portrait_id) return <Media id={values.portrait_id} alt={values.name} />
  return <TextDiff before={before} after={after} label={label} whole />
}

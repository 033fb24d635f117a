/** How a tie came about over story time, and a form to say what changed and when. */
import {
  ActionIcon,
  Button,
  Group,
  Modal,
  SegmentedControl,
  Slider,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconHistory, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data, ifMatch } from '@/api/client'
import { fieldErrors } from '@/api/problem'
import type { RelationshipOut } from '@/api/types'
import { useCalendar } from '@/features/calendar/queries'
import { useStoryTime } from '@/features/calendar/StoryTime'
import { StoryTimeInput } from '@/features/calendar/StoryTimeInput'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { Confirm } from '@/ui/Confirm'
import { Failed, Loading } from '@/ui/states'
import { historyQuery, type RelationshipState, signed } from './queries'
import classes from './TieHistory.module.css'
import './strings'

export function TieHistory({ tie, other }: { tie: RelationshipOut; other: string }) {
  const { t } = useTranslation('graph')
  const { isGm } = useCampaign()
  const [opened, { open, close }] = useDisclosure(false)
  const label = isGm ? t('history.edit', { name: other }) : `${t('history.title')}: ${other}`
  return (
    <>
      <ActionIcon size="sm" variant="subtle" color="gray" aria-label={label} title={label} onClick={open}>
        <IconHistory size={15} />
      </ActionIcon>
      <Modal opened={opened} onClose={close} title={`${tie.from_name} – ${tie.to_name}`}>
        {opened && <Story tie={tie} close={close} />}
      </Modal>
    </>
  )
}

function useWhen() {
  const { t } = useTranslation('graph')
  const moment = useStoryTime()
  return (since: number | null | undefined) =>
    since === null || since === undefined ? t('history.always') : t('history.since', { day: moment(since) })
}

function Story({ tie, close }: { tie: RelationshipOut; close: () => void }) {
  const { t } = useTranslation('graph')
  const { t: common } = useTranslation()
  const { campaignId, isGm } = useCampaign()
  const queries = useQueryClient()
  const when = useWhen()
  const history = useQuery(historyQuery(campaignId, tie.id))
  const again = () =>
    Promise.all(
      ['relationships', 'graph', 'analytics', 'path'].map((key) =>
        queries.invalidateQueries({ queryKey: ['campaign', campaignId, key] }),
      ),
    )
  if (history.error) return <Failed error={history.error} retry={() => void history.refetch()} />
  if (!history.data) return <Loading height={120} />
  return (
    <Stack>
      <div>
        <Text fw={600} mb={6}>
          {t('history.title')}
        </Text>
        {history.data.length > 1 && <Line states={history.data} />}
        <ol className={classes.states}>
          {history.data.map((state) => (
            <li key={state.since ?? 'always'}>
              <Group justify="space-between" wrap="nowrap" align="flex-start">
                <div>
                  <Text size="sm">
                    <b>{state.kind.replaceAll('_', ' ')}</b> {signed(state.strength)} · {when(state.since)}
                  </Text>
                  {state.note && (
                    <Text size="sm" c="dimmed">
                      {state.note}
                    </Text>
                  )}
                </div>
                {isGm && history.data.length > 1 && (
                  <Confirm
                    size="compact-xs"
                    px={5}
                    label={t('history.remove', { when: when(state.since) })}
                    title={t('history.remove_title')}
                    text={t('history.remove_text')}
                    confirm={common('actions.remove')}
                    onConfirm={async () => {
                      const query = typeof state.since === 'number' ? { since: state.since } : {}
                      const params = { path: { relationship_id: tie.id }, query, header: ifMatch(tie.version) }
                      await data(api.DELETE('/api/v1/relationships/{relationship_id}/history', { params }))
                      await again()
                    }}
                  >
                    <IconTrash size={15} />
                  </Confirm>
                )}
              </Group>
            </li>
          ))}
        </ol>
      </div>
      {isGm && (
        <Change
          key={tie.version}
          tie={tie}
          done={async () => {
            await again()
            close()
          }}
        />
      )}
    </Stack>
  )
}

/** The strength as a line that steps where it changed. */
function Line({ states }: { states: RelationshipState[] }) {
  const { t } = useTranslation('graph')
  const first = states[0]
  const last = states[states.length - 1]
  if (!first || !last) return null
  const y = (strength: number) => 22 - strength * 1.9
  const width = 240 / states.length
  const path = states
    .map(
      (state, i) => `${i === 0 ? 'M' : 'L'}${i * width} ${y(state.strength)} L${(i + 1) * width} ${y(state.strength)}`,
    )
    .join(' ')
  return (
    <svg
      viewBox="0 0 240 44"
      className={classes.line}
      role="img"
      aria-label={t('history.line', { from: signed(first.strength), to: signed(last.strength) })}
    >
      <line x1="0" x2="240" y1="22" y2="22" className={classes.zero} />
      <path d={path} className={classes.curve} />
    </svg>
  )
}

function Change({ tie, done }: { tie: RelationshipOut; done: () => Promise<void> }) {
  const { t } = useTranslation('graph')
  const { t: canon } = useTranslation('canon')
  const { t: common } = useTranslation()
  const [mode, setMode] = useState<'correct' | 'day'>('day')
  const { present } = useCalendar()
  const [day, setDay] = useState<number | null>(null)
  const moment = day ?? present ?? (typeof tie.since === 'number' ? tie.since + 1440 : 0)
  const [kind, setKind] = useState(tie.kind)
  const [strength, setStrength] = useState(tie.strength)
  const [note, setNote] = useState(tie.note)
  const save = useMutation({
    mutationFn: () => {
      const since = mode === 'day' ? { story_time: moment } : {}
      const params = { path: { relationship_id: tie.id }, header: ifMatch(tie.version) }
      const body = { kind: kind.trim(), strength, note, ...since }
      return data(api.PATCH('/api/v1/relationships/{relationship_id}', { params, body }))
    },
    onSuccess: done,
  })
  const fields = fieldErrors(save.error)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Stack gap="sm">
        <SegmentedControl
          aria-label={t('history.when')}
          value={mode}
          onChange={(value) => setMode(value as 'correct' | 'day')}
          data={[
            { value: 'day', label: t('history.from_day') },
            { value: 'correct', label: t('history.correct') },
          ]}
        />
        {mode === 'day' && (
          <StoryTimeInput
            label={t('history.day')}
            description={t('history.day_hint')}
            value={moment}
            onChange={setDay}
            error={fields.story_time}
            required
          />
        )}
        <TextInput
          label={canon('relation.kind')}
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value)}
          error={fields.kind}
          required
        />
        <div>
          <Text size="sm" fw={500}>
            {canon('relation.strength')}
          </Text>
          <Slider
            min={-10}
            max={10}
            value={strength}
            onChange={setStrength}
            thumbLabel={canon('relation.strength')}
            marks={[{ value: -10 }, { value: 0 }, { value: 10 }]}
            my="xs"
          />
        </div>
        <Textarea
          label={canon('relation.note')}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          error={fields.note}
          autosize
        />
        {save.error && Object.keys(fields).length === 0 && <Failed error={save.error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={save.isPending}>
            {common('actions.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

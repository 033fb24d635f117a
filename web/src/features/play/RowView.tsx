/** One row of the timeline. */
import { Button, Group } from '@mantine/core'
import { IconPlayerStop, IconRefresh, IconWand, IconZoomQuestion } from '@tabler/icons-react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { NarrationData } from '@/api/types'
import { clock, exact } from '@/ui/time'
import { EffectChips } from './EffectChips'
import { Told } from './Narration'
import { PendingRow } from './PendingRow'
import { RollCard } from './RollCard'
import type { Row } from './rows'
import classes from './rows.module.css'

export interface RowActions {
  retry(generationId: string, withOracle: boolean): void
  cancel(generationId: string): void
  editAgain(text: string): void
  /** Looks into the call behind an answer; null for those who may not. */
  inspect: ((callId: string) => void) | null
  mayAct: boolean
}

export const RowView = memo(function RowView({ row, actions }: { row: Row; actions: RowActions }) {
  switch (row.type) {
    case 'message':
      return (
        <div className={classes.message} data-mine={row.mine || undefined}>
          {!row.follows && (
            <div className={classes.who}>
              {row.entry.author.name}
              <time dateTime={row.entry.created_at} title={exact(row.entry.created_at)}>
                {clock(row.entry.created_at)}
              </time>
            </div>
          )}
          <div className={classes.bubble}>{row.entry.text}</div>
        </div>
      )
    case 'narration':
      return <NarrationRow row={row} actions={actions} />
    case 'roll':
      return <RollCard entry={row.entry} />
    case 'effects':
      return <EffectChips entries={row.entries} />
    case 'system':
      return <div className={classes.system}>{row.entry.text}</div>
    case 'thinking':
      return <Thinking row={row} actions={actions} />
    case 'pending':
      return <PendingRow item={row.item} editAgain={actions.editAgain} />
  }
})

function Thinking({ row, actions }: { row: Extract<Row, { type: 'thinking' }>; actions: RowActions }) {
  const { t } = useTranslation('play')
  const { tool, id } = row.generation
  return (
    <Group justify="space-between">
      <div className={classes.thinking}>
        <i />
        {tool ? t('entry.working', { tool: tool.replaceAll('_', ' ') }) : t('entry.thinking')}
      </div>
      {actions.mayAct && <Stop stop={() => actions.cancel(id)} />}
    </Group>
  )
}

function Stop({ stop }: { stop: () => void }) {
  const { t } = useTranslation('play')
  return (
    <Button size="compact-sm" variant="subtle" color="gray" leftSection={<IconPlayerStop size={14} />} onClick={stop}>
      {t('entry.cancel')}
    </Button>
  )
}

/** An answer that no model gave carries the game master's name as its label too. */
const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()

function NarrationRow({ row, actions }: { row: Extract<Row, { type: 'narration' }>; actions: RowActions }) {
  const { t } = useTranslation('play')
  const writing = row.status === 'streaming'
  const trouble = row.status !== 'complete' && row.status !== 'streaming' ? row.status : null
  const generation = row.entry?.generation_id ?? null
  const told = row.entry ? (row.entry.data as unknown as NarrationData) : null
  const again = !trouble && !writing && row.retryable && actions.mayAct && generation !== null
  const inspect = actions.inspect
  const name = row.entry?.author.name || t('entry.master')
  const call = inspect && told?.call_id
  return (
    <div className={classes.narration}>
      {row.first && (
        <div className={classes.master}>
          <b>{name}</b>
          {row.label && !same(row.label, name) && <span>{row.label}</span>}
        </div>
      )}
      <Told text={row.text} writing={writing} />
      {writing && actions.mayAct && (
        <Group justify="flex-end" mt={4}>
          <Stop stop={() => actions.cancel(row.key.slice(0, row.key.lastIndexOf(':')))} />
        </Group>
      )}
      {trouble && (
        <div className={classes.banner} data-status={trouble} role="group">
          <div>
            <strong>{told?.error?.title || t(`entry.${trouble}`)}</strong>
            {told?.error?.detail && <div className={classes.note}>{told.error.detail}</div>}
          </div>
          {row.retryable && actions.mayAct && generation && (
            <Group gap="xs">
              <Button
                size="xs"
                leftSection={<IconRefresh size={15} />}
                onClick={() => actions.retry(generation, false)}
              >
                {t('entry.retry')}
              </Button>
              <Button
                size="xs"
                variant="default"
                leftSection={<IconWand size={15} />}
                onClick={() => actions.retry(generation, true)}
              >
                {t('entry.oracle')}
              </Button>
            </Group>
          )}
        </div>
      )}
      {(again || call) && (
        <div className={classes.after}>
          {again && (
            <Button
              className={classes.again}
              size="compact-xs"
              variant="subtle"
              color="gray"
              leftSection={<IconRefresh size={13} />}
              onClick={() => actions.retry(generation, false)}
            >
              {t('entry.again')}
            </Button>
          )}
          {call && (
            <Button
              className={classes.again}
              size="compact-xs"
              variant="subtle"
              color="gray"
              leftSection={<IconZoomQuestion size={13} />}
              onClick={() => inspect(call)}
            >
              {t('entry.inspect')}
            </Button>
          )}
        </div>
      )}
    </div>
  )
}

/** A command on its way, or one that was refused: nothing a person typed disappears. */
import { Button, Group } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { ApiError, messageOf } from '@/api/problem'
import { live, outbox, useLiveStatus } from '@/live/live'
import type { OutboxItem } from '@/live/outbox'
import classes from './rows.module.css'

function useLabel(item: OutboxItem): string {
  const { t } = useTranslation('play')
  const args = item.args as Record<string, string>
  switch (item.name) {
    case 'say':
      return args.text ?? ''
    case 'roll':
      return t('entry.rolling', { notation: args.notation })
    case 'use':
      return t('entry.using', { item: args.item_name ?? args.item })
    default:
      return t('entry.moving')
  }
}

export function sendAgain(item: OutboxItem): void {
  outbox.remove(item.id)
  live.command(item.stream, item.name, item.args)
}

export function PendingRow({ item, editAgain }: { item: OutboxItem; editAgain: (text: string) => void }) {
  const { t } = useTranslation('play')
  const { state } = useLiveStatus()
  const label = useLabel(item)
  const turn = item.state === 'refused' && item.error?.error_code === 'answer_running'
  const refused = item.state === 'refused' && !turn
  return (
    <div className={`${classes.message} ${classes.pending}`} data-mine>
      <div className={classes.bubble}>{label}</div>
      {!refused && (
        <div className={classes.note}>
          {turn ? t('entry.waiting_turn') : state === 'connected' ? t('entry.sending') : t('entry.waiting_connection')}
        </div>
      )}
      {refused && item.error && (
        <Group gap="xs" justify="flex-end" role="alert">
          <span className={classes.refused}>
            {t('entry.refused', {
              reason: messageOf(new ApiError({ ...item.error, errors: item.error.errors ?? [] })),
            })}
          </span>
          <Button size="compact-xs" variant="light" onClick={() => sendAgain(item)}>
            {t('entry.send_again')}
          </Button>
          {item.name === 'say' && (
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => {
                editAgain(label)
                outbox.remove(item.id)
              }}
            >
              {t('entry.edit')}
            </Button>
          )}
          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => outbox.remove(item.id)}>
            {t('entry.discard')}
          </Button>
        </Group>
      )}
    </div>
  )
}

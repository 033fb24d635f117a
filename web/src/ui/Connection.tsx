/** Whether changes of others arrive right now; quiet while all is well. */
import { Tooltip } from '@mantine/core'
import { IconCloudOff, IconRefresh } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { live, useLiveStatus } from '@/live/live'
import classes from './Connection.module.css'

export function Connection() {
  const { t } = useTranslation()
  const { state } = useLiveStatus()
  const label = t(`live.${state}`)
  const trouble = state === 'reconnecting' || state === 'offline'
  return (
    <Tooltip
      label={trouble ? t('live.lost_hint') : label}
      multiline
      maw={260}
      events={{ hover: true, focus: true, touch: true }}
    >
      <button
        type="button"
        className={classes.badge}
        data-state={state}
        onClick={() => live.nudge()}
        aria-label={label}
      >
        {state === 'offline' ? (
          <IconCloudOff size={15} />
        ) : state === 'reconnecting' ? (
          <IconRefresh size={15} />
        ) : (
          <i />
        )}
        {trouble && <span>{label}</span>}
      </button>
    </Tooltip>
  )
}

/** Tells people who cannot see the dot. */
export function ConnectionAnnouncer() {
  const { t } = useTranslation()
  const { state } = useLiveStatus()
  const trouble = state === 'reconnecting' || state === 'offline'
  return (
    <div role="status" className={classes.hidden}>
      {trouble ? `${t(`live.${state}`)} ${t('live.lost_hint')}` : ''}
    </div>
  )
}

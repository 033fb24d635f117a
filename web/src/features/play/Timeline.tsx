/** The story, newest at the bottom; only what is in view is drawn. */
import { ActionIcon, Loader } from '@mantine/core'
import { IconArrowDown } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type RowActions, RowView } from './RowView'
import type { Row } from './rows'
import rowClasses from './rows.module.css'
import classes from './Timeline.module.css'

interface TimelineProps {
  rows: Row[]
  actions: RowActions
  hasOlder: boolean
  loadingOlder: boolean
  loadOlder: () => void
}

const heights: Record<Row['type'], number> = {
  message: 66,
  narration: 220,
  roll: 76,
  effects: 44,
  system: 34,
  thinking: 42,
  pending: 86,
}

export function Timeline({ rows, actions, hasOlder, loadingOlder, loadOlder }: TimelineProps) {
  const { t } = useTranslation('play')
  const scroller = useRef<HTMLDivElement>(null)
  const [away, setAway] = useState(false)
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => heights[rows[index]?.type ?? 'message'],
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 6,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: 60,
    paddingStart: 16,
    paddingEnd: 8,
    onChange: (instance) => setAway(!instance.isAtEnd(240)),
  })
  const items = virtualizer.getVirtualItems()
  const first = items[0]?.index ?? 0

  const started = useRef(false)
  useEffect(() => {
    if (started.current || rows.length === 0) return
    started.current = true
    virtualizer.scrollToEnd({ behavior: 'auto' })
  }, [rows.length, virtualizer])

  useEffect(() => {
    if (started.current && hasOlder && !loadingOlder && first <= 4) loadOlder()
  }, [first, hasOlder, loadingOlder, loadOlder])

  // What I send must be seen, wherever I was reading.
  const lastKey = rows[rows.length - 1]
  const mine = lastKey?.type === 'pending' ? lastKey.key : null
  useEffect(() => {
    if (mine) virtualizer.scrollToEnd({ behavior: 'auto' })
  }, [mine, virtualizer])

  return (
    <div className={classes.wrap}>
      <section
        ref={scroller}
        className={classes.scroller}
        aria-label={t('page.timeline')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
      >
        {loadingOlder && (
          <div className={classes.older} role="status" aria-label={t('page.older')}>
            <Loader size="xs" />
          </div>
        )}
        {rows.length === 0 && <p className={classes.empty}>{t('page.empty')}</p>}
        <div className={classes.canvas} style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index]
            if (!row) return null
            return (
              <div
                key={item.key}
                data-index={item.index}
                ref={virtualizer.measureElement}
                className={classes.item}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <div className={`${classes.column} ${rowClasses.row}`}>
                  <RowView row={row} actions={actions} />
                </div>
              </div>
            )
          })}
        </div>
      </section>
      {away && (
        <ActionIcon
          className={classes.down}
          variant="default"
          radius="xl"
          size="lg"
          aria-label={t('page.to_end')}
          onClick={() => virtualizer.scrollToEnd({ behavior: 'smooth' })}
        >
          <IconArrowDown size={18} />
        </ActionIcon>
      )}
    </div>
  )
}

/** The story, newest at the bottom; only what is in view is drawn. */
import { ActionIcon, Loader } from '@mantine/core'
import { IconArrowDown } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useRef, useState } from 'react'
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

/** Closer than this to the end counts as being there. */
const NEAR_PX = 60
/** Closer than this to the beginning, the page before is read. */
const OLDER_PX = 800

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
    paddingStart: 16,
    paddingEnd: 8,
  })
  const items = virtualizer.getVirtualItems()

  // Whoever reads the end stays at the end, whatever grows; whoever scrolls up is left alone.
  const stuck = useRef(true)
  const lastTop = useRef(0)
  const canvas = useRef<HTMLDivElement>(null)
  const toEnd = useCallback((behavior: 'auto' | 'smooth' = 'auto') => {
    stuck.current = true
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight, behavior })
  }, [])
  const onScroll = () => {
    const element = scroller.current
    if (!element) return
    const distance = element.scrollHeight - element.scrollTop - element.clientHeight
    if (distance < NEAR_PX) stuck.current = true
    else if (element.scrollTop < lastTop.current - 1) stuck.current = false
    lastTop.current = element.scrollTop
    setAway(!stuck.current && distance > 240)
    if (hasOlder && !loadingOlder) wantOlder()
  }
  useEffect(() => {
    const observer = new ResizeObserver(() => {
      if (stuck.current) toEnd()
    })
    if (scroller.current) observer.observe(scroller.current)
    if (canvas.current) observer.observe(canvas.current)
    return () => observer.disconnect()
  }, [toEnd])

  const started = useRef(false)
  useEffect(() => {
    if (started.current || rows.length === 0) return
    started.current = true
    toEnd()
  }, [rows.length, toEnd])

  // Only somebody who reads upwards needs older entries, or a screen that is not full yet.
  const wantOlder = useCallback(() => {
    const element = scroller.current
    if (!element || !started.current) return
    const full = element.scrollHeight > element.clientHeight
    if (!full || (!stuck.current && element.scrollTop < OLDER_PX)) loadOlder()
  }, [loadOlder])
  const loaded = rows.length > 0
  useEffect(() => {
    if (loaded && hasOlder && !loadingOlder) wantOlder()
  }, [loaded, hasOlder, loadingOlder, wantOlder])

  // What I send must be seen, wherever I was reading.
  const lastKey = rows[rows.length - 1]
  const mine = lastKey?.type === 'pending' ? lastKey.key : null
  useEffect(() => {
    if (mine) toEnd()
  }, [mine, toEnd])

  return (
    <div className={classes.wrap}>
      <section
        ref={scroller}
        onScroll={onScroll}
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
        <div ref={canvas} className={classes.canvas} style={{ height: virtualizer.getTotalSize() }}>
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
          onClick={() => toEnd('smooth')}
        >
          <IconArrowDown size={18} />
        </ActionIcon>
      )}
    </div>
  )
}

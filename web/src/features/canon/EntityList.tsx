/** A long list of entities, drawn only where it is in view and read page by page. */
import { Badge, Group, Text } from '@mantine/core'
import { IconBook2 } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type EntityFilter, entitiesQuery } from '@/api/queries'
import type { EntityBrief } from '@/api/types'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { Media } from '@/ui/Media'
import { Empty, Failed, Loading } from '@/ui/states'
import classes from './CanonPage.module.css'
import { kindIcons } from './kinds'
import { VisibilityBadge } from './VisibilityBadge'

export function EntityList({ filter }: { filter: EntityFilter }) {
  const { t } = useTranslation('canon')
  const { campaignId } = useCampaign()
  const list = useInfiniteQuery(entitiesQuery(campaignId, filter))
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  const total = list.data?.pages[0]?.total
  const top = useRef<HTMLUListElement>(null)
  const [margin, setMargin] = useState(0)
  const known = items.length > 0
  useEffect(() => {
    if (known) setMargin(top.current?.offsetTop ?? 0)
  }, [known])
  const virtualizer = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => 84,
    overscan: 8,
    scrollMargin: margin,
    getItemKey: (index) => items[index]?.id ?? index,
  })
  const rows = virtualizer.getVirtualItems()
  const last = rows[rows.length - 1]?.index ?? 0
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= items.length - 10) void fetchNextPage()
  }, [last, items.length, hasNextPage, isFetchingNextPage, fetchNextPage])

  if (list.isPending) return <Loading />
  if (list.error) return <Failed error={list.error} retry={() => void list.refetch()} />
  if (items.length === 0) {
    return (
      <Empty icon={<IconBook2 size={40} stroke={1.3} />} title={t('page.empty_title')}>
        {filter.q ? t('page.nothing_found', { q: filter.q }) : t('page.empty_text')}
      </Empty>
    )
  }
  return (
    <>
      <p className={classes.total} role="status">
        {total !== undefined && t('page.found', { count: total })}
      </p>
      <ul ref={top} className={classes.canvas} style={{ height: virtualizer.getTotalSize(), margin: 0, padding: 0 }}>
        {rows.map((row) => {
          const entity = items[row.index]
          return (
            entity && (
              <li
                key={row.key}
                data-index={row.index}
                ref={virtualizer.measureElement}
                className={classes.item}
                style={{ transform: `translateY(${row.start - margin}px)`, listStyle: 'none' }}
                aria-setsize={total ?? items.length}
                aria-posinset={row.index + 1}
              >
                <EntityRow entity={entity} campaignId={campaignId} />
              </li>
            )
          )
        })}
      </ul>
      {isFetchingNextPage && <Loading height={60} />}
    </>
  )
}

export function EntityRow({ entity, campaignId }: { entity: EntityBrief; campaignId: string }) {
  const { t } = useTranslation('canon')
  const Icon = kindIcons[entity.kind]
  return (
    <Link
      to="/campaigns/$campaignId/canon/$entityId"
      params={{ campaignId, entityId: entity.id }}
      className={classes.entry}
    >
      <Media
        id={entity.portrait_id}
        alt=""
        fit="cover"
        className={classes.face}
        fallback={<Icon size={20} stroke={1.5} aria-hidden />}
      />
      <div className={classes.body}>
        <Group gap="xs">
          <span className={classes.name}>{entity.name}</span>
          {entity.subtype === 'pc' && (
            <Badge size="sm" variant="light">
              {t('subtypes.pc')}
            </Badge>
          )}
          <VisibilityBadge visibility={entity.visibility} />
        </Group>
        <Text size="sm" c="dimmed" lineClamp={2}>
          {entity.summary}
        </Text>
      </div>
    </Link>
  )
}

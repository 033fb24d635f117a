/** What was deleted, and the way back. */
import { Badge, Button, Group, SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { IconArrowBackUp, IconTrash } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data } from '@/api/client'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { failed, told } from '@/ui/notify'
import { Page } from '@/ui/Page'
import { Empty, Forbidden, Loading, PageError } from '@/ui/states'
import { When } from '@/ui/time'
import classes from './Pages.module.css'
import { type TrashOut, type TrashType, trashQuery } from './queries'
import './strings'

const types = ['all', 'entity', 'fact', 'relationship'] as const

export function TrashPage() {
  const { t } = useTranslation('pages')
  const { t: common } = useTranslation()
  const { campaignId, isGm } = useCampaign()
  const [type, setType] = useState<(typeof types)[number]>('all')
  const trash = useInfiniteQuery({ ...trashQuery(campaignId, type === 'all' ? undefined : type), enabled: isGm })
  if (!isGm) return <Forbidden />
  const items = trash.data?.pages.flatMap((page) => page.items)
  return (
    <Page narrow title={t('trash.title')}>
      <Title order={1}>{t('trash.title')}</Title>
      <Text c="dimmed" mb="md">
        {t('trash.lead')}
      </Text>
      <SegmentedControl
        mb="sm"
        fullWidth
        aria-label={t('trash.filter')}
        value={type}
        onChange={(value) => setType(value as (typeof types)[number])}
        data={types.map((value) => ({ value, label: t(`trash.types.${value}`) }))}
      />
      {trash.isPending && <Loading />}
      {trash.error && <PageError error={trash.error} reset={() => void trash.refetch()} />}
      {items?.length === 0 && (
        <Empty icon={<IconTrash size={40} stroke={1.3} />} title={t('trash.empty_title')}>
          {t('trash.empty_text')}
        </Empty>
      )}
      <Stack component="ul" gap={0} p={0} m={0} style={{ listStyle: 'none' }}>
        {items?.map((item) => (
          <Row key={item.id} item={item} />
        ))}
      </Stack>
      {trash.hasNextPage && (
        <Button variant="default" mt="md" onClick={() => void trash.fetchNextPage()} loading={trash.isFetchingNextPage}>
          {common('actions.more')}
        </Button>
      )}
    </Page>
  )
}

function restore(type: TrashType, id: string): Promise<unknown> {
  if (type === 'entity')
    return data(api.POST('/api/v1/entities/{entity_id}/restore', { params: { path: { entity_id: id } } }))
  if (type === 'fact') return data(api.POST('/api/v1/facts/{fact_id}/restore', { params: { path: { fact_id: id } } }))
  const params = { path: { relationship_id: id } }
  return data(api.POST('/api/v1/relationships/{relationship_id}/restore', { params }))
}

function Row({ item }: { item: TrashOut }) {
  const { t } = useTranslation('pages')
  const { t: common } = useTranslation()
  const { campaignId } = useCampaign()
  const queries = useQueryClient()
  const back = useMutation({
    mutationFn: () => restore(item.type, item.id),
    onSuccess: () => told(t('trash.restored')),
    onError: failed,
    onSettled: () => queries.invalidateQueries({ queryKey: ['campaign', campaignId] }),
  })
  const title =
    item.type === 'entity' ? item.name : [item.name, item.predicate, item.other_name].filter(Boolean).join(' · ')
  return (
    <li className={classes.row}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div style={{ minWidth: 0 }}>
          <Group gap="xs">
            <Text span fw={600} style={{ overflowWrap: 'anywhere' }}>
              {title}
            </Text>
            <Badge variant="light" color="gray" tt="none">
              {item.type === 'entity' ? common(`kinds.${item.entity_kind}`) : t(`trash.one.${item.type}`)}
            </Badge>
          </Group>
          {item.text && (
            <Text size="sm" lineClamp={2}>
              {item.text}
            </Text>
          )}
          <Text size="sm" c="dimmed" component="div">
            {t('trash.deleted_by', { name: item.deleted_by?.display_name ?? t('history.nobody') })}{' '}
            <When at={item.deleted_at} span />
            {item.type === 'entity' && (
              <>
                {' · '}
                <Link
                  to="/campaigns/$campaignId/canon/$entityId/history"
                  params={{ campaignId, entityId: item.id }}
                  style={{ color: 'var(--mantine-color-anchor)' }}
                >
                  {t('history.title_plain')}
                </Link>
              </>
            )}
          </Text>
          {item.waits_for && (
            <Text size="sm" c="dimmed">
              {t('trash.waits_for', { name: item.waits_for })}
            </Text>
          )}
        </div>
        <Button
          size="xs"
          variant="light"
          leftSection={<IconArrowBackUp size={15} />}
          disabled={Boolean(item.waits_for)}
          loading={back.isPending}
          onClick={() => back.mutate()}
          aria-label={t('trash.restore_this', { name: title })}
          style={{ flexShrink: 0 }}
        >
          {t('trash.restore')}
        </Button>
      </Group>
    </li>
  )
}

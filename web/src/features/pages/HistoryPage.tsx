/** Every version of an entity: who changed what, what it was, and the way back to it. */
import { Badge, Button, Group, SegmentedControl, Stack, Text, Title, UnstyledButton } from '@mantine/core'
import { IconArrowBackUp } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data, ifMatch } from '@/api/client'
import { entityQuery } from '@/api/queries'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { EntityLink } from '@/features/canon/names'
import { Confirm } from '@/ui/Confirm'
import { told } from '@/ui/notify'
import { Page } from '@/ui/Page'
import { Panel } from '@/ui/Panel'
import { Empty, Failed, Forbidden, Loading, PageError } from '@/ui/states'
import { When } from '@/ui/time'
import { Diff } from './Diff'
import { useFieldName } from './fieldNames'
import classes from './Pages.module.css'
import { type Against, type HistoryOut, historyQuery, versionQuery } from './queries'
import './strings'

export function HistoryPage() {
  const { entityId } = useParams({ from: '/app/campaigns/$campaignId/canon/$entityId/history' })
  const { t } = useTranslation('pages')
  const { campaignId, isGm } = useCampaign()
  const { t: common } = useTranslation()
  const entity = useQuery({ ...entityQuery(campaignId, entityId), retry: false })
  const history = useInfiniteQuery({ ...historyQuery(campaignId, entityId), enabled: isGm })
  if (!isGm) return <Forbidden />
  if (history.isPending) return <Loading />
  if (history.error) return <PageError error={history.error} reset={() => void history.refetch()} />
  const versions = history.data.pages.flatMap((page) => page.items)
  const title = entity.data ? t('history.title', { name: entity.data.name }) : t('history.title_plain')
  return (
    <Page narrow title={title}>
      <Title order={1} mb={4}>
        {title}
      </Title>
      {entity.data && (
        <Text mb="md">
          <EntityLink campaignId={campaignId} id={entityId} name={t('history.to_page')} />
        </Text>
      )}
      {versions.length === 0 && <Empty title={t('history.empty_title')}>{t('history.empty_text')}</Empty>}
      <Stack component="ul" gap={0} p={0} m={0} style={{ listStyle: 'none' }}>
        {versions.map((version, i) => (
          <Version
            key={version.version}
            entry={version}
            entityId={entityId}
            current={entity.data?.version}
            latest={i === 0}
          />
        ))}
      </Stack>
      {history.hasNextPage && (
        <Button
          variant="default"
          mt="md"
          onClick={() => void history.fetchNextPage()}
          loading={history.isFetchingNextPage}
        >
          {common('actions.more')}
        </Button>
      )}
    </Page>
  )
}

const actions = ['create', 'update', 'move', 'reveal', 'revert', 'delete', 'restore', 'kept'] as const

function Version(props: { entry: HistoryOut; entityId: string; current: number | undefined; latest: boolean }) {
  const { entry, entityId, current, latest } = props
  const { t } = useTranslation('pages')
  const fieldName = useFieldName()
  const [open, setOpen] = useState(false)
  const action = actions.find((one) => one === entry.action)
  const changed = entry.changed.map(fieldName).join(', ')
  return (
    <li className={classes.row}>
      <UnstyledButton
        onClick={() => setOpen(!open)}
        aria-expanded={open}
        aria-label={t('history.open', { version: entry.version })}
        w="100%"
      >
        <Group gap="xs">
          <Badge variant="light" color={entry.action === 'delete' ? 'blood' : 'fjord'} tt="none">
            {action ? t(`history.actions.${action}`) : entry.action}
          </Badge>
          <Text span fw={600}>
            {entry.by?.display_name ?? t('history.nobody')}
          </Text>
          <When at={entry.at} />
          <Text span size="sm" c="dimmed" ml="auto">
            {t('history.version', { version: entry.version })}
          </Text>
        </Group>
        {changed && (
          <Text size="sm" mt={4}>
            {changed}
          </Text>
        )}
      </UnstyledButton>
      {open && <Opened entityId={entityId} version={entry.version} current={current} latest={latest} />}
    </li>
  )
}

function Opened(props: { entityId: string; version: number; current: number | undefined; latest: boolean }) {
  const { entityId, version, current, latest } = props
  const { t } = useTranslation('pages')
  const { campaignId } = useCampaign()
  const queries = useQueryClient()
  const [against, setAgainst] = useState<Against>('previous')
  const shown = useQuery(versionQuery(campaignId, entityId, version, against))
  return (
    <Panel padding="sm">
      <Stack gap="sm">
        <Group justify="space-between">
          <SegmentedControl
            size="xs"
            aria-label={t('history.against')}
            value={against}
            onChange={(value) => setAgainst(value as Against)}
            data={[
              { value: 'previous', label: t('history.previous') },
              { value: 'current', label: t('history.current') },
            ]}
          />
          {current !== undefined && !latest && (
            <Confirm
              title={t('history.restore_title', { version })}
              text={t('history.restore_text')}
              confirm={t('history.restore')}
              color="fjord"
              variant="light"
              size="xs"
              leftSection={<IconArrowBackUp size={15} />}
              onConfirm={async () => {
                const params = { path: { entity_id: entityId, version }, header: ifMatch(current) }
                await data(api.POST('/api/v1/entities/{entity_id}/history/{version}/restore', { params }))
                await queries.invalidateQueries({ queryKey: ['campaign', campaignId] })
                told(t('history.restored'))
              }}
            >
              {t('history.restore')}
            </Confirm>
          )}
        </Group>
        {shown.isPending && <Loading height={80} />}
        {shown.error && <Failed error={shown.error} retry={() => void shown.refetch()} />}
        {shown.data &&
          (shown.data.compared_with == null && against === 'previous' ? (
            <>
              <Text size="sm" c="dimmed">
                {t('history.first')}
              </Text>
              <Diff fields={shown.data.diff.filter(({ after }) => !blank(after))} names={shown.data.names} />
            </>
          ) : (
            <Diff fields={shown.data.diff} names={shown.data.names} />
          ))}
      </Stack>
    </Panel>
  )
}

/** Whether a first version says nothing by a field. */
function blank(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true
  return Array.isArray(value) && value.length === 0
}

/** Who did what in the campaign. */
import { Button, Grid, Group, NativeSelect, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconListSearch } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { membersQuery } from '@/api/queries'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { EntityLink } from '@/features/canon/names'
import { Page } from '@/ui/Page'
import { Empty, Forbidden, Loading, PageError } from '@/ui/states'
import { When } from '@/ui/time'
import classes from './Pages.module.css'
import { type AuditFilter, type AuditOut, auditQuery } from './queries'
import './strings'

const groups = ['entity', 'fact', 'relationship', 'proposal', 'map', 'media', 'member', 'campaign', 'session'] as const

/** The moment a day begins, in the viewer's own time. */
function day(date: string, after = 0): string | undefined {
  const at = new Date(`${date}T00:00:00`)
  if (Number.isNaN(at.getTime())) return undefined
  at.setDate(at.getDate() + after)
  return at.toISOString()
}

export function AuditPage() {
  const { t } = useTranslation('pages')
  const { t: common } = useTranslation()
  const { campaignId, isGm } = useCampaign()
  const [user, setUser] = useState('')
  const [group, setGroup] = useState('')
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const [since, until] = [day(from), day(to, 1)]
  const filter: AuditFilter = {
    ...(user ? { user_id: user } : {}),
    ...(group ? { action: `${group}.` } : {}),
    ...(since ? { from: since } : {}),
    ...(until ? { to: until } : {}),
  }
  const members = useQuery(membersQuery(campaignId))
  const log = useInfiniteQuery({ ...auditQuery(campaignId, filter), enabled: isGm })
  if (!isGm) return <Forbidden />
  const lines = log.data?.pages.flatMap((page) => page.items)
  return (
    <Page title={t('audit.title')}>
      <Title order={1}>{t('audit.title')}</Title>
      <Text c="dimmed" mb="md">
        {t('audit.lead')}
      </Text>
      <Grid mb="sm" gap="sm">
        <Grid.Col span={{ base: 6, sm: 3 }}>
          <NativeSelect
            label={t('audit.who')}
            value={user}
            onChange={(event) => setUser(event.currentTarget.value)}
            data={[
              { value: '', label: t('audit.anybody') },
              ...(members.data?.items ?? []).map((one) => ({ value: one.user_id, label: one.display_name })),
            ]}
          />
        </Grid.Col>
        <Grid.Col span={{ base: 6, sm: 3 }}>
          <NativeSelect
            label={t('audit.what')}
            value={group}
            onChange={(event) => setGroup(event.currentTarget.value)}
            data={[
              { value: '', label: t('audit.anything') },
              ...groups.map((value) => ({ value, label: t(`audit.groups.${value}`) })),
            ]}
          />
        </Grid.Col>
        <Grid.Col span={{ base: 6, sm: 3 }}>
          <TextInput
            type="date"
            label={t('audit.from')}
            value={from}
            onChange={(event) => setFrom(event.currentTarget.value)}
          />
        </Grid.Col>
        <Grid.Col span={{ base: 6, sm: 3 }}>
          <TextInput
            type="date"
            label={t('audit.to')}
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
        </Grid.Col>
      </Grid>
      {log.isPending && <Loading />}
      {log.error && <PageError error={log.error} reset={() => void log.refetch()} />}
      {lines?.length === 0 && (
        <Empty icon={<IconListSearch size={40} stroke={1.3} />} title={t('audit.empty_title')}>
          {t('audit.empty_text')}
        </Empty>
      )}
      <Stack component="ul" gap={0} p={0} m={0} style={{ listStyle: 'none' }}>
        {lines?.map((line) => (
          <Line key={line.id} line={line} campaignId={campaignId} />
        ))}
      </Stack>
      {log.hasNextPage && (
        <Button variant="default" mt="md" onClick={() => void log.fetchNextPage()} loading={log.isFetchingNextPage}>
          {common('actions.more')}
        </Button>
      )}
    </Page>
  )
}

function Line({ line, campaignId }: { line: AuditOut; campaignId: string }) {
  const { t } = useTranslation('pages')
  const detail = Object.entries(line.detail as Record<string, unknown>)
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ')
  return (
    <li className={classes.row}>
      <Group gap="xs">
        <Text span fw={600}>
          {line.user?.display_name ?? t('history.nobody')}
        </Text>
        <Text span>{line.action.replaceAll('_', ' ').replace('.', ': ')}</Text>
        {line.subject_id && line.subject_name && (
          <EntityLink campaignId={campaignId} id={line.subject_id} name={line.subject_name} />
        )}
        <When at={line.at} ml="auto" />
      </Group>
      {detail && <div className={classes.detail}>{detail}</div>}
    </li>
  )
}

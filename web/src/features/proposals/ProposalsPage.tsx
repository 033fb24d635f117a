/** Suggestions: what waits for a game master's decision; for anybody else, what became of their own. */
import { Button, Group, Select, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus, IconScale } from '@tabler/icons-react'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useCampaign } from '@/features/campaigns/useCampaign'
import type { ProposalSearch } from '@/router'
import { Page } from '@/ui/Page'
import { Policy } from './Policy'
import classes from './Proposals.module.css'
import type { ProposalFilter } from './queries'
import { Review } from './Review'
import './strings'

const route = getRouteApi('/app/campaigns/$campaignId/proposals')
const statuses = ['open', 'accepted', 'edited', 'rejected', 'superseded'] as const
const authors = ['ai', 'import', 'member'] as const
const targets = ['entity', 'fact', 'relationship'] as const

export function ProposalsPage() {
  const { t } = useTranslation('proposals')
  const { campaignId, isGm, mayPlay } = useCampaign()
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/campaigns/$campaignId/proposals' })
  const [rules, { open, close }] = useDisclosure(false)
  const set = (next: ProposalSearch) => void navigate({ search: (old) => ({ ...old, ...next }), replace: true })
  const status = search.status ?? (isGm ? 'open' : undefined)
  const filter: ProposalFilter = {
    ...(status && status !== 'all' ? { status } : {}),
    ...(search.author ? { author: search.author } : {}),
    ...(search.target_type ? { target_type: search.target_type } : {}),
  }
  const title = t(isGm ? 'title' : 'own_title')
  return (
    <Page title={title}>
      <Group justify="space-between" align="flex-end" mb="md">
        <div>
          <Title order={1}>{title}</Title>
          <Text c="dimmed">{t(isGm ? 'lead' : 'own_lead')}</Text>
        </div>
        <Group gap="xs">
          {isGm && (
            <Button variant="default" leftSection={<IconScale size={16} aria-hidden />} onClick={open}>
              {t('policy.open')}
            </Button>
          )}
          {!isGm && mayPlay && (
            <Button
              component={Link}
              to={`/campaigns/${campaignId}/proposals/new` as '/campaigns'}
              leftSection={<IconPlus size={16} aria-hidden />}
            >
              {t('suggest.new')}
            </Button>
          )}
        </Group>
      </Group>
      <div className={classes.filters}>
        <Select
          aria-label={t('filter.status')}
          size="xs"
          allowDeselect={false}
          value={status ?? 'all'}
          onChange={(value) => set({ status: value as ProposalSearch['status'] })}
          data={['all', ...statuses].map((value) => ({ value, label: t(`status.${value as 'all'}`) }))}
        />
        {isGm && (
          <Select
            aria-label={t('filter.author')}
            placeholder={t('filter.any_author')}
            size="xs"
            clearable
            clearButtonProps={{ 'aria-label': t('filter.clear') }}
            value={search.author ?? null}
            onChange={(value) => set({ author: (value ?? undefined) as ProposalSearch['author'] })}
            data={authors.map((value) => ({ value, label: t(`author.${value}`) }))}
          />
        )}
        <Select
          aria-label={t('filter.target')}
          placeholder={t('filter.any_target')}
          size="xs"
          clearable
          clearButtonProps={{ 'aria-label': t('filter.clear') }}
          value={search.target_type ?? null}
          onChange={(value) => set({ target_type: (value ?? undefined) as ProposalSearch['target_type'] })}
          data={targets.map((value) => ({ value, label: t(`target.${value}`) }))}
        />
      </div>
      <Review key={JSON.stringify(filter)} campaignId={campaignId} filter={filter} isGm={isGm} />
      {isGm && <Policy campaignId={campaignId} opened={rules} close={close} />}
    </Page>
  )
}

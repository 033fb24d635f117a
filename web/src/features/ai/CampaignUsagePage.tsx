/** What models take in one campaign, its budgets, and what left the house. For its game master. */
import { Stack, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { Page } from '@/ui/Page'
import { Forbidden } from '@/ui/states'
import { Budgets } from './Budgets'
import { Outbound } from './Outbound'
import { Usage } from './Usage'
import './strings'

export function CampaignUsagePage() {
  const { t } = useTranslation('ai')
  const { campaign, campaignId, isGm } = useCampaign()
  if (!isGm) return <Forbidden />
  return (
    <Page title={`${t('usage.page')} · ${campaign.name}`}>
      <Stack>
        <div>
          <Title order={1}>{t('usage.page')}</Title>
          <Text c="dimmed" maw={680}>
            {t('usage.lead')}
          </Text>
        </div>
        <Usage campaignId={campaignId} />
        <Budgets campaignId={campaignId} />
        <Outbound campaignId={campaignId} />
      </Stack>
    </Page>
  )
}

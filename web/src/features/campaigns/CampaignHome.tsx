/** One campaign at a glance: sessions, people, canon. */
import { ActionIcon, Badge, Grid, Group, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPencil } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api, data, ifMatch } from '@/api/client'
import { Export } from '@/features/exchange/Export'
import { Confirm } from '@/ui/Confirm'
import { Page } from '@/ui/Page'
import { Panel } from '@/ui/Panel'
import { CampaignForm } from './CampaignForm'
import { CanonStats } from './CanonStats'
import { Invitations } from './Invitations'
import { Members } from './Members'
import { Sessions } from './Sessions'
import { useCampaign } from './useCampaign'

export function CampaignHome() {
  const { t } = useTranslation('campaigns')
  const { t: common } = useTranslation()
  const { campaign, isGm } = useCampaign()
  const [editing, { open, close }] = useDisclosure(false)
  return (
    <Page title={campaign.name}>
      <Stack gap={6} mb="lg">
        <Group gap="sm" wrap="nowrap">
          <Title order={1}>{campaign.name}</Title>
          <Badge variant="light" color={isGm ? 'plum' : 'fjord'} style={{ flexShrink: 0 }}>
            {common(`roles.${campaign.role}`)}
          </Badge>
          {isGm && (
            <ActionIcon variant="subtle" onClick={open} aria-label={t('form.edit')}>
              <IconPencil size={18} />
            </ActionIcon>
          )}
        </Group>
        <Text className="skald-prose" maw={720} style={{ whiteSpace: 'pre-wrap' }}>
          {campaign.description || t('list.no_description')}
        </Text>
      </Stack>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack>
            <Sessions />
            <CanonStats />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack>
            <Members />
            {isGm && <Invitations />}
            <Export campaignId={campaign.id} isGm={isGm} />
            {isGm && <Danger />}
          </Stack>
        </Grid.Col>
      </Grid>
      {isGm && <CampaignForm opened={editing} close={close} campaign={campaign} />}
    </Page>
  )
}

function Danger() {
  const { t } = useTranslation('campaigns')
  const { campaign } = useCampaign()
  const queries = useQueryClient()
  const navigate = useNavigate()
  return (
    <Panel title={t('home.danger')}>
      <Confirm
        variant="light"
        title={t('home.delete_title', { name: campaign.name })}
        text={t('home.delete_text')}
        confirm={t('home.delete')}
        onConfirm={async () => {
          const params = { path: { campaign_id: campaign.id }, header: ifMatch(campaign.version) }
          await data(api.DELETE('/api/v1/campaigns/{campaign_id}', { params }))
          await navigate({ to: '/campaigns' })
          queries.removeQueries({ queryKey: ['campaign', campaign.id] })
          await queries.invalidateQueries({ queryKey: ['campaigns'] })
        }}
      >
        {t('home.delete')}
      </Confirm>
    </Panel>
  )
}

/** All campaigns of the person, and a new one. */
import { Badge, Button, Group, SimpleGrid, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconBook2, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { campaignsQuery } from '@/api/queries'
import { ImportCampaign } from '@/features/exchange/ImportCampaign'
import { Page } from '@/ui/Page'
import { Empty, Failed, Loading } from '@/ui/states'
import { When } from '@/ui/time'
import { CampaignForm } from './CampaignForm'
import classes from './CampaignsPage.module.css'
import './strings'

export function CampaignsPage() {
  const { t } = useTranslation('campaigns')
  const { t: common } = useTranslation()
  const campaigns = useQuery(campaignsQuery)
  const [opened, { open, close }] = useDisclosure(false)
  const button = (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      {t('list.new')}
    </Button>
  )
  return (
    <Page title={t('list.title')}>
      <Group justify="space-between" mb="lg">
        <Title order={1}>{t('list.title')}</Title>
        <Group gap="xs">
          <ImportCampaign />
          {button}
        </Group>
      </Group>
      {campaigns.isPending && <Loading />}
      {campaigns.error && <Failed error={campaigns.error} retry={() => void campaigns.refetch()} />}
      {campaigns.data?.items.length === 0 && (
        <Empty icon={<IconBook2 size={44} stroke={1.3} />} title={t('list.empty_title')} action={button}>
          {t('list.empty_text')}
        </Empty>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} component="ul" p={0} m={0}>
        {campaigns.data?.items.map((campaign) => (
          <li key={campaign.id} className={classes.item}>
            <Link to="/campaigns/$campaignId" params={{ campaignId: campaign.id }} className={classes.card}>
              <Group justify="space-between" align="flex-start" wrap="nowrap">
                <Title order={2} size="h3" lineClamp={2}>
                  {campaign.name}
                </Title>
                <Badge variant="light" color={campaign.role === 'gm' ? 'plum' : 'fjord'} style={{ flexShrink: 0 }}>
                  {common(`roles.${campaign.role}`)}
                </Badge>
              </Group>
              <Text c="dimmed" lineClamp={3} className={classes.text}>
                {campaign.description || t('list.no_description')}
              </Text>
              <Group gap="xs">
                <Text size="sm" c="dimmed">
                  {t('list.members', { count: campaign.member_count })} ·
                </Text>
                <When at={campaign.updated_at} />
              </Group>
            </Link>
          </li>
        ))}
      </SimpleGrid>
      <CampaignForm opened={opened} close={close} />
    </Page>
  )
}

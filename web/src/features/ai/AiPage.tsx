/** Which models answer, in which order, and what was sent to them. Admin only. */
import { Badge, Button, Code, Group, Stack, Tabs, Text } from '@mantine/core'
import { IconPencil, IconPlugConnected, IconPlus, IconTrash } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { TFunction } from 'i18next'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data, ifMatch } from '@/api/client'
import type { PriceOut, ProviderOut } from '@/api/types'
import { useUser } from '@/ui/auth'
import { Confirm } from '@/ui/Confirm'
import { Panel } from '@/ui/Panel'
import { Empty, Failed, Forbidden, Loading } from '@/ui/states'
import { clock } from '@/ui/time'
import { Budgets } from './Budgets'
import { Calls } from './Calls'
import { dollars } from './money'
import { Outbound } from './Outbound'
import { ProviderForm } from './ProviderForm'
import { modelsQuery, providersQuery } from './queries'
import { RouteOrder } from './RouteOrder'
import { Usage } from './Usage'
import './strings'

export function AiPage() {
  const user = useUser()
  return user.site_role === 'admin' ? <Settings /> : <Forbidden />
}

const tabs = ['models', 'budgets', 'usage', 'outbound'] as const

function Settings() {
  const { t } = useTranslation('ai')
  return (
    <Tabs defaultValue="models" keepMounted={false}>
      <Tabs.List mb="md" aria-label={t('tabs.label')}>
        {tabs.map((tab) => (
          <Tabs.Tab key={tab} value={tab}>
            {t(`tabs.${tab}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="models">
        <Models />
      </Tabs.Panel>
      <Tabs.Panel value="budgets">
        <Budgets />
      </Tabs.Panel>
      <Tabs.Panel value="usage">
        <Usage />
      </Tabs.Panel>
      <Tabs.Panel value="outbound">
        <Outbound />
      </Tabs.Panel>
    </Tabs>
  )
}

function Models() {
  const { t } = useTranslation('ai')
  const providers = useQuery(providersQuery)
  const [editing, setEditing] = useState<ProviderOut | 'new' | null>(null)
  const own = (providers.data?.items ?? []).filter((provider) => provider.kind !== 'oracle')
  const button = (
    <Button size="sm" leftSection={<IconPlus size={16} />} onClick={() => setEditing('new')}>
      {t('add')}
    </Button>
  )
  return (
    <Stack>
      <Text c="dimmed" maw={680}>
        {t('lead')}
      </Text>
      <Panel title={t('providers')} action={own.length > 0 && button}>
        {providers.isPending && <Loading height={100} />}
        {providers.error && <Failed error={providers.error} retry={() => void providers.refetch()} />}
        {providers.data && own.length === 0 && (
          <Empty icon={<IconPlugConnected size={40} stroke={1.3} />} title={t('providers_empty_title')} action={button}>
            {t('providers_empty_text')}
          </Empty>
        )}
        <Stack component="ul" gap="md" p={0} m={0}>
          {own.map((provider) => (
            <Row key={provider.id} provider={provider} edit={() => setEditing(provider)} />
          ))}
        </Stack>
      </Panel>
      <RouteOrder providers={own} />
      <Calls />
      <ProviderForm editing={editing} close={() => setEditing(null)} />
    </Stack>
  )
}

function Row({ provider, edit }: { provider: ProviderOut; edit: () => void }) {
  const { t } = useTranslation('ai')
  const { t: common } = useTranslation()
  const queries = useQueryClient()
  const models = useQuery(modelsQuery)
  const rests = models.data?.items.find((model) => model.provider_id === provider.id)?.resting_s
  return (
    <Group component="li" justify="space-between" wrap="nowrap" style={{ listStyle: 'none' }}>
      <div style={{ minWidth: 0 }}>
        <Group gap="xs">
          <Text fw={600}>{provider.name}</Text>
          <Badge size="sm" variant="light" color={provider.outside ? 'brass' : 'moss'}>
            {provider.outside ? t('outside') : t('inside')}
          </Badge>
          {rests != null && (
            <Badge size="sm" variant="light" color="blood">
              {t('resting_until', { when: clock(new Date(models.dataUpdatedAt + rests * 1000).toISOString()) })}
            </Badge>
          )}
          {rests === null && provider.enabled && (
            <Badge size="sm" variant="light" color="moss">
              {t('asked')}
            </Badge>
          )}
          {!provider.enabled && (
            <Badge size="sm" variant="light" color="gray">
              {t('disabled')}
            </Badge>
          )}
        </Group>
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          <Code>{provider.base_url}</Code> {provider.model} · {provider.has_key ? t('key_set') : t('no_key')}
        </Text>
        <Text size="sm" c={provider.price.source === 'unknown' ? undefined : 'dimmed'}>
          {priceText(provider.price, t)}
        </Text>
      </div>
      <Group gap={4} wrap="nowrap">
        <Button size="xs" variant="default" px={8} onClick={edit} aria-label={t('edit', { name: provider.name })}>
          <IconPencil size={16} />
        </Button>
        <Confirm
          size="xs"
          px={8}
          label={t('delete', { name: provider.name })}
          title={t('delete_title')}
          text={t('delete_text')}
          confirm={common('actions.remove')}
          onConfirm={async () => {
            const params = { path: { provider_id: provider.id }, header: ifMatch(provider.version) }
            await data(api.DELETE('/api/v1/ai/providers/{provider_id}', { params }))
            await queries.invalidateQueries({ queryKey: ['ai'] })
          }}
        >
          <IconTrash size={16} />
        </Confirm>
      </Group>
    </Group>
  )
}

/** What tokens cost and who says so, in a line. */
function priceText({ source, price, as_of }: PriceOut, t: TFunction<'ai'>): string {
  if (!price) return t('price.unknown')
  if (source === 'local') return t('price.free')
  const said = { input: dollars(price.input), output: dollars(price.output) }
  return source === 'table' ? t('price.table', { ...said, date: as_of ?? '' }) : t('price.set', said)
}

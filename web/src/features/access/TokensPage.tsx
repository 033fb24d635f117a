/** Personal access tokens: make one, copy it once, see its last use, revoke it. */
import {
  Alert,
  Badge,
  Button,
  Code,
  CopyButton,
  Group,
  Modal,
  NativeSelect,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconCheck, IconCopy, IconKey, IconPlus } from '@tabler/icons-react'
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data } from '@/api/client'
import { campaignsQuery } from '@/api/queries'
import type { AccessTokenIn, AccessTokenMade, AccessTokenOut } from '@/api/types'
import { Confirm } from '@/ui/Confirm'
import { Panel } from '@/ui/Panel'
import { Failed, Loading } from '@/ui/states'
import { When } from '@/ui/time'
import './strings'

const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: () => data(api.GET('/api/v1/auth/tokens')),
})

export function TokensPage() {
  const { t } = useTranslation('access')
  const tokens = useQuery(tokensQuery)
  const [opened, { open, close }] = useDisclosure(false)
  return (
    <Panel
      title={t('settings.tokens')}
      action={
        <Button size="xs" variant="light" leftSection={<IconPlus size={15} />} onClick={open}>
          {t('tokens.new')}
        </Button>
      }
    >
      <Text c="dimmed" size="sm" mb="md">
        {t('tokens.lead')}
      </Text>
      {tokens.isPending && <Loading height={120} />}
      {tokens.error && <Failed error={tokens.error} retry={() => void tokens.refetch()} />}
      {tokens.data?.length === 0 && <Text>{t('tokens.none')}</Text>}
      <Stack gap="md" component="ul" p={0} m={0}>
        {tokens.data?.map((token) => (
          <Row key={token.id} token={token} />
        ))}
      </Stack>
      <Modal opened={opened} onClose={close} title={t('tokens.new')} closeOnClickOutside={false}>
        {opened && <Create close={close} />}
      </Modal>
    </Panel>
  )
}

/** Which campaigns a token is for. */
function where(token: AccessTokenOut, all: string, gone: string): string {
  if (!token.campaign_id) return all
  return token.campaign_name ?? gone
}

function Row({ token }: { token: AccessTokenOut }) {
  const { t } = useTranslation('access')
  const queries = useQueryClient()
  const over = token.expires_at ? new Date(token.expires_at).getTime() <= Date.now() : false
  return (
    <Group component="li" justify="space-between" wrap="nowrap" align="flex-start">
      <Group wrap="nowrap" align="flex-start" miw={0}>
        <IconKey size={22} stroke={1.5} aria-hidden style={{ flexShrink: 0 }} />
        <div style={{ minWidth: 0 }}>
          <Group gap="xs">
            <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
              {token.name}
            </Text>
            <Badge size="sm" variant="light">
              {t(`tokens.scopes.${token.scope}`)}
            </Badge>
          </Group>
          <Text size="sm" c="dimmed">
            {where(token, t('tokens.all_campaigns'), t('tokens.campaign_gone'))}
          </Text>
          <Text size="sm" c="dimmed">
            {token.last_used_at ? (
              <>
                {t('tokens.used')} <When at={token.last_used_at} span />
              </>
            ) : (
              t('tokens.never_used')
            )}
            {' · '}
            {token.expires_at ? (
              <>
                {over ? t('tokens.ended') : t('tokens.ends')} <When at={token.expires_at} span />
              </>
            ) : (
              t('tokens.endless')
            )}
          </Text>
        </div>
      </Group>
      <Confirm
        size="xs"
        title={t('tokens.revoke_title', { name: token.name })}
        text={t('tokens.revoke_text')}
        confirm={t('tokens.revoke')}
        label={t('tokens.revoke_title', { name: token.name })}
        style={{ flexShrink: 0 }}
        onConfirm={async () => {
          await data(api.DELETE('/api/v1/auth/tokens/{token_id}', { params: { path: { token_id: token.id } } }))
          await queries.invalidateQueries({ queryKey: tokensQuery.queryKey })
        }}
      >
        {t('tokens.revoke')}
      </Confirm>
    </Group>
  )
}

function Create({ close }: { close: () => void }) {
  const { t } = useTranslation('access')
  const { t: common } = useTranslation()
  const campaigns = useQuery(campaignsQuery)
  const [name, setName] = useState('')
  const [scope, setScope] = useState<AccessTokenIn['scope']>('read')
  const [campaign, setCampaign] = useState('')
  const [days, setDays] = useState('90')
  const queries = useQueryClient()
  const create = useMutation({
    mutationFn: () =>
      data(
        api.POST('/api/v1/auth/tokens', {
          body: {
            name,
            scope,
            ...(campaign ? { campaign_id: campaign } : {}),
            expires_in_days: days === '0' ? null : Number(days),
          },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  })
  if (create.data) return <Made made={create.data} close={close} />
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        create.mutate()
      }}
    >
      <Stack>
        <TextInput
          label={t('tokens.name')}
          placeholder={t('tokens.name_hint')}
          required
          maxLength={80}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NativeSelect
          label={t('tokens.scope')}
          value={scope}
          onChange={(event) => setScope(event.currentTarget.value === 'write' ? 'write' : 'read')}
          data={[
            { value: 'read', label: t('tokens.scope_read') },
            { value: 'write', label: t('tokens.scope_write') },
          ]}
        />
        <NativeSelect
          label={t('tokens.campaign')}
          value={campaign}
          onChange={(event) => setCampaign(event.currentTarget.value)}
          data={[
            { value: '', label: t('tokens.all_campaigns') },
            ...(campaigns.data?.items ?? []).map((one) => ({ value: one.id, label: one.name })),
          ]}
        />
        <NativeSelect
          label={t('tokens.lasts')}
          value={days}
          onChange={(event) => setDays(event.currentTarget.value)}
          data={[
            ...[7, 30, 90, 365].map((count) => ({ value: String(count), label: t('tokens.days', { count }) })),
            { value: '0', label: t('tokens.endless') },
          ]}
        />
        {create.error && <Failed error={create.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {common('actions.cancel')}
          </Button>
          <Button type="submit" loading={create.isPending} disabled={!name.trim()}>
            {t('tokens.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** The only time a token is shown. */
function Made({ made, close }: { made: AccessTokenMade; close: () => void }) {
  const { t } = useTranslation('access')
  const { t: common } = useTranslation()
  return (
    <Stack>
      <Alert role="status" title={made.access_token.name}>
        {t('tokens.once')}
      </Alert>
      <Code block aria-label={t('tokens.token')} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {made.token}
      </Code>
      <Group justify="flex-end">
        <CopyButton value={made.token}>
          {({ copied, copy }) => (
            <Button
              data-autofocus
              variant="light"
              onClick={copy}
              leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
            >
              {copied ? common('actions.copied') : common('actions.copy')}
            </Button>
          )}
        </CopyButton>
        <Button onClick={close}>{t('tokens.kept')}</Button>
      </Group>
    </Stack>
  )
}

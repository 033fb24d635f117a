/** An invitation link: what it offers, and the shortest way in. */
import { Anchor, Button, Stack, Text } from '@mantine/core'
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { auth } from '@/api/auth'
import { api, data } from '@/api/client'
import { statusOf } from '@/api/problem'
import { campaignsQuery } from '@/api/queries'
import { useAuth } from '@/ui/auth'
import { Failed, Loading, PageError } from '@/ui/states'
import { AccountForm } from './AccountForm'
import { Guest } from './Guest'
import { LoginForm } from './LoginForm'
import './strings'

const route = getRouteApi('/invite/$code')

const previewQuery = (code: string) =>
  queryOptions({
    queryKey: ['invite', code],
    queryFn: () => data(api.GET('/api/v1/invitations/code/{code}', { params: { path: { code } } })),
  })

export function InvitePage() {
  const { t } = useTranslation('access')
  const { t: common } = useTranslation()
  const { code } = route.useParams()
  const preview = useQuery(previewQuery(code))
  const state = useAuth()
  const [hasAccount, setHasAccount] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const navigate = useNavigate()
  const queries = useQueryClient()

  const join = async () => {
    setBusy(true)
    setError(null)
    try {
      const campaign = await data(api.POST('/api/v1/invitations/code/{code}/accept', { params: { path: { code } } }))
      await queries.invalidateQueries({ queryKey: ['campaigns'] })
      await navigate({ to: '/campaigns/$campaignId', params: { campaignId: campaign.id } })
    } catch (problem) {
      setError(problem)
    } finally {
      setBusy(false)
    }
  }

  /** A new account has joined already: the answer names no campaign, so the list does. */
  const enter = async () => {
    const { items } = await queries.fetchQuery({ ...campaignsQuery, staleTime: 0 }).catch(() => ({ items: [] }))
    const joined = items.length === 1 ? items : items.filter((item) => item.name === preview.data?.campaign_name)
    const [only] = joined
    if (only && joined.length === 1) await navigate({ to: '/campaigns/$campaignId', params: { campaignId: only.id } })
    else await navigate({ to: '/campaigns' })
  }

  if (preview.isPending) return <Loading height="100dvh" />
  if (preview.error) {
    const status = statusOf(preview.error)
    if (status !== 404 && status !== 410)
      return <PageError error={preview.error} reset={() => void preview.refetch()} />
    return (
      <Guest title={t('invite.gone_title')} lead={t('invite.gone_text')}>
        <Anchor component={Link} to="/campaigns">
          {common('states.go_home')}
        </Anchor>
      </Guest>
    )
  }
  const { campaign_name, inviter, role } = preview.data
  const lead = (
    <>
      {t('invite.lead', { inviter })}{' '}
      <Text span fw={700} c="var(--mantine-color-text)">
        {campaign_name}
      </Text>{' '}
      {t('invite.as', { role: common(`roles.${role}`) })}.
    </>
  )
  return (
    <Guest title={t('invite.title')} lead={lead}>
      {state.status === 'signed_in' ? (
        <Stack>
          {error !== null && <Failed error={error} />}
          <Button size="md" onClick={join} loading={busy} data-autofocus>
            {t('invite.join', { name: state.user.display_name })}
          </Button>
        </Stack>
      ) : (
        <>
          {hasAccount ? (
            <LoginForm onDone={join} />
          ) : (
            <AccountForm
              submit={t('register.submit')}
              onSubmit={async (input) => {
                auth.accept(await data(api.POST('/api/v1/auth/register', { body: { ...input, invitation: code } })))
                await enter()
              }}
            />
          )}
          <Button variant="subtle" onClick={() => setHasAccount((now) => !now)}>
            {hasAccount ? t('invite.to_register') : t('invite.to_login')}
          </Button>
        </>
      )}
    </Guest>
  )
}

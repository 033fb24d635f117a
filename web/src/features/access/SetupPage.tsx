/** The first visit: the code from the console makes the admin. */
import { Anchor, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { auth } from '@/api/auth'
import { api, data } from '@/api/client'
import { setupQuery } from '@/api/queries'
import { AccountForm } from './AccountForm'
import { Guest } from './Guest'
import './strings'

const route = getRouteApi('/setup')

export function SetupPage() {
  const { t } = useTranslation('access')
  const search = route.useSearch()
  const [code, setCode] = useState(search.code ?? '')
  const navigate = useNavigate()
  const queries = useQueryClient()
  const setup = useQuery(setupQuery)
  if (setup.data?.needed === false) {
    return (
      <Guest title={t('setup.done_title')} lead={t('setup.done_text')}>
        <Anchor component={Link} to="/login">
          {t('login.submit')}
        </Anchor>
      </Guest>
    )
  }
  return (
    <Guest title={t('setup.title')} lead={t('setup.lead')}>
      <AccountForm
        submit={t('setup.submit')}
        before={(error) => (
          <TextInput
            label={t('setup.code')}
            description={t('setup.code_hint')}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
            error={error('code')}
            autoComplete="one-time-code"
            autoCapitalize="none"
            spellCheck={false}
            styles={{ input: { fontFamily: 'monospace' } }}
            required
          />
        )}
        onSubmit={async (input) => {
          const out = await data(api.POST('/api/v1/setup', { body: { ...input, code: code.trim() } }))
          queries.setQueryData(setupQuery.queryKey, { needed: false })
          auth.accept(out)
          await navigate({ to: '/campaigns' })
        }}
      />
    </Guest>
  )
}

/** Registration without an invitation, where the house allows it. */
import { Anchor, Text } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { auth } from '@/api/auth'
import { api, data } from '@/api/client'
import { AccountForm } from './AccountForm'
import { Guest } from './Guest'
import './strings'

export function RegisterPage() {
  const { t } = useTranslation('access')
  const navigate = useNavigate()
  return (
    <Guest title={t('register.title')} lead={t('register.closed')}>
      <AccountForm
        submit={t('register.submit')}
        onSubmit={async (input) => {
          auth.accept(await data(api.POST('/api/v1/auth/register', { body: input })))
          await navigate({ to: '/campaigns' })
        }}
      />
      <Text size="sm">
        <Anchor component={Link} to="/login">
          {t('register.have_account')}
        </Anchor>
      </Text>
    </Guest>
  )
}

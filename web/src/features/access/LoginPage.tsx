/** Signing in. */
import { Anchor, Text } from '@mantine/core'
import { getRouteApi, Link, useRouter } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Guest } from './Guest'
import { LoginForm } from './LoginForm'
import './strings'

const route = getRouteApi('/login')

export function LoginPage() {
  const { t } = useTranslation('access')
  const { next } = route.useSearch()
  const router = useRouter()
  return (
    <Guest title={t('login.title')}>
      <LoginForm
        onDone={async () => {
          await router.navigate({ href: next?.startsWith('/') && !next.startsWith('//') ? next : '/campaigns' })
        }}
      />
      <Text size="sm" c="dimmed">
        {t('login.no_account')}{' '}
        <Anchor component={Link} to="/register" underline="always">
          {t('login.register')}
        </Anchor>
      </Text>
    </Guest>
  )
}

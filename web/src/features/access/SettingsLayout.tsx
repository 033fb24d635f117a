/** Settings: one tab per page. */
import { Tabs, Title } from '@mantine/core'
import { IconDevices, IconKey, IconPalette, IconSparkles, IconUser } from '@tabler/icons-react'
import { Outlet, useLocation, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useUser } from '@/ui/auth'
import { Page } from '@/ui/Page'
import './strings'

export function SettingsLayout() {
  const { t } = useTranslation('access')
  const user = useUser()
  const navigate = useNavigate()
  const here = useLocation({ select: (location) => location.pathname.split('/')[2] ?? 'profile' })
  return (
    <Page title={t('settings.title')}>
      <Title order={1} mb="md">
        {t('settings.title')}
      </Title>
      <Tabs
        value={here}
        onChange={(tab) => tab && void navigate({ to: `/settings/${tab}` as '/settings/profile' })}
        keepMounted={false}
      >
        <Tabs.List mb="lg">
          <Tabs.Tab value="profile" leftSection={<IconUser size={16} />}>
            {t('settings.profile')}
          </Tabs.Tab>
          <Tabs.Tab value="devices" leftSection={<IconDevices size={16} />}>
            {t('settings.devices')}
          </Tabs.Tab>
          <Tabs.Tab value="tokens" leftSection={<IconKey size={16} />}>
            {t('settings.tokens')}
          </Tabs.Tab>
          <Tabs.Tab value="appearance" leftSection={<IconPalette size={16} />}>
            {t('settings.appearance')}
          </Tabs.Tab>
          {user.site_role === 'admin' && (
            <Tabs.Tab value="ai" leftSection={<IconSparkles size={16} />}>
              {t('settings.ai')}
            </Tabs.Tab>
          )}
        </Tabs.List>
        <Tabs.Panel value={here}>
          <Outlet />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}

/** The frame of every signed-in page: skip link, header, account menu, connection. */
import {
  ActionIcon,
  Avatar,
  Group,
  Menu,
  UnstyledButton,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core'
import { IconLogout, IconMoon, IconSettings, IconSun } from '@tabler/icons-react'
import { Link, Outlet, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { auth } from '@/api/auth'
import { api } from '@/api/client'
import { useUser } from './auth'
import { Connection } from './Connection'
import { Mark } from './Mark'
import classes from './Shell.module.css'

export function Shell() {
  const { t } = useTranslation()
  return (
    <div className={classes.shell}>
      <a href="#main" className="skald-skip">
        {t('app.skip')}
      </a>
      <header className={classes.header}>
        <Group gap="sm" wrap="nowrap" className={classes.start}>
          <Link to="/campaigns" className={classes.brand} aria-label={`${t('app.name')} – ${t('nav.campaigns')}`}>
            <Mark size={28} />
            <span className={classes.word}>{t('app.name')}</span>
          </Link>
          <div id="skald-crumbs" className={classes.crumbs} />
        </Group>
        <Group gap={6} wrap="nowrap">
          <div id="skald-tools" />
          <Connection />
          <span className={classes.scheme}>
            <SchemeSwitch />
          </span>
          <Account />
        </Group>
      </header>
      <main id="main" className={classes.main} tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  )
}

export function SchemeSwitch() {
  const { t } = useTranslation()
  const { setColorScheme } = useMantineColorScheme()
  const dark = useComputedColorScheme('light') === 'dark'
  const label = dark ? t('theme.to_light') : t('theme.to_dark')
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={label}
      title={label}
      onClick={() => setColorScheme(dark ? 'light' : 'dark')}
    >
      {dark ? <IconSun size={18} /> : <IconMoon size={18} />}
    </ActionIcon>
  )
}

function Account() {
  const { t } = useTranslation()
  const user = useUser()
  const navigate = useNavigate()
  const leave = async () => {
    await api.POST('/api/v1/auth/logout').catch(() => undefined)
    auth.signedOut()
    await navigate({ to: '/login' })
  }
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <UnstyledButton aria-label={t('nav.account', { name: user.display_name })} className={classes.account}>
          <Avatar name={user.display_name} size={32} radius="xl" aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{user.display_name}</Menu.Label>
        <Menu.Item leftSection={<IconSettings size={16} />} component={Link} to="/settings/profile">
          {t('nav.settings')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={leave}>
          {t('nav.sign_out')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** The frame of one campaign: its name and tabs in the header, its news feed on the socket. */
import { Menu, Portal, UnstyledButton } from '@mantine/core'
import { IconMenu2, IconSwords } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, Outlet } from '@tanstack/react-router'
import { Fragment, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { sessionsQuery } from '@/api/queries'
import { ViewAsBanner } from '@/features/knowledge/ViewAs'
import { SearchButton } from '@/features/search/Palette'
import { useCampaignFeed } from '@/live/live'
import classes from './CampaignLayout.module.css'
import { type NavItem, navGroups, navItems } from './nav'
import { useCampaign } from './useCampaign'
import './strings'

export function CampaignLayout() {
  const { t } = useTranslation()
  const { t: campaigns } = useTranslation('campaigns')
  const { campaign, campaignId, isGm } = useCampaign()
  useCampaignFeed(campaignId, isGm)
  const sessions = useQuery(sessionsQuery(campaignId))
  const running = sessions.data?.items.find((session) => session.status === 'running')
  const [mounted, setMounted] = useState(false)
  useEffect(() => setMounted(true), [])
  const items = navItems.filter((item) => isGm || !item.gm)
  const tabs = items.filter((item) => item.tab)
  const word = (item: NavItem) => t(`nav.${item.key}` as 'nav.home')
  const to = (item: NavItem) => `/campaigns/${campaignId}${item.path}` as '/campaigns'
  return (
    <>
      {mounted && (
        <Portal target="#skald-crumbs">
          <div className={classes.bar}>
            <nav aria-label={campaigns('campaign.nav')} className={classes.nav}>
              <Menu position="bottom-start" width={230} shadow="md">
                <Menu.Target>
                  <UnstyledButton className={classes.menu} aria-label={t('nav.more')}>
                    <IconMenu2 size={20} aria-hidden />
                  </UnstyledButton>
                </Menu.Target>
                <Menu.Dropdown className={classes.dropdown}>
                  {navGroups.map((group) => {
                    const members = items.filter((item) => item.group === group)
                    if (members.length === 0) return null
                    return (
                      <Fragment key={group}>
                        <Menu.Label>{t(`nav.groups.${group}`)}</Menu.Label>
                        {members.map((item) => (
                          <Menu.Item
                            key={item.key}
                            component={Link}
                            to={to(item)}
                            leftSection={<item.icon size={17} aria-hidden />}
                            rightSection={isGm && item.waits ? <item.waits campaignId={campaignId} /> : undefined}
                          >
                            {word(item)}
                          </Menu.Item>
                        ))}
                      </Fragment>
                    )
                  })}
                </Menu.Dropdown>
              </Menu>
              <Link to="/campaigns/$campaignId" params={{ campaignId }} className={classes.name}>
                {campaign.name}
              </Link>
              {tabs.map((item, i) => (
                <Link
                  key={item.key}
                  to={to(item)}
                  className={classes.tab}
                  data-wide={i > 1 || undefined}
                  data-tab
                  activeOptions={{ exact: item.path === '', includeSearch: false }}
                  activeProps={{ 'aria-current': 'page' }}
                >
                  <item.icon size={17} aria-hidden />
                  <span>{word(item)}</span>
                </Link>
              ))}
              {running && (
                <Link
                  to="/campaigns/$campaignId/sessions/$sessionId"
                  params={{ campaignId, sessionId: running.id }}
                  className={classes.tab}
                  activeProps={{ 'aria-current': 'page' }}
                >
                  <IconSwords size={17} aria-hidden />
                  <span>{t('nav.play')}</span>
                </Link>
              )}
            </nav>
          </div>
        </Portal>
      )}
      {mounted && (
        <Portal target="#skald-tools">
          <SearchButton />
        </Portal>
      )}
      <ViewAsBanner />
      <Outlet />
    </>
  )
}

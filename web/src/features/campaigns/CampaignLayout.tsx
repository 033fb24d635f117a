/** The frame of one campaign: its name and tabs in the header, its news feed on the socket. */
import { Portal } from '@mantine/core'
import { IconBook2, IconHome2, IconSwords } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, Outlet } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { sessionsQuery } from '@/api/queries'
import { useCampaignFeed } from '@/live/live'
import classes from './CampaignLayout.module.css'
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
  const params = { campaignId }
  return (
    <>
      {mounted && (
        <Portal target="#skald-crumbs">
          <div className={classes.bar}>
            <Link to="/campaigns/$campaignId" params={params} className={classes.name}>
              {campaign.name}
            </Link>
            <nav aria-label={campaigns('campaign.nav')} className={classes.tabs}>
              <Link
                to="/campaigns/$campaignId"
                params={params}
                className={classes.tab}
                activeOptions={{ exact: true }}
                activeProps={{ 'aria-current': 'page' }}
              >
                <IconHome2 size={17} aria-hidden />
                <span>{t('nav.home')}</span>
              </Link>
              <Link
                to="/campaigns/$campaignId/canon"
                params={params}
                className={classes.tab}
                activeProps={{ 'aria-current': 'page' }}
                activeOptions={{ includeSearch: false }}
              >
                <IconBook2 size={17} aria-hidden />
                <span>{t('nav.canon')}</span>
              </Link>
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
      <Outlet />
    </>
  )
}

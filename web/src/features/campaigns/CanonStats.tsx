/** How much of each kind the viewer may know of. */
import { Anchor, SimpleGrid, Text } from '@mantine/core'
import { useQueries } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { countQuery } from '@/api/queries'
import type { EntityKind } from '@/api/types'
import { Panel } from '@/ui/Panel'
import classes from './Sessions.module.css'
import { useCampaign } from './useCampaign'

const kinds: EntityKind[] = ['character', 'location', 'faction', 'item', 'quest', 'lore']

export function CanonStats() {
  const { t } = useTranslation('campaigns')
  const { t: common } = useTranslation()
  const { campaignId } = useCampaign()
  const counts = useQueries({ queries: kinds.map((kind) => countQuery(campaignId, kind)) })
  return (
    <Panel
      title={t('home.canon')}
      action={
        <Anchor component={Link} to={`/campaigns/${campaignId}/canon` as '/campaigns'}>
          {t('home.browse')}
        </Anchor>
      }
    >
      <SimpleGrid cols={3} spacing="sm">
        {kinds.map((kind, i) => (
          <Link
            key={kind}
            to="/campaigns/$campaignId/canon"
            params={{ campaignId }}
            search={{ kind }}
            className={classes.stat}
          >
            <span className={classes.number}>{counts[i]?.data ?? ' '}</span>
            <Text size="sm" c="dimmed">
              {common(`kinds_plural.${kind}`)}
            </Text>
          </Link>
        ))}
      </SimpleGrid>
    </Panel>
  )
}

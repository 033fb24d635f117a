/** Where an entity is mentioned. */
import { Button, Stack, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { EntityOut } from '@/api/types'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { EntityLink } from '@/features/canon/names'
import { Panel } from '@/ui/Panel'
import { backlinksQuery } from './queries'
import './strings'

export function Backlinks({ entity }: { entity: EntityOut }) {
  const { t } = useTranslation('pages')
  const { t: common } = useTranslation()
  const { campaignId } = useCampaign()
  const found = useInfiniteQuery(backlinksQuery(campaignId, entity.id))
  const links = found.data?.pages.flatMap((page) => page.items) ?? []
  if (links.length === 0) return null
  return (
    <Panel title={t('backlinks.title')} padding="sm">
      <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: 'none' }}>
        {links.map((link) => (
          <li key={link.id}>
            <EntityLink campaignId={campaignId} id={link.id} name={link.name} />
            <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              {link.excerpt}
            </Text>
          </li>
        ))}
      </Stack>
      {found.hasNextPage && (
        <Button variant="subtle" size="xs" mt="xs" onClick={() => void found.fetchNextPage()}>
          {common('actions.more')}
        </Button>
      )}
    </Panel>
  )
}

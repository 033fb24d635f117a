/** Places inside places; what lies inside is read when it is opened. */
import { ActionIcon, Loader, Text } from '@mantine/core'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { childrenQuery, rootsQuery } from '@/api/queries'
import type { EntityBrief } from '@/api/types'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { Empty, Failed, Loading } from '@/ui/states'
import classes from './CanonPage.module.css'
import { VisibilityBadge } from './VisibilityBadge'

export function LocationTree() {
  const { t } = useTranslation('canon')
  const { campaignId } = useCampaign()
  const roots = useQuery(rootsQuery(campaignId))
  if (roots.isPending) return <Loading />
  if (roots.error) return <Failed error={roots.error} retry={() => void roots.refetch()} />
  if (roots.data.items.length === 0) return <Empty title={t('tree.empty')} />
  return (
    <ul className={classes.tree} aria-label={t('tree.label')}>
      {roots.data.items.map((place) => (
        <Node key={place.id} place={place} open={roots.data.items.length === 1} />
      ))}
    </ul>
  )
}

function Node({ place, open: initially }: { place: EntityBrief; open?: boolean }) {
  const { t } = useTranslation('canon')
  const { campaignId } = useCampaign()
  const has = (place.child_count ?? 0) > 0
  const [open, setOpen] = useState(Boolean(initially) && has)
  return (
    <li>
      <div className={classes.node}>
        {has ? (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-expanded={open}
            aria-label={t(open ? 'tree.collapse' : 'tree.expand', { name: place.name })}
            onClick={() => setOpen(!open)}
          >
            {open ? <IconChevronDown size={17} /> : <IconChevronRight size={17} />}
          </ActionIcon>
        ) : (
          <span className={classes.spacer} />
        )}
        <Link to="/campaigns/$campaignId/canon/$entityId" params={{ campaignId, entityId: place.id }}>
          <span className={classes.name}>{place.name}</span>
          <Text span size="sm" c="dimmed" lineClamp={1}>
            {place.summary}
          </Text>
        </Link>
        <VisibilityBadge visibility={place.visibility} />
      </div>
      {open && <Children id={place.id} />}
    </li>
  )
}

function Children({ id }: { id: string }) {
  const { campaignId } = useCampaign()
  const children = useQuery(childrenQuery(campaignId, id))
  if (children.isPending) return <Loader size="xs" ml={36} />
  if (children.error) return <Failed error={children.error} retry={() => void children.refetch()} />
  return (
    <ul>
      {children.data.items.map((place) => (
        <Node key={place.id} place={place} />
      ))}
    </ul>
  )
}

/** Where an entity is on the maps: a small picture of each that shows it, and its own map if it is a place. */
import { Anchor, Stack, Text } from '@mantine/core'
import { IconMap2 } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { EntityOut } from '@/api/types'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { useMedia } from '@/ui/Media'
import { Panel } from '@/ui/Panel'
import classes from './OnMaps.module.css'
import { type MapOut, mapQuery, mapsQuery } from './queries'
import './strings'

export function OnMaps({ entity }: { entity: EntityOut }) {
  const { t } = useTranslation('world')
  const { campaignId } = useCampaign()
  const shows = useQuery(mapsQuery(campaignId, { entity_id: entity.id }))
  const own = useQuery({
    ...mapsQuery(campaignId, { location_id: entity.id }),
    enabled: entity.kind === 'location',
  })
  if (!shows.data?.length && !own.data?.length) return null
  return (
    <Panel title={t('on_maps')} padding="sm">
      <Stack gap="sm">
        {shows.data?.slice(0, 3).map((map) => (
          <Small key={map.id} map={map} entityId={entity.id} />
        ))}
        {own.data?.map((map) => (
          <Anchor
            key={map.id}
            component={Link}
            to={`/campaigns/${campaignId}/map` as '/campaigns'}
            search={{ map: map.id } as never}
            size="sm"
          >
            <IconMap2 size={15} aria-hidden style={{ verticalAlign: '-2px' }} /> {t('own_map')}: {map.name}
          </Anchor>
        ))}
      </Stack>
    </Panel>
  )
}

function Small({ map, entityId }: { map: MapOut; entityId: string }) {
  const { campaignId } = useCampaign()
  const whole = useQuery(mapQuery(campaignId, map.id))
  const url = useMedia(map.media_id)
  const pin = whole.data?.pins?.find((one) => one.entity_id === entityId)
  return (
    <Link
      to="/campaigns/$campaignId/map"
      params={{ campaignId }}
      search={{ map: map.id, ...(pin ? { pin: pin.id } : {}) }}
      className={classes.link}
    >
      <span className={classes.picture}>
        {url && pin && (
          <img
            src={url}
            alt=""
            className={classes.image}
            style={{ transform: `translate(${-pin.x * 100}%, ${-pin.y * 100}%)`, aspectRatio: map.width / map.height }}
          />
        )}
        <span className={classes.dot} />
      </span>
      <Text span size="sm">
        {map.name}
      </Text>
    </Link>
  )
}

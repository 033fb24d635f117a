/** The maps of the world: one at a time, with the pins that the viewer may know. */
import { Button, Group, Select, Text, Title } from '@mantine/core'
import { IconMap2, IconPencil, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { Page } from '@/ui/Page'
import { Empty, Loading, PageError } from '@/ui/states'
import { MapForm } from './MapForm'
import { MapView } from './MapView'
import { type MapOut, mapsQuery } from './queries'
import './strings'

const route = getRouteApi('/app/campaigns/$campaignId/map')

export function MapPage() {
  const { t } = useTranslation('world')
  const { campaignId, isGm } = useCampaign()
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/campaigns/$campaignId/map' })
  const maps = useQuery(mapsQuery(campaignId))
  const [form, setForm] = useState<MapOut | 'new' | null>(null)
  if (maps.isPending) return <Loading />
  if (maps.error) return <PageError error={maps.error} reset={() => void maps.refetch()} />
  // The world's map is the one of no place within it.
  const shown =
    maps.data.find((map) => map.id === search.map) ?? maps.data.find((map) => !map.location_id) ?? maps.data[0]
  return (
    <Page title={shown?.name ?? t('title')}>
      <Group justify="space-between" align="flex-end" mb="md">
        <div>
          <Title order={1}>{shown?.name ?? t('title')}</Title>
          {shown?.location_name && shown.location_name !== shown.name && <Text c="dimmed">{shown.location_name}</Text>}
        </div>
        <Group gap="xs" align="flex-end">
          {maps.data.length > 1 && (
            <Select
              aria-label={t('choose')}
              data={maps.data.map((map) => ({ value: map.id, label: map.name }))}
              value={shown?.id ?? null}
              onChange={(map) => map && void navigate({ search: { map } })}
              allowDeselect={false}
              w={200}
            />
          )}
          {isGm && shown && (
            <Button variant="default" leftSection={<IconPencil size={16} />} onClick={() => setForm(shown)}>
              {t('edit')}
            </Button>
          )}
          {isGm && (
            <Button
              variant={shown ? 'default' : 'filled'}
              leftSection={<IconPlus size={16} />}
              onClick={() => setForm('new')}
            >
              {t('add')}
            </Button>
          )}
        </Group>
      </Group>
      {shown ? (
        <MapView key={shown.id} map={shown} pin={search.pin} />
      ) : (
        <Empty icon={<IconMap2 size={40} stroke={1.3} />} title={t('none_title')}>
          {isGm ? t('none_gm') : t('none_player')}
        </Empty>
      )}
      {form && (
        <MapForm
          map={form === 'new' ? null : form}
          close={() => setForm(null)}
          done={(map) => {
            setForm(null)
            void navigate({ search: map ? { map } : {} })
          }}
        />
      )}
    </Page>
  )
}

/** One map: its picture, a card of the chosen pin, and all pins as a list for whoever cannot use the picture. */
import { Anchor, Badge, Button, CloseButton, Group, Text, TextInput, UnstyledButton } from '@mantine/core'
import { IconMap2, IconMapPinPlus, IconPencil, IconSearch, IconX } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data, ifMatch } from '@/api/client'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { VisibilityBadge } from '@/features/canon/VisibilityBadge'
import { useMedia } from '@/ui/Media'
import { Panel } from '@/ui/Panel'
import { Failed, Loading } from '@/ui/states'
import { pinIcon } from './icons'
import classes from './Map.module.css'
import { MapCanvas, type Spot } from './MapCanvas'
import { PinForm } from './PinForm'
import { type MapOut, mapQuery, nameOf, type PinOut } from './queries'

const none: PinOut[] = []

export function MapView({ map, pin: first }: { map: MapOut; pin?: string | undefined }) {
  const { t } = useTranslation('world')
  const { campaignId, isGm } = useCampaign()
  const queries = useQueryClient()
  const whole = useQuery(mapQuery(campaignId, map.id))
  const url = useMedia(map.media_id)
  const [chosen, setChosen] = useState<string | null>(first ?? null)
  const [setting, setSetting] = useState(false)
  const [form, setForm] = useState<PinOut | Spot | null>(null)
  const [search, setSearch] = useState('')
  const pins = whole.data?.pins ?? none
  const listed = useMemo(() => {
    const words = search.trim().toLocaleLowerCase()
    return [...pins]
      .filter((pin) => nameOf(pin).toLocaleLowerCase().includes(words))
      .sort((a, b) => nameOf(a).localeCompare(nameOf(b)))
  }, [pins, search])
  const again = () => queries.invalidateQueries({ queryKey: ['campaign', campaignId, 'map', map.id] })
  const move = useMutation({
    mutationFn: ({ pin, to }: { pin: PinOut; to: Spot }) => {
      const params = { path: { pin_id: pin.id }, header: ifMatch(pin.version) }
      return data(api.PATCH('/api/v1/pins/{pin_id}', { params, body: to }))
    },
    onSettled: again,
  })
  const card = pins.find((pin) => pin.id === chosen)
  return (
    <div className={classes.split}>
      <div>
        {isGm && (
          <Group mb="xs" gap="sm">
            <Button
              variant={setting ? 'filled' : 'light'}
              leftSection={setting ? <IconX size={16} /> : <IconMapPinPlus size={16} />}
              onClick={() => setSetting(!setting)}
              aria-pressed={setting}
            >
              {setting ? t('pin.cancel_add') : t('pin.add')}
            </Button>
            <Text size="sm" c="dimmed" role="status">
              {setting ? t('set_hint') : ''}
            </Text>
          </Group>
        )}
        {move.error && <Failed error={move.error} />}
        {whole.error && <Failed error={whole.error} retry={() => void whole.refetch()} />}
        {url ? (
          <div style={{ position: 'relative' }}>
            <MapCanvas
              url={url}
              width={map.width}
              height={map.height}
              pins={pins}
              chosen={chosen}
              label={t('canvas', { name: map.name })}
              setting={setting}
              movable={isGm}
              onSet={(at) => {
                setSetting(false)
                setForm(at)
              }}
              onMove={(pin, to) => move.mutate({ pin, to })}
              onChoose={(pin) => setChosen(pin.id)}
            />
            {card && <Card pin={card} close={() => setChosen(null)} edit={isGm ? () => setForm(card) : undefined} />}
          </div>
        ) : (
          <Loading height="60vh" />
        )}
        <Text size="sm" c="dimmed" mt={6}>
          {t('canvas_hint')}
        </Text>
      </div>
      <Panel title={t('pins')} padding="sm">
        {pins.length > 8 && (
          <TextInput
            aria-label={t('search_pins')}
            placeholder={t('search_pins')}
            leftSection={<IconSearch size={16} />}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
            mb="xs"
          />
        )}
        {whole.data && pins.length === 0 && <Text c="dimmed">{t('no_pins')}</Text>}
        <ul className={classes.list}>
          {listed.map((pin) => {
            const Icon = pinIcon(pin.icon)
            return (
              <li key={pin.id}>
                <UnstyledButton
                  className={classes.row}
                  aria-pressed={pin.id === chosen}
                  onClick={() => setChosen(pin.id)}
                >
                  <Icon size={18} stroke={1.6} aria-hidden />
                  <span style={{ flex: 1 }}>{nameOf(pin)}</span>
                  <VisibilityBadge visibility={pin.visibility} />
                </UnstyledButton>
              </li>
            )
          })}
        </ul>
      </Panel>
      {form && (
        <PinForm
          mapId={map.id}
          pin={'id' in form ? form : null}
          at={form}
          close={() => setForm(null)}
          done={(id) => {
            setForm(null)
            setChosen(id ?? null)
            void again()
          }}
        />
      )}
    </div>
  )
}

function Card({ pin, close, edit }: { pin: PinOut; close: () => void; edit?: (() => void) | undefined }) {
  const { t } = useTranslation('world')
  const { t: common } = useTranslation()
  const { campaignId } = useCampaign()
  return (
    <section className={classes.card} aria-label={nameOf(pin)}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Group gap="xs">
          <Text fw={600} className="skald-serif" fz="lg">
            {nameOf(pin)}
          </Text>
          <VisibilityBadge visibility={pin.visibility} />
        </Group>
        <CloseButton aria-label={common('actions.close')} onClick={close} />
      </Group>
      {pin.entity && (
        <>
          {pin.label && pin.label !== pin.entity.name && <Badge variant="default">{pin.entity.name}</Badge>}
          <Text size="sm" lineClamp={4} mb="xs">
            {pin.entity.summary}
          </Text>
        </>
      )}
      <Group gap="sm">
        {pin.entity && (
          <Anchor
            component={Link}
            to={`/campaigns/${campaignId}/canon/${pin.entity.id}` as '/campaigns'}
            size="sm"
            fw={600}
          >
            {t('pin.read')}
          </Anchor>
        )}
        {pin.opens && (
          <Button
            component={Link}
            to={`/campaigns/${campaignId}/map` as '/campaigns'}
            search={{ map: pin.opens } as never}
            size="compact-sm"
            variant="light"
            leftSection={<IconMap2 size={14} />}
          >
            {t('pin.open_map')}
          </Button>
        )}
        {edit && (
          <Button size="compact-sm" variant="default" leftSection={<IconPencil size={14} />} onClick={edit}>
            {common('actions.edit')}
          </Button>
        )}
      </Group>
    </section>
  )
}

/** A pin: what it shows, how it looks, who sees it, and where it stands, also in numbers for whoever cannot drag it. */
import { Button, ColorInput, Group, Modal, NumberInput, Select, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data, ifMatch } from '@/api/client'
import { fieldErrors } from '@/api/problem'
import type { Visibility } from '@/api/types'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { PickOne } from '@/features/canon/names'
import { PickVisibility } from '@/features/canon/PickVisibility'
import { Confirm } from '@/ui/Confirm'
import { Failed } from '@/ui/states'
import { type PinIcon, pinIcons } from './icons'
import type { Spot } from './MapCanvas'
import { PickSeenBy } from './PickSeenBy'
import { nameOf, type PinOut } from './queries'

const colours = ['#237470', '#3b6ea8', '#447639', '#a07014', '#ad2f28', '#703077', '#324142']
const icons = Object.keys(pinIcons) as PinIcon[]

interface PinFormProps {
  mapId: string
  pin: PinOut | null
  at: Spot
  close: () => void
  /** With the id of the pin, or nothing when it was taken off. */
  done: (id?: string) => void
}

export function PinForm({ mapId, pin, at, close, done }: PinFormProps) {
  const { t } = useTranslation('world')
  const { t: common } = useTranslation()
  const { campaignId } = useCampaign()
  const queries = useQueryClient()
  const [label, setLabel] = useState(pin?.label ?? '')
  const [shows, setShows] = useState<string | null>(pin?.entity_id ?? null)
  const [icon, setIcon] = useState(pin?.icon ?? 'pin')
  const [colour, setColour] = useState(pin?.colour ?? '')
  const [visibility, setVisibility] = useState<Visibility>(pin?.visibility ?? 'everyone')
  const [seenBy, setSeenBy] = useState<string[]>(pin?.visible_to ?? [])
  const [spot, setSpot] = useState({ x: at.x, y: at.y })
  const save = useMutation({
    mutationFn: () => {
      const visible_to = visibility === 'some' ? seenBy : []
      const body = { ...spot, label: label.trim(), entity_id: shows, icon, colour, visibility, visible_to }
      if (!pin) return data(api.POST('/api/v1/maps/{map_id}/pins', { params: { path: { map_id: mapId } }, body }))
      const params = { path: { pin_id: pin.id }, header: ifMatch(pin.version) }
      return data(api.PATCH('/api/v1/pins/{pin_id}', { params, body }))
    },
    onSuccess: (saved) => {
      void queries.invalidateQueries({ queryKey: ['campaign', campaignId, 'maps'] })
      done(saved.id)
    },
  })
  const fields = fieldErrors(save.error)
  const percent = (part: number) => Math.round(part * 1000) / 10
  return (
    <Modal opened onClose={close} title={pin ? t('pin.edit') : t('pin.new')}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <Stack>
          <PickOne
            campaignId={campaignId}
            label={t('pin.shows')}
            value={shows}
            onChange={setShows}
            {...(fields.entity_id ? { error: fields.entity_id } : {})}
          />
          <TextInput
            label={t('pin.label')}
            description={t('pin.label_hint')}
            value={label}
            onChange={(event) => setLabel(event.currentTarget.value)}
            error={fields.label}
            data-autofocus
          />
          <Group grow>
            <Select
              label={t('pin.icon')}
              data={icons.map((value) => ({ value, label: t(`icons.${value}`) }))}
              value={icon}
              onChange={(next) => setIcon(next ?? 'pin')}
              allowDeselect={false}
            />
            <ColorInput
              label={t('pin.colour')}
              value={colour}
              onChange={setColour}
              swatches={colours}
              format="hex"
              error={fields.colour}
            />
          </Group>
          <PickVisibility value={visibility} onChange={setVisibility} />
          {visibility === 'some' && (
            <PickSeenBy campaignId={campaignId} label={t('pin.seen_by')} value={seenBy} onChange={setSeenBy} />
          )}
          <Group grow>
            {(['x', 'y'] as const).map((axis) => (
              <NumberInput
                key={axis}
                label={t(`pin.${axis}`)}
                min={0}
                max={100}
                decimalScale={1}
                value={percent(spot[axis])}
                onChange={(next) => setSpot({ ...spot, [axis]: Math.min(100, Math.max(0, Number(next) || 0)) / 100 })}
              />
            ))}
          </Group>
          {save.error && Object.keys(fields).length === 0 && <Failed error={save.error} />}
          <Group justify="space-between">
            {pin ? (
              <Confirm
                title={t('pin.delete_title', { name: nameOf(pin) })}
                text={t('pin.delete_text')}
                confirm={common('actions.remove')}
                onConfirm={async () => {
                  const params = { path: { pin_id: pin.id }, header: ifMatch(pin.version) }
                  await data(api.DELETE('/api/v1/pins/{pin_id}', { params }))
                  done()
                }}
              >
                {common('actions.remove')}
              </Confirm>
            ) : (
              <span />
            )}
            <Group>
              <Button variant="default" onClick={close}>
                {common('actions.cancel')}
              </Button>
              <Button type="submit" loading={save.isPending} disabled={!label.trim() && !shows}>
                {common('actions.save')}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

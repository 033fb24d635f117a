/** A new map, or another name, picture or place for one. */
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data, ifMatch } from '@/api/client'
import { fieldErrors } from '@/api/problem'
import type { Visibility } from '@/api/types'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { PickOne } from '@/features/canon/names'
import { PickVisibility } from '@/features/canon/PickVisibility'
import { PictureInput } from '@/features/media/PictureInput'
import { Confirm } from '@/ui/Confirm'
import { Failed } from '@/ui/states'
import { PickSeenBy } from './PickSeenBy'
import { type MapOut, mapQuery } from './queries'

interface MapFormProps {
  /** The map to change; none for a new one. */
  map: MapOut | null
  close: () => void
  /** With the id of the map, or nothing when it was deleted. */
  done: (id?: string) => void
}

export function MapForm({ map, close, done }: MapFormProps) {
  const { t } = useTranslation('world')
  const { t: common } = useTranslation()
  const { campaignId } = useCampaign()
  const queries = useQueryClient()
  const whole = useQuery({ ...mapQuery(campaignId, map?.id ?? ''), enabled: map !== null })
  const [name, setName] = useState(map?.name ?? '')
  const [picture, setPicture] = useState<string | null>(map?.media_id ?? null)
  const [place, setPlace] = useState<string | null>(map?.location_id ?? null)
  const [visibility, setVisibility] = useState<Visibility>(map?.visibility ?? 'everyone')
  const [seenBy, setSeenBy] = useState<string[] | null>(map ? null : [])
  const stored = whole.data?.visible_to
  useEffect(() => {
    if (stored) setSeenBy((now) => now ?? stored)
  }, [stored])
  const save = useMutation({
    mutationFn: () => {
      const body = {
        name: name.trim(),
        media_id: picture ?? '',
        location_id: place,
        visibility,
        visible_to: visibility === 'some' ? (seenBy ?? []) : [],
      }
      if (!map) {
        const params = { path: { campaign_id: campaignId } }
        return data(api.POST('/api/v1/campaigns/{campaign_id}/maps', { params, body }))
      }
      const params = { path: { map_id: map.id }, header: ifMatch(whole.data?.version ?? map.version) }
      return data(api.PATCH('/api/v1/maps/{map_id}', { params, body }))
    },
    onSuccess: async (saved) => {
      await queries.invalidateQueries({ queryKey: ['campaign', campaignId] })
      done(saved.id)
    },
  })
  const fields = fieldErrors(save.error)
  return (
    <Modal opened onClose={close} title={map ? t('edit') : t('add')} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (picture) save.mutate()
        }}
      >
        <Stack>
          <TextInput
            label={t('name')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={fields.name}
            required
            data-autofocus
          />
          <PictureInput
            campaignId={campaignId}
            label={t('picture')}
            description={t('picture_hint')}
            alt={name}
            value={picture}
            onChange={setPicture}
            error={fields.media_id}
          />
          <PickOne
            campaignId={campaignId}
            kind="location"
            label={t('of')}
            description={t('of_hint')}
            value={place}
            onChange={setPlace}
            {...(fields.location_id ? { error: fields.location_id } : {})}
          />
          <PickVisibility value={visibility} onChange={setVisibility} />
          {visibility === 'some' && (
            <PickSeenBy campaignId={campaignId} label={t('pin.seen_by')} value={seenBy ?? []} onChange={setSeenBy} />
          )}
          {save.error && Object.keys(fields).length === 0 && <Failed error={save.error} />}
          <Group justify="space-between">
            {map ? (
              <Confirm
                title={t('delete_title', { name: map.name })}
                text={t('delete_text')}
                confirm={common('actions.delete')}
                onConfirm={async () => {
                  const params = { path: { map_id: map.id }, header: ifMatch(whole.data?.version ?? map.version) }
                  await data(api.DELETE('/api/v1/maps/{map_id}', { params }))
                  await queries.invalidateQueries({ queryKey: ['campaign', campaignId, 'maps'] })
                  done()
                }}
              >
                {common('actions.delete')}
              </Confirm>
            ) : (
              <span />
            )}
            <Group>
              <Button variant="default" onClick={close}>
                {common('actions.cancel')}
              </Button>
              <Button type="submit" loading={save.isPending} disabled={!picture || !name.trim()}>
                {common('actions.save')}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

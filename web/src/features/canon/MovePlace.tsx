/** Puts a place, with everything inside, somewhere else in the tree. */
import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconFolderSymlink } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data, ifMatch } from '@/api/client'
import { ApiError, fieldErrors } from '@/api/problem'
import { entityQuery } from '@/api/queries'
import type { EntityOut } from '@/api/types'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { told } from '@/ui/notify'
import { Failed } from '@/ui/states'
import { PickOne } from './names'

export function MovePlace({ place }: { place: EntityOut }) {
  const { t } = useTranslation('canon')
  const [opened, { open, close }] = useDisclosure(false)
  return (
    <>
      <Button variant="default" leftSection={<IconFolderSymlink size={16} />} onClick={open}>
        {t('move.action')}
      </Button>
      <Modal opened={opened} onClose={close} title={t('move.title', { name: place.name })}>
        <Form place={place} close={close} />
      </Modal>
    </>
  )
}

function Form({ place, close }: { place: EntityOut; close: () => void }) {
  const { t } = useTranslation('canon')
  const { t: common } = useTranslation()
  const { campaignId } = useCampaign()
  const queries = useQueryClient()
  const [parent, setParent] = useState(place.parent_id ?? null)
  const refresh = () => queries.invalidateQueries({ queryKey: ['campaign', campaignId] })
  const move = useMutation({
    mutationFn: () =>
      data(
        api.POST('/api/v1/locations/{location_id}/move', {
          params: { path: { location_id: place.id }, header: ifMatch(place.version) },
          body: { parent_id: parent },
        }),
      ),
    onSuccess: async () => {
      await refresh()
      told(t('move.moved'))
      close()
    },
    onError: async (error) => {
      if (!(error instanceof ApiError) || error.status !== 412) return
      await queries.invalidateQueries({ queryKey: entityQuery(campaignId, place.id).queryKey })
    },
  })
  const { error } = move
  const code = error instanceof ApiError ? error.code : null
  const cycle = code === 'location_cycle' && t('move.cycle', { name: place.name })
  const stale = code === 'version_stale' && t('move.stale', { name: place.name })
  const wrong = cycle || stale || fieldErrors(error).parent_id
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        move.mutate()
      }}
    >
      <Stack>
        <Text size="sm">{t('move.text')}</Text>
        <PickOne
          campaignId={campaignId}
          kind="location"
          label={t('form.parent')}
          placeholder={t('form.parent_none')}
          value={parent}
          onChange={(id) => {
            setParent(id)
            move.reset()
          }}
          not={place.id}
          {...(wrong ? { error: wrong } : {})}
        />
        {error && !wrong && <Failed error={error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {common('actions.cancel')}
          </Button>
          <Button type="submit" disabled={parent === (place.parent_id ?? null)} loading={move.isPending}>
            {t('move.go')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

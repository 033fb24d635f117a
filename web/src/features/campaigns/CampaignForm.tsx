/** Name and description of a campaign, new or known. */
import { Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data, ifMatch } from '@/api/client'
import { fieldErrors } from '@/api/problem'
import { campaignQuery } from '@/api/queries'
import type { CampaignOut } from '@/api/types'
import { Failed } from '@/ui/states'

export function CampaignForm(props: { opened: boolean; close: () => void; campaign?: CampaignOut }) {
  const { t } = useTranslation('campaigns')
  return (
    <Modal opened={props.opened} onClose={props.close} title={props.campaign ? t('form.edit') : t('form.title')}>
      {props.opened && <Body {...props} />}
    </Modal>
  )
}

function Body({ close, campaign }: { close: () => void; campaign?: CampaignOut }) {
  const { t } = useTranslation('campaigns')
  const { t: common } = useTranslation()
  const [name, setName] = useState(campaign?.name ?? '')
  const [description, setDescription] = useState(campaign?.description ?? '')
  const queries = useQueryClient()
  const navigate = useNavigate()
  const save = useMutation({
    mutationFn: () =>
      campaign
        ? data(
            api.PATCH('/api/v1/campaigns/{campaign_id}', {
              params: { path: { campaign_id: campaign.id }, header: ifMatch(campaign.version) },
              body: { name, description },
            }),
          )
        : data(api.POST('/api/v1/campaigns', { body: { name, description } })),
    onSuccess: async (out) => {
      queries.setQueryData(campaignQuery(out.id).queryKey, out)
      void queries.invalidateQueries({ queryKey: ['campaigns'] })
      close()
      if (!campaign) await navigate({ to: '/campaigns/$campaignId', params: { campaignId: out.id } })
    },
  })
  const fields = fieldErrors(save.error)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Stack>
        <TextInput
          label={t('form.name')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={fields.name}
          required
          data-autofocus
        />
        <Textarea
          label={t('form.description')}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
          error={fields.description}
          autosize
          minRows={3}
        />
        {save.error && Object.keys(fields).length === 0 && <Failed error={save.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {common('actions.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {campaign ? common('actions.save') : t('form.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

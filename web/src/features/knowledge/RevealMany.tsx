/** Lets more people know several facts at once. */
import { Button, Group, Modal, SegmentedControl, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data } from '@/api/client'
import { fieldErrors } from '@/api/problem'
import type { FactOut, Knower } from '@/api/types'
import { StoryTimeInput } from '@/features/calendar/StoryTimeInput'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { PickKnowers } from '@/features/canon/names'
import { told } from '@/ui/notify'
import { Failed } from '@/ui/states'
import './strings'

interface Props {
  facts: FactOut[]
  close: () => void
  done: () => void
}

export function RevealMany({ facts, close, done }: Props) {
  const { t } = useTranslation('knowledge')
  return (
    <Modal opened={facts.length > 0} onClose={close} title={t('reveal_title', { count: facts.length })}>
      {facts.length > 0 && <Form facts={facts} close={close} done={done} />}
    </Modal>
  )
}

const gm: Knower[] = [{ type: 'gm' }]

function Form({ facts, close, done }: Props) {
  const { t } = useTranslation('knowledge')
  const { t: common } = useTranslation()
  const { campaignId } = useCampaign()
  const queries = useQueryClient()
  const [whom, setWhom] = useState<'party' | 'everyone' | 'some'>('party')
  const [some, setSome] = useState<Knower[]>([])
  const [when, setWhen] = useState<number | null>(null)
  const reveal = useMutation({
    mutationFn: () => {
      const to: Knower[] = whom === 'everyone' ? [{ type: 'everyone' }] : whom === 'some' ? some : []
      const moment = when === null ? {} : { known_from: when }
      return data(
        api.POST('/api/v1/campaigns/{campaign_id}/facts/reveal', {
          params: { path: { campaign_id: campaignId } },
          body: { fact_ids: facts.map((fact) => fact.id), to, party: whom === 'party', ...moment },
        }),
      )
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['campaign', campaignId, 'facts'] })
      told(t('revealed'))
      done()
    },
  })
  const fields = fieldErrors(reveal.error)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        reveal.mutate()
      }}
    >
      <Stack>
        <Stack component="ul" gap={4} m={0} pl="md" mah={180} style={{ overflowY: 'auto' }}>
          {facts.map((fact) => (
            <Text key={fact.id} component="li" size="sm" className="skald-serif">
              {fact.text || `${fact.subject_name} ${fact.predicate} ${fact.object_name ?? ''}`}
            </Text>
          ))}
        </Stack>
        <SegmentedControl
          aria-label={t('reveal_to')}
          value={whom}
          onChange={(next) => setWhom(next as typeof whom)}
          data={(['party', 'everyone', 'some'] as const).map((value) => ({ value, label: t(`to_${value}`) }))}
        />
        {whom === 'some' && (
          <PickKnowers
            campaignId={campaignId}
            label={t('reveal_who')}
            value={some}
            onChange={setSome}
            not={gm}
            {...(fields.to ? { error: fields.to } : {})}
          />
        )}
        <StoryTimeInput
          label={t('reveal_when')}
          description={t('reveal_when_hint')}
          value={when}
          onChange={setWhen}
          error={fields.known_from}
        />
        {whom !== 'some' && (
          <Text size="sm" c="dimmed">
            {t('reveal_note')}
          </Text>
        )}
        {whom !== 'some' && fields.to && <Text c="red">{fields.to}</Text>}
        {reveal.error && Object.keys(fields).length === 0 && <Failed error={reveal.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {common('actions.cancel')}
          </Button>
          <Button type="submit" disabled={whom === 'some' && some.length === 0} loading={reveal.isPending}>
            {t('reveal_title', { count: facts.length })}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

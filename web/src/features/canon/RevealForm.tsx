/** Lets more people know a fact. What somebody knows cannot be taken back here: that is an edit of the fact. */
import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data } from '@/api/client'
import { fieldErrors } from '@/api/problem'
import type { FactOut, Knower } from '@/api/types'
import { StoryTimeInput } from '@/features/calendar/StoryTimeInput'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { told } from '@/ui/notify'
import { Failed } from '@/ui/states'
import { PickKnowers } from './names'
import '@/features/knowledge/strings'

export function RevealForm({ fact, close }: { fact: FactOut; close: () => void }) {
  const { t } = useTranslation('canon')
  const { t: common } = useTranslation()
  const { t: knowledge } = useTranslation('knowledge')
  const { campaignId } = useCampaign()
  const queries = useQueryClient()
  const [to, setTo] = useState<Knower[]>([])
  const [when, setWhen] = useState<number | null>(null)
  const known = useMemo<Knower[]>(() => [{ type: 'gm' }, ...(fact.knowers ?? [])], [fact.knowers])
  const reveal = useMutation({
    mutationFn: () =>
      data(
        api.POST('/api/v1/facts/{fact_id}/reveal', {
          params: { path: { fact_id: fact.id } },
          body: { to, ...(when === null ? {} : { known_from: when }) },
        }),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['campaign', campaignId, 'facts'] })
      told(t('fact.revealed'))
      close()
    },
  })
  const error = fieldErrors(reveal.error).to
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        reveal.mutate()
      }}
    >
      <Stack>
        <Text className="skald-serif">{fact.text}</Text>
        <PickKnowers
          campaignId={campaignId}
          label={t('fact.reveal_to')}
          description={t('fact.reveal_hint')}
          value={to}
          onChange={setTo}
          not={known}
          error={error}
        />
        <StoryTimeInput
          label={knowledge('reveal_when')}
          description={knowledge('reveal_when_hint')}
          value={when}
          onChange={setWhen}
          error={fieldErrors(reveal.error).known_from}
        />
        {reveal.error && !error && <Failed error={reveal.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {common('actions.cancel')}
          </Button>
          <Button type="submit" disabled={to.length === 0} loading={reveal.isPending}>
            {t('fact.reveal_now')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

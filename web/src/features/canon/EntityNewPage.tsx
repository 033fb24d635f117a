/** A new entity. What is typed is kept in this browser until it is saved. */
import { NativeSelect, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api, data } from '@/api/client'
import { fieldErrors } from '@/api/problem'
import { entityQuery } from '@/api/queries'
import type { EntityKind } from '@/api/types'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { useDraft } from '@/ui/drafts'
import { Page } from '@/ui/Page'
import { Failed, Forbidden } from '@/ui/states'
import { createOf, emptyValues } from './draft'
import { EntityForm } from './EntityForm'
import { kinds } from './kinds'
import { Restored } from './Restored'
import './strings'

const route = getRouteApi('/app/campaigns/$campaignId/canon/new')

export function EntityNewPage() {
  const { isGm } = useCampaign()
  const { kind = 'character', parent } = route.useSearch()
  if (!isGm) return <Forbidden />
  return <Form key={`${kind}:${parent ?? ''}`} kind={kind} parent={parent ?? null} />
}

function Form({ kind, parent }: { kind: EntityKind; parent: string | null }) {
  const { t } = useTranslation('canon')
  const { t: common } = useTranslation()
  const { campaignId } = useCampaign()
  const blank = emptyValues(kind, parent)
  const draft = useDraft(`entity:new:${campaignId}:${kind}:${parent ?? ''}`, blank)
  const queries = useQueryClient()
  const navigate = useNavigate()
  const save = useMutation({
    mutationFn: () =>
      data(
        api.POST('/api/v1/campaigns/{campaign_id}/entities', {
          params: { path: { campaign_id: campaignId } },
          body: createOf(kind, draft.value),
        }),
      ),
    onSuccess: async (entity) => {
      draft.clear(blank)
      queries.setQueryData(entityQuery(campaignId, entity.id).queryKey, entity)
      void queries.invalidateQueries({ queryKey: ['campaign', campaignId] })
      await navigate({ to: '/campaigns/$campaignId/canon/$entityId', params: { campaignId, entityId: entity.id } })
    },
  })
  const errors = fieldErrors(save.error)
  const title = t('form.new_title', { kind: common(`kinds.${kind}`).toLowerCase() })
  return (
    <Page narrow title={title}>
      <Title order={1} mb="md">
        {title}
      </Title>
      <NativeSelect
        mb="md"
        label={t('form.kind')}
        value={kind}
        onChange={(event) =>
          void navigate({
            to: '/campaigns/$campaignId/canon/new',
            params: { campaignId },
            search: { kind: event.currentTarget.value as EntityKind },
            replace: true,
          })
        }
        data={kinds.map((value) => ({ value, label: common(`kinds.${value}`) }))}
      />
      {draft.restored && <Restored discard={() => draft.clear(blank)} />}
      <EntityForm
        kind={kind}
        values={draft.value}
        onChange={draft.change}
        errors={errors}
        submit={t('form.create')}
        busy={save.isPending}
        onSubmit={() => save.mutate()}
        onCancel={() => {
          draft.clear(blank)
          void navigate({ to: '/campaigns/$campaignId/canon', params: { campaignId }, search: { kind } })
        }}
      />
      {save.error && Object.keys(errors).length === 0 && <Failed error={save.error} />}
    </Page>
  )
}

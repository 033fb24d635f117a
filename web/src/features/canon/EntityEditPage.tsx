/** Changing an entity. A stale version is settled part by part; nobody's words are lost. */
import { Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data, ifMatch } from '@/api/client'
import { ApiError, fieldErrors } from '@/api/problem'
import { entityQuery } from '@/api/queries'
import type { EntityOut } from '@/api/types'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { EditedBy } from '@/features/pages/EditedBy'
import { useDraft } from '@/ui/drafts'
import { told } from '@/ui/notify'
import { Page } from '@/ui/Page'
import { Failed, Forbidden, Loading, PageError } from '@/ui/states'
import { ConflictView } from './ConflictView'
import { type EntityDraft, patchOf, valuesOf } from './draft'
import { EntityForm } from './EntityForm'
import { Restored } from './Restored'
import './strings'

export function EntityEditPage() {
  const { entityId } = useParams({ from: '/app/campaigns/$campaignId/canon/$entityId/edit' })
  const { campaignId, isGm } = useCampaign()
  const entity = useQuery(entityQuery(campaignId, entityId))
  if (!isGm) return <Forbidden />
  if (entity.isPending) return <Loading />
  if (entity.error && !entity.data) return <PageError error={entity.error} reset={() => void entity.refetch()} />
  return <Edit key={entityId} entity={entity.data} />
}

function draftOf(entity: EntityOut): EntityDraft {
  const values = valuesOf(entity)
  return { base: entity.version, original: values, values }
}

function Edit({ entity }: { entity: EntityOut }) {
  const { t } = useTranslation('canon')
  const { t: common } = useTranslation()
  const { campaignId } = useCampaign()
  const draft = useDraft(`entity:${entity.id}`, draftOf(entity))
  const [theirs, setTheirs] = useState<EntityOut | null>(null)
  const queries = useQueryClient()
  const navigate = useNavigate()
  const leave = () =>
    navigate({ to: '/campaigns/$campaignId/canon/$entityId', params: { campaignId, entityId: entity.id } })
  const save = useMutation({
    mutationFn: async ({ base, original, values }: EntityDraft) => {
      const body = patchOf(original, values)
      if (Object.keys(body).length === 0) return null
      const params = { path: { entity_id: entity.id }, header: ifMatch(base) }
      return data(api.PATCH('/api/v1/entities/{entity_id}', { params, body }))
    },
    onSuccess: async (out) => {
      draft.clear(draftOf(out ?? entity))
      if (out) {
        queries.setQueryData(entityQuery(campaignId, out.id).queryKey, { ...entity, ...out })
        void queries.invalidateQueries({ queryKey: ['campaign', campaignId] })
        told(t('form.saved'))
      }
      await leave()
    },
    onError: (error) => {
      if (error instanceof ApiError && error.status === 412 && error.problem.current) {
        setTheirs(error.problem.current as EntityOut)
      }
    },
  })
  const errors = fieldErrors(save.error)
  const title = t('form.edit_title', { name: entity.name })
  return (
    <Page narrow title={title}>
      <Title order={1} mb="md">
        {title}
      </Title>
      <EditedBy entityId={entity.id} editing />
      {theirs ? (
        <ConflictView
          draft={draft.value}
          theirs={theirs}
          busy={save.isPending}
          save={(values) => {
            const next = { base: theirs.version, original: valuesOf(theirs), values }
            draft.change(next)
            save.mutate(next)
          }}
          edit={(values) => {
            draft.change({ base: theirs.version, original: valuesOf(theirs), values })
            setTheirs(null)
          }}
        />
      ) : (
        <>
          {draft.restored && <Restored discard={() => draft.clear(draftOf(entity))} />}
          <EntityForm
            kind={entity.kind}
            selfId={entity.id}
            locks
            values={draft.value.values}
            onChange={(values) => draft.change({ ...draft.value, values })}
            errors={errors}
            submit={common('actions.save')}
            busy={save.isPending}
            onSubmit={() => save.mutate(draft.value)}
            onCancel={() => {
              draft.clear(draftOf(entity))
              void leave()
            }}
          />
        </>
      )}
      {save.error && !theirs && Object.keys(errors).length === 0 && <Failed error={save.error} />}
    </Page>
  )
}

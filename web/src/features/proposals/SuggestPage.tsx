/** Suggesting a new page, or a change of one, with the same form as the game master's. What is typed is kept. */
import { NativeSelect, Stack, Text, Textarea, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fieldErrors } from '@/api/problem'
import { entityQuery } from '@/api/queries'
import type { EntityKind, EntityOut } from '@/api/types'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { createOf, type EntityValues, emptyValues, patchOf, valuesOf } from '@/features/canon/draft'
import { EntityForm } from '@/features/canon/EntityForm'
import { kinds } from '@/features/canon/kinds'
import { Restored } from '@/features/canon/Restored'
import { useDraft } from '@/ui/drafts'
import { told } from '@/ui/notify'
import { Page } from '@/ui/Page'
import { Failed, Forbidden, Loading, PageError } from '@/ui/states'
import { type ProposalIn, suggest } from './queries'
import './strings'

const route = getRouteApi('/app/campaigns/$campaignId/proposals/new')

interface Draft {
  base: number | null
  kind: EntityKind
  original: EntityValues
  values: EntityValues
  reason: string
}

export function SuggestPage() {
  const { campaignId, mayPlay } = useCampaign()
  const { about } = route.useSearch()
  const entity = useQuery({ ...entityQuery(campaignId, about ?? ''), enabled: about !== undefined })
  if (!mayPlay) return <Forbidden />
  if (!about) return <Form key="new" entity={null} />
  if (entity.isPending) return <Loading />
  if (entity.error && !entity.data) return <PageError error={entity.error} reset={() => void entity.refetch()} />
  return <Form key={about} entity={entity.data} />
}

function blank(entity: EntityOut | null, kind: EntityKind): Draft {
  const values = entity ? valuesOf(entity) : emptyValues(kind, null)
  return { base: entity?.version ?? null, kind: entity?.kind ?? kind, original: values, values, reason: '' }
}

function Form({ entity }: { entity: EntityOut | null }) {
  const { t } = useTranslation('proposals')
  const { t: common } = useTranslation()
  const { campaignId } = useCampaign()
  const fresh = blank(entity, 'note')
  const draft = useDraft<Draft>(`suggest:${campaignId}:${entity?.id ?? 'new'}`, fresh)
  const [nothing, setNothing] = useState(false)
  const queries = useQueryClient()
  const navigate = useNavigate()
  const { kind, values, original, reason, base } = draft.value
  const leave = () =>
    entity
      ? navigate({ to: '/campaigns/$campaignId/canon/$entityId', params: { campaignId, entityId: entity.id } })
      : navigate({ to: '/campaigns/$campaignId/proposals', params: { campaignId } })
  const send = useMutation({
    mutationFn: () => {
      const more = entity
        ? { operation: 'update' as const, target_id: entity.id, change: patchOf(original, values), base_version: base }
        : { operation: 'create' as const, change: createOf(kind, values) }
      return suggest(campaignId, { target_type: 'entity', reason, ...more } as unknown as ProposalIn)
    },
    onSuccess: async () => {
      draft.clear(fresh)
      void queries.invalidateQueries({ queryKey: ['campaign', campaignId, 'proposals'] })
      told(t('suggest.sent'))
      await navigate({ to: '/campaigns/$campaignId/proposals', params: { campaignId } })
    },
  })
  const prefix = 'proposals.0.change.'
  const errors = Object.fromEntries(
    Object.entries(fieldErrors(send.error)).map(([field, message]) => [
      field.startsWith(prefix) ? field.slice(prefix.length) : field,
      message,
    ]),
  )
  const title = entity ? t('suggest.title', { name: entity.name }) : t('suggest.new')
  return (
    <Page narrow title={title}>
      <Title order={1}>{title}</Title>
      <Text c="dimmed" mb="md">
        {t('suggest.lead')}
      </Text>
      {draft.restored && <Restored discard={() => draft.clear(fresh)} />}
      <Stack mb="md">
        {!entity && (
          <NativeSelect
            label={t('suggest.kind')}
            value={kind}
            onChange={(event) => {
              const next = event.currentTarget.value as EntityKind
              draft.change({
                ...draft.value,
                kind: next,
                values: { ...values, subtype: next === 'character' ? 'npc' : null, parent_id: null },
              })
            }}
            data={kinds.map((value) => ({ value, label: common(`kinds.${value}`) }))}
          />
        )}
        <Textarea
          label={t('suggest.reason')}
          description={t('suggest.reason_hint')}
          value={reason}
          maxLength={2000}
          autosize
          minRows={2}
          onChange={(event) => draft.change({ ...draft.value, reason: event.currentTarget.value })}
        />
      </Stack>
      <EntityForm
        kind={kind}
        {...(entity ? { selfId: entity.id } : {})}
        values={values}
        onChange={(next) => {
          setNothing(false)
          draft.change({ ...draft.value, values: next })
        }}
        errors={errors}
        submit={t('suggest.send')}
        busy={send.isPending}
        onSubmit={() => {
          if (entity && Object.keys(patchOf(original, values)).length === 0) setNothing(true)
          else send.mutate()
        }}
        onCancel={() => {
          draft.clear(fresh)
          void leave()
        }}
      />
      {nothing && (
        <Text role="alert" mt="sm">
          {t('suggest.nothing')}
        </Text>
      )}
      {send.error && <Failed error={send.error} />}
    </Page>
  )
}

/** One fact: the statement, who knows it, how hard it is to find. */
import { Alert, Button, Group, NumberInput, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, data, ifMatch } from '@/api/client'
import { ApiError, fieldErrors } from '@/api/problem'
import type { Evidence, FactOut, Knower } from '@/api/types'
import { StoryTimeInput } from '@/features/calendar/StoryTimeInput'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { EvidenceInput } from '@/features/knowledge/EvidenceInput'
import { type FactKind, factKinds } from '@/features/knowledge/queries'
import { useDraft } from '@/ui/drafts'
import { Failed } from '@/ui/states'
import { PickKnowers, PickOne } from './names'

interface FactDraft {
  kind: FactKind
  evidence: Evidence[]
  known_from: number | null
  text: string
  predicate: string
  object_id: string | null
  knowers: Knower[]
  find_dc: number | null
  story_from: number | null
  story_to: number | null
}

function draftOf(fact: FactOut | null): FactDraft {
  return {
    kind: fact?.kind ?? 'attribute',
    evidence: fact?.evidence ?? [],
    known_from: null,
    text: fact?.text ?? '',
    predicate: fact?.predicate ?? '',
    object_id: fact?.object_id ?? null,
    knowers: fact?.knowers ?? [{ type: 'gm' }],
    find_dc: fact?.find_dc ?? null,
    story_from: fact?.story_from ?? null,
    story_to: fact?.story_to ?? null,
  }
}

export function FactForm({ subjectId, fact, close }: { subjectId: string; fact: FactOut | null; close: () => void }) {
  const { t } = useTranslation('canon')
  const { t: common } = useTranslation()
  const { t: known } = useTranslation('knowledge')
  const { campaignId } = useCampaign()
  const queries = useQueryClient()
  // The draft remembers the version it began with: a reload must not hide that somebody else saved in between.
  const draft = useDraft(`fact2:${fact?.id ?? `new:${subjectId}`}`, { base: fact?.version ?? 0, values: draftOf(fact) })
  const [theirs, setTheirs] = useState<FactOut | null>(null)
  const { base, values } = draft.value
  const set = <K extends keyof FactDraft>(key: K, value: FactDraft[K]) =>
    draft.change({ base, values: { ...values, [key]: value } })
  const save = useMutation({
    mutationFn: (version: number) => {
      const body = { ...values, text: values.text.trim(), predicate: values.predicate.trim() }
      if (!fact) {
        return data(
          api.POST('/api/v1/campaigns/{campaign_id}/facts', {
            params: { path: { campaign_id: campaignId } },
            body: { subject_id: subjectId, ...body },
          }),
        )
      }
      const params = { path: { fact_id: fact.id }, header: ifMatch(version) }
      return data(api.PATCH('/api/v1/facts/{fact_id}', { params, body }))
    },
    onSuccess: async () => {
      draft.clear({ base: 0, values: draftOf(null) })
      await queries.invalidateQueries({ queryKey: ['campaign', campaignId, 'facts'] })
      close()
    },
    onError: (error) => {
      if (error instanceof ApiError && error.status === 412 && error.problem.current) {
        setTheirs(error.problem.current as FactOut)
      }
    },
  })
  const fields = fieldErrors(save.error)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate(base)
      }}
    >
      <Stack>
        <Textarea
          label={t('fact.text')}
          description={t('fact.text_hint')}
          value={values.text}
          onChange={(event) => set('text', event.currentTarget.value)}
          error={fields.text}
          autosize
          minRows={2}
          required
          data-autofocus
        />
        <TextInput
          label={t('fact.predicate')}
          description={t('fact.predicate_hint')}
          value={values.predicate}
          onChange={(event) => set('predicate', event.currentTarget.value)}
          error={fields.predicate}
          required
        />
        <Select
          label={known('fact_kind')}
          data={factKinds.map((kind) => ({ value: kind, label: known(`kinds.${kind}`) }))}
          value={values.kind}
          onChange={(kind) => kind && set('kind', kind as FactKind)}
          allowDeselect={false}
          error={fields.kind}
        />
        <PickKnowers
          campaignId={campaignId}
          label={t('fact.knowers')}
          description={t('fact.knowers_hint')}
          value={values.knowers}
          onChange={(knowers) => set('knowers', knowers)}
        />
        <StoryTimeInput
          label={known('known_from')}
          description={known('known_from_hint')}
          value={values.known_from}
          onChange={(moment) => set('known_from', moment)}
          error={fields.known_from}
        />
        <PickOne
          campaignId={campaignId}
          label={t('fact.object')}
          value={values.object_id}
          onChange={(id) => set('object_id', id)}
          not={subjectId}
          error={fields.object_id}
        />
        <NumberInput
          label={t('fact.find_dc')}
          description={t('fact.find_dc_hint')}
          value={values.find_dc ?? ''}
          onChange={(value) => set('find_dc', typeof value === 'number' ? value : null)}
          min={1}
          max={40}
          allowDecimal={false}
          error={fields.find_dc}
        />
        <Group grow align="flex-start">
          {(['story_from', 'story_to'] as const).map((key) => (
            <StoryTimeInput
              key={key}
              label={t(`fact.${key}`)}
              description={t(`fact.${key}_hint`)}
              value={values[key]}
              onChange={(value) => set(key, value)}
              end={key === 'story_to'}
              error={fields[key]}
            />
          ))}
        </Group>
        <EvidenceInput value={values.evidence} onChange={(evidence) => set('evidence', evidence)} fields={fields} />
        {theirs && (
          <Alert color="brass">
            <Stack gap="xs">
              <Text size="sm">{t('fact.stale')}</Text>
              <Text className="skald-serif">{theirs.text}</Text>
              <Group gap="xs">
                <Button size="xs" onClick={() => save.mutate(theirs.version)} loading={save.isPending}>
                  {t('fact.overwrite')}
                </Button>
                <Button
                  size="xs"
                  variant="default"
                  onClick={() => {
                    draft.clear({ base: theirs.version, values: draftOf(theirs) })
                    setTheirs(null)
                  }}
                >
                  {t('fact.take')}
                </Button>
              </Group>
            </Stack>
          </Alert>
        )}
        {save.error && !theirs && Object.keys(fields).length === 0 && <Failed error={save.error} />}
        <Group justify="flex-end">
          <Button
            variant="default"
            onClick={() => {
              draft.clear({ base: fact?.version ?? 0, values: draftOf(fact) })
              close()
            }}
          >
            {common('actions.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {common('actions.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

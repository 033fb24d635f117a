/** Who knew what, and when: facts through somebody's eyes at a moment of the story, by what they are about. */
import { Button, Checkbox, Group, Select, Stack, Text, TextInput, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconBulb, IconSpeakerphone } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FactOut } from '@/api/types'
import { Moment } from '@/features/calendar/Moment'
import { StoryTime } from '@/features/calendar/StoryTime'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { EntityLink } from '@/features/canon/names'
import type { KnowledgeSearch } from '@/router'
import { Page } from '@/ui/Page'
import { Panel } from '@/ui/Panel'
import { Empty, Failed, Loading } from '@/ui/states'
import { Holds, Knowers } from './FactLines'
import { type FactKind, factKinds, knowledgeQuery } from './queries'
import { RevealMany } from './RevealMany'
import { ViewAsButton } from './ViewAs'
import { useViewers } from './viewers'
import './strings'

const route = getRouteApi('/app/campaigns/$campaignId/knowledge')

export function KnowledgePage() {
  const { t } = useTranslation('knowledge')
  const { t: common } = useTranslation()
  const { campaignId, isGm } = useCampaign()
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/campaigns/$campaignId/knowledge' })
  const set = (next: KnowledgeSearch) => void navigate({ search: (old) => ({ ...old, ...next }), replace: true })
  const [settled] = useDebouncedValue(search, 250)
  const facts = useInfiniteQuery(
    knowledgeQuery(campaignId, {
      ...(settled.who && isGm ? { viewer: settled.who } : {}),
      ...(settled.at === undefined ? {} : { as_of: settled.at }),
      ...(settled.kind ? { kind: settled.kind as FactKind } : {}),
      ...(settled.q ? { q: settled.q } : {}),
    }),
  )
  const shown = facts.data?.pages.flatMap((page) => page.items) ?? []
  const total = facts.data?.pages[0]?.total ?? shown.length
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [revealing, setRevealing] = useState(false)
  // Through other eyes a fact does not say who knows it; it can be revealed further from one's own.
  const mayReveal = isGm && !settled.who
  const choosable = shown.filter((fact) => fact.status === 'canon')
  const picked = choosable.filter((fact) => chosen.has(fact.id))
  const choose = (ids: string[], on: boolean) =>
    setChosen((old) => {
      const next = new Set(old)
      for (const id of ids) {
        if (on) next.add(id)
        else next.delete(id)
      }
      return next
    })
  return (
    <Page title={t('title')}>
      <Group justify="space-between" align="flex-end" mb="md">
        <div>
          <Title order={1}>{t('title')}</Title>
          <Text c="dimmed">{t(isGm ? 'lead_gm' : 'lead')}</Text>
        </div>
        <ViewAsButton />
      </Group>
      <Filters search={search} set={set} />
      <Group justify="space-between" mb="sm" mih={36}>
        <Text c="dimmed" aria-live="polite">
          {facts.data && t('found', { count: total })}
        </Text>
        {mayReveal && choosable.length > 0 && (
          <Group gap="sm">
            <Checkbox
              label={t('select_all')}
              checked={picked.length === choosable.length}
              indeterminate={picked.length > 0 && picked.length < choosable.length}
              onChange={(event) =>
                choose(
                  choosable.map((fact) => fact.id),
                  event.currentTarget.checked,
                )
              }
            />
            <Button
              size="xs"
              leftSection={<IconSpeakerphone size={15} />}
              disabled={picked.length === 0 || picked.length > 100}
              onClick={() => setRevealing(true)}
            >
              {picked.length > 0 ? t('reveal_title', { count: picked.length }) : t('reveal')}
            </Button>
          </Group>
        )}
      </Group>
      {facts.error && <Failed error={facts.error} retry={() => void facts.refetch()} />}
      {facts.isPending && <Loading height={240} />}
      {facts.data && shown.length === 0 && (
        <Empty icon={<IconBulb size={40} stroke={1.3} />} title={t('empty_title')}>
          {t('empty_text')}
        </Empty>
      )}
      <Stack>
        {bySubject(shown).map((group) => (
          <Panel
            key={group.id}
            title={<EntityLink campaignId={campaignId} id={group.id} name={group.name} />}
            padding="sm"
          >
            <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: 'none' }}>
              {group.facts.map((fact) => (
                <Group key={fact.id} component="li" wrap="nowrap" align="flex-start" gap="sm">
                  {mayReveal && (
                    <Checkbox
                      mt={3}
                      aria-label={t('select', { text: fact.text || fact.predicate })}
                      disabled={fact.status !== 'canon'}
                      checked={chosen.has(fact.id)}
                      onChange={(event) => choose([fact.id], event.currentTarget.checked)}
                    />
                  )}
                  <Line fact={fact} own={!mayReveal} />
                </Group>
              ))}
            </Stack>
          </Panel>
        ))}
      </Stack>
      {facts.hasNextPage && (
        <Button variant="default" mt="md" loading={facts.isFetchingNextPage} onClick={() => void facts.fetchNextPage()}>
          {common('actions.more')}
        </Button>
      )}
      <RevealMany
        facts={revealing ? picked : []}
        close={() => setRevealing(false)}
        done={() => {
          setRevealing(false)
          setChosen(new Set())
        }}
      />
    </Page>
  )
}

function Line({ fact, own }: { fact: FactOut; own: boolean }) {
  const { t } = useTranslation('knowledge')
  const { campaignId } = useCampaign()
  return (
    <div style={{ minWidth: 0 }}>
      <Text className="skald-serif">{fact.text || fact.predicate}</Text>
      <Group gap={8}>
        <Text size="xs" c="dimmed">
          {t(`kinds.${fact.kind}`)}
          {fact.text && ` · ${fact.predicate.replaceAll('_', ' ')}`}
        </Text>
        {fact.object_id && fact.object_name && (
          <Text size="xs">
            → <EntityLink campaignId={campaignId} id={fact.object_id} name={fact.object_name} />
          </Text>
        )}
        <Holds fact={fact} />
        {own ? (
          <Text size="xs" c="dimmed">
            {fact.known_from == null ? (
              t('always')
            ) : (
              <>
                {t('learned', { when: '' })}
                <StoryTime minute={fact.known_from} style="time" />
              </>
            )}
          </Text>
        ) : (
          <Knowers fact={fact} />
        )}
      </Group>
    </div>
  )
}

/** Facts that stand together because they are about the same. */
function bySubject(facts: FactOut[]) {
  const groups: { id: string; name: string; facts: FactOut[] }[] = []
  for (const fact of facts) {
    const last = groups.at(-1)
    if (last?.id === fact.subject_id) last.facts.push(fact)
    else groups.push({ id: fact.subject_id, name: fact.subject_name, facts: [fact] })
  }
  return groups
}

function Filters({ search, set }: { search: KnowledgeSearch; set: (next: KnowledgeSearch) => void }) {
  const { t } = useTranslation('knowledge')
  const { isGm } = useCampaign()
  const { groups } = useViewers()
  return (
    <Stack gap="sm" mb="md">
      <Group align="flex-end" gap="sm">
        {isGm && (
          <Select
            label={t('eyes')}
            placeholder={t('eyes_all')}
            data={groups}
            value={search.who ?? null}
            onChange={(who) => set({ who: who ?? undefined })}
            searchable
            clearable
            clearButtonProps={{ 'aria-label': t('eyes_all') }}
          />
        )}
        <Select
          label={t('kind')}
          placeholder={t('kind_all')}
          data={factKinds.map((kind) => ({ value: kind, label: t(`kinds.${kind}`) }))}
          value={search.kind ?? null}
          onChange={(kind) => set({ kind: kind ?? undefined })}
          clearable
          clearButtonProps={{ 'aria-label': t('kind_all') }}
        />
        <TextInput
          flex={1}
          miw={180}
          label={t('search')}
          value={search.q ?? ''}
          onChange={(event) => set({ q: event.currentTarget.value || undefined })}
          type="search"
        />
      </Group>
      <Moment at={search.at} onChange={(at) => set({ at })} label={t('day')} then={t('moment')} now={t('moment_now')} />
    </Stack>
  )
}

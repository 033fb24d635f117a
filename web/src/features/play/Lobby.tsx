/** Before the game: pick who to be. */
import { Badge, Button, Group, SimpleGrid, Text, Title } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import { useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, data } from '@/api/client'
import { entityQuery, membersQuery, readyMadeQuery } from '@/api/queries'
import type { ReadyMade, SessionOut } from '@/api/types'
import { useUser } from '@/ui/auth'
import { Empty, Failed, Loading } from '@/ui/states'
import classes from './Lobby.module.css'

interface SheetFields {
  class?: string
  level?: number
  max_health?: number
  health?: number
  max_mana?: number
  abilities?: Record<string, number>
}

interface LobbyProps {
  session: SessionOut
  campaignId: string
  joined: (session: SessionOut) => void
  watch: (() => void) | null
}

export function Lobby({ session, campaignId, joined, watch }: LobbyProps) {
  const { t } = useTranslation('play')
  const ready = useQuery(readyMadeQuery(campaignId))
  const own = useOwn(campaignId, ready.data?.items)
  const characters = [...own, ...(ready.data?.items ?? [])]
  const queries = useQueryClient()
  const join = useMutation({
    mutationFn: (character_id: string) =>
      data(
        api.POST('/api/v1/sessions/{session_id}/join', {
          params: { path: { session_id: session.id } },
          body: { character_id },
        }),
      ),
    onSuccess: joined,
    onSettled: () => void queries.invalidateQueries({ queryKey: readyMadeQuery(campaignId).queryKey }),
  })
  return (
    <div className={classes.lobby}>
      <Group justify="space-between" align="flex-end" mb="lg">
        <div>
          <Title order={1}>{t('lobby.title')}</Title>
          <Text c="dimmed">{t('lobby.lead')}</Text>
        </div>
        {watch && (
          <Button variant="default" onClick={watch}>
            {t('lobby.watch')}
          </Button>
        )}
      </Group>
      {join.error && <Failed error={join.error} />}
      {ready.isPending && <Loading />}
      {ready.error && <Failed error={ready.error} retry={() => void ready.refetch()} />}
      {ready.data && characters.length === 0 && (
        <Empty icon={<IconUsers size={40} stroke={1.3} />} title={t('lobby.empty_title')}>
          {t('lobby.empty_text')}
        </Empty>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} component="ul" p={0} m={0} mt="md">
        {characters.map((character) => (
          <Card
            key={character.id}
            character={character}
            busy={join.isPending && join.variables === character.id}
            join={() => join.mutate(character.id)}
          />
        ))}
      </SimpleGrid>
    </div>
  )
}

/** Characters of one's own that are not among the ready-made ones. */
function useOwn(campaignId: string, ready: ReadyMade[] | undefined): ReadyMade[] {
  const me = useUser()
  const members = useQuery(membersQuery(campaignId))
  const listed = new Set(ready?.map((character) => character.id))
  const mine = members.data?.items.find((member) => member.user_id === me.id)?.characters ?? []
  const found = useQueries({
    queries: (ready ? mine : [])
      .filter((id) => !listed.has(id))
      .map((id) => ({ ...entityQuery(campaignId, id), retry: false })),
  })
  return found.flatMap(({ data: entity }) =>
    entity?.kind === 'character'
      ? [
          {
            id: entity.id,
            name: entity.name,
            summary: entity.summary,
            body: entity.body,
            fields: entity.fields,
            taken_by: me.id,
          },
        ]
      : [],
  )
}

function Card({ character, busy, join }: { character: ReadyMade; busy: boolean; join: () => void }) {
  const { t } = useTranslation('play')
  const me = useUser()
  const sheet = (character.fields.sheet ?? {}) as SheetFields
  const mine = character.taken_by === me.id
  const taken = character.taken_by != null && !mine
  return (
    <li className={classes.card} data-taken={taken || undefined}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Title order={2} size="h3">
          {character.name}
        </Title>
        {taken && <Badge color="gray">{t('lobby.taken')}</Badge>}
        {mine && <Badge>{t('lobby.own')}</Badge>}
      </Group>
      {sheet.class && (
        <Text size="sm" className={classes.class}>
          {t('lobby.class_level', { class: sheet.class, level: sheet.level ?? 1 })}
        </Text>
      )}
      <p className={classes.summary}>{character.summary}</p>
      <dl className={classes.numbers}>
        {(sheet.max_health ?? sheet.health) !== undefined && (
          <div>
            <dt>{t('side.health')}</dt>
            <dd>{sheet.max_health ?? sheet.health}</dd>
          </div>
        )}
        {(sheet.max_mana ?? 0) > 0 && (
          <div>
            <dt>{t('side.mana')}</dt>
            <dd>{sheet.max_mana}</dd>
          </div>
        )}
        {Object.entries(sheet.abilities ?? {})
          .sort(([, a], [, b]) => b - a)
          .slice(0, 2)
          .map(([name, score]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{score}</dd>
            </div>
          ))}
      </dl>
      <Button fullWidth disabled={taken} loading={busy} onClick={join}>
        {t(mine ? 'lobby.continue_as' : 'lobby.play_as', { name: character.name })}
      </Button>
    </li>
  )
}

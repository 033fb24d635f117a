/** Quests, place, clues and people. */
import { Badge, Button, Stack, Text } from '@mantine/core'
import { IconArrowRight, IconCheck, IconSquare } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { GameQuest, GameState, Participant } from '@/api/types'
import type { Person } from '@/live/session'
import type { SideProps } from './Side'
import classes from './Side.module.css'

export function Place({ game, mayAct, move, named }: SideProps & { named?: boolean }) {
  const { t } = useTranslation('play')
  const place = game?.location
  if (!place) return <Text c="dimmed">{t('side.no_place')}</Text>
  return (
    <>
      {named && (
        <Text className="skald-serif" fw={600} fz="xl">
          {place.name}
        </Text>
      )}
      {place.summary && <p className={classes.place}>{place.summary}</p>}
      {place.people && place.people.length > 0 && (
        <>
          <p className={classes.caption}>{t('side.people')}</p>
          <p className={classes.people}>{place.people.map((person) => person.name).join(', ')}</p>
        </>
      )}
      {place.exits.length > 0 && (
        <>
          <p className={classes.caption}>{t('side.exits')}</p>
          <Stack gap={6}>
            {place.exits.map((exit) => (
              <Button
                key={exit.id}
                variant="default"
                size="xs"
                justify="space-between"
                rightSection={<IconArrowRight size={15} />}
                disabled={!mayAct}
                onClick={() => move(exit.id)}
                aria-label={t('side.go', { name: exit.name })}
              >
                {exit.name}
              </Button>
            ))}
          </Stack>
        </>
      )}
    </>
  )
}

const order = { active: 0, offered: 1, completed: 2, failed: 3 }
const colors = { active: 'brass', offered: 'fjord', completed: 'moss', failed: 'blood' }

export function Quests({ quests }: { quests: GameQuest[] }) {
  const { t } = useTranslation('play')
  if (quests.length === 0) return <Text c="dimmed">{t('side.no_quests')}</Text>
  const sorted = [...quests].sort((a, b) => order[a.status] - order[b.status])
  return (
    <ul className={classes.list}>
      {sorted.map((quest) => (
        <li key={quest.quest_id}>
          <div className={classes.line}>
            <Text fw={600}>{quest.title}</Text>
            <Badge size="sm" variant="light" color={colors[quest.status]}>
              {t(`side.quest_status.${quest.status}`)}
            </Badge>
          </div>
          <ul className={classes.list}>
            {quest.objectives.map((objective) => {
              const done = objective.progress >= objective.target
              return (
                <li key={objective.id} className={classes.objective} data-done={done || undefined}>
                  {done ? <IconCheck size={14} /> : <IconSquare size={14} />}
                  <span>
                    {objective.text}
                    {objective.target > 1 && ` (${objective.progress}/${objective.target})`}
                  </span>
                </li>
              )
            })}
          </ul>
        </li>
      ))}
    </ul>
  )
}

export function Clues({ clues }: { clues: GameState['clues'] }) {
  const { t } = useTranslation('play')
  if (clues.length === 0) return <Text c="dimmed">{t('side.no_clues')}</Text>
  return (
    <ul className={classes.list}>
      {clues.map((clue) => (
        <li key={clue.fact_id} className={classes.clue}>
          {clue.text}
        </li>
      ))}
    </ul>
  )
}

export function People({ participants, present }: { participants: Participant[]; present: readonly Person[] }) {
  const { t } = useTranslation('play')
  const here = new Set(present.map((person) => person.user_id))
  const watchers = present.filter((person) => !participants.some((p) => p.user_id === person.user_id))
  return (
    <ul className={classes.list}>
      {participants.map((person) => (
        <Row
          key={person.user_id}
          name={person.display_name}
          character={person.character_name ?? null}
          online={here.has(person.user_id)}
          label={t('side.online')}
        />
      ))}
      {watchers.map((person) => (
        <Row key={person.user_id} name={person.display_name} character={null} online label={t('side.online')} />
      ))}
    </ul>
  )
}

function Row(props: { name: string; character: string | null; online: boolean; label: string }) {
  return (
    <li className={classes.line} style={{ justifyContent: 'flex-start' }}>
      {props.online ? (
        <span className={classes.dot} data-online role="img" aria-label={props.label} />
      ) : (
        <span className={classes.dot} />
      )}
      <span>
        {props.name}
        {props.character && (
          <Text span c="dimmed" size="sm">
            {' '}
            · {props.character}
          </Text>
        )}
      </span>
    </li>
  )
}

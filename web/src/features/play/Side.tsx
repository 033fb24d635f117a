/** The side of the table: place, characters, quests, clues, people. A column on a desk, a drawer on a phone. */
import { ActionIcon, Drawer, Indicator, Stack, Tabs } from '@mantine/core'
import { IconBulb, IconFlag, IconMapPin, IconUser } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { GameCharacter, GameState, Participant } from '@/api/types'
import type { Person } from '@/live/session'
import { Panel } from '@/ui/Panel'
import { Bars, Sheet } from './Sheet'
import classes from './Side.module.css'
import { Clues, People, Place, Quests } from './SideParts'

export interface SideProps {
  game: GameState | null
  mine: GameCharacter | null
  participants: Participant[]
  present: readonly Person[]
  /** Only somebody who plays in a running session may act. */
  mayAct: boolean
  use: (characterId: string, item: string, name: string) => void
  move: (locationId: string) => void
  check: (ability: string, modifier: number) => void
}

function others(props: SideProps): GameCharacter[] {
  return (props.game?.characters ?? []).filter((c) => c.character_id !== props.mine?.character_id)
}

export function SideColumn(props: SideProps) {
  const { t } = useTranslation('play')
  const party = others(props)
  return (
    <aside className={classes.column} aria-label={t('side.label')}>
      <Stack gap="sm">
        {props.mine && (
          <Panel title={props.mine.name} padding="sm">
            <Sheet {...props} character={props.mine} />
          </Panel>
        )}
        <Panel title={props.game?.location?.name ?? t('side.place')} padding="sm">
          <Place {...props} />
        </Panel>
        <Panel title={t('side.quests')} padding="sm">
          <Quests quests={props.game?.quests ?? []} />
        </Panel>
        <Panel title={t('side.clues')} padding="sm">
          <Clues clues={props.game?.clues ?? []} />
        </Panel>
        {party.length > 0 && (
          <Panel title={t('side.party')} padding="sm">
            <Stack gap="sm">
              {party.map((character) => (
                <Bars key={character.character_id} character={character} named />
              ))}
            </Stack>
          </Panel>
        )}
        <Panel title={t('side.here')} padding="sm">
          <People participants={props.participants} present={props.present} />
        </Panel>
      </Stack>
    </aside>
  )
}

type Tab = 'sheet' | 'quests' | 'place' | 'clues'

export function SideBar(props: SideProps) {
  const { t } = useTranslation('play')
  const [open, setOpen] = useState<Tab | null>(null)
  const [tab, setTab] = useState<Tab>('sheet')
  const show = (next: Tab) => {
    setTab(next)
    setOpen(next)
  }
  const tabs: { value: Tab; icon: ReactNode; count: number; body: ReactNode }[] = [
    {
      value: 'sheet',
      icon: <IconUser size={20} />,
      count: 0,
      body: (
        <Stack>
          {props.mine && <Sheet {...props} character={props.mine} named />}
          {others(props).map((character) => (
            <Bars key={character.character_id} character={character} named />
          ))}
          <Panel title={t('side.here')} padding="sm">
            <People participants={props.participants} present={props.present} />
          </Panel>
        </Stack>
      ),
    },
    {
      value: 'place',
      icon: <IconMapPin size={20} />,
      count: 0,
      body: (
        <Place
          {...props}
          named
          move={(id) => {
            setOpen(null)
            props.move(id)
          }}
        />
      ),
    },
    {
      value: 'quests',
      icon: <IconFlag size={20} />,
      count: props.game?.quests.filter((quest) => quest.status === 'active').length ?? 0,
      body: <Quests quests={props.game?.quests ?? []} />,
    },
    {
      value: 'clues',
      icon: <IconBulb size={20} />,
      count: props.game?.clues.length ?? 0,
      body: <Clues clues={props.game?.clues ?? []} />,
    },
  ]
  return (
    <div className={classes.bar}>
      <div className={classes.mini}>{props.mine && <Bars character={props.mine} small />}</div>
      {tabs.map(({ value, icon, count }) => (
        <Indicator key={value} label={count} size={16} disabled={count === 0} offset={5}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={42}
            onClick={() => show(value)}
            aria-label={t('side.open', { what: t(`side.${value}`) })}
            aria-haspopup="dialog"
          >
            {icon}
          </ActionIcon>
        </Indicator>
      ))}
      <Drawer
        opened={open !== null}
        onClose={() => setOpen(null)}
        position="bottom"
        size="75%"
        title={t('side.label')}
        radius="lg"
      >
        <Tabs value={tab} onChange={(value) => setTab(value as Tab)}>
          <Tabs.List grow mb="md">
            {tabs.map(({ value }) => (
              <Tabs.Tab key={value} value={value}>
                {t(`side.${value}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {tabs.map(({ value, body }) => (
            <Tabs.Panel key={value} value={value}>
              {body}
            </Tabs.Panel>
          ))}
        </Tabs>
      </Drawer>
    </div>
  )
}

/** What changed in the game, in small. */
import {
  IconAward,
  IconBackpack,
  IconBulb,
  IconFlag,
  IconHeartMinus,
  IconHeartPlus,
  IconMapPin,
  IconProgressCheck,
  IconSparkles,
  IconTrophy,
} from '@tabler/icons-react'
import type { ComponentType } from 'react'
import type { EffectData, EntryOut } from '@/api/types'
import classes from './rows.module.css'

const looks: Record<string, [ComponentType<{ size?: number }>, string]> = {
  damage: [IconHeartMinus, 'bad'],
  heal: [IconHeartPlus, 'good'],
  item_gained: [IconBackpack, 'brass'],
  item_lost: [IconBackpack, 'plain'],
  quest_started: [IconFlag, 'brass'],
  quest_advanced: [IconProgressCheck, 'brass'],
  quest_completed: [IconTrophy, 'brass'],
  moved: [IconMapPin, 'good'],
  clue_found: [IconBulb, 'find'],
  experience_gained: [IconAward, 'brass'],
}

export function EffectChips({ entries }: { entries: EntryOut[] }) {
  return (
    <ul className={classes.effects}>
      {entries.map((entry) => {
        const { effect, summary } = entry.data as unknown as EffectData
        const [Icon, tone] = looks[effect?.type] ?? [IconSparkles, 'plain']
        return (
          <li key={entry.id} className={classes.chip} data-tone={tone}>
            <Icon size={16} />
            {summary || entry.text}
          </li>
        )
      })}
    </ul>
  )
}

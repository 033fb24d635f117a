/** A roll: the dice, the sum, and whether it was enough. */
import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { EntryOut, RollData } from '@/api/types'
import classes from './rows.module.css'

const shapes: Record<number, string> = {
  4: 'M16 3L30 28H2z',
  6: 'M5 5h22v22H5z',
  8: 'M16 2l13 14-13 14L3 16z',
  10: 'M16 2l13 11-13 17L3 13z',
  12: 'M16 2l14 10-5 17H7L2 12z',
  20: 'M16 1l13 7.5v15L16 31 3 23.5v-15z',
}

export function DieShape({ sides }: { sides: number }) {
  const path = shapes[sides] ?? shapes[10]
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path
        d={path}
        fill="currentColor"
        fillOpacity="0.12"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinejoin="round"
      />
    </svg>
  )
}

function signed(value: number): string {
  return value < 0 ? `− ${-value}` : `+ ${value}`
}

export function RollCard({ entry }: { entry: EntryOut }) {
  const { t } = useTranslation('play')
  const roll = entry.data as unknown as RollData
  const check = roll.check ?? null
  const outcome = check ? (check.success ? 'success' : 'failure') : undefined
  return (
    <div className={classes.roll} data-outcome={outcome}>
      <span className={classes.total}>{roll.total}</span>
      <div>
        <Text size="sm" fw={600}>
          {entry.author.name}
          {roll.purpose && (
            <Text span size="sm" c="dimmed">
              {' '}
              · {roll.purpose}
            </Text>
          )}
        </Text>
        {check && (
          <Text size="sm" className={classes.outcome} data-success={check.success} fw={600}>
            {t(check.success ? 'roll.success' : 'roll.failure')}{' '}
            <Text span size="sm" c="dimmed">
              {t('roll.vs', { difficulty: check.difficulty })}
            </Text>
          </Text>
        )}
      </div>
      <div className={classes.dice}>
        {roll.dice.map((die, i) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: a roll never changes
            key={i}
            className={classes.die}
            data-dropped={die.kept ? undefined : true}
            role="img"
            aria-label={t(die.kept ? 'roll.die' : 'roll.dropped', { sides: die.sides, value: die.value })}
          >
            <DieShape sides={die.sides} />
            <span>{die.value}</span>
          </span>
        ))}
        {roll.modifier !== 0 && <Text size="sm">{signed(roll.modifier)}</Text>}
        <Text size="xs" c="dimmed" ff="monospace">
          {roll.notation}
        </Text>
      </div>
    </div>
  )
}

/** A character as it stands in the game right now. */
import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { GameCharacter } from '@/api/types'
import type { SideProps } from './Side'
import classes from './Side.module.css'

export function modifierOf(score: number): number {
  return Math.floor((score - 10) / 2)
}

export function signed(value: number): string {
  return value < 0 ? `−${-value}` : `+${value}`
}

function Meter({ what, now, max, small }: { what: 'health' | 'mana'; now: number; max: number; small?: boolean }) {
  const { t } = useTranslation('play')
  const share = max > 0 ? Math.min(1, Math.max(0, now / max)) : 0
  return (
    <div className={classes.meter}>
      {!small && <span aria-hidden="true">{t(`side.${what}`)}</span>}
      <div
        className={classes.track}
        role="meter"
        aria-label={t(`side.${what}`)}
        aria-valuemin={0}
        aria-valuemax={max}
        aria-valuenow={now}
        aria-valuetext={`${now} / ${max}`}
      >
        <div className={classes.fill} data-what={what} style={{ transform: `scaleX(${share})` }} />
      </div>
      <span aria-hidden="true">
        {now}/{max}
      </span>
    </div>
  )
}

export function Bars({ character, named, small }: { character: GameCharacter; named?: boolean; small?: boolean }) {
  const { t } = useTranslation('play')
  return (
    <div className={small ? classes.small : undefined}>
      {named && (
        <Group justify="space-between" mb={4} wrap="nowrap">
          <Text fw={600}>{character.name}</Text>
          <Text size="sm" c="dimmed">
            {character.class
              ? t('lobby.class_level', { class: character.class, level: character.level })
              : t('lobby.level', { level: character.level })}
          </Text>
        </Group>
      )}
      <div className={classes.meters}>
        <Meter what="health" now={character.health} max={character.max_health} small={small} />
        {character.max_mana > 0 && <Meter what="mana" now={character.mana} max={character.max_mana} small={small} />}
      </div>
    </div>
  )
}

const known = ['strength', 'dexterity', 'constitution', 'intelligence', 'wisdom', 'charisma'] as const

export function Sheet({
  character,
  named,
  mayAct,
  use,
  check,
}: SideProps & { character: GameCharacter; named?: boolean }) {
  const { t } = useTranslation('play')
  const abilities = known.filter((name) => name in character.abilities)
  return (
    <Stack gap="sm">
      {!named && (
        <Text size="sm" c="dimmed" mt={-8}>
          {character.class
            ? t('lobby.class_level', { class: character.class, level: character.level })
            : t('lobby.level', { level: character.level })}
          {' · '}
          {t('side.defense')} {character.defense} · {t('side.experience')} {character.experience}
        </Text>
      )}
      <Bars character={character} named={named} />
      {character.conditions.length > 0 && (
        <Group gap={6} aria-label={t('side.conditions')} role="list">
          {character.conditions.map((condition) => (
            <Badge key={condition} color="blood" variant="light" role="listitem">
              {condition}
            </Badge>
          ))}
        </Group>
      )}
      {abilities.length > 0 && (
        <div className={classes.abilities}>
          {abilities.map((name) => {
            const score = character.abilities[name] ?? 10
            const modifier = modifierOf(score)
            const inner = (
              <>
                <small>{t(`abilities.${name}`)}</small>
                <b>{signed(modifier)}</b>
                <small>{score}</small>
              </>
            )
            return mayAct ? (
              <button
                key={name}
                type="button"
                className={classes.ability}
                onClick={() => check(name, modifier)}
                aria-label={t('side.check', { ability: name, modifier: signed(modifier) })}
              >
                {inner}
              </button>
            ) : (
              <div key={name} className={classes.ability}>
                {inner}
              </div>
            )
          })}
        </div>
      )}
      <div>
        <p className={classes.caption}>{t('side.inventory')}</p>
        {character.inventory.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('side.inventory_empty')}
          </Text>
        )}
        <ul className={classes.list}>
          {character.inventory.map((line) => (
            <li key={line.item_id ?? line.name} className={classes.line}>
              <span>
                {line.name}
                {(line.quantity ?? 1) > 1 && (
                  <Text span c="dimmed">
                    {' '}
                    × {line.quantity}
                  </Text>
                )}
              </span>
              {line.usable && mayAct && (
                <Button
                  size="compact-xs"
                  variant="light"
                  onClick={() => use(character.character_id, line.item_id ?? line.name ?? '', line.name ?? '')}
                  aria-label={t('side.use_item', { item: line.name })}
                >
                  {t('side.use')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      </div>
    </Stack>
  )
}

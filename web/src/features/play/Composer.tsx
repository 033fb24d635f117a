/** Where a player writes and rolls. The draft stays until it is sent, across reloads. */
import { ActionIcon, Button, Group, Textarea, TextInput, Tooltip } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconDice5, IconSend2 } from '@tabler/icons-react'
import { type KeyboardEvent, type RefObject, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Person } from '@/live/session'
import classes from './Composer.module.css'
import { DieShape } from './RollCard'

interface ComposerProps {
  text: string
  setText: (text: string) => void
  inputRef: RefObject<HTMLTextAreaElement | null>
  characterName: string | null
  say: (text: string) => void
  roll: (notation: string, purpose?: string) => void
  typing: () => void
  writers: readonly Person[]
}

const TYPING_EVERY_MS = 2_500
const dice = [4, 6, 8, 10, 12, 20, 100]

export function Composer({ text, setText, inputRef, characterName, say, roll, typing, writers }: ComposerProps) {
  const { t } = useTranslation('play')
  const [tray, { toggle }] = useDisclosure(false)
  const lastTyping = useRef(0)
  const send = () => {
    if (text.trim() === '') return
    say(text.trim())
    setText('')
    inputRef.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    send()
  }
  const change = (value: string) => {
    setText(value)
    const now = Date.now()
    if (value !== '' && now - lastTyping.current > TYPING_EVERY_MS) {
      lastTyping.current = now
      typing()
    }
  }
  const writing =
    writers.length === 0
      ? ''
      : writers.length === 1
        ? t('composer.typing_one', { name: writers[0]?.display_name })
        : t('composer.typing_many')
  return (
    <div className={classes.dock}>
      <div className={classes.column}>
        <div className={classes.writing} aria-live="polite">
          {writing}
        </div>
        {tray && <DiceTray roll={roll} />}
        <div className={classes.line}>
          <Tooltip label={t('composer.dice')}>
            <ActionIcon
              variant={tray ? 'filled' : 'default'}
              color="brass"
              size={44}
              radius="md"
              onClick={toggle}
              aria-label={t('composer.dice')}
              aria-expanded={tray}
            >
              <IconDice5 size={22} />
            </ActionIcon>
          </Tooltip>
          <Textarea
            ref={inputRef}
            className={classes.input}
            aria-label={t('composer.label')}
            aria-describedby="composer-hint"
            placeholder={
              characterName ? t('composer.placeholder_as', { name: characterName }) : t('composer.placeholder')
            }
            value={text}
            onChange={(event) => change(event.currentTarget.value)}
            onKeyDown={onKeyDown}
            autosize
            minRows={1}
            maxRows={7}
            size="md"
            enterKeyHint="send"
          />
          <ActionIcon
            size={44}
            radius="md"
            onClick={send}
            disabled={text.trim() === ''}
            aria-label={t('composer.send')}
          >
            <IconSend2 size={21} />
          </ActionIcon>
        </div>
        <div id="composer-hint" className={classes.hint}>
          {t('composer.hint')}
        </div>
      </div>
    </div>
  )
}

function DiceTray({ roll }: { roll: (notation: string, purpose?: string) => void }) {
  const { t } = useTranslation('play')
  const [notation, setNotation] = useState('')
  const [purpose, setPurpose] = useState('')
  return (
    <fieldset className={classes.tray}>
      <legend className={classes.legend}>{t('dice.tray')}</legend>
      <Group gap={6}>
        {dice.map((sides) => (
          <button
            key={sides}
            type="button"
            className={classes.die}
            onClick={() => roll(`1d${sides}`, purpose.trim() || undefined)}
            aria-label={t('dice.roll_one', { sides })}
          >
            <DieShape sides={sides} />
            <span>{sides}</span>
          </button>
        ))}
      </Group>
      <form
        className={classes.custom}
        onSubmit={(event) => {
          event.preventDefault()
          if (notation.trim()) roll(notation.trim(), purpose.trim() || undefined)
        }}
      >
        <TextInput
          size="sm"
          aria-label={t('dice.notation')}
          placeholder={t('dice.notation_hint')}
          value={notation}
          onChange={(event) => setNotation(event.currentTarget.value)}
          spellCheck={false}
          autoCapitalize="none"
        />
        <TextInput
          size="sm"
          aria-label={t('dice.purpose')}
          placeholder={t('dice.purpose')}
          value={purpose}
          onChange={(event) => setPurpose(event.currentTarget.value)}
        />
        <Button type="submit" size="sm" variant="light" color="brass" disabled={notation.trim() === ''}>
          {t('dice.roll')}
        </Button>
      </form>
    </fieldset>
  )
}

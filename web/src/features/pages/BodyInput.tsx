/** The text of an entity: `[[` offers names to link to. */
import { Box, Paper, Textarea, type TextareaProps, UnstyledButton } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCampaign } from '@/features/campaigns/useCampaign'
import { suggestQuery } from '@/features/search/queries'
import { linkAt, withLink } from './linking'
import './strings'

interface BodyInputProps extends Omit<TextareaProps, 'value' | 'onChange'> {
  value: string
  onChange: (value: string) => void
}

export function BodyInput({ value, onChange, ...props }: BodyInputProps) {
  const { t } = useTranslation('pages')
  const { campaignId } = useCampaign()
  const area = useRef<HTMLTextAreaElement>(null)
  const list = useId()
  const [caret, setCaret] = useState<number | null>(null)
  const [at, setAt] = useState(0)
  const begun = caret === null ? null : linkAt(value, caret)
  const [q] = useDebouncedValue(begun?.q ?? '', 150)
  const found = useQuery({ ...suggestQuery(campaignId, q, undefined), enabled: begun !== null && q.trim() !== '' })
  const names = begun && q.trim() !== '' ? (found.data?.items ?? []) : []
  const open = names.length > 0
  const chosen = Math.min(at, names.length - 1)

  const take = (name: string) => {
    if (!begun || caret === null) return
    const next = withLink(value, begun.start, caret, name)
    onChange(next.text)
    setCaret(null)
    requestAnimationFrame(() => {
      area.current?.focus()
      area.current?.setSelectionRange(next.caret, next.caret)
    })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (!open) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) setAt((chosen + step + names.length) % names.length)
    else if (event.key === 'Enter' || event.key === 'Tab') take((names[chosen] as { name: string }).name)
    else if (event.key === 'Escape') setCaret(null)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const look = (target: HTMLTextAreaElement) => {
    setCaret(target.selectionStart === target.selectionEnd ? target.selectionStart : null)
    setAt(0)
  }
  return (
    <Box pos="relative">
      <Textarea
        {...props}
        ref={area}
        value={value}
        onChange={(event) => {
          onChange(event.currentTarget.value)
          look(event.currentTarget)
        }}
        onClick={(event) => look(event.currentTarget)}
        onBlur={() => setCaret(null)}
        onKeyDown={onKeyDown}
        aria-autocomplete="list"
        aria-controls={open ? list : undefined}
        aria-activedescendant={open ? `${list}-${chosen}` : undefined}
      />
      {open && (
        <Paper
          id={list}
          role="listbox"
          aria-label={t('linking.label')}
          withBorder
          shadow="md"
          p={4}
          pos="absolute"
          left={8}
          right={8}
          maw={420}
          style={{ zIndex: 20 }}
        >
          {names.map((entity, i) => (
            <UnstyledButton
              key={entity.id}
              id={`${list}-${i}`}
              role="option"
              aria-selected={i === chosen}
              tabIndex={-1}
              w="100%"
              px={8}
              py={6}
              bg={i === chosen ? 'var(--skald-sunk)' : undefined}
              // Before the blur of the text takes the list away.
              onMouseDown={(event) => {
                event.preventDefault()
                take(entity.name)
              }}
            >
              {entity.name}
            </UnstyledButton>
          ))}
        </Paper>
      )}
    </Box>
  )
}

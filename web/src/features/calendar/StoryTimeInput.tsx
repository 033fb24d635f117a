/** A field for a moment of the story: typed as a date, or picked from a month of the campaign's own calendar. */
import { ActionIcon, Group, NumberInput, Popover, Select, Stack, Text, TextInput } from '@mantine/core'
import { IconCalendar, IconX } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCalendar } from './queries'
import classes from './StoryTimeInput.module.css'
import { type Calendar, dateOf, dayEnds, format, minuteOf, monthDays, parse } from './text'
import './strings'

interface Props {
  label: string
  description?: string
  value: number | null
  onChange: (minute: number | null) => void
  error?: string | undefined
  /** A day without a time means its last minute, not its first: for moments until which something holds. */
  end?: boolean
  required?: boolean
  /** In another calendar than the campaign's, such as one that is being edited. */
  calendar?: Calendar
}

export function StoryTimeInput({ label, description, value, onChange, error, end, required, calendar: other }: Props) {
  const { t } = useTranslation('calendar')
  const { calendar: own, present } = useCalendar()
  const calendar = other ?? own
  const [opened, setOpened] = useState(false)
  const shown = value === null || !calendar ? '' : written(calendar, value, end)
  const [typed, setTyped] = useState(shown)
  useEffect(() => setTyped(shown), [shown])
  const example = calendar ? format(calendar, present ?? 0) : ''
  const wrong = typed.trim() !== '' && calendar !== undefined && parse(calendar, typed) === null
  const take = (text: string) => {
    setTyped(text)
    if (text.trim() === '') return onChange(null)
    const found = calendar ? parse(calendar, text) : null
    if (calendar && found !== null) onChange(end && !text.includes(':') ? dayEnds(calendar, found) : found)
  }
  return (
    <TextInput
      label={label}
      description={description}
      placeholder={t('input.hint', { example })}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={() => take(typed)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') take(typed)
      }}
      error={error ?? (wrong && !opened ? t('input.wrong', { example }) : undefined)}
      required={required}
      rightSectionWidth={value !== null && !required ? 64 : 36}
      rightSection={
        <Group gap={2} wrap="nowrap">
          {value !== null && !required && (
            <ActionIcon
              variant="subtle"
              color="gray"
              size="sm"
              onClick={() => onChange(null)}
              aria-label={`${t('input.clear')}: ${label}`}
            >
              <IconX size={14} />
            </ActionIcon>
          )}
          <Popover opened={opened} onChange={setOpened} position="bottom-end" withArrow trapFocus width={310}>
            <Popover.Target>
              <ActionIcon
                variant="subtle"
                color="gray"
                onClick={() => setOpened((now) => !now)}
                aria-label={`${t('input.pick')}: ${label}`}
              >
                <IconCalendar size={17} />
              </ActionIcon>
            </Popover.Target>
            <Popover.Dropdown>
              {calendar && opened && (
                <Month
                  calendar={calendar}
                  value={value ?? present ?? 0}
                  onPick={(minute) => onChange(end ? dayEnds(calendar, minute) : minute)}
                  onTime={end ? undefined : onChange}
                  close={() => setOpened(false)}
                />
              )}
            </Popover.Dropdown>
          </Popover>
        </Group>
      }
    />
  )
}

/** A whole day without its time. */
function written(calendar: Calendar, minute: number, end: boolean | undefined): string {
  const whole = end
    ? dayEnds(calendar, minute) === minute
    : dateOf(calendar, minute).hour === 0 && dateOf(calendar, minute).minute === 0
  return format(calendar, minute, whole ? 'short' : 'time')
}

interface MonthProps {
  calendar: Calendar
  value: number
  onPick: (minute: number) => void
  onTime: ((minute: number) => void) | undefined
  close: () => void
}

function Month({ calendar, value, onPick, onTime, close }: MonthProps) {
  const { t } = useTranslation('calendar')
  const chosen = dateOf(calendar, value)
  const [{ year, month }, show] = useState({ year: chosen.year, month: chosen.month })
  const at = (day: number, hour = chosen.hour, minute = chosen.minute) =>
    minuteOf(calendar, { year, month, day, hour, minute })
  const first = minuteOf(calendar, { year, month, day: 1, hour: 0, minute: 0 })
  const week = calendar.weekdays ?? []
  const before = first === null || week.length === 0 ? 0 : (dateOf(calendar, first).weekday ?? 1) - 1
  const columns = week.length || 7
  return (
    <Stack gap="xs">
      <Group gap="xs" wrap="nowrap">
        <Select
          aria-label={t('input.month')}
          data={calendar.months.map((one, n) => ({ value: String(n + 1), label: one.name }))}
          value={String(month)}
          onChange={(next) => next && show({ year, month: Number(next) })}
          comboboxProps={{ withinPortal: false }}
          searchable
        />
        <NumberInput
          aria-label={t('input.year')}
          value={year}
          onChange={(next) => typeof next === 'number' && show({ year: next, month })}
          allowDecimal={false}
          w={110}
        />
      </Group>
      <div className={classes.days} style={{ gridTemplateColumns: `repeat(${columns}, 1fr)` }}>
        {week.map((name) => (
          <Text key={name} size="xs" c="dimmed" ta="center" title={name}>
            {name.slice(0, 2)}
          </Text>
        ))}
        {Array.from({ length: monthDays(calendar, year, month) }, (_, i) => {
          const day = i + 1
          const minute = at(day)
          const same = year === chosen.year && month === chosen.month && day === chosen.day
          return (
            <button
              key={day}
              type="button"
              className={classes.day}
              data-chosen={same || undefined}
              aria-pressed={same}
              aria-label={minute === null ? String(day) : format(calendar, minute, 'long')}
              style={day === 1 ? { gridColumnStart: before + 1 } : undefined}
              onClick={() => {
                if (minute === null) return
                onPick(minute)
                if (!onTime) close()
              }}
            >
              {day}
            </button>
          )
        })}
      </div>
      {onTime && (
        <Group gap="xs" grow>
          <NumberInput
            label={t('input.hour')}
            size="xs"
            min={0}
            max={calendar.hours_per_day - 1}
            value={chosen.hour}
            allowDecimal={false}
            clampBehavior="strict"
            onChange={(next) => {
              const minute = minuteOf(calendar, { ...chosen, hour: Number(next) || 0 })
              if (minute !== null) onTime(minute)
            }}
          />
          <NumberInput
            label={t('input.minute')}
            size="xs"
            min={0}
            max={calendar.minutes_per_hour - 1}
            value={chosen.minute}
            allowDecimal={false}
            clampBehavior="strict"
            onChange={(next) => {
              const minute = minuteOf(calendar, { ...chosen, minute: Number(next) || 0 })
              if (minute !== null) onTime(minute)
            }}
          />
        </Group>
      )}
    </Stack>
  )
}

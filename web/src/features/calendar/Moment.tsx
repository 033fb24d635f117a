/** A moment of the story that a page is looked at in: none, or a day by date and slider. */
import { Group, Slider, Switch, Text } from '@mantine/core'
import { useState } from 'react'
import { useCalendar } from './queries'
import { StoryTimeInput } from './StoryTimeInput'
import { dayEnds, format, minutesPerDay } from './text'

interface Props {
  /** The last minute of the day. */
  at: number | undefined
  onChange: (at: number | undefined) => void
  label: string
  /** What the switch says. */
  then: string
  /** What is said while no moment is chosen. */
  now: string
}

/** Days to either side that the slider reaches. */
const REACH = 30

export function Moment({ at, onChange, label, then, now }: Props) {
  const { calendar, present } = useCalendar()
  const perDay = calendar ? minutesPerDay(calendar) : 1440
  const day = Math.floor((at ?? present ?? 0) / perDay)
  const [middle, setMiddle] = useState<number | null>(null)
  const around = middle ?? (present === null ? day : Math.floor(present / perDay))
  return (
    <Group gap="sm" align="flex-end">
      <Switch
        label={then}
        mb={8}
        checked={at !== undefined}
        disabled={!calendar}
        onChange={(event) =>
          onChange(event.currentTarget.checked && calendar ? dayEnds(calendar, present ?? 0) : undefined)
        }
      />
      {at === undefined || !calendar ? (
        <Text size="sm" c="dimmed" mb={8}>
          {now}
        </Text>
      ) : (
        <>
          <StoryTimeInput
            label={label}
            value={at}
            end
            required
            onChange={(next) => {
              if (next === null) return
              setMiddle(Math.floor(next / perDay))
              onChange(next)
            }}
          />
          <Slider
            flex={1}
            miw={180}
            mb={14}
            min={Math.min(around - REACH, day)}
            max={Math.max(around + REACH, day)}
            value={day}
            onChange={(next) => onChange((next + 1) * perDay - 1)}
            label={(next) => format(calendar, next * perDay)}
            thumbLabel={label}
          />
        </>
      )}
    </Group>
  )
}

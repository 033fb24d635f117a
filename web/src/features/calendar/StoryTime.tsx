/** A moment of the story as the campaign's calendar writes it. */
import { useCalendar } from './queries'
import { format, type Style } from './text'

/** A function that writes moments; it writes nothing until the calendar has been read. */
export function useStoryTime(): (minute: number, style?: Style) => string {
  const { calendar } = useCalendar()
  return (minute, style = 'short') => (calendar ? format(calendar, minute, style) : '…')
}

export function StoryTime({ minute, style = 'short' }: { minute: number; style?: Style }) {
  const { calendar } = useCalendar()
  if (!calendar) return <>…</>
  return <span title={format(calendar, minute, 'long')}>{format(calendar, minute, style)}</span>
}

/** Calendars to begin from. */
import type { Calendar } from './text'

const months = (names: string, days: number[]) =>
  names.split(' ').map((name, n) => ({ name, days: days[n % days.length] ?? 30 }))

export const presets: Record<'gregorian' | 'plain', Calendar> = {
  gregorian: {
    name: 'Gregorian',
    months: months(
      'January February March April May June July August September October November December',
      [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31],
    ),
    weekdays: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
    leap: { every: 4, except: 100, unless: 400, month: 2, days: 1 },
    eras: [],
    hours_per_day: 24,
    minutes_per_hour: 60,
    epoch: { year: 1, month: 1, day: 1, weekday: 1 },
  },
  plain: {
    name: 'Twelve moons',
    months: months('First Second Third Fourth Fifth Sixth Seventh Eighth Ninth Tenth Eleventh Twelfth', [30]).map(
      (month) => ({ ...month, name: `${month.name} Moon` }),
    ),
    weekdays: [],
    eras: [],
    hours_per_day: 24,
    minutes_per_hour: 60,
    epoch: { year: 1, month: 1, day: 1, weekday: 1 },
  },
}

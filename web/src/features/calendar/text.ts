/**
 * Dates of the story as text and back. The server has the same rules in `crates/canon/src/calendar`; both are held to one
 * table of cases, `cases.json`.
 */
import type { components } from '@/api/schema'

export type Calendar = components['schemas']['Calendar']

/** The farthest minute of story time from the epoch. */
export const FARTHEST = 9_000_000_000_000_000

export interface StoryDate {
  /** The number of the year, eras left out of account. */
  year: number
  /** From 1. */
  month: number
  /** From 1. */
  day: number
  hour: number
  minute: number
  /** From 1; null where weeks are not counted. */
  weekday: number | null
}

export type Style = 'short' | 'long' | 'time'

export const minutesPerDay = (calendar: Calendar): number => calendar.hours_per_day * calendar.minutes_per_hour

const mod = (a: number, n: number) => ((a % n) + n) % n

export function isLeap(calendar: Calendar, year: number): boolean {
  const leap = calendar.leap
  if (!leap) return false
  const by = (n: number | null | undefined) => n != null && mod(year, n) === 0
  return by(leap.every) && (!by(leap.except) || by(leap.unless))
}

export function monthDays(calendar: Calendar, year: number, month: number): number {
  const days = calendar.months[month - 1]?.days ?? 0
  return days + (calendar.leap?.month === month && isLeap(calendar, year) ? calendar.leap.days : 0)
}

/** Days from the first of year 0 to the first of `year`. */
function yearBegins(calendar: Calendar, year: number): number {
  const ordinary = calendar.months.reduce((sum, month) => sum + month.days, 0)
  const leaps = (n: number | null | undefined) => (n == null ? 0 : Math.floor((year - 1) / n) + 1)
  const leap = calendar.leap
  return year * ordinary + (leap ? leap.days * (leaps(leap.every) - leaps(leap.except) + leaps(leap.unless)) : 0)
}

function dayNumber(calendar: Calendar, year: number, month: number, day: number): number {
  let days = yearBegins(calendar, year) + day - 1
  for (let n = 1; n < month; n++) days += monthDays(calendar, year, n)
  return days
}

const epochDay = ({ epoch, ...rest }: Calendar): number =>
  dayNumber({ epoch, ...rest }, epoch.year, epoch.month, epoch.day)

/** The date of a minute of story time. */
export function dateOf(calendar: Calendar, minute: number): StoryDate {
  const perDay = minutesPerDay(calendar)
  const days = Math.floor(minute / perDay)
  const rest = mod(minute, perDay)
  const day = days + epochDay(calendar)
  const leap = calendar.leap
  const cycle = leap ? (leap.unless ?? leap.except ?? leap.every) : 1
  const base = Math.floor(day / (yearBegins(calendar, cycle) - yearBegins(calendar, 0))) * cycle
  let low = base
  let high = base + cycle - 1
  while (low < high) {
    const middle = low + Math.floor((high - low + 1) / 2)
    if (yearBegins(calendar, middle) <= day) low = middle
    else high = middle - 1
  }
  let left = day - yearBegins(calendar, low)
  let month = 1
  while (left >= monthDays(calendar, low, month)) {
    left -= monthDays(calendar, low, month)
    month += 1
  }
  const weeks = calendar.weekdays?.length ?? 0
  return {
    year: low,
    month,
    day: left + 1,
    hour: Math.floor(rest / calendar.minutes_per_hour),
    minute: rest % calendar.minutes_per_hour,
    weekday: weeks > 0 ? mod((calendar.epoch.weekday ?? 1) - 1 + days, weeks) + 1 : null,
  }
}

/** The minute of a date; null where there is no such date. */
export function minuteOf(calendar: Calendar, date: Omit<StoryDate, 'weekday'>): number | null {
  const { year, month, day, hour, minute } = date
  const there =
    [year, month, day, hour, minute].every(Number.isSafeInteger) &&
    month >= 1 &&
    month <= calendar.months.length &&
    day >= 1 &&
    day <= monthDays(calendar, year, month) &&
    hour >= 0 &&
    hour < calendar.hours_per_day &&
    minute >= 0 &&
    minute < calendar.minutes_per_hour
  if (!there) return null
  const days = dayNumber(calendar, year, month, day) - epochDay(calendar)
  const minutes = days * minutesPerDay(calendar) + hour * calendar.minutes_per_hour + minute
  return Math.abs(minutes) <= FARTHEST ? minutes : null
}

/** The number of a year within its era, and the era. */
export function yearOfEra(calendar: Calendar, year: number) {
  const eras = calendar.eras ?? []
  const n = eras.findLastIndex((era) => era.from == null || era.from <= year)
  const era = eras[n]
  if (!era) return { number: year, era: null }
  const next = eras[n + 1]?.from
  if (era.backwards && next != null) return { number: next - year, era }
  return { number: era.from == null ? year : year - era.from + 1, era }
}

/** The date of a minute of story time, in words. */
export function format(calendar: Calendar, minute: number, style: Style = 'short'): string {
  const date = dateOf(calendar, minute)
  const { number, era } = yearOfEra(calendar, date.year)
  const name = era ? ` ${style === 'long' ? era.name : era.short}` : ''
  const day = `${date.day} ${calendar.months[date.month - 1]?.name ?? ''} ${number}${name}`
  const two = (n: number) => String(n).padStart(2, '0')
  if (style === 'time') return `${day}, ${two(date.hour)}:${two(date.minute)}`
  if (style === 'long' && date.weekday) return `${calendar.weekdays?.[date.weekday - 1] ?? ''}, ${day}`
  return day
}

const number = (text: string): number | null => (/^-?\d+$/.test(text) ? Number(text) : null)

function readYear(calendar: Calendar, text: string): number | null {
  const [first = '', ...rest] = text.split(' ')
  const year = number(first)
  const name = rest.join(' ')
  const eras = calendar.eras ?? []
  if (year === null) return null
  if (eras.length === 0) return name === '' ? year : null
  const n =
    name === ''
      ? eras.length - 1
      : eras.findIndex((era) => [era.short, era.name].some((word) => word.toLowerCase() === name))
  const era = eras[n]
  if (!era) return null
  const next = eras[n + 1]?.from
  const found = era.backwards && next != null ? next - year : era.from == null ? year : year + era.from - 1
  return yearOfEra(calendar, found).era === era ? found : null
}

/** The minute that a text names, as `format` writes it, or `year-month-day`; null where it names none. */
export function parse(calendar: Calendar, typed: string): number | null {
  let text = typed.trim().toLowerCase()
  const comma = text.indexOf(', ')
  if (comma >= 0 && calendar.weekdays?.some((name) => name.toLowerCase() === text.slice(0, comma))) {
    text = text.slice(comma + 2)
  }
  let [hour, minute]: (number | null)[] = [0, 0]
  const timed = /^(.*)[ ,]([^ ,]*):([^ ,]*)$/.exec(text)
  if (timed) {
    text = (timed[1] ?? '').replace(/[ ,]+$/, '')
    hour = number(timed[2] ?? '')
    minute = number(timed[3] ?? '')
  }
  if (hour === null || minute === null || hour === undefined || minute === undefined) return null
  const time = { hour, minute }
  const numbers = /^(-?\d+)-(\d+)-(\d+)$/.exec(text)
  if (numbers) {
    return minuteOf(calendar, { year: Number(numbers[1]), month: Number(numbers[2]), day: Number(numbers[3]), ...time })
  }
  const space = text.indexOf(' ')
  const day = number(text.slice(0, Math.max(space, 0)))
  if (day === null) return null
  const rest = text.slice(space + 1)
  for (const [i, month] of calendar.months.entries()) {
    const name = `${month.name.toLowerCase()} `
    if (!rest.startsWith(name)) continue
    const year = readYear(calendar, rest.slice(name.length))
    const found = year === null ? null : minuteOf(calendar, { year, month: i + 1, day, ...time })
    if (found !== null) return found
  }
  return null
}

/** The first minute of the day that a minute lies in. */
export const dayBegins = (calendar: Calendar, minute: number): number => minute - mod(minute, minutesPerDay(calendar))

/** The last minute of the day that a minute lies in. */
export const dayEnds = (calendar: Calendar, minute: number): number =>
  dayBegins(calendar, minute) + minutesPerDay(calendar) - 1

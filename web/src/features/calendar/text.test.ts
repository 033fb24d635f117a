import { describe, expect, it } from 'vitest'
import tables from './cases.json'
import { type Calendar, dateOf, dayBegins, dayEnds, format, minuteOf, minutesPerDay, parse } from './text'

describe('dates of the story', () => {
  for (const { calendar: written, dates, reads } of tables) {
    const calendar = written as Calendar
    it(`are written and read in “${calendar.name}” as the table says`, () => {
      for (const row of dates) {
        const date = dateOf(calendar, row.minute)
        expect([date.year, date.month, date.day, date.hour, date.minute]).toEqual(row.parts)
        expect(minuteOf(calendar, date)).toBe(row.minute)
        expect([
          format(calendar, row.minute, 'short'),
          format(calendar, row.minute, 'long'),
          format(calendar, row.minute, 'time'),
        ]).toEqual([row.short, row.long, row.time])
      }
      for (const [text, minute] of reads) expect([text, parse(calendar, text as string)]).toEqual([text, minute])
    })

    it(`read back in “${calendar.name}” whatever the minute`, () => {
      for (let n = -400; n < 400; n++) {
        const minute = n * 7_919_333 + n
        expect(parse(calendar, format(calendar, minute, 'time'))).toBe(minute)
        expect(parse(calendar, format(calendar, minute, 'long'))).toBe(dayBegins(calendar, minute))
        expect(dayEnds(calendar, minute) - dayBegins(calendar, minute)).toBe(minutesPerDay(calendar) - 1)
      }
    })
  }
})

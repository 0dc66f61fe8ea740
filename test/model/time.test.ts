import { describe, expect, it } from 'vitest'
import { dayAfter, startOfDay } from '../../src/model/time.ts'

describe('a day', () => {
  it.each([
    ['2026-11-24', 'Europe/Copenhagen', '2026-11-23T23:00:00.000Z'],
    ['2026-07-01', 'Europe/Copenhagen', '2026-06-30T22:00:00.000Z'],
    // The clocks go forward and back on these days themselves, and had done so the day before.
    ['2026-03-29', 'Europe/Copenhagen', '2026-03-28T23:00:00.000Z'],
    ['2026-03-30', 'Europe/Copenhagen', '2026-03-29T22:00:00.000Z'],
    ['2026-10-25', 'Europe/Copenhagen', '2026-10-24T22:00:00.000Z'],
    ['2026-10-26', 'Europe/Copenhagen', '2026-10-25T23:00:00.000Z'],
    ['2026-07-01', 'America/Nuuk', '2026-07-01T01:00:00.000Z'],
    ['2026-01-01', 'UTC', '2026-01-01T00:00:00.000Z'],
  ])('%s begins in %s at %s', (day, zone, at) => {
    expect(startOfDay(day, zone)).toBe(at)
  })

  it('is followed by the next, over the ends of months and years', () => {
    expect(['2026-02-28', '2028-02-28', '2026-12-31'].map(dayAfter)).toEqual(['2026-03-01', '2028-02-29', '2027-01-01'])
  })
})

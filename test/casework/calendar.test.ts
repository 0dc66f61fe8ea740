import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addWorkingDays,
  easterSunday,
  isWorkingDay,
  nextWorkingDay,
  publicHolidays,
  workingDayOf,
  workingDaysBetween,
} from '../../src/casework/index.ts'

const EASTER = {
  2000: '2000-04-23',
  2008: '2008-03-23',
  2011: '2011-04-24',
  2019: '2019-04-21',
  2023: '2023-04-09',
  2024: '2024-03-31',
  2025: '2025-04-20',
  2026: '2026-04-05',
  2027: '2027-03-28',
  2028: '2028-04-16',
  2029: '2029-04-01',
  2030: '2030-04-21',
  2038: '2038-04-25',
} as const

/** Public holidays beside Easter's Sundays and the fixed ones, from printed calendars: Maundy Thursday … Whit Monday. */
const BY_EASTER = {
  2023: ['2023-04-06', '2023-04-07', '2023-04-10', '2023-05-05', '2023-05-18', '2023-05-29'],
  2024: ['2024-03-28', '2024-03-29', '2024-04-01', '2024-05-09', '2024-05-20'],
  2025: ['2025-04-17', '2025-04-18', '2025-04-21', '2025-05-29', '2025-06-09'],
  2026: ['2026-04-02', '2026-04-03', '2026-04-06', '2026-05-14', '2026-05-25'],
  2027: ['2027-03-25', '2027-03-26', '2027-03-29', '2027-05-06', '2027-05-17'],
  2028: ['2028-04-13', '2028-04-14', '2028-04-17', '2028-05-25', '2028-06-05'],
  2029: ['2029-03-29', '2029-03-30', '2029-04-02', '2029-05-10', '2029-05-21'],
  2030: ['2030-04-18', '2030-04-19', '2030-04-22', '2030-05-30', '2030-06-10'],
} as const

describe('the Danish calendar', () => {
  it.each(Object.entries(EASTER))('has Easter Sunday of %s on %s', (year, day) => {
    expect(easterSunday(Number(year))).toBe(day)
  })

  it.each(Object.entries(BY_EASTER))('knows the holidays of %s that move with Easter', (year, days) => {
    const sundays = [easterSunday(Number(year))]
    const moving = publicHolidays(Number(year)).filter((day) => !/-(01-01|12-25|12-26)$/.test(day))
    const weekdays = moving.filter((day) => new Date(day).getUTCDay() !== 0)
    expect(weekdays).toEqual(days)
    expect(moving).toEqual(expect.arrayContaining(sundays))
  })

  it('has no Great Prayer Day after 2023', () => {
    expect(isWorkingDay('2023-05-05', [])).toBe(false)
    expect(isWorkingDay('2024-04-26', [])).toBe(true)
    expect(isWorkingDay('2026-05-01', [])).toBe(true)
  })

  it('is closed on Constitution Day, Christmas Eve and New Year’s Eve', () => {
    for (const day of ['2026-06-05', '2026-12-24', '2026-12-31']) expect(isWorkingDay(day, [])).toBe(false)
  })

  it('is open on an ordinary Tuesday, and closed where the municipality says so', () => {
    expect(isWorkingDay('2026-11-24', [])).toBe(true)
    expect(isWorkingDay('2026-11-24', ['2026-11-24'])).toBe(false)
  })
})

describe('a due day', () => {
  it.each([
    ['2026-11-24', 5, '2026-12-01', 'over a weekend'],
    ['2026-11-24', 0, '2026-11-24', 'on the day itself'],
    ['2026-11-28', 1, '2026-12-01', 'from a Saturday it counts as from Monday'],
    ['2026-04-01', 1, '2026-04-07', 'over Easter'],
    ['2026-12-23', 1, '2026-12-28', 'over Christmas'],
    ['2026-12-30', 1, '2027-01-04', 'over New Year'],
    ['2026-05-13', 2, '2026-05-18', 'over Ascension, whose Friday counts'],
  ])('from %s and %i working days is %s: %s', (from, days, due) => {
    expect(addWorkingDays(from, days, [])).toBe(due)
  })

  it('leaves out the municipality’s own closing days', () => {
    expect(addWorkingDays('2026-05-13', 1, ['2026-05-15'])).toBe('2026-05-18')
  })

  it('is always a working day, and as many working days away as asked for', () => {
    const days = fc.date({ min: new Date('2023-01-01'), max: new Date('2030-12-31'), noInvalidDate: true })
    fc.assert(
      fc.property(days, fc.integer({ min: 0, max: 60 }), (date, n) => {
        const day = date.toISOString().slice(0, 10)
        const due = addWorkingDays(day, n, [])
        expect(isWorkingDay(due, [])).toBe(true)
        expect(workingDaysBetween(nextWorkingDay(day, []), due, [])).toBe(n)
      }),
    )
  })

  it('does not search for ever where every day is closed', () => {
    const all = Array.from({ length: 800 }, (_, i) => new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10))
    expect(() => addWorkingDays('2026-01-05', 1, all)).toThrow(expect.objectContaining({ code: 'configuration' }))
  })
})

describe('the working day of a receipt', () => {
  it.each([
    ['2026-11-24T09:02:00.000Z', '2026-11-24', 'in the morning it is that very day'],
    ['2026-11-24T14:59:59.999Z', '2026-11-24', 'a moment before 16.00 it still is'],
    ['2026-11-24T15:00:00.000Z', '2026-11-25', 'from 16.00 it is the next day'],
    ['2026-07-01T13:59:00.000Z', '2026-07-01', 'in summer time the day ends two hours before UTC says so'],
    ['2026-07-01T14:00:00.000Z', '2026-07-02', 'in summer time too'],
    ['2026-11-27T20:00:00.000Z', '2026-11-30', 'on a Friday evening it is Monday'],
    ['2026-11-28T10:00:00.000Z', '2026-11-30', 'on a Saturday it is Monday'],
    ['2026-12-31T23:30:00.000Z', '2027-01-04', 'in the first minutes of New Year it is the Monday after'],
    ['2026-11-23T23:30:00.000Z', '2026-11-24', 'after midnight in Copenhagen it is the day that began there'],
  ])('%s counts as %s: %s', (instant, day) => {
    expect(workingDayOf(instant, 'Europe/Copenhagen')).toBe(day)
  })
})

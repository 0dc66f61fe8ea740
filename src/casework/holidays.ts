import type { Day } from '../model/time.ts'

const DAY_MS = 86_400_000

/** Takes a day; gives the day n days later (earlier where n is negative). */
export function plusDays(day: Day, n: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + n * DAY_MS).toISOString().slice(0, 10)
}

/** Takes a day; gives its weekday: 0 Sunday … 6 Saturday. */
export function weekday(day: Day): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay()
}

/** Takes a year; gives Easter Sunday in the Gregorian calendar (Meeus, Jones and Butcher's algorithm). */
export function easterSunday(year: number): Day {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const d = Math.floor(b / 4)
  const e = b % 4
  const f = Math.floor((b + 8) / 25)
  const g = Math.floor((b - f + 1) / 3)
  const h = (19 * a + b - d - g + 15) % 30
  const i = Math.floor(c / 4)
  const k = c % 4
  const l = (32 + 2 * e + 2 * i - h - k) % 7
  const m = Math.floor((a + 11 * h + 22 * l) / 451)
  const month = Math.floor((h + l - 7 * m + 114) / 31)
  const dayOfMonth = ((h + l - 7 * m + 114) % 31) + 1
  return `${year}-${String(month).padStart(2, '0')}-${String(dayOfMonth).padStart(2, '0')}`
}

/** Days from Easter Sunday. */
const BY_EASTER = {
  maundyThursday: -3,
  goodFriday: -2,
  easter: 0,
  easterMonday: 1,
  ascension: 39,
  whit: 49,
  whitMonday: 50,
}
/** Store bededag, abolished from 2024 on (lov nr. 214 af 06/03/2023). */
const GREAT_PRAYER_DAY = 26
const LAST_YEAR_OF_GREAT_PRAYER_DAY = 2023

/** Public holidays with a date of their own: New Year, Christmas Day, the day after. */
const BY_DATE = ['01-01', '12-25', '12-26']
/**
 * No public holidays, but days on which a time limit does not end: Constitution Day, Christmas Eve, New Year's Eve
 * (retsplejeloven § 148 a, stk. 4). Town halls are closed then, so they do not count as working days here either.
 * Other closing days, such as the Friday after Ascension, stand in the configuration.
 */
const CLOSED_BY_CUSTOM = ['06-05', '12-24', '12-31']

/** Takes a year; gives its Danish public holidays, sorted. */
export function publicHolidays(year: number): readonly Day[] {
  const easter = easterSunday(year)
  const offsets = [...Object.values(BY_EASTER), ...(year <= LAST_YEAR_OF_GREAT_PRAYER_DAY ? [GREAT_PRAYER_DAY] : [])]
  return [...offsets.map((n) => plusDays(easter, n)), ...BY_DATE.map((date) => `${year}-${date}`)].sort()
}

/** Takes a day; says whether the whole country is closed: weekend, public holiday, or closed by custom. */
export function isClosedEverywhere(day: Day): boolean {
  const sunday = 0
  const saturday = 6
  if (weekday(day) === sunday || weekday(day) === saturday) return true
  return CLOSED_BY_CUSTOM.includes(day.slice(5)) || publicHolidays(Number(day.slice(0, 4))).includes(day)
}

import { GatewayError } from '../model/errors.ts'
import type { Reader } from '../model/store.ts'
import type { Day, Instant } from '../model/time.ts'
import { isClosedEverywhere, plusDays } from './holidays.ts'

/** Local time from which on what comes in counts as of the next working day. */
export const WORKING_DAY_ENDS = '16:00'

/** So many closed days in a row mean a broken calendar, not a long Easter. */
const MAX_CLOSED_RUN = 366

/** Takes a day and the municipality's own closing days; says whether the town hall works on it. */
export function isWorkingDay(day: Day, closingDays: readonly string[]): boolean {
  return !isClosedEverywhere(day) && !closingDays.includes(day)
}

/** Takes a day; gives it, or the first working day after it. @throws GatewayError configuration: all days are closed */
export function nextWorkingDay(day: Day, closingDays: readonly string[]): Day {
  let candidate = day
  for (let run = 0; run < MAX_CLOSED_RUN; run++) {
    if (isWorkingDay(candidate, closingDays)) return candidate
    candidate = plusDays(candidate, 1)
  }
  throw new GatewayError('configuration', 'The closing days leave no working day in a whole year')
}

/**
 * Takes a day and a number of working days from 0; gives the working day that many after it. From a closed day it
 * counts as from the next working day.
 */
export function addWorkingDays(day: Day, n: number, closingDays: readonly string[]): Day {
  let reached = nextWorkingDay(day, closingDays)
  for (let i = 0; i < n; i++) reached = nextWorkingDay(plusDays(reached, 1), closingDays)
  return reached
}

/** Takes two days; gives how many working days lie after the first, up to and with the second; 0 where it is earlier. */
export function workingDaysBetween(from: Day, to: Day, closingDays: readonly string[]): number {
  let count = 0
  for (let day = plusDays(from, 1); day <= to; day = plusDays(day, 1)) if (isWorkingDay(day, closingDays)) count++
  return count
}

/** Takes an instant; gives the day and the time of day ("HH:MM") that a clock in that zone shows. */
export function localTime(instant: Instant, timeZone: string): { readonly day: Day; readonly time: string } {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const parts = Object.fromEntries(format.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]))
  return {
    day: `${parts['year']}-${parts['month']}-${parts['day']}`,
    time: `${parts['hour']}:${parts['minute']}`,
  }
}

/**
 * Takes the time of receipt; gives the working day as of which it counts: that very day, or the next working day
 * where it came after the day's end or on a closed day.
 */
export function workingDayOf(
  receivedAt: Instant,
  timeZone: string,
  closingDays: readonly string[] = [],
  dayEnds: string = WORKING_DAY_ENDS,
): Day {
  const { day, time } = localTime(receivedAt, timeZone)
  return nextWorkingDay(time >= dayEnds ? plusDays(day, 1) : day, closingDays)
}

/** Gives the closing days in force: those of the configuration and those that an admin added (setting "closing-days"). */
export async function closingDaysInForce(read: Reader, configured: readonly string[]): Promise<readonly Day[]> {
  const added = await read.setting('closing-days')
  const days = Array.isArray(added) ? added.filter((day): day is string => typeof day === 'string') : []
  return [...new Set([...configured, ...days])]
}

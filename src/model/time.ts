/** A clock is handed in, so that tests and repeated judging choose the time. */
export type Clock = () => Date

/** An instant as ISO 8601 in UTC with milliseconds, e.g. 2026-11-24T10:02:00.000Z: sorts as text. */
export type Instant = string

/** A calendar day in the municipality's zone, e.g. 2026-11-24. */
export type Day = string

/** Takes a date; gives the instant as text. */
export const instant = (date: Date): Instant => date.toISOString()

/** The languages of people's pages and letters. */
export type Language = 'da' | 'en'

/** Takes a day and a zone; gives the instant at which that day begins there, also where the clocks change on it. */
export function startOfDay(day: Day, timeZone: string): Instant {
  const wanted = Date.parse(`${day}T00:00:00Z`)
  // The first guess is off by the zone's offset; the second, where that changed in between.
  const guess = wanted - offsetMs(wanted, timeZone)
  return instant(new Date(wanted - offsetMs(guess, timeZone)))
}

/** Gives the day after. */
export const dayAfter = (day: Day): Day => instant(new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000)).slice(0, 10)

/** How far the zone's clocks are ahead of UTC at that time. */
function offsetMs(timeMs: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
  return Date.parse(`${format.format(timeMs).replace(' ', 'T')}Z`) - timeMs
}

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

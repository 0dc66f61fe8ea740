import { type PdfValue, textOf } from './values.ts'

/** D:YYYYMMDDHHmmSSOHH'mm, of which all behind the year may be left out. */
const DATE =
  /^D:(\d{4})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2}))?)?)?)?)?(?:Z(?:00'?(?:00'?)?)?|([+-])(\d{2})'?(?:(\d{2})'?)?)?$/

/**
 * Takes a date string; gives the time, null where it is none. Without a zone it is GMT.
 * @see ISO 32000-2 clause 7.9.4
 */
export function dateOf(value: PdfValue | undefined): Date | null {
  const match = DATE.exec(textOf(value) ?? '')
  if (!match) return null
  const [, year = '', month = '01', day = '01', hour = '00', minute = '00', second = '00', sign, hours, minutes] = match
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`)
  // The thirtieth of February would become a day in March, and the hour 24 one of the next day.
  if (time.getUTCDate() !== Number(day) || time.getUTCHours() !== Number(hour)) return null
  const [aheadHours, aheadMinutes] = [Number(hours ?? 0), Number(minutes ?? 0)]
  if (aheadHours > 23 || aheadMinutes > 59) return null
  const ahead = (aheadHours * 60 + aheadMinutes) * 60_000
  return new Date(time.getTime() - (sign === '-' ? -ahead : ahead))
}

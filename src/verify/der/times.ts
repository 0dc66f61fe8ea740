import { VerifyError } from '../errors.ts'
import { type Element, TAG } from './element.ts'

const UTC_TIME = /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/
const GENERALIZED_TIME = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d{1,9}))?Z$/

/**
 * Gives a UTCTime or GeneralizedTime. Both must be in seconds and in UTC; fractions only where the structure
 * allows them (time-stamps: RFC 3161 §2.4.2), never in certificates (RFC 5280 §4.1.2.5).
 * @throws VerifyError malformed-der, also for days that no calendar has
 */
export function readTime(element: Element, options: { readonly fractions?: boolean } = {}): Date {
  const { content } = element
  const text = Buffer.from(content.buffer, content.byteOffset, content.length).toString('latin1')
  const match = element.tag === TAG.utcTime ? UTC_TIME.exec(text) : null
  const general = element.tag === TAG.generalizedTime ? GENERALIZED_TIME.exec(text) : null
  const parts = match ?? general
  if (!parts) throw new VerifyError('malformed-der', 'time is not in the form of DER')
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(Number)
  const fraction = parts[7]
  if (fraction !== undefined && (!options.fractions || fraction.endsWith('0'))) {
    throw new VerifyError('malformed-der', 'time has a fraction that is not allowed')
  }
  // RFC 5280 §4.1.2.5.1: two-digit years from 50 on are of the last century.
  const fullYear = match ? year + (year >= 50 ? 1900 : 2000) : year
  const date = new Date(0)
  date.setUTCFullYear(fullYear, month - 1, day)
  date.setUTCHours(hour, minute, second, fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1000))
  const exists =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
  if (!exists) throw new VerifyError('malformed-der', 'time does not exist')
  return date
}

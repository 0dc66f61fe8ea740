import { VerifyError } from '../errors.ts'
import { type Element, TAG } from './element.ts'

const GENERALIZED_TIME = /^\d{14}(?:\.(\d{1,9}))?Z$/
/** Octets: two digits for each of the year, month, day, hour, minute and second, and Z. */
const UTC_TIME = 13

/**
 * Gives a UTCTime or GeneralizedTime. Both must be in seconds and in UTC; fractions only where the structure
 * allows them (time-stamps: RFC 3161 §2.4.2), never in certificates (RFC 5280 §4.1.2.5).
 * @throws VerifyError malformed-der, also for days that no calendar has
 */
export function readTime(element: Element, options: { readonly fractions?: boolean } = {}): Date {
  if (element.tag === TAG.utcTime) {
    const year = pairAt(element, 0)
    if (element.contentLength !== UTC_TIME || element.contentAt(12) !== Z) throw notInForm()
    // RFC 5280 §4.1.2.5.1: two-digit years from 50 on are of the last century.
    return dateOf(element, 2, year + (year >= 50 ? 1900 : 2000), undefined)
  }
  const { content } = element
  const text = Buffer.from(content.buffer, content.byteOffset, content.length).toString('latin1')
  const parts = element.tag === TAG.generalizedTime ? GENERALIZED_TIME.exec(text) : null
  if (!parts) throw notInForm()
  const fraction = parts[1]
  if (fraction !== undefined && (!options.fractions || fraction.endsWith('0'))) {
    throw new VerifyError('malformed-der', 'time has a fraction that is not allowed')
  }
  return dateOf(element, 4, pairAt(element, 0) * 100 + pairAt(element, 2), fraction)
}

const Z = 0x5a

const notInForm = (): VerifyError => new VerifyError('malformed-der', 'time is not in the form of DER')

/** Gives the number that two digits make. @throws VerifyError malformed-der where there are none */
function pairAt(element: Element, index: number): number {
  const [high, low] = [(element.contentAt(index) ?? 0) - 0x30, (element.contentAt(index + 1) ?? 0) - 0x30]
  if (high < 0 || high > 9 || low < 0 || low > 9) throw notInForm()
  return high * 10 + low
}

/** Takes where the month stands, and what was read before it and behind the seconds. */
function dateOf(element: Element, at: number, year: number, fraction: string | undefined): Date {
  const [month, day, hour] = [pairAt(element, at), pairAt(element, at + 2), pairAt(element, at + 4)]
  const [minute, second] = [pairAt(element, at + 6), pairAt(element, at + 8)]
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second, fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1000))
  const exists =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
  if (!exists) throw new VerifyError('malformed-der', 'time does not exist')
  return date
}

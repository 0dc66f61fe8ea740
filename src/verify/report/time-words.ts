import { isSeal, nameOf } from './holder.ts'
import { describeQualifiedStamp } from './qualified-words.ts'
import type { SignatureReport } from './report.ts'
import type { Language } from './words.ts'

const LOCALE = { da: 'da-DK', en: 'en-GB' } as const

interface Formats {
  readonly day: Intl.DateTimeFormat
  readonly time: Intl.DateTimeFormat
}

/** Making a format costs a thousand times what using it does; zones are a municipality's, so few. */
const kept = new Map<string, Formats>()

function formatsOf(language: Language, timeZone: string): Formats {
  const key = `${language} ${timeZone}`
  const known = kept.get(key)
  if (known) return known
  const made = {
    day: new Intl.DateTimeFormat(LOCALE[language], { dateStyle: 'medium', timeZone }),
    time: new Intl.DateTimeFormat(LOCALE[language], { timeStyle: 'short', timeZone }),
  }
  kept.set(key, made)
  return made
}

/** Day and time as people write them: "24. nov. 2026 kl. 10.02", "24 Nov 2026 at 10:02". UTC is said where it is that. */
export function timeInWords(at: string, language: Language, timeZone: string): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return at
  const { day, time } = formatsOf(language, timeZone)
  const said = `${day.format(date)} ${language === 'da' ? 'kl.' : 'at'} ${time.format(date)}`
  return timeZone === 'UTC' ? `${said} UTC` : said
}

/**
 * Says of a signature its level and what is known of when it was made: what a time-stamp proves, what the time of
 * receipt proves, or what the signer claims. Document time-stamps are named by the signatures beside it.
 */
export function describeTimes(
  signature: SignatureReport,
  beside: readonly SignatureReport[],
  language: Language,
  timeZone: string,
): readonly string[] {
  const at = (time: string): string => timeInWords(time, language, timeZone)
  const stamps = signature.timestamps.map((stamp) => {
    const by = authorityOf(stamp, beside, language)
    if (stamp.indication === 'PASSED') {
      const qualified = describeQualifiedStamp(stamp, language)
      const end = qualified === null ? '.' : `, ${qualified}.`
      return `${language === 'da' ? 'Tidsstemplet' : 'Time-stamped'} ${at(stamp.time)}${by}${end}`
    }
    return language === 'da'
      ? `Et tidsstempel${by} siger ${at(stamp.time)}, men beviser intet.`
      : `A time-stamp${by} says ${at(stamp.time)}, but proves nothing.`
  })
  const level = signature.level === null ? [] : [`${language === 'da' ? 'Niveau' : 'Level'}: ${signature.level}.`]
  return [...level, ...new Set(stamps), ...describeProvenTime(signature, language, at)]
}

function authorityOf(
  stamp: SignatureReport['timestamps'][number],
  beside: readonly SignatureReport[],
  language: Language,
): string {
  const field = beside.find((one) => one.kind === 'pdf-timestamp' && one.id === stamp.id)
  const name = stamp.by ?? (field && field.trusted === true ? nameOf(field) : undefined)
  return name === undefined ? '' : `${language === 'da' ? ' af' : ' by'} ${name}`
}

function describeProvenTime(
  signature: SignatureReport,
  language: Language,
  at: (time: string) => string,
): readonly string[] {
  const { bestSignatureTime: best, validationTime, claimedSigningTime: claimed, timestamps } = signature
  if (signature.kind === 'pdf-timestamp') {
    return claimed === null ? [] : [language === 'da' ? `siger ${at(claimed)}.` : `says ${at(claimed)}.`]
  }
  const seal = isSeal(signature)
  if (best !== null && Date.parse(best) < Date.parse(validationTime)) {
    const stamped = timestamps.some((one) => one.indication === 'PASSED' && Date.parse(one.time) === Date.parse(best))
    if (language === 'da') {
      const what = stamped ? (seal ? 'Seglet' : 'Underskriften') : 'Filen'
      return [`${what} fandtes bevisligt ${at(best)}.`]
    }
    return [`${stamped ? (seal ? 'The seal' : 'The signature') : 'The file'} is proven to have existed ${at(best)}.`]
  }
  if (claimed === null) return []
  const [toCome, early] = ['claimed-time-in-future', 'claimed-time-before-certificate'].map((odd) =>
    signature.findings.some(({ code }) => code === odd),
  )
  if (language === 'da') {
    const before = early ? 'det er, før certifikatet begyndte at gælde' : 'det er ikke bevist'
    const not = toCome ? 'det er senere end det, der bedømmes ved' : before
    return [`${seal ? 'Seglet' : 'Underskriveren'} angiver selv ${at(claimed)}; ${not}.`]
  }
  const before = early ? 'that is before the certificate began to hold' : 'that is not proven'
  const not = toCome ? 'that is later than the time of judging' : before
  return [`The ${seal ? 'seal' : 'signer'} states ${at(claimed)}; ${not}.`]
}

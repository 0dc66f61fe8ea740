import { isSeal } from './holder.ts'
import type { VerificationReport } from './report.ts'
import { nameOfSigner } from './valid-words.ts'
import type { Language } from './words.ts'

const MAX_PARTS = 30

type Part = VerificationReport['parts'][number]

/**
 * Says how many files a file carries, how each was judged, and that a service's seal around them is the service's.
 * @param headlineOf gives the verdict on one of them in words
 */
export function describeParts(
  report: VerificationReport,
  language: Language,
  headlineOf: (part: VerificationReport) => string,
): readonly string[] {
  const { parts } = report
  if (parts.length === 0) return []
  const lines = parts.slice(0, MAX_PARTS).flatMap((part) => describePart(part, language, headlineOf))
  const left = parts.length - MAX_PARTS
  const more = left > 0 ? [language === 'da' ? `… og ${left} filer til.` : `… and ${left} more files.`] : []
  return [...describeOuterSeals(report, language), countOf(report, language), ...lines, ...more]
}

function describePart(
  part: Part,
  language: Language,
  headlineOf: (part: VerificationReport) => string,
): readonly string[] {
  const line = `“${shown(part.name)}”: ${headlineOf(part)}`
  const inner = part.parts.length
  if (inner === 0) return [line]
  const said = language === 'da' ? `Den rummer selv ${inner} filer.` : `It holds ${inner} files itself.`
  return [`${line} ${inner === 1 ? (language === 'da' ? 'Den rummer selv en fil.' : 'It holds a file itself.') : said}`]
}

/** Names come from strangers: what would turn a line around or break it is left out. */
const shown = (name: string): string => name.replace(/[\p{Cc}\p{Bidi_Control}]/gu, '')

function countOf({ parts, mediaType }: VerificationReport, language: Language): string {
  const mail = mediaType === 'message/rfc822'
  const one = parts.length === 1
  if (language === 'da') {
    const what = one ? 'én fil, der er bedømt for sig' : `${parts.length} filer, der er bedømt hver for sig`
    return `${mail ? 'Mailen' : 'Filen'} bærer ${what}:`
  }
  const what = one ? 'one file, judged on its own' : `${parts.length} files, each judged on its own`
  return `The ${mail ? 'mail' : 'file'} carries ${what}:`
}

/** What a signing service puts around the files that persons signed is its own seal, and nobody else's. */
function describeOuterSeals({ signatures }: VerificationReport, language: Language): readonly string[] {
  const seals = signatures.filter((one) => one.kind !== 'pdf-timestamp' && isSeal(one))
  const names = [...new Set(seals.map((one) => nameOfSigner(one, language).replace(/,$/, '')))]
  if (names.length === 0) return []
  const by = names.join(', ')
  return [
    language === 'da'
      ? `Det ydre segl er tjenestens (${by}): hvem der har underskrevet, står i filerne indeni.`
      : `The outer seal is the service's (${by}): who signed stands in the files inside.`,
  ]
}

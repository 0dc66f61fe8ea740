import { adviceWords, type Reader } from './advice-words.ts'
import { FINDING_WORDS } from './finding-words.ts'
import { chooseMessage } from './headline.ts'
import { isSeal, nameOf } from './holder.ts'
import { describeParts } from './part-words.ts'
import { describeQualified, isHeldQualified } from './qualified-words.ts'
import type { SignatureReport, VerificationReport } from './report.ts'
import { findingWords } from './seal-words.ts'
import { termsOf } from './terms.ts'
import { describeTimes } from './time-words.ts'
import type { Language } from './words.ts'

export type { Language } from './words.ts'

/** A verdict as a citizen reads it: plain text, to be escaped by whoever shows it. */
export interface VerdictInWords {
  readonly headline: string
  readonly details: readonly string[]
  /** What the reader can do; null where there is nothing to do. */
  readonly whatToDo: string | null
  /** What the file itself bears are seals of organisations alone: nobody may take it for signed by a person. */
  readonly sealed: boolean
}

export interface WordsOptions {
  /** Whom it is said to; citizen where absent. A caseworker is told levels and times too, a visitor sent it to nobody. */
  readonly reader?: Reader
  /** An IANA name: what times are given in. UTC where absent, and said. */
  readonly timeZone?: string
}

/**
 * Puts a report in words that a citizen understands. Takes the report and the language; gives a headline, the details
 * signature by signature and file by file, and what to do.
 */
export function describeVerdict(
  report: VerificationReport,
  language: Language,
  { reader = 'citizen', timeZone = 'UTC' }: WordsOptions = {},
): VerdictInWords {
  const { headline, advice } = chooseMessage(report)
  const details = report.signatures.flatMap((one) => {
    const times = reader === 'caseworker' ? describeTimes(one, report.signatures, language, timeZone) : []
    const qualified = reader === 'caseworker' || isHeldQualified(one) ? describeQualified(one, language) : null
    const lines = qualified === null ? times : [`${qualified}.`, ...times]
    return [...describeSignature(one, language), ...lines.map((line) => `${speakerOf(one, language)}: ${line}`)]
  })
  const own = report.findings
    .filter(({ severity }) => severity !== 'info')
    .flatMap(({ code }) => FINDING_WORDS[code]?.[language] ?? [])
  const inside = describeParts(report, language, (part) => chooseMessage(part).headline[language])
  const signatures = report.signatures.filter((one) => one.kind !== 'pdf-timestamp')
  return {
    headline: headline[language],
    details: [...new Set([...details, ...own, ...inside])],
    whatToDo: advice === null ? null : adviceWords(advice, reader)[language],
    sealed: signatures.length > 0 && signatures.every(isSeal),
  }
}

/** Says of one signature what was found, line by line, each with whose it is. */
function describeSignature(signature: SignatureReport, language: Language): readonly string[] {
  const lines = signature.findings
    .filter(({ severity }) => severity !== 'info')
    .flatMap(({ code }) => findingWords(code, signature)?.[language] ?? [])
  const passed = signature.indication === 'TOTAL-PASSED' || signature.indication === 'PASSED'
  const holds = passed && signature.intact === true
  const others = signature.findings.some(({ severity, code }) => severity !== 'info' && !BESIDE.test(code))
  const { da, en } = termsOf(signature)
  const intact = holds && !others ? [language === 'da' ? `${da.the} holder.` : `${en.the} holds.`] : []
  return [...intact, ...lines].map((line) => `${speakerOf(signature, language)}: ${line}`)
}

/** What is said of evidence about revocation, and of a time-stamp that proves nothing, says nothing against the signature. */
const BESIDE = /^(revocation-(not-checked|data-)|timestamp-(untrusted|expired|not-proven)$)/

/** What stands before what is said about a signature: a person's name, or whose seal or time-stamp it is. */
export function speakerOf(signature: SignatureReport, language: Language): string {
  const known = nameOf(signature)
  const name = known ?? signature.id
  const vouched = known === undefined || signature.trusted === true
  const { thing } = termsOf(signature).en
  if (thing === 'signature') {
    if (vouched) return name
    return language === 'da' ? `Angiver at være ${name}` : `Claims to be ${name}`
  }
  const danish = thing === 'seal' ? 'Segl' : 'Tidsstempel'
  const english = thing === 'seal' ? 'Seal' : 'Time-stamp'
  if (vouched) return language === 'da' ? `${danish} fra ${name}` : `${english} of ${name}`
  return language === 'da' ? `${danish}, angiveligt fra ${name}` : `${english} that claims to be of ${name}`
}

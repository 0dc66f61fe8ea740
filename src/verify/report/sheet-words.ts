import { FINDING_WORDS } from './finding-words.ts'
import { isSeal, nameOf, shortNameOf, unclearHolderOf } from './holder.ts'
import { describeVerdict, type WordsOptions } from './plain-words.ts'
import { describeQualified } from './qualified-words.ts'
import type { Finding, SignatureReport, VerificationReport } from './report.ts'
import { findingWords } from './seal-words.ts'
import { timeInWords } from './time-words.ts'
import type { Language, Words } from './words.ts'

/** A finding as a report that is filed tells it. */
export interface FindingInWords {
  readonly code: string
  readonly severity: Finding['severity']
  /** In words; the message where the code has none. */
  readonly text: string
  /** English, for who looks closer: it names objects and pages. */
  readonly message: string
  readonly clause: string | null
}

/** A signature, a seal or a time-stamp as a report that is filed tells it. */
export interface SignatureInWords {
  /** "Underskrevet af Kai Jensen", "Sealed by Penneo A/S". */
  readonly title: string
  readonly indication: SignatureReport['indication']
  /** What is known, each with its label, in the order to be read. */
  readonly facts: readonly (readonly [label: string, value: string])[]
  readonly findings: readonly FindingInWords[]
}

/** A whole report in words, for a sheet that is filed with the case. */
export interface ReportInWords {
  readonly name: string | null
  readonly mediaType: string | null
  readonly sha256: string | null
  /** ERROR: the file could not be read. */
  readonly indication: NonNullable<VerificationReport['indication']> | 'ERROR'
  readonly headline: string
  readonly whatToDo: string | null
  readonly signatures: readonly SignatureInWords[]
  readonly findings: readonly FindingInWords[]
  readonly parts: readonly ReportInWords[]
}

/**
 * Puts all of a report in words for who files it: who signed, by which path, when, how strong and why, with every
 * finding under its code and clause. Takes the report, the language, and the reader and zone (caseworker, UTC where
 * absent).
 */
export function describeReport(
  report: VerificationReport & { readonly name?: string },
  language: Language,
  { reader = 'caseworker', timeZone = 'UTC' }: WordsOptions = {},
): ReportInWords {
  const { headline, whatToDo } = describeVerdict(report, language, { reader, timeZone })
  const { error } = report
  const errors: FindingInWords[] = error ? [{ ...error, severity: 'error', text: error.message, clause: null }] : []
  return {
    name: report.name ?? report.file,
    mediaType: report.mediaType,
    sha256: report.sha256,
    indication: error ? 'ERROR' : (report.indication ?? 'INDETERMINATE'),
    headline,
    whatToDo,
    signatures: report.signatures.map((one) => describeOne(one, language, timeZone)),
    findings: [...errors, ...report.findings.map((one) => inWords(one, FINDING_WORDS[one.code], language))],
    parts: report.parts.map((part) => describeReport(part, language, { reader, timeZone })),
  }
}

const inWords = ({ code, severity, message, clause }: Finding, words: Words | undefined, language: Language) => ({
  ...{ code, severity, message, clause },
  text: words?.[language] ?? message,
})

/** By whom; and what is said where the cryptography does not hold, or nobody that is trusted vouches for the name. */
const TITLES = {
  da: {
    held: {
      ...{ signature: 'Underskrevet af', seal: 'Forseglet af', timestamp: 'Tidsstemplet af' },
      unclear: 'Underskrift med certifikatet',
    },
    claimed: {
      ...{ signature: 'Påstået underskrift:', seal: 'Påstået segl:', timestamp: 'Påstået tidsstempel:' },
      unclear: 'Påstået underskrift med certifikatet',
    },
  },
  en: {
    held: {
      ...{ signature: 'Signed by', seal: 'Sealed by', timestamp: 'Time-stamped by' },
      unclear: 'Signature with the certificate',
    },
    claimed: {
      ...{ signature: 'Claimed signature:', seal: 'Claimed seal:', timestamp: 'Claimed time-stamp:' },
      unclear: 'Claimed signature with the certificate',
    },
  },
} as const

const LABELS = {
  da: {
    ...{
      verdict: 'Resultat',
      certificate: 'Certifikat',
      key: 'OpenPGP-nøgle',
      path: 'Udsteder',
      serial: 'Serienummer',
      level: 'Niveau',
      qualified: 'eIDAS',
    },
    ...{ claimed: 'Angivet tidspunkt', proven: 'Bevist tidspunkt', stamp: 'Tidsstempel', revocation: 'Spærring' },
    ...{ changes: 'Ændringer siden', method: 'Metode', judged: 'Bedømt pr.', policy: 'Regler', field: 'Felt i filen' },
  },
  en: {
    ...{
      verdict: 'Result',
      certificate: 'Certificate',
      key: 'OpenPGP key',
      path: 'Issued by',
      serial: 'Serial number',
      level: 'Level',
      qualified: 'eIDAS',
    },
    ...{ claimed: 'Stated time', proven: 'Proven time', stamp: 'Time-stamp', revocation: 'Revocation' },
    ...{ changes: 'Changes since', method: 'Method', judged: 'Judged as of', policy: 'Policy', field: 'Field' },
  },
} as const

const REVOCATION: Readonly<Record<SignatureReport['revocation'], Words>> = {
  good: { da: 'ikke spærret', en: 'not revoked' },
  revoked: { da: 'spærret', en: 'revoked' },
  unknown: { da: 'ukendt: ingen brugbar oplysning', en: 'unknown: no usable evidence' },
  'not-checked': { da: 'ikke kontrolleret', en: 'not checked' },
  exempt: { da: 'skal ikke kontrolleres for dette certifikat', en: 'need not be checked for this certificate' },
}

const SHORT_TERM: Words = {
  da: 'certifikatet gælder for kort tid til at blive spærret',
  en: 'the certificate is valid too shortly to be revoked',
}

const OWN_KEY: Words = {
  da: 'nøglens ejer har ikke trukket den tilbage, så vidt vi ved',
  en: "the key's owner has not revoked it, as far as we know",
}

/** Where the signer's certificate is short-lived, that is why nobody was asked about it, whatever is known of its CAs. */
function revocationOf({ kind, revocation, findings }: SignatureReport): Words {
  if (kind === 'openpgp' && revocation === 'exempt') return OWN_KEY
  const short = findings.some(({ code }) => code === 'certificate-short-term')
  return short && (revocation === 'good' || revocation === 'exempt') ? SHORT_TERM : REVOCATION[revocation]
}

const CHANGES: Readonly<Record<NonNullable<SignatureReport['changesAfter']>, Words>> = {
  none: { da: 'ingen', en: 'none' },
  permitted: { da: 'kun tilladte', en: 'only permitted ones' },
  forbidden: { da: 'forbudte', en: 'forbidden ones' },
  unknown: { da: 'nogle, som ikke kan bedømmes', en: 'some that cannot be judged' },
}

const STAMPS: Readonly<Record<SignatureReport['timestamps'][number]['indication'], Words>> = {
  PASSED: { da: 'i orden', en: 'in order' },
  INDETERMINATE: { da: 'beviser intet', en: 'proves nothing' },
  FAILED: { da: 'passer ikke', en: 'does not fit' },
}

function describeOne(signature: SignatureReport, language: Language, timeZone: string): SignatureInWords {
  const kind = titleOf(signature)
  const proven = signature.intact === true && signature.trusted === true ? 'held' : 'claimed'
  return {
    title: `${TITLES[language][proven][kind]} ${nameOf(signature) ?? signature.id}`,
    indication: signature.indication,
    facts: factsOf(signature, language, timeZone),
    findings: signature.findings.map((one) => inWords(one, findingWords(one.code, signature), language)),
  }
}

function titleOf(signature: SignatureReport): 'timestamp' | 'seal' | 'signature' | 'unclear' {
  if (signature.kind === 'pdf-timestamp') return 'timestamp'
  if (isSeal(signature)) return 'seal'
  return unclearHolderOf(signature) === null ? 'signature' : 'unclear'
}

function factsOf(signature: SignatureReport, language: Language, timeZone: string): SignatureInWords['facts'] {
  const { signer, claimedSigningTime, bestSignatureTime, level, changesAfter, fingerprint, timestamps } = signature
  const label = LABELS[language]
  const at = (time: string): string => timeInWords(time, language, timeZone)
  const methods = [signature.signatureAlgorithm, signature.digestAlgorithm].filter((one) => one !== null)
  // A time that lies before that of judging is one that something proves.
  const proven = bestSignatureTime !== null && Date.parse(bestSignatureTime) < Date.parse(signature.validationTime)
  const facts: readonly (readonly [string, string | null])[] = [
    [label.verdict, [signature.indication, signature.subIndication].filter((one) => one !== null).join(' / ')],
    [signer ? label.certificate : label.key, signer?.subject ?? fingerprint],
    [label.path, pathOf(signature, language)],
    [label.serial, signer?.serial ?? null],
    [label.level, level],
    [label.qualified, describeQualified(signature, language)],
    ...timestamps.map(
      ({ time, indication }) => [label.stamp, `${at(time)} (${STAMPS[indication][language]})`] as const,
    ),
    [label.proven, proven ? at(bestSignatureTime) : null],
    [label.claimed, claimedSigningTime === null ? null : at(claimedSigningTime)],
    [label.revocation, revocationOf(signature)[language]],
    [label.changes, changesAfter === null ? null : CHANGES[changesAfter][language]],
    [label.method, methods.length === 0 ? null : methods.join(', ')],
    [label.judged, at(signature.validationTime)],
    [label.policy, signature.policy],
    [label.field, signature.kind.startsWith('pdf') ? signature.id : null],
  ]
  return facts.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]))
}

/** From the signer's issuer up; the anchor is said to be one, and where there is none that is said. */
function pathOf(signature: SignatureReport, language: Language): string | null {
  const { path, signer, trustAnchor } = signature
  if (!signer) return null
  const issuers = path.filter(({ sha256 }) => sha256 !== signer.sha256).map(({ subject }) => shortNameOf(subject))
  const names = issuers.length > 0 ? issuers : trustAnchor ? [] : [shortNameOf(signer.issuer)]
  const end = trustAnchor
    ? { da: 'på kommunens liste', en: "on the municipality's list" }
    : { da: 'ikke på kommunens liste', en: "not on the municipality's list" }
  return names.length === 0 ? end[language] : `${names.join(' > ')} (${end[language]})`
}

import type { Finding } from '../report/report.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { SignatureAnswer } from '../x509/signature-answers.ts'

/** Why a CRL or an OCSP response about a certificate was not relied on. */
export type Refusal =
  | 'future'
  | 'stale'
  | 'broken'
  | 'unauthorised'
  | 'other-issuer'
  | 'not-processed'
  | 'not-by-profile'
  | 'after-expiry'

/** A piece of evidence that is about a certificate and was not relied on. */
export interface Refused {
  readonly kind: 'crl' | 'ocsp'
  readonly sha256: string
  readonly refusal: Refusal
  /** The time that stands against it: when it was made, or ended. */
  readonly at: Date | null
}

/** Takes note of a piece of evidence that is refused. */
export type Refuse = (refused: Refused) => void

/** For those whose status is asked for on the way: the evidence about them is not what the report is about. */
export const unsaid: Refuse = () => {}

/** Of one certificate no more are told: who stuffs a file with evidence fills no report. */
const MAX_TOLD = 5

interface Telling {
  readonly code: string
  readonly because: (at: string) => string
  readonly clauses: Readonly<Record<Refused['kind'], string>>
}

const TELLINGS: Readonly<Record<Refusal, Telling>> = {
  future: {
    code: 'revocation-data-from-future',
    because: (at) => `it was made at ${at}, after the time of judging`,
    clauses: { ocsp: 'RFC 6960 §3.2(5)', crl: 'RFC 5280 §6.3.3' },
  },
  stale: {
    code: 'revocation-data-stale',
    because: (at) => `it was good until ${at}, before the time that is asked about`,
    clauses: { ocsp: 'RFC 6960 §3.2(6)', crl: 'RFC 5280 §6.3.3(a)' },
  },
  broken: {
    code: 'revocation-data-broken',
    because: () => 'its signature does not hold by the key of whoever it says signed it',
    clauses: { ocsp: 'RFC 6960 §3.2(2)', crl: 'RFC 5280 §6.3.3(g)' },
  },
  unauthorised: {
    code: 'revocation-data-unauthorised',
    because: () => 'nobody signed it who may answer for the issuer and is known to have been in force',
    clauses: { ocsp: 'RFC 6960 §3.2(4)', crl: 'RFC 5280 §6.3.3(f)' },
  },
  'other-issuer': {
    code: 'revocation-data-of-other-issuer',
    because: () => 'it is from an issuer of the same name with another key',
    clauses: { ocsp: 'RFC 6960 §3.2(1)', crl: 'RFC 5280 §6.3.3(b)' },
  },
  'not-processed': {
    code: 'revocation-data-not-processed',
    because: () => 'it has a critical extension that is not processed, or entries that cannot be read',
    clauses: { ocsp: 'RFC 6960 §4.4', crl: 'RFC 5280 §5.2' },
  },
  'not-by-profile': {
    code: 'revocation-data-not-processed',
    because: () => 'it has no CRL number, or a critical one',
    clauses: { ocsp: 'RFC 6960 §4.4', crl: 'RFC 5280 §5.2.3' },
  },
  'after-expiry': {
    code: 'revocation-data-after-expiry',
    because: (at) => `it was made at ${at}, when the certificate had run out, and does not say that it keeps such`,
    clauses: { ocsp: 'RFC 6960 §4.4.4', crl: 'RFC 5280 §3.3' },
  },
}

/** What is told also where other evidence says enough: somebody meant to deceive, or something is damaged. */
const TOLD_ALWAYS: ReadonlySet<Refusal> = new Set(['broken', 'unauthorised'])

const KINDS: Readonly<Record<Refused['kind'], string>> = { crl: 'a CRL', ocsp: 'an OCSP response' }

/**
 * Says of each piece of evidence about a certificate why it was not relied on: as a warning where nothing else is known of
 * the certificate; else only where its signature is amiss, as a note.
 * @see RFC 6960 §3.2, RFC 5280 §6.3.3
 */
export function describeRefused(
  refused: readonly Refused[],
  certificate: Certificate,
  known: boolean,
): readonly Finding[] {
  const told = known ? refused.filter(({ refusal }) => TOLD_ALWAYS.has(refusal)) : refused
  const once = new Map(told.map((one) => [`${one.sha256} ${one.refusal}`, one]))
  return [...once.values()].slice(0, MAX_TOLD).map(({ kind, sha256, refusal, at }) => {
    const { code, because, clauses } = TELLINGS[refusal]
    const piece = `${KINDS[kind]} (SHA-256 ${sha256.slice(0, 16)}) about ${certificate.subject.display}`
    return {
      code,
      severity: known ? 'info' : 'warning',
      message: `${piece} was not relied on: ${because(at?.toISOString() ?? 'an unknown time')}`,
      clause: clauses[kind],
    }
  })
}

/** Tells what is amiss with a signature by what is known of it by each key that might have made it. */
export const refusalOfSigner = (answers: readonly (SignatureAnswer | null)[]): Refusal =>
  !answers.includes('holds') && answers.includes('broken') ? 'broken' : 'unauthorised'

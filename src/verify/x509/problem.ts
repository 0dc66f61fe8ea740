import type { Finding, SubIndication } from '../report/report.ts'

/** Something that keeps a path from passing, with the sub-indication that it calls for. */
export interface Problem {
  readonly subIndication: SubIndication
  readonly finding: Finding
}

/** Makes a problem; the clause is that of RFC 5280 unless it names another document. */
export function problem(subIndication: SubIndication, code: string, message: string, clause: string | null): Problem {
  return { subIndication, finding: { code, severity: 'error', message, clause } }
}

/**
 * Which sub-indication stands for a path with several problems: what can never be healed by time or new evidence
 * comes first, so that a later proof of existence is not thought to help a path that is broken.
 */
const ORDER: readonly SubIndication[] = [
  'NO_CERTIFICATE_CHAIN_FOUND',
  'CERTIFICATE_CHAIN_GENERAL_FAILURE',
  'CHAIN_CONSTRAINTS_FAILURE',
  'CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
  'REVOKED_CA_NO_POE',
  'REVOKED_NO_POE',
  'OUT_OF_BOUNDS_NO_POE',
  'OUT_OF_BOUNDS_NOT_REVOKED',
  'TRY_LATER',
]

const rank = (subIndication: SubIndication): number => {
  const place = ORDER.indexOf(subIndication)
  return place < 0 ? 1 : place
}

/** Gives the sub-indication of the weightiest problem; null where there is none. */
export function weightiest(problems: readonly Problem[]): SubIndication | null {
  const [first] = [...problems].sort((a, b) => rank(a.subIndication) - rank(b.subIndication))
  return first?.subIndication ?? null
}

/** Gives how bad a set of problems is: smaller is nearer to passing. */
export function weight(problems: readonly Problem[]): number {
  const sub = weightiest(problems)
  return sub === null ? 0 : (ORDER.length - rank(sub)) * 1000 + Math.min(problems.length, 999)
}

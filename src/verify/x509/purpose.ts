import type { Certificate } from './certificate.ts'
import { EXTENSION, type KeyUsage } from './extensions.ts'
import type { Purpose } from './path-conclusion.ts'
import { type Problem, problem } from './problem.ts'

const ANY_EXTENDED_KEY_USAGE = '2.5.29.37.0'
export const TIME_STAMPING = '1.3.6.1.5.5.7.3.8'
export const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9'
const EMAIL_PROTECTION = '1.3.6.1.5.5.7.3.4'

interface PurposeRule {
  /** One of these must stand in the leaf's key usage, where it has one. */
  readonly keyUsages: readonly KeyUsage[]
  /** One of these must stand in the extended key usage, where there is one. */
  readonly extendedKeyUsages: readonly string[]
  /** The leaf must have the extended key usage, and any does not stand for it. */
  readonly explicit: boolean
}

const SIGNS: readonly KeyUsage[] = ['digitalSignature', 'nonRepudiation']

const RULES: Readonly<Record<Exclude<Purpose, 'any'>, PurposeRule>> = {
  'document-signing': {
    keyUsages: SIGNS,
    // id-kp-documentSigning (RFC 9336), e-mail, client authentication (eID cards), Adobe's and Microsoft's own.
    extendedKeyUsages: [
      '1.3.6.1.5.5.7.3.36',
      EMAIL_PROTECTION,
      '1.3.6.1.5.5.7.3.2',
      '1.2.840.113583.1.1.5',
      '1.3.6.1.4.1.311.10.3.12',
    ],
    explicit: false,
  },
  email: { keyUsages: SIGNS, extendedKeyUsages: [EMAIL_PROTECTION], explicit: false },
  timestamping: { keyUsages: SIGNS, extendedKeyUsages: [TIME_STAMPING], explicit: true },
  ocsp: { keyUsages: SIGNS, extendedKeyUsages: [OCSP_SIGNING], explicit: true },
}

/**
 * Judges whether the leaf's key may do what it did, and whether each CA above lets it: an extended key usage in a CA
 * bounds what lies below it. Gives the problems.
 */
export function judgePurpose(path: readonly Certificate[], purpose: Purpose): readonly Problem[] {
  if (purpose === 'any') return []
  const rule = RULES[purpose]
  const problems: Problem[] = []
  const add = (code: string, message: string, clause: string): void => {
    problems.push(problem('CHAIN_CONSTRAINTS_FAILURE', code, message, clause))
  }
  const [leaf, ...above] = path
  if (!leaf) return problems
  const { keyUsage, extendedKeyUsage } = leaf.decoded
  if (keyUsage && !rule.keyUsages.some((usage) => keyUsage.has(usage))) {
    add('key-usage', `the key usage does not allow ${purpose}`, 'RFC 5280 §4.2.1.3')
  }
  if (rule.explicit ? !standsExplicitly(extendedKeyUsage, rule) : !allows(extendedKeyUsage, rule)) {
    add('extended-key-usage', `the extended key usage does not allow ${purpose}`, 'RFC 5280 §4.2.1.12')
  }
  // RFC 3161 §2.3: time-stamping alone, and critical.
  if (purpose === 'timestamping' && extendedKeyUsage) {
    const critical = leaf.extensions.get(EXTENSION.extendedKeyUsage)?.critical === true
    if (extendedKeyUsage.size !== 1 || !critical) {
      add('timestamping-not-alone', 'the extended key usage is not critical time-stamping alone', 'RFC 3161 §2.3')
    }
  }
  if (above.some((ca) => !allowsBelow(ca, purpose))) {
    add('issuer-extended-key-usage', `a CA of the path does not allow ${purpose}`, 'RFC 5280 §4.2.1.12')
  }
  return problems
}

/** Says whether a CA's extended key usage lets certificates below it serve a purpose. */
export function allowsBelow(ca: Certificate, purpose: Purpose): boolean {
  return purpose === 'any' || allows(ca.decoded.extendedKeyUsage, RULES[purpose])
}

function standsExplicitly(usages: ReadonlySet<string> | null, rule: PurposeRule): boolean {
  return usages !== null && rule.extendedKeyUsages.some((usage) => usages.has(usage))
}

function allows(usages: ReadonlySet<string> | null, rule: PurposeRule): boolean {
  return usages === null || usages.has(ANY_EXTENDED_KEY_USAGE) || standsExplicitly(usages, rule)
}

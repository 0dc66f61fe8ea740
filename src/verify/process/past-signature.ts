import type { Finding, SubIndication } from '../report/report.ts'
import type { PathConclusion, RevocationStatus } from '../x509/index.ts'
import {
  type BasicConclusion,
  type BasicFacts,
  once,
  type Proof,
  provingSigned,
  validateBasicSignature,
} from './basic.ts'
import type { Evidence } from './verify-options.ts'

/** What a proof of existence can heal (EN 319 102-1 clauses 5.5.4 and 5.6.3.4): the signature was good in its time. */
const HEALED_BY_PROOF: ReadonlySet<SubIndication> = new Set([
  'REVOKED_NO_POE',
  'REVOKED_CA_NO_POE',
  'OUT_OF_BOUNDS_NO_POE',
  'OUT_OF_BOUNDS_NOT_REVOKED',
  'REVOCATION_OUT_OF_BOUNDS_NO_POE',
  'CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
  'TRY_LATER',
  'NO_POE',
])

/**
 * Validates a signature at the validation time and, where only time stands against it, at the time by which it is
 * proven to have existed. Of the control times that the sliding of clause 5.6.2.2 could end at, that one decides: the
 * certificates must have been in force and not revoked then, by evidence that is sound and fresh for it.
 * @see EN 319 102-1 clauses 5.5.4, 5.6.2.1 and 5.6.2.4
 */
export function validateWithProof(facts: BasicFacts, evidence: Evidence, proof: Proof): BasicConclusion {
  return judgeBeginning(validateByTimes(facts, evidence, provingSigned(proof, facts)), evidence, proof)
}

/** What our clock and a CA's may differ by: what a time-stamp says is taken as it is. */
const CLOCKS_MS = 10 * 60_000

/**
 * Fails a signature that is proven to have been there before its certificate began to hold: by a time-stamp, by when it was
 * received, or as it is judged at such a time. Only where the path itself holds, as else nobody vouches for that beginning.
 * @see EN 319 102-1 clause 5.5.4 (best-signature-time before the issuance of the certificate) and table 6 (NOT_YET_VALID)
 */
function judgeBeginning(basic: BasicConclusion, evidence: Evidence, proof: Proof): BasicConclusion {
  const timeAlone = basic.subIndication === null || HEALED_BY_PROOF.has(basic.subIndication)
  const notBefore = basic.path?.trustAnchor ? basic.path.path[0]?.notBefore : undefined
  if (!timeAlone || !notBefore || basic.indication === 'TOTAL-FAILED') return basic
  const byClock = proof.at >= (evidence.poe ?? evidence.validationTime)
  const latest = proof.at.getTime() + (byClock ? CLOCKS_MS : 0)
  if (latest >= notBefore.getTime()) return basic
  const message = `the signature was there at ${proof.at.toISOString()}, and its certificate holds from ${notBefore.toISOString()} on`
  const finding: Finding = { code: 'signature-too-early', severity: 'error', message, clause: 'EN 319 102-1 §5.5.4' }
  return {
    ...basic,
    indication: 'TOTAL-FAILED',
    subIndication: 'NOT_YET_VALID',
    findings: once([finding, ...basic.findings]),
  }
}

function validateByTimes(facts: BasicFacts, evidence: Evidence, proof: Proof): BasicConclusion {
  const now = validateBasicSignature(facts, evidence, proof)
  const healable = now.subIndication !== null && HEALED_BY_PROOF.has(now.subIndication)
  if (now.indication !== 'INDETERMINATE' || !healable || proof.at >= evidence.validationTime) return now
  const past = validateBasicSignature(facts, evidence, proof, proof.at)
  if (past.indication !== 'TOTAL-PASSED') return withReason(past, now)
  const unproven = past.path ? findUnproven(past.path, evidence, proof) : []
  if (unproven.length > 0) {
    return {
      ...past,
      indication: 'INDETERMINATE',
      subIndication: 'NO_POE',
      findings: [...unproven, ...past.findings],
    }
  }
  const message = `judged at ${proof.at.toISOString()}, by when the signature is proven to have existed`
  const note: Finding = { code: 'past-validation', severity: 'info', message, clause: 'EN 319 102-1 §5.6.2.4' }
  return { ...past, findings: [...past.findings, note] }
}

/** Says why the proof does not help, where that is to be told from the two answers. */
function withReason(past: BasicConclusion, now: BasicConclusion): BasicConclusion {
  const reason = REASONS[past.subIndication ?? '']
  if (!reason || past.subIndication !== now.subIndication) return past
  const finding: Finding = { ...reason, severity: 'error', clause: 'EN 319 102-1 §5.5.4' }
  return { ...past, findings: [...past.findings, finding] }
}

const REASONS: Readonly<Record<string, Pick<Finding, 'code' | 'message'>>> = {
  REVOKED_NO_POE: {
    code: 'signature-not-proven-before-revocation',
    message: 'nothing proves that the signature was made before the certificate was revoked',
  },
  REVOKED_CA_NO_POE: {
    code: 'signature-not-proven-before-revocation',
    message: 'nothing proves that the signature was made before a CA of the path was revoked',
  },
  OUT_OF_BOUNDS_NO_POE: {
    code: 'signature-not-proven-before-expiry',
    message: 'nothing proves that the signature was made while the certificate was valid',
  },
}

/**
 * Gives a finding for each certificate and each piece of evidence that a CA of the path signed and that is not proven to
 * have existed while that CA's key was guarded: until it ran out or was revoked. The anchor is trusted for as long as
 * it is enabled, and the signing certificate is proven with the signature that names it.
 * @see EN 319 102-1 clause 5.6.2.2.4
 */
function findUnproven(path: PathConclusion, evidence: Evidence, proof: Proof): readonly Finding[] {
  return path.path.slice(1, -1).flatMap((ca, i): Finding[] => {
    const end = endOfGuard(ca.notAfter, path.revocations[i + 1])
    if (end >= evidence.validationTime) return []
    const below = path.path[i]
    const seal = path.revocations[i]?.evidence ?? null
    const made = [...(below && i > 0 ? [below.sha256] : []), ...(seal === null ? [] : [seal])]
    return made
      .filter((sha256) => (proof.poeOf(sha256) ?? evidence.validationTime) > end)
      .map((sha256) => {
        const message = `nothing proves that what ${ca.subject.display} signed (${sha256.slice(0, 16)}) existed by ${end.toISOString()}`
        return { code: 'evidence-not-proven', severity: 'error', message, clause: 'EN 319 102-1 §5.6.2.2.4' }
      })
  })
}

function endOfGuard(notAfter: Date, status: RevocationStatus | undefined): Date {
  const revoked = status?.status === 'revoked' ? status.revocationTime : null
  return revoked && revoked < notAfter ? revoked : notAfter
}

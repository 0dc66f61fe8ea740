import type { Certificate } from '../x509/certificate.ts'
import type { RevocationStatus } from '../x509/path-conclusion.ts'
import type { RevocationContext, Target } from './context.ts'
import { judgeByCrls } from './crl-status.ts'
import { findShortTerm, isExempt } from './exemption.ts'
import { judgeByOcsp } from './ocsp-status.ts'
import { describeRefused, type Refused } from './refused-evidence.ts'
import { callsGood, standingRevocation } from './weigh-answers.ts'

const NOTHING_KNOWN = {
  source: null,
  revocationTime: null,
  reason: null,
  thisUpdate: null,
  nextUpdate: null,
  issuedAt: null,
  evidence: null,
} as const

/** Gives the status of a certificate that is not asked about (anchor, or checking is off). */
export const withoutEvidence = (
  certificate: Certificate,
  status: 'exempt' | 'not-checked' | 'unknown',
): RevocationStatus => ({ certificate, status, ...NOTHING_KNOWN })

/**
 * Judges one certificate's revocation by all evidence at hand; the worst sound answer counts, of weak ones only a bad one.
 * What was not relied on is said.
 */
export function judgeRevocation(target: Target, context: RevocationContext): RevocationStatus {
  const { certificate } = target
  const refused: Refused[] = []
  const refuse = (one: Refused): void => {
    refused.push(one)
  }
  const answers = [judgeByOcsp(target, context, refuse), judgeByCrls(target, context, refuse)].filter(
    (answer) => answer !== null,
  )
  const answer =
    standingRevocation(answers) ?? answers.find(callsGood) ?? answers.find(({ status }) => status === 'unknown')
  if (answer) {
    const { objection, ...status } = answer
    const objections = [...(objection ? [objection] : []), ...describeRefused(refused, certificate, true)]
    return { certificate, ...status, ...(objections.length > 0 ? { objections } : {}) }
  }
  const objections = answers.flatMap(({ objection }) => objection ?? [])
  const status = isExempt(certificate, context.purpose) ? 'exempt' : 'unknown'
  const why = describeRefused(refused, certificate, status === 'exempt')
  return {
    ...withoutEvidence(certificate, status),
    objections: [...objections, ...why, ...findShortTerm(certificate, status)],
  }
}

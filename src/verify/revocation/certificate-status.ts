import type { Certificate } from '../x509/certificate.ts'
import type { RevocationStatus } from '../x509/path-conclusion.ts'
import type { RevocationContext, Target } from './context.ts'
import { judgeByCrls } from './crl-status.ts'
import { findShortTerm, isExempt } from './exemption.ts'
import { judgeByOcsp } from './ocsp-status.ts'
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

/** Judges one certificate's revocation by all evidence at hand; the worst sound answer counts, of weak ones only a bad one. */
export function judgeRevocation(target: Target, context: RevocationContext): RevocationStatus {
  const { certificate } = target
  const answers = [judgeByOcsp(target, context), judgeByCrls(target, context)].filter((answer) => answer !== null)
  const answer =
    standingRevocation(answers) ?? answers.find(callsGood) ?? answers.find(({ status }) => status === 'unknown')
  if (answer) {
    const { objection, ...status } = answer
    return { certificate, ...status, ...(objection ? { objections: [objection] } : {}) }
  }
  const objections = answers.flatMap(({ objection }) => objection ?? [])
  const status = isExempt(certificate) ? 'exempt' : 'unknown'
  return { ...withoutEvidence(certificate, status), objections: [...objections, ...findShortTerm(certificate, status)] }
}

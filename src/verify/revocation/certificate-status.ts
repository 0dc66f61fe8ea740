import type { Certificate } from '../x509/certificate.ts'
import { EXTENSION } from '../x509/extensions.ts'
import type { RevocationStatus } from '../x509/path-conclusion.ts'
import { OCSP_SIGNING } from '../x509/purpose.ts'
import type { RevocationContext, Target } from './context.ts'
import { judgeByCrls } from './crl-status.ts'
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

/**
 * RFC 6960 §4.2.2.2.1 for responders; EN 319 412-1 §5.2 for certificates that live too short to be revoked; RFC 9608 §3
 * for end entities whose CA says that it publishes nothing about them.
 */
function isExempt(certificate: Certificate): boolean {
  if (certificate.extensions.has(EXTENSION.validityAssuredShortTerm)) return true
  const isCa = certificate.decoded.basicConstraints?.ca === true
  if (!isCa && certificate.extensions.has(EXTENSION.noRevocationAvailable)) return true
  const isResponder = certificate.decoded.extendedKeyUsage?.has(OCSP_SIGNING) ?? false
  return isResponder && certificate.extensions.has(EXTENSION.ocspNoCheck)
}

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
  return { ...withoutEvidence(certificate, isExempt(certificate) ? 'exempt' : 'unknown'), objections }
}

import type { Finding } from '../report/report.ts'
import type { Certificate } from '../x509/certificate.ts'
import { EXTENSION } from '../x509/extensions.ts'
import type { Purpose } from '../x509/path-conclusion.ts'
import { OCSP_SIGNING } from '../x509/purpose.ts'

const HOUR_MS = 3_600_000

/**
 * How long a certificate may be valid to be too short-lived for revocation. The standards leave it to the CA; ten days is
 * the longest that browsers took for short-lived (CA/Browser Forum Baseline Requirements §1.6.1).
 */
const SHORT_MS = 10 * 24 * HOUR_MS

const validityOf = ({ notBefore, notAfter }: Certificate): number => notAfter.getTime() - notBefore.getTime()

/** Says whether an end entity's certificate says that nobody need or can ask whether it is revoked. */
function saysUnrevocable({ decoded, extensions }: Certificate): boolean {
  if (decoded.basicConstraints?.ca === true) return false
  return extensions.has(EXTENSION.validityAssuredShortTerm) || extensions.has(EXTENSION.noRevocationAvailable)
}

/**
 * Says whether a certificate is relied on without evidence of its status: responders that say so (RFC 6960 §4.2.2.2.1), and
 * end entities that live too short to be revoked and say so. What says so and lives on is asked about as any other is.
 * @see EN 319 412-1 §5.2, RFC 9608 §2
 */
export function isExempt(certificate: Certificate, purpose: Purpose): boolean {
  if (isShortTerm(certificate)) return true
  // Whoever answers for others may sign something else as well, and is asked about for that; so is a CA that answers.
  const answers = (purpose === 'ocsp' || purpose === 'any') && certificate.decoded.basicConstraints?.ca !== true
  const isResponder = certificate.decoded.extendedKeyUsage?.has(OCSP_SIGNING) ?? false
  return answers && isResponder && certificate.extensions.has(EXTENSION.ocspNoCheck)
}

const isShortTerm = (certificate: Certificate): boolean =>
  saysUnrevocable(certificate) && validityOf(certificate) <= SHORT_MS

/** Gives what is to be said of a certificate that says it is short-lived, be it or not; nothing of others. */
export function findShortTerm(certificate: Certificate, status: 'exempt' | 'unknown'): readonly Finding[] {
  if (!saysUnrevocable(certificate)) return []
  const name = certificate.subject.display
  const hours = Math.ceil(validityOf(certificate) / HOUR_MS)
  const clause = certificate.extensions.has(EXTENSION.validityAssuredShortTerm) ? 'EN 319 412-1 §5.2' : 'RFC 9608 §2'
  if (status === 'exempt' && isShortTerm(certificate)) {
    const message = `${name} is valid for ${hours} hours: too short to be revoked`
    return [{ code: 'certificate-short-term', severity: 'info', message, clause }]
  }
  const message = `${name} says that it is too short-lived to be revoked, and is valid for ${hours} hours`
  return [{ code: 'short-term-too-long', severity: 'warning', message, clause }]
}

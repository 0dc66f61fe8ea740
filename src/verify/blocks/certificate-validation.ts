import {
  type Certificate,
  type PathConclusion,
  type PathMemory,
  type PathOptions,
  validateCertificate,
} from '../x509/index.ts'
import { judgeCertificateAlgorithms, judgeEvidenceAlgorithms } from './algorithm-constraints.ts'
import type { AlgorithmPolicy } from './algorithm-policy.ts'

/**
 * Validates the signing certificate: the path by RFC 5280, revocation, and the algorithms within the path, judged at
 * the time by which its certificates are proven to have existed. Takes evidence, gives the path and why; with a memory, of what the document's other signatures found out.
 * @see EN 319 102-1 clause 5.2.6
 */
export function validateSigningCertificate(
  certificate: Certificate,
  options: PathOptions,
  algorithms: { readonly policy: AlgorithmPolicy; readonly provenTime: Date },
  memory: PathMemory | null = null,
): PathConclusion {
  const judged: PathOptions = {
    ...options,
    judgeAlgorithm: (one) => judgeCertificateAlgorithms(one, algorithms.provenTime, algorithms.policy),
    judgeEvidence: (evidence, key, at) => judgeEvidenceAlgorithms(evidence, key, at, algorithms.policy),
  }
  return memory ? memory.validate(certificate, judged) : validateCertificate(certificate, judged)
}

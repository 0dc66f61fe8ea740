import type { CmsConclusion } from '../cms/index.ts'
import type { Finding } from '../report/report.ts'
import { ALGORITHM_CLAUSE, judgeDigest, judgeKey, judgeScheme } from './algorithm-constraints.ts'
import type { AlgorithmPolicy } from './algorithm-policy.ts'
import { type BlockConclusion, finding, indeterminate, passed } from './conclusion.ts'

/**
 * Judges whether a signature may be accepted as it was made: its digests, its scheme and the signer's key, at the time by which
 * the signature is proven to have existed (the validation time where nothing proves an earlier one). `further` are digests
 * that bind the content where the CMS does not.
 * Gives PASSED or INDETERMINATE / CRYPTO_CONSTRAINTS_FAILURE_NO_POE.
 * @see EN 319 102-1 clause 5.2.8
 */
export function acceptSignature(
  cms: CmsConclusion,
  provenTime: Date,
  policy: AlgorithmPolicy,
  further: readonly string[] = [],
): BlockConclusion {
  const digests = new Set([cms.digestAlgorithm, cms.signatureHash, ...further].filter((digest) => digest !== null))
  const findings = [
    ...[...digests].map((digest) => judgeDigest(digest, provenTime, policy, () => 'signature')),
    judgeScheme(cms.signatureAlgorithm, provenTime, policy, () => 'signature'),
    judgeKey(cms.signingCertificate?.publicKey ?? null, provenTime, policy, () => "signer's key"),
  ].filter((one) => one !== null)
  return findings.length > 0
    ? indeterminate('CRYPTO_CONSTRAINTS_FAILURE_NO_POE', findings)
    : passed(weakBinding(cms, provenTime, policy))
}

/**
 * The attribute names the certificate by a digest that is not relied on any more, as all of the first version do (RFC 5035 §5.4, SHA-1). Only who
 * can have two certificates issued with one digest could use that, and the path is judged as well: said, and no more.
 */
function weakBinding(cms: CmsConclusion, provenTime: Date, policy: AlgorithmPolicy): readonly Finding[] {
  const { bindingDigests } = cms
  const isWeak = (digest: string): boolean => judgeDigest(digest, provenTime, policy, () => '') !== null
  if (bindingDigests.length === 0 || !bindingDigests.every(isWeak)) return []
  const message = `the signing certificate is named by ${bindingDigests.join(' and ')} alone`
  return [finding('signing-certificate-digest-weak', 'info', message, ALGORITHM_CLAUSE)]
}

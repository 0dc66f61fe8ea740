import type { CmsConclusion } from '../cms/index.ts'
import { type BlockConclusion, failed, finding, indeterminate, passed } from './conclusion.ts'

/** What the block judges; a CmsConclusion is one, and so are the facts of any other signature format. */
export type CryptographicFacts = Pick<
  CmsConclusion,
  'messageDigestMatches' | 'signatureHolds' | 'intact' | 'algorithmsAgree'
> & {
  /** False where the signed bytes are not at hand. */
  readonly contentAtHand: boolean
}

/**
 * Judges the cryptography: HASH_FAILURE where the content is not what was signed, SIG_CRYPTO_FAILURE where the value
 * does not hold, SIGNED_DATA_NOT_FOUND where there is nothing to judge; what could not be judged never passes.
 * @see EN 319 102-1 clause 5.2.7
 */
export function verifyCryptography(facts: CryptographicFacts): BlockConclusion {
  const clause = 'EN 319 102-1 §5.2.7.4'
  if (!facts.contentAtHand) {
    const message = 'the signed data is not at hand'
    return indeterminate('SIGNED_DATA_NOT_FOUND', [finding('signed-data-not-found', 'error', message, clause)])
  }
  if (facts.messageDigestMatches === false) {
    const message = 'the content is not the one that was signed'
    return failed('HASH_FAILURE', [finding('message-digest-mismatch', 'error', message, clause)])
  }
  if (facts.signatureHolds === false) {
    const message = 'the signature value does not hold'
    return failed('SIG_CRYPTO_FAILURE', [finding('signature-value-broken', 'error', message, clause)])
  }
  if (facts.intact === false) {
    const message = 'the signed attributes are not sound'
    return failed('FORMAT_FAILURE', [finding('signed-attributes-unsound', 'error', message, 'RFC 5652 §5.3')])
  }
  if (facts.intact === null) {
    const message = 'the signature could not be judged: an algorithm or key is not verified here'
    return indeterminate('CUSTOM', [finding('signature-not-judged', 'error', message, clause)])
  }
  if (!facts.algorithmsAgree) {
    const message = 'digest and signature algorithm do not go together'
    return indeterminate('SIG_CONSTRAINTS_FAILURE', [finding('algorithms-disagree', 'error', message, 'RFC 8933')])
  }
  return passed()
}

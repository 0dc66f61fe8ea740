import type { SignerInfo } from '../cms/index.ts'
import { seedValueFaultsOf } from '../pdf/index.ts'
import type { Finding } from '../report/report.ts'
import { digestName } from '../x509/signature-scheme.ts'
import type { PlacedSignature } from './pdf-placing.ts'
import { ADOBE_REVOCATION } from './signed-attributes.ts'

/**
 * Says where a signature is not the one that its field asked for. That is a matter between the form's author and the
 * signer: it is said, and makes the signature no less valid.
 * @see ISO 32000-2 clause 12.7.5.5
 */
export function findSeedValueFaults(
  { document, signature, blank }: PlacedSignature,
  signerInfo: SignerInfo | null,
): readonly Finding[] {
  if (!signerInfo || blank.revision === null) return []
  const cms = {
    digest: digestName(signerInfo.digestAlgorithm),
    revocationData: (signerInfo.signedAttributes ?? []).some((one) => one.oid === ADOBE_REVOCATION),
  }
  return seedValueFaultsOf(document.view(blank.revision - 1), signature.dict, cms).map((key): Finding => {
    const message = `the signature is not as its field asks: ${key}`
    return { code: 'seed-value-not-kept', severity: 'warning', message, clause: 'ISO 32000-2 §12.7.5.5' }
  })
}

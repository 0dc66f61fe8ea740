import { readOctetString, sameBytes } from '../der/index.ts'
import { VerifyError } from '../errors.ts'
import type { Certificate } from '../x509/certificate.ts'
import { digestName, digestOf, readSignatureScheme } from '../x509/signature-scheme.ts'
import { judgeSignatureValue } from '../x509/signature-value.ts'
import { readSignerInfo, type SignedData, type SignerInfo } from './signed-data.ts'
import { ATTRIBUTE, findSigningCertificates } from './verify-signer-info.ts'

/** A signature over another signature's value: somebody who saw it, and signed nothing else. */
export interface CounterSignature {
  /** Null where the certificate is not at hand. */
  readonly signingCertificate: Certificate | null
  /** Null: not judged. */
  readonly holds: boolean | null
}

const COUNTER_SIGNATURE = '1.2.840.113549.1.9.6'
const MAX_COUNTER_SIGNATURES = 32

/**
 * Gives the counter-signatures of a signer, each judged as far as the cryptography goes; nobody's verdict hangs on them.
 * @see RFC 5652 §11.4
 */
export function judgeCounterSignatures(
  signedData: SignedData,
  signerInfo: SignerInfo,
  others: readonly Certificate[],
): readonly CounterSignature[] {
  const values = signerInfo.unsignedAttributes
    .filter(({ oid }) => oid === COUNTER_SIGNATURE)
    .flatMap((one) => one.values)
  return values.slice(0, MAX_COUNTER_SIGNATURES).map((value): CounterSignature => {
    try {
      return judge(readSignerInfo(value), signedData, signerInfo.signature, others)
    } catch (fault) {
      if (!(fault instanceof VerifyError)) throw fault
      return { signingCertificate: null, holds: false }
    }
  })
}

function judge(
  counter: SignerInfo,
  signedData: SignedData,
  signedValue: Uint8Array,
  others: readonly Certificate[],
): CounterSignature {
  const [signingCertificate = null] = findSigningCertificates(signedData, counter, others)
  const digest = digestName(counter.digestAlgorithm)
  const scheme = readSignatureScheme(counter.signatureAlgorithm, digest)
  const key = signingCertificate ? signingCertificate.publicKey.keyObject : null
  if (!digest || !scheme || !key) return { signingCertificate, holds: null }
  if (counter.signedAttributesFault) return { signingCertificate, holds: false }
  const attribute = counter.signedAttributes?.find(({ oid }) => oid === ATTRIBUTE.messageDigest)
  const [claimed, ...more] = attribute?.values ?? []
  if (counter.signedAttributes && (!claimed || more.length > 0)) return { signingCertificate, holds: false }
  if (claimed && !sameBytes(readOctetString(claimed), digestOf(digest, signedValue))) {
    return { signingCertificate, holds: false }
  }
  const answer = judgeSignatureValue(scheme, key, counter.signedAttributesBytes ?? signedValue, counter.signature)
  return { signingCertificate, holds: answer === 'unsupported' ? null : answer === 'holds' }
}

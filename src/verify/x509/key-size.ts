import { readElement, readFields, readOid, TAG } from '../der/index.ts'
import { VerifyError } from '../errors.ts'
import type { PublicKeyInfo } from './public-key.ts'

const RSA = '1.2.840.113549.1.1.1'
const RSA_PSS = '1.2.840.113549.1.1.10'
const EC = '1.2.840.10045.2.1'

/** Bits that count for a named curve; others are not accepted. */
const CURVE_BITS: ReadonlyMap<string, number> = new Map([
  ['1.2.840.10045.3.1.1', 192],
  ['1.3.132.0.33', 224],
  ['1.3.132.0.10', 256],
  ['1.2.840.10045.3.1.7', 256],
  ['1.3.132.0.34', 384],
  ['1.3.132.0.35', 521],
  ['1.3.36.3.3.2.8.1.1.5', 224],
  ['1.3.36.3.3.2.8.1.1.7', 256],
  ['1.3.36.3.3.2.8.1.1.9', 320],
  ['1.3.36.3.3.2.8.1.1.11', 384],
  ['1.3.36.3.3.2.8.1.1.13', 512],
  ['1.3.36.3.3.2.8.1.1.8', 256],
  ['1.3.36.3.3.2.8.1.1.12', 384],
  ['1.3.36.3.3.2.8.1.1.14', 512],
])

/**
 * Gives the size of a public key in bits as it counts for its strength: of the modulus (RSA, DSA) or the curve; 0 where
 * it has none or the curve is not accepted. RSA's and curves' are read from the key itself: asking node:crypto costs
 * more than a signature.
 * @see ETSI TS 119 312 clauses 6.2 and 8.4
 */
export function keyBitsOf(info: PublicKeyInfo): number {
  const { oid, parameters } = info.algorithm
  if (oid === EC) return parameters?.tag === TAG.oid ? (CURVE_BITS.get(readOid(parameters)) ?? 0) : 0
  if (oid === RSA || oid === RSA_PSS) return modulusBits(info.key)
  const { modulusLength = 0, divisorLength } = info.keyObject?.asymmetricKeyDetails ?? {}
  return divisorLength === undefined ? modulusLength : Math.min(modulusLength, dsaStrength(divisorLength))
}

/** A DSA key is no stronger than the order of its group: 200 bits go with 1900, 250 with 3000 (TS 119 312). */
const dsaStrength = (divisorBits: number): number => (divisorBits >= 250 ? Infinity : divisorBits >= 200 ? 2999 : 1024)

/** RSAPublicKey (RFC 8017 appendix A.1.1). */
function modulusBits(key: Uint8Array): number {
  try {
    const { content } = readFields(readElement(key), 'RSAPublicKey').take(TAG.integer, 'modulus')
    let first = 0
    while (first < content.length && content[first] === 0) first += 1
    return (content.length - first) * 8 - (first < content.length ? Math.clz32(content[first] ?? 0) - 24 : 0)
  } catch (fault) {
    if (fault instanceof VerifyError) return 0
    throw fault
  }
}

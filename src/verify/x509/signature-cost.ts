import { encodeOid, toHex } from '../der/index.ts'
import type { PublicKeyInfo } from './public-key.ts'

const EC = '1.2.840.10045.2.1'
/** P-256, P-384 and P-521: OpenSSL has them in fast code. As octets: parameters that are malformed must cost, not fail. */
const FAST_CURVES = new Set(['1.2.840.10045.3.1.7', '1.3.132.0.34', '1.3.132.0.35'].map((oid) => toHex(encodeOid(oid))))
const SLOW_CURVE = 8
/** RSA (PKCS #1 and PSS) and DSA grow with the square of their length. */
const BY_LENGTH = new Set(['1.2.840.113549.1.1.1', '1.2.840.113549.1.1.10', '1.2.840.10040.4.1'])
/** SubjectPublicKeyInfo of RSA with 2048 bits. */
const USUAL_OCTETS = 294

/**
 * Says for how many checks of usual cost (RSA with 2048 bits, ECDSA on P-521: under a millisecond) one check by a key
 * counts, so that a heap of slow keys spends its budget in the same time.
 */
export function signatureCost({ algorithm, bytes }: PublicKeyInfo): number {
  if (BY_LENGTH.has(algorithm.oid)) return Math.ceil(bytes.length / USUAL_OCTETS) ** 2
  if (algorithm.oid !== EC) return 1
  const { parameters } = algorithm
  return parameters && FAST_CURVES.has(toHex(parameters.bytes)) ? 1 : SLOW_CURVE
}

import { encode, readElement, TAG } from '../der/index.ts'
import { parseAlgorithmIdentifier } from './algorithm-identifier.ts'
import type { Certificate } from './certificate.ts'
import { makePublicKeyInfo, type PublicKeyInfo } from './public-key.ts'

const DSA = '1.2.840.10040.4.1'

/** A DSA key may leave its parameters to its issuer's key (RFC 3279 §2.3.2); such a key says nothing on its own. */
export function lacksParameters(publicKey: PublicKeyInfo): boolean {
  const { oid, parameters } = publicKey.algorithm
  return oid === DSA && (parameters === null || parameters.tag === TAG.null)
}

/**
 * Takes a path, leaf first, anchor last; gives each certificate's working public key, parameters inherited.
 * @see RFC 5280 §6.1.4(d) to (f)
 */
export function workingKeys(path: readonly Certificate[]): readonly PublicKeyInfo[] {
  const keys: PublicKeyInfo[] = []
  let above: PublicKeyInfo | null = null
  for (const certificate of path.toReversed()) {
    const own = certificate.publicKey
    above = above && lacksParameters(own) && above.algorithm.oid === DSA ? inherit(own, above) : own
    keys.push(above)
  }
  return keys.reverse()
}

function inherit(own: PublicKeyInfo, above: PublicKeyInfo): PublicKeyInfo {
  const key = encode(TAG.bitString, Uint8Array.of(0), own.key)
  const bytes = encode(TAG.sequence, above.algorithm.bytes, key)
  return makePublicKeyInfo(bytes, parseAlgorithmIdentifier(readElement(above.algorithm.bytes)), own.key)
}

import { createPublicKey, hash, type KeyObject } from 'node:crypto'
import { type Element, readFields, readOctetAlignedBits, TAG } from '../der/index.ts'
import { type AlgorithmIdentifier, parseAlgorithmIdentifier } from './algorithm-identifier.ts'
import { isDegenerateDsaKey, isDegenerateRsaKey } from './degenerate-key.ts'

/** SubjectPublicKeyInfo (RFC 5280 §4.1.2.7). */
export interface PublicKeyInfo {
  readonly bytes: Uint8Array
  readonly algorithm: AlgorithmIdentifier
  readonly key: Uint8Array
  /** Over all bytes, lower-case hex. */
  readonly sha256: string
  /** The key for node:crypto; null where it is of a kind that cannot be used. */
  readonly keyObject: KeyObject | null
}

/** Takes the parts of a public key; what costs something is worked out when first asked for, once. */
export function makePublicKeyInfo(bytes: Uint8Array, algorithm: AlgorithmIdentifier, key: Uint8Array): PublicKeyInfo {
  return new LazyPublicKey(bytes, algorithm, key)
}

/** Reads SubjectPublicKeyInfo (RFC 5280 §4.1.2.7). @throws VerifyError malformed-der */
export function readPublicKeyInfo(element: Element): PublicKeyInfo {
  const fields = readFields(element, 'SubjectPublicKeyInfo')
  const algorithm = parseAlgorithmIdentifier(fields.take(TAG.sequence, 'algorithm'))
  const key = readOctetAlignedBits(fields.take(TAG.bitString, 'subjectPublicKey'))
  fields.end()
  return makePublicKeyInfo(element.bytes, algorithm, key)
}

/**
 * Holds what was worked out itself: in a WeakMap it would outlive its key, for V8 takes a map's values for needed until
 * it next collects everything, and a key of OpenSSL is large.
 */
class LazyPublicKey implements PublicKeyInfo {
  readonly bytes: Uint8Array
  readonly algorithm: AlgorithmIdentifier
  readonly key: Uint8Array
  #sha256: string | null = null
  #keyObject: KeyObject | null | undefined = undefined

  constructor(bytes: Uint8Array, algorithm: AlgorithmIdentifier, key: Uint8Array) {
    this.bytes = bytes
    this.algorithm = algorithm
    this.key = key
  }

  get sha256(): string {
    this.#sha256 ??= hash('sha256', this.bytes, 'hex')
    return this.#sha256
  }

  get keyObject(): KeyObject | null {
    if (this.#keyObject === undefined) this.#keyObject = makeKeyObject(this)
    return this.#keyObject
  }
}

const EC_PUBLIC_KEY = '1.2.840.10045.2.1'
const RSA = '1.2.840.113549.1.1.1'
const DSA = '1.2.840.10040.4.1'
const RSA_PSS = '1.2.840.113549.1.1.10'

function makeKeyObject(info: PublicKeyInfo): KeyObject | null {
  // Curves by explicit parameters let an attacker choose the generator (CVE-2020-0601): named ones only (RFC 5480 §2.1.1).
  if (info.algorithm.oid === EC_PUBLIC_KEY && info.algorithm.parameters?.tag !== TAG.oid) return null
  const { oid, parameters } = info.algorithm
  if ((oid === RSA || oid === RSA_PSS) && isDegenerateRsaKey(info.key)) return null
  if (oid === DSA && parameters && isDegenerateDsaKey(parameters, info.key)) return null
  try {
    const isPlainRsa = oid === RSA && parameters?.tag === TAG.null && parameters.content.length === 0
    // RSAPublicKey (RFC 8017 appendix A.1.1) by itself is read in half the time.
    return createPublicKey(isPlainRsa ? toPem('RSA PUBLIC KEY', info.key) : toPem('PUBLIC KEY', info.bytes))
  } catch {
    // A key that OpenSSL cannot read is a fact about the certificate, said by whoever needs the key.
    return null
  }
}

/** As text, which node:crypto takes at once; of bytes it asks first whether they are a key, by exceptions that cost more. */
function toPem(label: string, { buffer, byteOffset, length }: Uint8Array): string {
  const base64 = Buffer.from(buffer, byteOffset, length).toString('base64')
  let pem = `-----BEGIN ${label}-----\n`
  for (let at = 0; at < base64.length; at += 64) pem += `${base64.slice(at, at + 64)}\n`
  return `${pem}-----END ${label}-----\n`
}

import { constants, type KeyObject, sign } from 'node:crypto'
import { GatewayError } from '../model/errors.ts'
import { explicit, integer, nullValue, objectIdentifier, sequence } from './der-writer.ts'

export type HashName = 'sha256' | 'sha384' | 'sha512'
export type SignatureScheme = 'rsa-pkcs1' | 'rsa-pss' | 'ecdsa' | 'ed25519'

const HASH_OID: Readonly<Record<HashName, string>> = {
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
}
const HASH_BYTES: Readonly<Record<HashName, number>> = { sha256: 32, sha384: 48, sha512: 64 }
const RSA_OID: Readonly<Record<HashName, string>> = {
  sha256: '1.2.840.113549.1.1.11',
  sha384: '1.2.840.113549.1.1.12',
  sha512: '1.2.840.113549.1.1.13',
}
const ECDSA_OID: Readonly<Record<HashName, string>> = {
  sha256: '1.2.840.10045.4.3.2',
  sha384: '1.2.840.10045.4.3.3',
  sha512: '1.2.840.10045.4.3.4',
}

/** DER AlgorithmIdentifier of a hash: SHA-2 without parameters (RFC 5754 §2). */
export const hashAlgorithm = (hash: HashName): Uint8Array => sequence(objectIdentifier(HASH_OID[hash]))

/**
 * DER AlgorithmIdentifier of a signature, as it stands in SignerInfo and in certificates.
 * RSA carries NULL (RFC 4055 §5), ECDSA and EdDSA carry nothing (RFC 5754 §3.3, RFC 8410 §3).
 */
export function signatureAlgorithm(scheme: SignatureScheme, hash: HashName): Uint8Array {
  switch (scheme) {
    case 'rsa-pkcs1':
      return sequence(objectIdentifier(RSA_OID[hash]), nullValue())
    case 'rsa-pss':
      return pssAlgorithm(hash)
    case 'ecdsa':
      return sequence(objectIdentifier(ECDSA_OID[hash]))
    case 'ed25519':
      return sequence(objectIdentifier('1.3.101.112'))
  }
}

// RFC 4055 §3.1: MGF1 with the same hash, salt as long as the hash, trailer field by default.
function pssAlgorithm(hash: HashName): Uint8Array {
  const mgf1 = sequence(objectIdentifier('1.2.840.113549.1.1.8'), hashAlgorithm(hash))
  const parameters = sequence(
    explicit(0, hashAlgorithm(hash)),
    explicit(1, mgf1),
    explicit(2, integer(HASH_BYTES[hash])),
  )
  return sequence(objectIdentifier('1.2.840.113549.1.1.10'), parameters)
}

/** Signs bytes. ECDSA gives the DER form that CMS and X.509 carry. @throws GatewayError key-unusable */
export function signBytes(data: Uint8Array, key: KeyObject, scheme: SignatureScheme, hash: HashName): Uint8Array {
  try {
    switch (scheme) {
      case 'rsa-pkcs1':
        return sign(hash, data, { key, padding: constants.RSA_PKCS1_PADDING })
      case 'rsa-pss':
        return sign(hash, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: HASH_BYTES[hash] })
      case 'ecdsa':
        return sign(hash, data, { key, dsaEncoding: 'der' })
      case 'ed25519':
        return sign(null, data, key)
    }
  } catch (cause) {
    throw new GatewayError('key-unusable', `The private key cannot make a ${scheme} signature.`, { cause })
  }
}

/** Gives the scheme and hash that suit a key: its kind, and for curves the hash of the same strength. @throws GatewayError key-unusable */
export function schemeForKey(key: KeyObject): { readonly scheme: SignatureScheme; readonly hash: HashName } {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return { scheme: 'rsa-pkcs1', hash: 'sha256' }
    case 'rsa-pss':
      return { scheme: 'rsa-pss', hash: 'sha256' }
    case 'ec':
      return { scheme: 'ecdsa', hash: CURVE_HASH[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? 'sha256' }
    case 'ed25519':
      // RFC 8419 §3: with signed attributes the message digest is SHA-512.
      return { scheme: 'ed25519', hash: 'sha512' }
    default:
      throw new GatewayError('key-unusable', `Keys of type ${String(key.asymmetricKeyType)} cannot sign documents.`)
  }
}

const CURVE_HASH: Readonly<Record<string, HashName>> = {
  prime256v1: 'sha256',
  secp384r1: 'sha384',
  secp521r1: 'sha512',
}

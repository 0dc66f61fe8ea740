import { createHash, verify } from 'node:crypto'
import { Octets } from './octets.ts'
import { KEY_ALGORITHM, type PublicKeyPacket } from './public-key.ts'
import type { SignaturePacket } from './signature-packet.ts'

/** How signature values are made, by the names of a report. */
export type OpenpgpScheme = 'rsa-pkcs1' | 'dsa' | 'ecdsa' | 'ed25519' | 'ed448'

const SCHEMES: Readonly<Record<number, OpenpgpScheme>> = {
  [KEY_ALGORITHM.rsa]: 'rsa-pkcs1',
  [KEY_ALGORITHM.rsaSign]: 'rsa-pkcs1',
  [KEY_ALGORITHM.dsa]: 'dsa',
  [KEY_ALGORITHM.ecdsa]: 'ecdsa',
  [KEY_ALGORITHM.eddsaLegacy]: 'ed25519',
  [KEY_ALGORITHM.ed25519]: 'ed25519',
  [KEY_ALGORITHM.ed448]: 'ed448',
}

/** Gives how a public key algorithm makes signatures; null where it makes none, or is not known. */
export const schemeOf = (keyAlgorithm: number): OpenpgpScheme | null => SCHEMES[keyAlgorithm] ?? null

/** What a check of a signature value gave. not-judged: by an algorithm that is not known. */
export type SignatureCheck = 'holds' | 'digest-differs' | 'value-differs' | 'not-judged'

/**
 * Checks a signature value over parts of content with the key that is said to have made it. Says nothing of whether the key
 * may sign, nor of when. @see RFC 9580 §5.2.4
 */
export function checkSignature(
  content: readonly Uint8Array[],
  signature: SignaturePacket,
  signer: PublicKeyPacket,
): SignatureCheck {
  const scheme = schemeOf(signature.keyAlgorithm)
  const { digest } = signature
  const key = signer.key?.keyObject
  if (!scheme || digest === null || !key || schemeOf(signer.algorithm) !== scheme) return 'not-judged'
  // RFC 9580 §5.2.4: a key's version is that of the signatures that it makes.
  if (signer.version !== signature.version) return 'value-differs'
  const parts = [signature.salt, ...content, signature.hashedTail]
  const hash = createHash(digest)
  for (const part of parts) hash.update(part)
  const digested = hash.digest()
  if (!signature.digestStart.every((octet, i) => octet === digested[i])) return 'digest-differs'
  const value = valueFor(signature, signer, scheme, key.asymmetricKeyDetails?.modulusLength ?? 0)
  if (!value) return 'value-differs'
  const isEdwards = scheme === 'ed25519' || scheme === 'ed448'
  // EdDSA signs the digest; the others digest once more, what they are given.
  const holds = isEdwards
    ? verify(null, digested, key, value)
    : verify(digest, Buffer.concat(parts), { key, dsaEncoding: 'ieee-p1363' }, value)
  return holds ? 'holds' : 'value-differs'
}

/** The value as node:crypto takes it; null where it cannot be one of this key's. */
function valueFor(
  { keyAlgorithm, value }: SignaturePacket,
  { numberLength }: PublicKeyPacket,
  scheme: OpenpgpScheme,
  modulusBits: number,
): Uint8Array | null {
  const octets = new Octets(value)
  if (keyAlgorithm === KEY_ALGORITHM.ed25519) return value.length === 64 ? value : null
  if (keyAlgorithm === KEY_ALGORITHM.ed448) return value.length === 114 ? value : null
  const numbers = scheme === 'rsa-pkcs1' ? [octets.integer()] : [octets.integer(), octets.integer()]
  octets.end('a signature value')
  const length = scheme === 'rsa-pkcs1' ? Math.ceil(modulusBits / 8) : numberLength
  if (numbers.some((number) => number.length > length)) return null
  return Buffer.concat(numbers.map((number) => Buffer.concat([Buffer.alloc(length - number.length), number])))
}

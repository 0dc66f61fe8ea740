import { constants, createHash, type KeyObject, publicEncrypt, verify } from 'node:crypto'
import { sameBytes } from '../der/index.ts'
import type { AlgorithmIdentifier } from './algorithm-identifier.ts'
import type { PublicKeyInfo } from './public-key.ts'
import type { SignatureAnswer, SignatureAnswers } from './signature-answers.ts'
import { readSignatureScheme, type SignatureScheme } from './signature-scheme.ts'

/** Something with a signature over DER: a certificate, a CRL, an OCSP response. */
export interface SignedObject {
  readonly tbs: Uint8Array
  readonly signatureAlgorithm: AlgorithmIdentifier
  readonly signature: Uint8Array
  /** What was found out about its signature: an object that is met again is judged once. */
  readonly answers: SignatureAnswers
}

/** Judges the signature on a certificate, CRL or OCSP response by a public key. */
export function judgeSignature(object: Omit<SignedObject, 'answers'>, publicKey: PublicKeyInfo): SignatureAnswer {
  const scheme = readSignatureScheme(object.signatureAlgorithm)
  const key = publicKey.keyObject
  if (!scheme || !key) return 'unsupported'
  return judgeSignatureValue(scheme, key, object.tbs, object.signature)
}

const KEY_TYPES: Readonly<Record<SignatureScheme['kind'], readonly string[]>> = {
  'rsa-pkcs1': ['rsa'],
  'rsa-pss': ['rsa', 'rsa-pss'],
  ecdsa: ['ec'],
  dsa: ['dsa'],
  ed25519: ['ed25519'],
  ed448: ['ed448'],
  'ml-dsa-44': ['ml-dsa-44'],
  'ml-dsa-65': ['ml-dsa-65'],
  'ml-dsa-87': ['ml-dsa-87'],
}

/** Judges a signature value over data, by scheme and key. */
export function judgeSignatureValue(
  scheme: SignatureScheme,
  key: KeyObject,
  data: Uint8Array,
  signature: Uint8Array,
): SignatureAnswer {
  if (!KEY_TYPES[scheme.kind].includes(key.asymmetricKeyType ?? '')) return 'unsupported'
  try {
    return verifyBy(scheme, key, data, signature) ? 'holds' : 'broken'
  } catch {
    // OpenSSL throws for what it does not do (a hash, a PSS restriction of the key): nothing was judged then.
    return 'unsupported'
  }
}

function verifyBy(scheme: SignatureScheme, key: KeyObject, data: Uint8Array, signature: Uint8Array): boolean {
  switch (scheme.kind) {
    case 'rsa-pss': {
      if (scheme.hash !== scheme.maskHash) return verifyPss(scheme, key, data, signature)
      const padding = constants.RSA_PKCS1_PSS_PADDING
      return verify(scheme.hash, data, { key, padding, saltLength: scheme.saltLength }, signature)
    }
    // PKCS #1 v1.5 and DER are what these keys do unless told; to be told takes node:crypto half as long again.
    case 'ecdsa':
      return verify(scheme.hash, data, scheme.plain ? { key, dsaEncoding: 'ieee-p1363' } : key, signature)
    case 'rsa-pkcs1':
    case 'dsa':
      return verify(scheme.hash, data, key, signature)
    case 'ed25519':
    case 'ed448':
    case 'ml-dsa-44':
    case 'ml-dsa-65':
    case 'ml-dsa-87':
      return verify(null, data, key, signature)
  }
}

/** EMSA-PSS with a mask of another hash than the message's, which node:crypto does not offer (RFC 8017 §9.1.2). */
function verifyPss(
  scheme: SignatureScheme & { kind: 'rsa-pss' },
  key: KeyObject,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const modulusBits = key.asymmetricKeyDetails?.modulusLength ?? 0
  if (signature.length !== Math.ceil(modulusBits / 8)) return false
  const plain = publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, signature)
  const encodedLength = Math.ceil((modulusBits - 1) / 8)
  const encoded = plain.subarray(plain.length - encodedLength)
  if (plain.subarray(0, plain.length - encodedLength).some((octet) => octet !== 0)) return false
  const messageHash = createHash(scheme.hash).update(data).digest()
  const hashLength = messageHash.length
  const blockLength = encodedLength - hashLength - 1
  if (blockLength < scheme.saltLength + 1 || encoded.at(-1) !== 0xbc) return false
  const masked = encoded.subarray(0, blockLength)
  const hash = encoded.subarray(blockLength, blockLength + hashLength)
  const spareMask = 0xff >> (8 * encodedLength - (modulusBits - 1))
  if (((masked[0] ?? 0) & ~spareMask) !== 0) return false
  const block = makeMask(scheme.maskHash, hash, blockLength).map((octet, i) => octet ^ (masked[i] ?? 0))
  block[0] = (block[0] ?? 0) & spareMask
  const zeros = blockLength - scheme.saltLength - 1
  if (block.subarray(0, zeros).some((octet) => octet !== 0) || block[zeros] !== 1) return false
  const salt = block.subarray(zeros + 1)
  return sameBytes(createHash(scheme.hash).update(new Uint8Array(8)).update(messageHash).update(salt).digest(), hash)
}

/** MGF1 (RFC 8017 appendix B.2.1). */
function makeMask(hashName: string, seed: Uint8Array, length: number): Uint8Array {
  const pieces: Uint8Array[] = []
  const counter = Buffer.alloc(4)
  for (let made = 0, n = 0; made < length; n += 1) {
    counter.writeUInt32BE(n)
    const piece = createHash(hashName).update(seed).update(counter).digest()
    pieces.push(piece)
    made += piece.length
  }
  return new Uint8Array(Buffer.concat(pieces).subarray(0, length))
}

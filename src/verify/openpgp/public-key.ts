import { hash } from 'node:crypto'
import { encode, encodeOid, readElement, toHex } from '../der/index.ts'
import { type PublicKeyInfo, readPublicKeyInfo } from '../x509/public-key.ts'
import { malformed, Octets, octetsOf, timeOf } from './octets.ts'

/** A public key packet (RFC 9580 §5.5.2). */
export interface PublicKeyPacket {
  readonly version: 4 | 6
  readonly createdAt: Date
  /** Public key algorithm (RFC 9580 §9.1). */
  readonly algorithm: number
  /** Upper-case hex. */
  readonly fingerprint: string
  /** Upper-case hex, 16 digits. */
  readonly keyId: string
  /** What a signature about the key hashes of it (RFC 9580 §5.2.4). */
  readonly hashed: Uint8Array
  /** Null where it is of a kind that makes no signatures, or that is not known. */
  readonly key: PublicKeyInfo | null
  /** Octets of r and of s each, where the signature is two numbers; else 0. */
  readonly numberLength: number
}

/** Public key algorithms that sign (RFC 9580 §9.1). */
export const KEY_ALGORITHM = {
  rsa: 1,
  rsaSign: 3,
  dsa: 17,
  ecdsa: 19,
  eddsaLegacy: 22,
  ed25519: 27,
  ed448: 28,
} as const

interface Curve {
  readonly oid: string
  /** Of a coordinate, in octets. */
  readonly length: number
}

/** Curves by the hex of their OID's content (RFC 9580 §9.2). */
const CURVES: Readonly<Record<string, Curve>> = {
  '2a8648ce3d030107': { oid: '1.2.840.10045.3.1.7', length: 32 },
  '2b81040022': { oid: '1.3.132.0.34', length: 48 },
  '2b81040023': { oid: '1.3.132.0.35', length: 66 },
  '2b8104000a': { oid: '1.3.132.0.10', length: 32 },
  '2b2403030208010107': { oid: '1.3.36.3.3.2.8.1.1.7', length: 32 },
  '2b240303020801010b': { oid: '1.3.36.3.3.2.8.1.1.11', length: 48 },
  '2b240303020801010d': { oid: '1.3.36.3.3.2.8.1.1.13', length: 64 },
}
const ED25519_LEGACY = '2b06010401da470f01'

/**
 * Reads the body of a public key or subkey packet, version 4 or 6.
 * @throws VerifyError malformed-openpgp
 */
export function parsePublicKey(body: Uint8Array): PublicKeyPacket {
  const octets = new Octets(body)
  const version = octets.number(1)
  if (version !== 4 && version !== 6) throw malformed(`keys of version ${version} are not read`)
  const createdAt = timeOf(octets.number(4))
  const algorithm = octets.number(1)
  const material = version === 6 ? octets.take(octets.number(4)) : octets.rest()
  octets.end('a public key')
  const hashed =
    version === 4
      ? Buffer.concat([Uint8Array.of(0x99), octetsOf(body.length, 2), body])
      : Buffer.concat([Uint8Array.of(0x9b), octetsOf(body.length, 4), body])
  const fingerprint = hash(version === 4 ? 'sha1' : 'sha256', hashed, 'hex').toUpperCase()
  const keyId = version === 4 ? fingerprint.slice(-16) : fingerprint.slice(0, 16)
  return { version, createdAt, algorithm, fingerprint, keyId, hashed, ...readMaterial(algorithm, material) }
}

interface Material {
  readonly key: PublicKeyInfo | null
  readonly numberLength: number
}

const UNUSED: Material = { key: null, numberLength: 0 }

function readMaterial(algorithm: number, bytes: Uint8Array): Material {
  const octets = new Octets(bytes)
  switch (algorithm) {
    case KEY_ALGORITHM.rsa:
    case KEY_ALGORITHM.rsaSign:
      return { key: rsa(octets), numberLength: 0 }
    case KEY_ALGORITHM.dsa:
      return dsa(octets)
    case KEY_ALGORITHM.ecdsa:
      return ecdsa(octets)
    case KEY_ALGORITHM.eddsaLegacy:
      return eddsaLegacy(octets)
    case KEY_ALGORITHM.ed25519:
      return { key: subjectPublicKeyInfo(encodeOid('1.3.101.112'), wholeOf(octets, 32)), numberLength: 0 }
    case KEY_ALGORITHM.ed448:
      return { key: subjectPublicKeyInfo(encodeOid('1.3.101.113'), wholeOf(octets, 57)), numberLength: 0 }
    default:
      return UNUSED
  }
}

function wholeOf(octets: Octets, length: number): Uint8Array {
  const point = octets.take(length)
  octets.end('a public key')
  return point
}

const NULL = Uint8Array.of(0x05, 0x00)

/** A positive INTEGER of DER. */
function derInteger(value: Uint8Array): Uint8Array {
  let first = 0
  while (first < value.length - 1 && value[first] === 0) first += 1
  const octets = value.subarray(first)
  return (octets[0] ?? 0) >= 0x80 ? encode(0x02, Uint8Array.of(0), octets) : encode(0x02, octets)
}

function subjectPublicKeyInfo(algorithm: Uint8Array, key: Uint8Array): PublicKeyInfo {
  const bits = encode(0x03, Uint8Array.of(0), key)
  return readPublicKeyInfo(readElement(encode(0x30, encode(0x30, algorithm), bits)))
}

function rsa(octets: Octets): PublicKeyInfo {
  const [modulus, exponent] = [octets.integer(), octets.integer()]
  octets.end('an RSA key')
  const key = encode(0x30, derInteger(modulus), derInteger(exponent))
  return subjectPublicKeyInfo(Buffer.concat([encodeOid('1.2.840.113549.1.1.1'), NULL]), key)
}

function dsa(octets: Octets): Material {
  const [p, q, g, y] = [octets.integer(), octets.integer(), octets.integer(), octets.integer()]
  octets.end('a DSA key')
  const parameters = encode(0x30, derInteger(p), derInteger(q), derInteger(g))
  const key = subjectPublicKeyInfo(Buffer.concat([encodeOid('1.2.840.10040.4.1'), parameters]), derInteger(y))
  return { key, numberLength: q.length }
}

const curveOf = (octets: Octets): string => toHex(octets.take(octets.number(1)))

function ecdsa(octets: Octets): Material {
  const curve = CURVES[curveOf(octets)]
  if (!curve) return UNUSED
  const point = octets.integer()
  octets.end('an elliptic curve key')
  const algorithm = Buffer.concat([encodeOid('1.2.840.10045.2.1'), encodeOid(curve.oid)])
  return { key: subjectPublicKeyInfo(algorithm, point), numberLength: curve.length }
}

/** The point has 0x40 in front (RFC 9580 §5.5.5.5). */
function eddsaLegacy(octets: Octets): Material {
  if (curveOf(octets) !== ED25519_LEGACY) return UNUSED
  const point = octets.integer()
  octets.end('an EdDSA key')
  if (point.length !== 33 || point[0] !== 0x40) throw malformed('an EdDSA key has no native point')
  return { key: subjectPublicKeyInfo(encodeOid('1.3.101.112'), point.subarray(1)), numberLength: 32 }
}

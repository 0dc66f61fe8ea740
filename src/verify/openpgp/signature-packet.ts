import { toHex } from '../der/index.ts'
import { malformed, Octets, octetsOf, timeOf } from './octets.ts'

/** Signature types (RFC 9580 §5.2.1). */
export const SIGNATURE_TYPE = {
  binary: 0x00,
  text: 0x01,
  genericCertification: 0x10,
  positiveCertification: 0x13,
  subkeyBinding: 0x18,
  primaryKeyBinding: 0x19,
  directKey: 0x1f,
  keyRevocation: 0x20,
  subkeyRevocation: 0x28,
  certificationRevocation: 0x30,
} as const

/** A signature packet of version 4 or 6 (RFC 9580 §5.2.3). */
export interface SignaturePacket {
  readonly version: 4 | 6
  readonly type: number
  readonly keyAlgorithm: number
  /** By node:crypto's name; null where it is none that is known. */
  readonly digest: string | null
  readonly salt: Uint8Array
  /** From the version to the end of the hashed subpackets, with what a signature hashes behind it (§5.2.4). */
  readonly hashedTail: Uint8Array
  /** The first two octets of the digest. */
  readonly digestStart: Uint8Array
  readonly value: Uint8Array
  /** Null where none is protected by the signature: then it is not valid. */
  readonly createdAt: Date | null
  /** When it ends; null: never. */
  readonly expiresAt: Date | null
  /** Seconds after the key's creation; null: the key does not expire. */
  readonly keyLifetime: number | null
  readonly keyFlags: number | null
  readonly isPrimaryUserId: boolean
  /** Upper-case hex; null where it does not say. */
  readonly issuerFingerprint: string | null
  readonly issuerKeyId: string | null
  /** Code of a revocation's reason; null where it gives none (RFC 9580 §5.2.3.31). */
  readonly revocationReason: number | null
  /** The body of the signature by which a subkey vouches for its primary key. */
  readonly embedded: Uint8Array | null
  /** A critical subpacket that is not known: the signature does not count. */
  readonly hasUnknownCritical: boolean
}

const DIGESTS: Readonly<Record<number, string>> = {
  1: 'md5',
  2: 'sha1',
  3: 'ripemd160',
  8: 'sha256',
  9: 'sha384',
  10: 'sha512',
  11: 'sha224',
  12: 'sha3-256',
  14: 'sha3-512',
}

/** RFC 9580 §9.5: octets of salt that go with each digest in version 6. */
const SALT_LENGTHS: Readonly<Record<number, number>> = { 8: 16, 9: 24, 10: 32, 11: 16, 12: 16, 14: 32 }

/**
 * Reads the body of a signature packet. @throws VerifyError malformed-openpgp, of other versions too
 */
export function parseSignaturePacket(body: Uint8Array): SignaturePacket {
  const octets = new Octets(body)
  const version = octets.number(1)
  if (version !== 4 && version !== 6) throw malformed(`signatures of version ${version} are not read`)
  const [type, keyAlgorithm, digestId] = [octets.number(1), octets.number(1), octets.number(1)]
  const size = version === 4 ? 2 : 4
  const hashed = octets.take(octets.number(size))
  const hashedPart = body.subarray(0, octets.at)
  const unhashed = octets.take(octets.number(size))
  const digestStart = octets.take(2)
  const salt = version === 6 ? octets.take(octets.number(1)) : new Uint8Array(0)
  if (version === 6 && salt.length !== SALT_LENGTHS[digestId]) throw malformed('a salt has not its length')
  return {
    version,
    type,
    keyAlgorithm,
    digest: DIGESTS[digestId] ?? null,
    salt,
    hashedTail: Buffer.concat([hashedPart, Uint8Array.of(version, 0xff), octetsOf(hashedPart.length, 4)]),
    digestStart,
    value: octets.rest(),
    ...readSubpackets(hashed, unhashed),
  }
}

interface Subpacket {
  readonly type: number
  readonly critical: boolean
  readonly body: Uint8Array
}

const SUBPACKET = {
  creation: 2,
  expiration: 3,
  keyExpiration: 9,
  issuerKeyId: 16,
  notation: 20,
  primaryUserId: 25,
  keyFlags: 27,
  revocationReason: 29,
  embeddedSignature: 32,
  issuerFingerprint: 33,
} as const

/** What may be critical without making a signature worthless: it is followed, or asks nothing of who verifies. */
const KNOWN: ReadonlySet<number> = new Set([
  ...[2, 3, 4, 5, 6, 7, 9, 11, 16, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 39],
])

const MAX_SUBPACKETS = 200

function splitSubpackets(bytes: Uint8Array): readonly Subpacket[] {
  const octets = new Octets(bytes)
  const found: Subpacket[] = []
  while (octets.left > 0) {
    if (found.length >= MAX_SUBPACKETS) throw malformed('too many subpackets')
    const first = octets.number(1)
    const length = first < 192 ? first : first < 255 ? (first - 192) * 256 + octets.number(1) + 192 : octets.number(4)
    const [tag, ...rest] = octets.take(length)
    if (tag === undefined) throw malformed('a subpacket is empty')
    found.push({ type: tag & 0x7f, critical: (tag & 0x80) !== 0, body: Uint8Array.from(rest) })
  }
  return found
}

type FromSubpackets = Omit<
  SignaturePacket,
  'version' | 'type' | 'keyAlgorithm' | 'digest' | 'salt' | 'hashedTail' | 'digestStart' | 'value'
>

/** Of what the signature does not protect, only what finds or is itself a signature counts (RFC 9580 §5.2.3.7). */
function readSubpackets(hashedBytes: Uint8Array, unhashedBytes: Uint8Array): FromSubpackets {
  const [hashed, unhashed] = [splitSubpackets(hashedBytes), splitSubpackets(unhashedBytes)]
  const bodyOf = (type: number, among = hashed): Uint8Array | null =>
    among.find((one) => one.type === type)?.body ?? null
  const anywhere = (type: number): Uint8Array | null => bodyOf(type) ?? bodyOf(type, unhashed)
  const created = numberOf(bodyOf(SUBPACKET.creation))
  const lifetime = numberOf(bodyOf(SUBPACKET.expiration))
  const fingerprint = anywhere(SUBPACKET.issuerFingerprint)
  const keyId = anywhere(SUBPACKET.issuerKeyId)
  return {
    createdAt: created === null ? null : timeOf(created),
    expiresAt: created !== null && lifetime ? timeOf(created + lifetime) : null,
    keyLifetime: numberOf(bodyOf(SUBPACKET.keyExpiration)) || null,
    keyFlags: bodyOf(SUBPACKET.keyFlags)?.[0] ?? null,
    isPrimaryUserId: bodyOf(SUBPACKET.primaryUserId)?.[0] === 1,
    issuerFingerprint: fingerprint && hex(fingerprint.subarray(1)),
    issuerKeyId: keyId && hex(keyId),
    revocationReason: bodyOf(SUBPACKET.revocationReason)?.[0] ?? null,
    embedded: anywhere(SUBPACKET.embeddedSignature),
    hasUnknownCritical: hashed.some(({ type, critical }) => critical && !KNOWN.has(type)),
  }
}

const hex = (bytes: Uint8Array): string => toHex(bytes).toUpperCase()

function numberOf(body: Uint8Array | null): number | null {
  if (!body) return null
  const octets = new Octets(body)
  const value = octets.number(4)
  octets.end('a subpacket')
  return value
}

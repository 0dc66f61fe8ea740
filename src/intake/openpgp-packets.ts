/** Packet types (RFC 9580 §5): what may stand in front of an encrypted message and says nothing. */
const MARKER = 10
const PADDING = 21
const MAX_SKIPPED = 8

interface Packet {
  readonly type: number
  readonly bodyStart: number
  /** Null: it goes to the end, or comes in pieces. */
  readonly bodyLength: number | null
}

/**
 * Takes bytes; says whether they begin as an encrypted OpenPGP message (RFC 9580 §10.3): a session key packet, or
 * encrypted data itself. Versions and algorithms must be known ones, for two bytes of any file can look like a header.
 */
export function isEncryptedOpenpgp(bytes: Uint8Array): boolean {
  let at = 0
  for (let skipped = 0; skipped <= MAX_SKIPPED; skipped++) {
    const packet = readPacketHead(bytes, at)
    if (!packet) return false
    const isFiller = isMarker(bytes, packet) || (packet.type === PADDING && skipped > 0)
    if (!isFiller) return isEncryptedPacket(bytes, packet)
    at = packet.bodyStart + (packet.bodyLength ?? 0)
  }
  return false
}

function isMarker(bytes: Uint8Array, { type, bodyStart, bodyLength }: Packet): boolean {
  return type === MARKER && bodyLength === 3 && bytes[bodyStart] === 0x50 && bytes[bodyStart + 1] === 0x47
}

function isEncryptedPacket(bytes: Uint8Array, { type, bodyStart, bodyLength }: Packet): boolean {
  const byte = (offset: number): number => bytes[bodyStart + offset] ?? -1
  const version = byte(0)
  const fits = bodyLength === null || bodyStart + bodyLength <= bytes.length
  switch (type) {
    case 1: // Public-key encrypted session key: version 3 has the key ID first, version 6 a length and fingerprint.
      if (version === 6) return fits && byte(1) <= 33
      return fits && (version === 2 || version === 3) && PUBLIC_KEY_ALGORITHMS.has(byte(9))
    case 3: // Symmetric-key encrypted session key.
      if (version === 5 || version === 6) return fits && (bodyLength ?? 0) > 20
      return fits && version === 4 && byte(1) >= 1 && byte(1) <= 13 && byte(2) <= 4
    case 9: // Encrypted data without integrity: nothing in it is known but that it reaches to the end.
      return bodyLength !== null && bodyLength > 16 && bodyStart + bodyLength === bytes.length
    case 18: // Encrypted and integrity protected data; mostly in pieces, so its length may say nothing.
      return version === 1 || (version === 2 && byte(1) >= 1 && byte(1) <= 13)
    case 20: // As GnuPG wrote it for some years.
      return version === 1 && byte(1) >= 1 && byte(1) <= 13
    default:
      return false
  }
}

/** RSA, Elgamal, ECDH, X25519, X448, and ML-KEM with either. */
const PUBLIC_KEY_ALGORITHMS: ReadonlySet<number> = new Set([1, 2, 16, 18, 20, 25, 26, 35, 36])

/** RFC 9580 §4.2: the new format, and the old one that has the length's size in its two lowest bits. */
function readPacketHead(bytes: Uint8Array, at: number): Packet | null {
  const tag = bytes[at]
  if (tag === undefined || (tag & 0x80) === 0) return null
  return (tag & 0x40) === 0 ? oldHead(bytes, at, tag) : newHead(bytes, at, tag)
}

function oldHead(bytes: Uint8Array, at: number, tag: number): Packet | null {
  const type = (tag >> 2) & 0x0f
  if ((tag & 3) === 3) return { type, bodyStart: at + 1, bodyLength: null }
  const size = 1 << (tag & 3)
  const bodyLength = numberAt(bytes, at + 1, size)
  return bodyLength === null ? null : { type, bodyStart: at + 1 + size, bodyLength }
}

function newHead(bytes: Uint8Array, at: number, tag: number): Packet | null {
  const type = tag & 0x3f
  const first = bytes[at + 1]
  if (first === undefined) return null
  if (first < 192) return { type, bodyStart: at + 2, bodyLength: first }
  if (first < 224) {
    const second = bytes[at + 2]
    return second === undefined ? null : { type, bodyStart: at + 3, bodyLength: (first - 192) * 256 + second + 192 }
  }
  if (first < 255) return { type, bodyStart: at + 2, bodyLength: null }
  const bodyLength = numberAt(bytes, at + 2, 4)
  return bodyLength === null ? null : { type, bodyStart: at + 6, bodyLength }
}

function numberAt(bytes: Uint8Array, at: number, size: number): number | null {
  if (at + size > bytes.length) return null
  return bytes.subarray(at, at + size).reduce((sum, byte) => sum * 256 + byte, 0)
}

import { malformed, Octets } from './octets.ts'

/** Packet types that are looked at (RFC 9580 §5). */
export const PACKET = {
  encryptedSessionKey: 1,
  signature: 2,
  symmetricSessionKey: 3,
  onePassSignature: 4,
  secretKey: 5,
  publicKey: 6,
  secretSubkey: 7,
  compressedData: 8,
  encryptedData: 9,
  marker: 10,
  literalData: 11,
  trust: 12,
  userId: 13,
  publicSubkey: 14,
  userAttribute: 17,
  protectedData: 18,
  gnupgData: 20,
  padding: 21,
} as const

export interface Packet {
  readonly type: number
  readonly body: Uint8Array
}

/** Only data may come in pieces, or without its length (RFC 9580 §4.2.1.4). */
const MAY_BE_PARTIAL: ReadonlySet<number> = new Set([
  PACKET.compressedData,
  PACKET.encryptedData,
  PACKET.literalData,
  PACKET.protectedData,
  PACKET.gnupgData,
])

/** Say nothing: fillers, and what an implementation notes for itself. */
const IGNORED: ReadonlySet<number> = new Set([PACKET.marker, PACKET.padding, PACKET.trust])

const MAX_PACKETS = 20_000

/**
 * Takes bytes; gives their packets in order, without those that say nothing.
 * @throws VerifyError malformed-openpgp
 * @see RFC 9580 §4.2
 */
export function readPackets(bytes: Uint8Array): readonly Packet[] {
  const octets = new Octets(bytes)
  const packets: Packet[] = []
  for (let count = 0; octets.left > 0; count++) {
    if (count >= MAX_PACKETS) throw malformed('too many packets')
    const packet = readPacket(octets)
    if (!IGNORED.has(packet.type)) packets.push(packet)
  }
  return packets
}

/** Gives the type that a packet's first octet says, in the old or the new format (RFC 9580 §4.2). */
export const packetTypeOf = (tag: number): number => ((tag & 0x40) === 0 ? (tag >> 2) & 0x0f : tag & 0x3f)

function readPacket(octets: Octets): Packet {
  const tag = octets.number(1)
  if ((tag & 0x80) === 0) throw malformed('a packet has no header')
  if ((tag & 0x40) === 0) return readOld(octets, tag)
  const type = packetTypeOf(tag)
  const pieces: Uint8Array[] = []
  for (;;) {
    const { length, isLast } = readLength(octets)
    if (!isLast && !MAY_BE_PARTIAL.has(type)) throw malformed('a packet that holds no data comes in pieces')
    pieces.push(octets.take(length))
    if (isLast) return { type, body: pieces.length === 1 ? (pieces[0] ?? NOTHING) : Buffer.concat(pieces) }
  }
}

const NOTHING = new Uint8Array(0)

/** The length's size stands in the two lowest bits; 3: to the end. */
function readOld(octets: Octets, tag: number): Packet {
  const type = packetTypeOf(tag)
  const kind = tag & 3
  if (kind !== 3) return { type, body: octets.take(octets.number(kind === 0 ? 1 : kind === 1 ? 2 : 4)) }
  if (!MAY_BE_PARTIAL.has(type)) throw malformed('a packet that holds no data has no length')
  return { type, body: octets.rest() }
}

function readLength(octets: Octets): { readonly length: number; readonly isLast: boolean } {
  const first = octets.number(1)
  if (first < 192) return { length: first, isLast: true }
  if (first < 224) return { length: (first - 192) * 256 + octets.number(1) + 192, isLast: true }
  return first < 255 ? { length: 2 ** (first & 0x1f), isLast: false } : { length: octets.number(4), isLast: true }
}

/** Says whether packets are an encrypted message (RFC 9580 §10.3). */
export function isEncryptedMessage(packets: readonly Packet[]): boolean {
  return packets.some(({ type }) => ENCRYPTED.has(type))
}

const ENCRYPTED: ReadonlySet<number> = new Set([
  PACKET.encryptedSessionKey,
  PACKET.symmetricSessionKey,
  PACKET.encryptedData,
  PACKET.protectedData,
  PACKET.gnupgData,
])

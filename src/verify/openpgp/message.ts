import { inflateRawSync, inflateSync } from 'node:zlib'
import { VerifyError } from '../errors.ts'
import { readable } from './certificate.ts'
import { malformed, Octets } from './octets.ts'
import { isEncryptedMessage, PACKET, type Packet, readPackets } from './packets.ts'
import { parseSignaturePacket, type SignaturePacket } from './signature-packet.ts'

/** A signature as it was read; 'other-version': of one that is not judged (3, or one to come); null: it cannot be read. */
export type ReadSignature = SignaturePacket | 'other-version' | null

const JUDGED_VERSIONS: ReadonlySet<number | undefined> = new Set([4, 6])

function readSignature(body: Uint8Array): ReadSignature {
  if (body.length > 0 && !JUDGED_VERSIONS.has(body[0])) return 'other-version'
  return readable(() => parseSignaturePacket(body))[0] ?? null
}

/** An OpenPGP message that carries what it signs (RFC 9580 §10.3). */
export interface SignedMessage {
  /** Packets as they came. */
  readonly signatures: readonly ReadSignature[]
  readonly content: Uint8Array
}

const MAX_NESTING = 4
const MAX_INFLATED_BYTES = 64 * 1024 * 1024

/**
 * Takes a message's octets, without armour; gives what is signed with its signatures, 'encrypted' where it cannot be told.
 * Anything else than one literal with its signatures is refused, as readers would disagree on what is signed.
 * @throws VerifyError malformed-openpgp
 */
export function readSignedMessage(bytes: Uint8Array): SignedMessage | 'encrypted' {
  return readPart(readPackets(bytes), MAX_NESTING)
}

function readPart(packets: readonly Packet[], nesting: number): SignedMessage | 'encrypted' {
  if (isEncryptedMessage(packets)) return 'encrypted'
  const [only, ...more] = packets
  if (only?.type === PACKET.compressedData && more.length === 0) {
    if (nesting === 0) throw malformed('compressed data nests too deep')
    return readPart(readPackets(inflate(only.body)), nesting - 1)
  }
  return readSigned(packets)
}

/** One-pass signatures come in front, their signatures in reverse order behind; signatures in front stand for themselves. */
function readSigned(packets: readonly Packet[]): SignedMessage {
  const literals = packets.flatMap(({ type }, at) => (type === PACKET.literalData ? [at] : []))
  const [at, ...others] = literals
  if (at === undefined || others.length > 0) throw malformed('a signed message has not exactly one content')
  const [front, back] = [packets.slice(0, at), packets.slice(at + 1)]
  const announced = front.filter(({ type }) => type === PACKET.onePassSignature).length
  const leading = front.filter(({ type }) => type === PACKET.signature)
  const fits =
    front.length === announced + leading.length &&
    back.length === announced &&
    back.every(({ type }) => type === PACKET.signature)
  if (!fits) throw malformed('the packets of a signed message do not fit together')
  const signatures = [...leading, ...back].map(({ body }) => readSignature(body))
  return { signatures, content: literalContent(packets[at]?.body ?? new Uint8Array(0)) }
}

/** RFC 9580 §5.9: format, file name, date, and the data, of which the signature covers the data alone. */
function literalContent(body: Uint8Array): Uint8Array {
  const octets = new Octets(body)
  octets.take(1)
  octets.take(octets.number(1))
  octets.take(4)
  return octets.rest()
}

/** RFC 9580 §9.4: ZIP and ZLIB; BZip2 is not read. */
function inflate(body: Uint8Array): Uint8Array {
  const [algorithm] = body
  const data = body.subarray(1)
  const options = { maxOutputLength: MAX_INFLATED_BYTES, info: true }
  try {
    if (algorithm === 0) return data
    if (algorithm === 1) return inflatedWhole(inflateRawSync(data, options), data)
    if (algorithm === 2) return inflatedWhole(inflateSync(data, options), data)
  } catch (fault) {
    if (fault instanceof VerifyError) throw fault
    throw malformed('compressed data cannot be read, or is too large')
  }
  throw malformed('data is compressed by a method that is not read')
}

/** What follows the compressed stream, some readers take for further packets, and show. */
function inflatedWhole(inflated: unknown, data: Uint8Array): Uint8Array {
  // With `info`, which the types do not know, zlib says how much it read.
  const { buffer, engine } = inflated as { buffer: Uint8Array; engine: { bytesWritten: number } }
  if (engine.bytesWritten !== data.length) throw malformed('other data follows the compressed data')
  return buffer
}

/**
 * Takes the octets of signatures without content (RFC 9580 §10.4); gives them.
 * @throws VerifyError malformed-openpgp, where other packets are among them
 */
export function readDetachedSignatures(bytes: Uint8Array): readonly ReadSignature[] {
  const packets = readPackets(bytes)
  if (packets.length === 0 || packets.some(({ type }) => type !== PACKET.signature)) {
    throw malformed('other than signatures stand where a signature is expected')
  }
  return packets.map(({ body }) => readSignature(body))
}

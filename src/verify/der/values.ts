import { VerifyError } from '../errors.ts'
import { type Element, MAX_DEPTH, readChildren, TAG } from './element.ts'
import { expectTag } from './fields.ts'

const malformed = (message: string): VerifyError => new VerifyError('malformed-der', message)

/** Gives a BOOLEAN; DER allows 0x00 and 0xff only. @throws VerifyError malformed-der */
export function readBoolean(element: Element): boolean {
  expectTag(element, TAG.boolean, 'BOOLEAN')
  const octet = element.contentAt(0)
  if (element.contentLength !== 1 || octet === undefined) throw malformed('BOOLEAN has not one octet')
  if (element.rules === 'der' && octet !== 0 && octet !== 0xff) throw malformed('BOOLEAN is neither 00 nor ff')
  return octet !== 0
}

/** Checks an INTEGER (or ENUMERATED, by tag) and gives its two's complement octets. @throws VerifyError malformed-der */
export function readIntegerBytes(element: Element, tag: number = TAG.integer): Uint8Array {
  expectTag(element, tag, 'INTEGER')
  const [first, second] = [element.contentAt(0), element.contentAt(1)]
  if (first === undefined) throw malformed('INTEGER is empty')
  const padded = second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))
  if (padded && element.rules === 'der') throw malformed('INTEGER is not minimal')
  return element.content
}

/** Gives an INTEGER (or ENUMERATED, by tag) of at most 48 bits as a number. @throws VerifyError malformed-der */
export function readSmallInteger(element: Element, tag: number = TAG.integer): number {
  const octets = readIntegerBytes(element, tag)
  if (octets.length > 6) throw malformed('INTEGER is too large here')
  let value = (octets[0] ?? 0) >= 0x80 ? -1 : 0
  for (const octet of octets) value = value * 256 + octet
  return value
}

/** Gives an INTEGER of any size. @throws VerifyError malformed-der; too-large beyond 1024 octets */
export function readBigInteger(element: Element): bigint {
  const octets = readIntegerBytes(element)
  if (octets.length > 1024) throw new VerifyError('too-large', 'INTEGER is too large')
  return BigInt.asIntN(octets.length * 8, BigInt(`0x${toHex(octets)}`))
}

/** Gives bytes as lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
}

/** Says whether bytes are zeros alone. */
export function isZero(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += ZEROS.length) {
    const some = bytes.subarray(at, at + ZEROS.length)
    if (ZEROS.compare(some, 0, some.length, 0, some.length) !== 0) return false
  }
  return true
}

const ZEROS = Buffer.alloc(16 * 1024)

/** Says whether two byte strings are equal; not for secrets. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false
  return true
}

/** Object identifiers met before, by a hash of their octets: the same thirty stand in every signature. */
const knownOids = new Map<number, KnownOid>()
const MAX_KNOWN_OIDS = 2000

interface KnownOid {
  readonly content: Uint8Array
  readonly oid: string
}

/** Gives an OBJECT IDENTIFIER in dotted form. @throws VerifyError malformed-der @see X.690 clause 8.19 */
export function readOid(element: Element): string {
  expectTag(element, TAG.oid, 'OBJECT IDENTIFIER')
  const { contentLength } = element
  if (contentLength === 0 || contentLength > 128) throw malformed('OBJECT IDENTIFIER is empty or too long')
  const key = hashOf(element)
  const known = knownOids.get(key)
  if (known && holds(element, known.content)) return known.oid
  const { content } = element
  const oid = decodeOid(content)
  if (!known && knownOids.size < MAX_KNOWN_OIDS) knownOids.set(key, { content: content.slice(), oid })
  return oid
}

/** FNV-1a; whoever finds two with one hash finds that the second is decoded each time. */
function hashOf(element: Element): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < element.contentLength; i += 1) hash = Math.imul(hash ^ (element.contentAt(i) ?? 0), 0x01000193)
  return hash
}

function holds(element: Element, content: Uint8Array): boolean {
  if (element.contentLength !== content.length) return false
  for (let i = 0; i < content.length; i += 1) if (element.contentAt(i) !== content[i]) return false
  return true
}

function decodeOid(content: Uint8Array): string {
  const arcs: bigint[] = []
  let value = 0n
  let started = false
  for (const octet of content) {
    if (!started && octet === 0x80) throw malformed('OBJECT IDENTIFIER arc is padded')
    started = true
    value = (value << 7n) | BigInt(octet & 0x7f)
    if (octet >= 0x80) continue
    if (arcs.length === 0) {
      const root = value < 40n ? 0n : value < 80n ? 1n : 2n
      arcs.push(root, value - root * 40n)
    } else arcs.push(value)
    value = 0n
    started = false
  }
  if (started) throw malformed('OBJECT IDENTIFIER is cut off')
  return arcs.join('.')
}

/** The bits of a BIT STRING, with how many of the last octet do not count. */
export interface BitString {
  readonly bytes: Uint8Array
  readonly unusedBits: number
}

/** Gives a BIT STRING. @throws VerifyError malformed-der (DER: unused bits must be zero) */
export function readBitString(element: Element): BitString {
  expectTag(element, TAG.bitString, 'BIT STRING')
  const unusedBits = element.contentAt(0)
  if (unusedBits === undefined || unusedBits > 7) throw malformed('BIT STRING has a wrong count of unused bits')
  const bytes = element.content.subarray(1)
  const last = bytes.at(-1)
  if (last === undefined && unusedBits > 0) throw malformed('empty BIT STRING has unused bits')
  if (last !== undefined && element.rules === 'der' && (last & ((1 << unusedBits) - 1)) !== 0) {
    throw malformed('unused bits of BIT STRING are not zero')
  }
  return { bytes, unusedBits }
}

/** Gives a BIT STRING that holds whole octets, as keys and signatures do. @throws VerifyError malformed-der */
export function readOctetAlignedBits(element: Element): Uint8Array {
  const { bytes, unusedBits } = readBitString(element)
  if (unusedBits !== 0) throw malformed('BIT STRING does not hold whole octets')
  return bytes
}

/** Says whether bit n (0 is the first) of a named bit list is set. */
export function hasBit(bits: BitString, n: number): boolean {
  const octet = bits.bytes[n >> 3]
  return octet !== undefined && (octet & (0x80 >> (n & 7))) !== 0
}

/**
 * Gives the octets of an OCTET STRING. By BER it may stand in pieces, which are joined (the only copy made here).
 * @throws VerifyError malformed-der, too-deep
 */
export function readOctetString(element: Element): Uint8Array {
  if (!element.constructed) {
    expectTag(element, TAG.octetString, 'OCTET STRING')
    return element.content
  }
  expectTag(element, TAG.octetString | 0x20, 'OCTET STRING')
  if (element.rules === 'der') throw malformed('OCTET STRING stands in pieces')
  const pieces: Uint8Array[] = []
  let open: { readonly piece: Element; readonly depth: number }[] = [{ piece: element, depth: 0 }]
  for (let one = open.pop(); one; one = open.pop()) {
    const { piece, depth } = one
    if (depth > MAX_DEPTH) throw new VerifyError('too-deep', 'pieces of an OCTET STRING nest too deep')
    if (!piece.constructed) {
      expectTag(piece, TAG.octetString, 'piece of an OCTET STRING')
      pieces.push(piece.content)
      continue
    }
    expectTag(piece, TAG.octetString | 0x20, 'piece of an OCTET STRING')
    const inner = readChildren(piece).map((child) => ({ piece: child, depth: depth + 1 }))
    open = open.concat(inner.reverse())
  }
  return Buffer.concat(pieces)
}

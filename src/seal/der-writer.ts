/** A small writer of DER (X.690): each function takes contents and gives one whole TLV. */

/** Puts byte strings one after the other. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Takes a tag octet and contents; gives the TLV in the shortest length form (X.690 §10.1). */
export function tlv(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const body = concatBytes(...contents)
  return concatBytes(Uint8Array.of(tag, ...lengthOctets(body.length)), body)
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length]
  const octets: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256)
  return [0x80 | octets.length, ...octets]
}

/** SEQUENCE of ready TLVs, in the order given. */
export const sequence = (...members: readonly Uint8Array[]): Uint8Array => tlv(0x30, ...members)

/** SET OF: DER sorts the members by their encoding (X.690 §11.6). */
export function setOf(...members: readonly Uint8Array[]): Uint8Array {
  return tlv(0x31, ...members.toSorted((a, b) => Buffer.compare(a, b)))
}

/** Context-specific, constructed [n]. */
export const explicit = (number: number, ...contents: readonly Uint8Array[]): Uint8Array =>
  tlv(0xa0 | number, ...contents)

/** Context-specific, primitive [n]: an IMPLICIT tag over a string type. */
export const implicitPrimitive = (number: number, contents: Uint8Array): Uint8Array => tlv(0x80 | number, contents)

/** INTEGER from a safe non-negative number. */
export function integer(value: number): Uint8Array {
  const octets: number[] = []
  let rest = value
  do {
    octets.unshift(rest % 256)
    rest = Math.floor(rest / 256)
  } while (rest > 0)
  return integerFromOctets(Uint8Array.from(octets))
}

/** INTEGER from a big-endian magnitude, taken as positive: leading zeros go, a sign octet comes where needed. */
export function integerFromOctets(magnitude: Uint8Array): Uint8Array {
  let start = 0
  while (start < magnitude.length - 1 && magnitude[start] === 0) start += 1
  const trimmed = magnitude.subarray(start)
  const needsSign = ((trimmed[0] ?? 0) & 0x80) !== 0
  return tlv(0x02, needsSign ? concatBytes(Uint8Array.of(0), trimmed) : trimmed)
}

/** OBJECT IDENTIFIER from its dotted form. */
export function objectIdentifier(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...arcs] = dotted.split('.').map(Number)
  const octets: number[] = []
  for (const arc of [first * 40 + second, ...arcs]) {
    const group = [arc % 128]
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) group.unshift((rest % 128) | 0x80)
    octets.push(...group)
  }
  return tlv(0x06, Uint8Array.from(octets))
}

export const octetString = (contents: Uint8Array): Uint8Array => tlv(0x04, contents)
export const nullValue = (): Uint8Array => tlv(0x05)
export const boolean = (value: boolean): Uint8Array => tlv(0x01, Uint8Array.of(value ? 0xff : 0))
export const utf8String = (text: string): Uint8Array => tlv(0x0c, Buffer.from(text, 'utf8'))
export const printableString = (text: string): Uint8Array => tlv(0x13, Buffer.from(text, 'latin1'))

/** BIT STRING of whole octets. */
export const bitString = (contents: Uint8Array): Uint8Array => tlv(0x03, Uint8Array.of(0), contents)

/** BIT STRING of named bits (X.690 §11.2.2: trailing zero bits are cut). Takes the numbers of the bits that are set. */
export function namedBits(...bits: readonly number[]): Uint8Array {
  const highest = Math.max(...bits)
  const octets = new Uint8Array(Math.floor(highest / 8) + 1)
  for (const bit of bits) {
    const index = Math.floor(bit / 8)
    octets[index] = (octets[index] ?? 0) | (0x80 >> (bit % 8))
  }
  return tlv(0x03, Uint8Array.of(7 - (highest % 8)), octets)
}

/** UTCTime through 2049, GeneralizedTime from 2050 (RFC 5280 §4.1.2.5; CMS signing-time likewise, RFC 5652 §11.3). */
export function time(date: Date): Uint8Array {
  const digits = date.toISOString().replace(/[-:T]/g, '').slice(0, 14)
  const year = date.getUTCFullYear()
  if (year >= 1950 && year < 2050) return tlv(0x17, Buffer.from(`${digits.slice(2)}Z`, 'latin1'))
  return tlv(0x18, Buffer.from(`${digits}Z`, 'latin1'))
}

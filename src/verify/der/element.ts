import { VerifyError } from '../errors.ts'

/** der: X.690 clause 10 and 11, nothing else. ber: also indefinite and non-minimal lengths and constructed strings. */
export type EncodingRules = 'der' | 'ber'

/**
 * One tag-length-value, as views on the bytes that were handed in: nothing is copied. A class, as most elements are only
 * stepped over: a view is made when it is asked for.
 */
export class Element {
  /** The first identifier octet; for tag numbers of 31 and above, the number shifted left by 8 bits stands above it. */
  readonly tag: number
  readonly constructed: boolean
  readonly rules: EncodingRules
  readonly #source: Uint8Array
  readonly #place: Place

  constructor(source: Uint8Array, place: Place, rules: EncodingRules) {
    this.tag = place.tag
    this.constructed = place.constructed
    this.rules = rules
    this.#source = source
    this.#place = place
  }

  /** The whole element, header and (where indefinite) end-of-contents included. */
  get bytes(): Uint8Array {
    return this.#source.subarray(this.#place.start, this.#place.end)
  }

  get content(): Uint8Array {
    return this.#source.subarray(this.#place.contentStart, this.#place.contentEnd)
  }

  /** Gives the same element under another tag; its form stays. */
  withTag(tag: number): Element {
    return new Element(this.#source, { ...this.#place, tag }, this.rules)
  }

  /** Gives the element inside this one that begins at an offset of its content; null at the end of it. */
  childAt(offset: number): Child | null {
    const { contentStart, contentEnd } = this.#place
    if (contentStart + offset >= contentEnd) return null
    const place = readPlace(this.#source, contentStart + offset, contentEnd, this.rules)
    return { element: new Element(this.#source, place, this.rules), next: place.end - contentStart }
  }
}

/** Where an element stands in its source. */
interface Place {
  readonly tag: number
  readonly constructed: boolean
  readonly start: number
  readonly contentStart: number
  readonly contentEnd: number
  readonly end: number
}

interface Child {
  readonly element: Element
  /** Offset of the one behind it. */
  readonly next: number
}

/** Universal identifier octets, and the context-specific ones by function. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  numericString: 0x12,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visibleString: 0x1a,
  universalString: 0x1c,
  bmpString: 0x1e,
} as const

/** Takes a tag number below 31; gives the identifier octet of [n] where the content is primitive. */
export const contextPrimitive = (n: number): number => 0x80 | n
/** Takes a tag number below 31; gives the identifier octet of [n] where the content is constructed. */
export const contextConstructed = (n: number): number => 0xa0 | n

/** How deep indefinite lengths and constructed strings may nest. */
export const MAX_DEPTH = 32
/** How many elements one list may hold; what is longer (revoked certificates) is walked without building a list. */
export const MAX_CHILDREN = 100_000

const malformed = (message: string): VerifyError => new VerifyError('malformed-der', message)

interface Header {
  readonly tag: number
  readonly contentStart: number
  /** -1: indefinite. */
  readonly length: number
}

/** Reads identifier and length octets, which must end before `limit`. */
function readHeader(bytes: Uint8Array, offset: number, limit: number, rules: EncodingRules): Header {
  const first = bytes[offset]
  if (first === undefined || offset >= limit) throw malformed('element is missing')
  let at = offset + 1
  let tag = first
  if ((first & 0x1f) === 0x1f) {
    let number = 0
    for (let octets = 0; ; octets += 1) {
      const octet = bytes[at]
      if (octet === undefined || at >= limit || octets === 3) throw malformed('tag number is cut off or too large')
      if (octets === 0 && octet === 0x80) throw malformed('tag number is padded')
      at += 1
      number = (number << 7) | (octet & 0x7f)
      if (octet < 0x80) break
    }
    if (number < 31) throw malformed('tag number has the long form without need')
    tag = (number << 8) | first
  }
  const lengthOctet = bytes[at]
  if (lengthOctet === undefined || at >= limit) throw malformed('length is missing')
  at += 1
  if (lengthOctet < 0x80) return { tag, contentStart: at, length: lengthOctet }
  if (lengthOctet === 0x80) {
    if (rules === 'der' || (first & 0x20) === 0) throw malformed('indefinite length is not allowed here')
    return { tag, contentStart: at, length: -1 }
  }
  const octets = lengthOctet & 0x7f
  if (at + octets > limit) throw malformed('length is cut off')
  let length = 0
  for (let i = 0; i < octets; i += 1) {
    length = length * 256 + (bytes[at + i] ?? 0)
    if (length > 0x7fffffff) throw malformed('length is too large')
  }
  if (rules === 'der' && (length < 0x80 || bytes[at] === 0)) throw malformed('length is not minimal')
  return { tag, contentStart: at + octets, length }
}

/** Finds where the content of an indefinite length ends; definite elements are jumped over, so this is linear. */
function findEndOfContents(bytes: Uint8Array, start: number, limit: number): number {
  let open = 1
  let at = start
  for (;;) {
    if (at + 1 < limit && bytes[at] === 0 && bytes[at + 1] === 0) {
      open -= 1
      if (open === 0) return at
      at += 2
      continue
    }
    const header = readHeader(bytes, at, limit, 'ber')
    if (header.length === -1) {
      open += 1
      if (open > MAX_DEPTH) throw new VerifyError('too-deep', 'indefinite lengths nest too deep')
      at = header.contentStart
    } else at = header.contentStart + header.length
    if (at > limit) throw malformed('content is cut off')
  }
}

function readPlace(bytes: Uint8Array, start: number, limit: number, rules: EncodingRules): Place {
  const { tag, contentStart, length } = readHeader(bytes, start, limit, rules)
  const constructed = (tag & 0x20) !== 0
  if (length === -1) {
    const contentEnd = findEndOfContents(bytes, contentStart, limit)
    return { tag, constructed, start, contentStart, contentEnd, end: contentEnd + 2 }
  }
  const end = contentStart + length
  if (end > limit) throw malformed('content is cut off')
  return { tag, constructed, start, contentStart, contentEnd: end, end }
}

/**
 * Takes bytes and where an element starts; gives the element, which may be followed by more bytes.
 * @throws VerifyError malformed-der, too-deep
 * @see X.690 clause 8.1, 10.1
 */
export function readElementAt(bytes: Uint8Array, offset: number, rules: EncodingRules = 'der'): Element {
  return new Element(bytes, readPlace(bytes, offset, bytes.length, rules), rules)
}

/**
 * Takes bytes that hold exactly one element; gives it.
 * @throws VerifyError malformed-der where bytes follow it
 */
export function readElement(bytes: Uint8Array, rules: EncodingRules = 'der'): Element {
  const element = readElementAt(bytes, 0, rules)
  if (element.bytes.length !== bytes.length) throw malformed('bytes follow the element')
  return element
}

/**
 * Walks the elements inside a constructed one, without building a list.
 * @throws VerifyError malformed-der
 */
export function* walkChildren(parent: Element): Generator<Element, void, undefined> {
  if (!parent.constructed) throw malformed('element is primitive')
  for (let child = parent.childAt(0); child; child = parent.childAt(child.next)) yield child.element
}

/**
 * Gives the elements inside a constructed one.
 * @throws VerifyError malformed-der, too-many-elements
 */
export function readChildren(parent: Element): Element[] {
  if (!parent.constructed) throw malformed('element is primitive')
  const children: Element[] = []
  for (let child = parent.childAt(0); child; child = parent.childAt(child.next)) {
    children.push(child.element)
    if (children.length > MAX_CHILDREN) throw new VerifyError('too-many-elements', 'a list is too long')
  }
  return children
}

/** Takes an element that was read by BER; gives the same bytes read by DER alone, as signed structures need. */
export function asDer(element: Element): Element {
  return element.rules === 'der' ? element : readElement(element.bytes, 'der')
}

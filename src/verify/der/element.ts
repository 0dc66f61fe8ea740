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
  readonly #start: number
  readonly #contentStart: number
  readonly #contentEnd: number
  readonly #end: number

  constructor(source: Uint8Array, place: Place, rules: EncodingRules) {
    this.tag = place.tag
    this.constructed = place.constructed
    this.rules = rules
    this.#source = source
    this.#start = place.start
    this.#contentStart = place.contentStart
    this.#contentEnd = place.contentEnd
    this.#end = place.end
  }

  /** The whole element, header and (where indefinite) end-of-contents included. */
  get bytes(): Uint8Array {
    return this.#source.subarray(this.#start, this.#end)
  }

  get content(): Uint8Array {
    return this.#source.subarray(this.#contentStart, this.#contentEnd)
  }

  /** Octets of the content. */
  get contentLength(): number {
    return this.#contentEnd - this.#contentStart
  }

  /** Gives an octet of the content without a view on it; undefined behind its end. */
  contentAt(index: number): number | undefined {
    const at = this.#contentStart + index
    return at < this.#contentEnd ? this.#source[at] : undefined
  }

  /** Gives the same element under another tag; its form stays. */
  withTag(tag: number): Element {
    const [start, contentStart, contentEnd, end] = [this.#start, this.#contentStart, this.#contentEnd, this.#end]
    const place = { tag, constructed: this.constructed, start, contentStart, contentEnd, end }
    return new Element(this.#source, place, this.rules)
  }

  /** Gives the element inside this one that stands behind the given one, or first; null at the end. */
  childBehind(child: Element | null): Element | null {
    const start = child ? child.#end : this.#contentStart
    if (start >= this.#contentEnd) return null
    return new Element(this.#source, readPlace(this.#source, start, this.#contentEnd, this.rules), this.rules)
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
  tag: number
  contentStart: number
  /** -1: indefinite. */
  length: number
}

/** Filled for each element anew: an object for each would be made thousands of times, to be read once. */
const lastHeader: Header = { tag: 0, contentStart: 0, length: 0 }
const lastPlace = { tag: 0, constructed: false, start: 0, contentStart: 0, contentEnd: 0, end: 0 }

function headerOf(tag: number, contentStart: number, length: number): Readonly<Header> {
  lastHeader.tag = tag
  lastHeader.contentStart = contentStart
  lastHeader.length = length
  return lastHeader
}

/** Reads identifier and length octets, which must end before `limit`. What it gives holds until the next is read. */
function readHeader(bytes: Uint8Array, offset: number, limit: number, rules: EncodingRules): Readonly<Header> {
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
  if (lengthOctet < 0x80) return headerOf(tag, at, lengthOctet)
  if (lengthOctet === 0x80) {
    if (rules === 'der' || (first & 0x20) === 0) throw malformed('indefinite length is not allowed here')
    return headerOf(tag, at, -1)
  }
  const octets = lengthOctet & 0x7f
  if (at + octets > limit) throw malformed('length is cut off')
  let length = 0
  for (let i = 0; i < octets; i += 1) {
    length = length * 256 + (bytes[at + i] ?? 0)
    if (length > 0x7fffffff) throw malformed('length is too large')
  }
  if (rules === 'der' && (length < 0x80 || bytes[at] === 0)) throw malformed('length is not minimal')
  return headerOf(tag, at + octets, length)
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

/** What it gives holds until the next is read. */
function readPlace(bytes: Uint8Array, start: number, limit: number, rules: EncodingRules): Place {
  const { tag, contentStart, length } = readHeader(bytes, start, limit, rules)
  const isIndefinite = length === -1
  const contentEnd = isIndefinite ? findEndOfContents(bytes, contentStart, limit) : contentStart + length
  if (contentEnd > limit) throw malformed('content is cut off')
  lastPlace.tag = tag
  lastPlace.constructed = (tag & 0x20) !== 0
  lastPlace.start = start
  lastPlace.contentStart = contentStart
  lastPlace.contentEnd = contentEnd
  lastPlace.end = isIndefinite ? contentEnd + 2 : contentEnd
  return lastPlace
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
  for (let child = parent.childBehind(null); child; child = parent.childBehind(child)) yield child
}

/**
 * Gives the elements inside a constructed one.
 * @throws VerifyError malformed-der, too-many-elements
 */
export function readChildren(parent: Element): Element[] {
  if (!parent.constructed) throw malformed('element is primitive')
  const children: Element[] = []
  for (let child = parent.childBehind(null); child; child = parent.childBehind(child)) {
    children.push(child)
    if (children.length > MAX_CHILDREN) throw new VerifyError('too-many-elements', 'a list is too long')
  }
  return children
}

/** Takes an element that was read by BER; gives the same bytes read by DER alone, as signed structures need. */
export function asDer(element: Element): Element {
  return element.rules === 'der' ? element : readElement(element.bytes, 'der')
}

import { asBuffer } from './characters.ts'

/** The object types of ISO 32000-2 clause 7.3, as readonly data. */
export interface PdfName {
  readonly kind: 'name'
  /** Without the slash, #xx decoded, one character per byte. */
  readonly name: string
}

export interface PdfString {
  readonly kind: 'string'
  /** Decoded, and decrypted where the document is encrypted. */
  readonly bytes: Uint8Array
  readonly hex: boolean
  /** Where it stands in the file, delimiters included; -1 inside an object stream. */
  readonly start: number
  readonly end: number
}

export interface PdfRef {
  readonly kind: 'ref'
  readonly number: number
  readonly generation: number
}

export interface PdfArray {
  readonly kind: 'array'
  readonly items: readonly PdfValue[]
}

export interface PdfDict {
  readonly kind: 'dict'
  readonly entries: ReadonlyMap<string, PdfValue>
  /** Keys that stand there twice: readers disagree on which one counts, so nothing may rest on them. */
  readonly repeated: readonly string[]
}

export interface PdfStream {
  readonly kind: 'stream'
  readonly dict: PdfDict
  /** As it stands in the file, before decryption and filters. */
  readonly raw: Uint8Array
  /** Gives the raw bytes decrypted; null where the document is not encrypted. */
  readonly decrypt: ((raw: Uint8Array) => Uint8Array) | null
}

export type PdfValue = null | boolean | number | PdfName | PdfString | PdfRef | PdfArray | PdfDict | PdfStream

export const EMPTY_DICT: PdfDict = { kind: 'dict', entries: new Map(), repeated: [] }

type Kinded = Exclude<PdfValue, null | boolean | number>

/** Says whether a value is of one of the kinds that stand as objects here. */
export function isKind<K extends Kinded['kind']>(
  value: PdfValue | undefined,
  kind: K,
): value is Extract<Kinded, { kind: K }> {
  return typeof value === 'object' && value !== null && value.kind === kind
}

/** Gives the dictionary of a dictionary or stream, else null. */
export function dictOf(value: PdfValue | undefined): PdfDict | null {
  if (isKind(value, 'dict')) return value
  return isKind(value, 'stream') ? value.dict : null
}

/** Gives a name's text, else null. */
export function nameOf(value: PdfValue | undefined): string | null {
  return isKind(value, 'name') ? value.name : null
}

/** Gives a whole number, else null. */
export function integerOf(value: PdfValue | undefined): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null
}

/** Texts that were decoded, for as long as their strings are there: names of fields are asked for by every revision. */
const texts = new WeakMap<PdfString, string>()

/** Takes a text string; gives its text (UTF-16BE with mark, UTF-8 with mark, else Latin-1, near PDFDocEncoding). */
export function textOf(value: PdfValue | undefined): string | null {
  if (!isKind(value, 'string')) return null
  const known = texts.get(value)
  if (known !== undefined) return known
  const text = decodeText(value.bytes)
  texts.set(value, text)
  return text
}

const SHORT = 64

function decodeText(bytes: Uint8Array): string {
  // Short ones live within V8's heap, which a Buffer on them would move them out of.
  if (bytes.length <= SHORT && bytes[0] !== 0xfe && bytes[0] !== 0xef) return String.fromCharCode(...bytes)
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    return Buffer.from(buffer.subarray(2, 2 + ((bytes.length - 2) & ~1)))
      .swap16()
      .toString('utf16le')
  }
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return buffer.subarray(3).toString('utf8')
  return buffer.toString('latin1')
}

/** Says whether two values that hold no others are the same. */
export function sameAtom(a: PdfValue, b: PdfValue): boolean {
  if (a === b) return true
  if (isKind(a, 'name') && isKind(b, 'name')) return a.name === b.name
  return isKind(a, 'string') && isKind(b, 'string') && sameOctets(a.bytes, b.bytes)
}

/** Says whether two runs of bytes are the same. */
export const sameOctets = (a: Uint8Array, b: Uint8Array): boolean =>
  a === b || (a.length === b.length && asBuffer(a).equals(asBuffer(b)))

import { GatewayError } from '../model/errors.ts'

/** A file in a TNEF stream. */
export interface TnefFile {
  readonly name: string | null
  readonly bytes: Uint8Array
  /** It is a message with files of its own: the bytes are a TNEF stream again. */
  readonly isMessage: boolean
}

/** What Outlook put into winmail.dat. */
export interface TnefContent {
  /** The message's text, in the best form there is; rtf is compressed (MS-OXRTFCP). Null where it has none. */
  readonly body: { readonly kind: 'text' | 'html' | 'rtf'; readonly bytes: Uint8Array } | null
  readonly files: readonly TnefFile[]
  /** The stream ended early, or something in it could not be read; what stood before is given. */
  readonly isDamaged: boolean
}

const SIGNATURE = 0x223e9f78
const MAX_ATTRIBUTES = 10_000
const MAX_PROPERTIES = 10_000
const MAX_VALUES = 10_000

// MS-OXTNEF §2.1.3.3: attributes, as type and id in one number.
const OEM_CODEPAGE = 0x00069007
const MESSAGE_PROPERTIES = 0x00069003
const BODY = 0x0002800c
const ATTACHMENT_BEGINS = 0x00069002
const ATTACHMENT_TITLE = 0x00018010
const ATTACHMENT_DATA = 0x0006800f
const ATTACHMENT_PROPERTIES = 0x00069005

// MS-OXPROPS: properties.
const PR_DISPLAY_NAME = 0x3001
const PR_ATTACH_DATA = 0x3701
const PR_ATTACH_FILENAME = 0x3704
const PR_ATTACH_LONG_FILENAME = 0x3707
const PR_BODY = 0x1000
const PR_RTF_COMPRESSED = 0x1009
const PR_HTML = 0x1013

// MS-OXCDATA §2.11.1: property types.
const PT_OBJECT = 0x0d
const PT_STRING8 = 0x1e
const PT_UNICODE = 0x1f
const PT_BINARY = 0x102
const MULTIPLE = 0x1000
const FIXED_SIZES: Readonly<Record<number, number>> = {
  0: 4,
  1: 4,
  2: 4,
  3: 4,
  4: 4,
  5: 8,
  6: 8,
  7: 8,
  10: 4,
  11: 4,
  20: 8,
  64: 8,
  72: 16,
}

interface Property {
  readonly type: number
  readonly bytes: Uint8Array
}

/**
 * Takes an application/ms-tnef stream; gives the files and the text in it (MS-OXTNEF). Nothing in it is compressed but
 * rtf, so what comes out is no larger than what came in.
 * @throws GatewayError unreadable-input where it is none
 */
export function readTnef(bytes: Uint8Array): TnefContent {
  const reader = new Reader(bytes)
  if (bytes.length < 6 || reader.u32() !== SIGNATURE) throw new GatewayError('unreadable-input', 'This is no TNEF')
  reader.u16()
  let codepage = 1252
  let text: Uint8Array | null = null
  let message: ReadonlyMap<number, Property> = new Map()
  const attachments: Attachment[] = []
  let isDamaged = false
  try {
    for (let count = 0; reader.left > 0; count += 1) {
      if (count >= MAX_ATTRIBUTES) throw unreadable()
      const level = reader.u8()
      // Some servers put bytes behind the last attribute.
      if (level !== 1 && level !== 2) break
      const id = reader.u32()
      const data = reader.take(reader.u32())
      reader.u16()
      const attachment = attachments.at(-1)
      if (id === OEM_CODEPAGE && data.length >= 4) codepage = new Reader(data).u32()
      else if (id === BODY && level === 1) text = data
      else if (id === MESSAGE_PROPERTIES) message = readProperties(data)
      else if (id === ATTACHMENT_BEGINS) attachments.push({ title: null, data: null, properties: new Map() })
      else if (attachment && id === ATTACHMENT_TITLE) attachment.title = data
      else if (attachment && id === ATTACHMENT_DATA) attachment.data = data
      else if (attachment && id === ATTACHMENT_PROPERTIES) attachment.properties = readProperties(data)
    }
  } catch {
    isDamaged = true
  }
  const files = attachments.flatMap((one) => filesOf(one, codepage))
  return { body: bodyOf(message, text, codepage), files, isDamaged }
}

interface Attachment {
  title: Uint8Array | null
  data: Uint8Array | null
  properties: ReadonlyMap<number, Property>
}

/** Data and an object may stand side by side: which of them Outlook shows is not ours to guess, so both are files. */
function filesOf({ title, data, properties }: Attachment, codepage: number): readonly TnefFile[] {
  const object = properties.get(PR_ATTACH_DATA)
  // An object names its interface first (16 octets); a message in it is a TNEF stream.
  const inside = object?.type === PT_OBJECT ? object.bytes.subarray(16) : null
  const named = [PR_ATTACH_LONG_FILENAME, PR_ATTACH_FILENAME, PR_DISPLAY_NAME].map((id) => properties.get(id))
  const known = named.find((property) => property !== undefined && property.bytes.length > 0)
  const name = (known ? textOf(known, codepage) : title === null ? null : decodeCodepage(title, codepage)) || null
  const files: TnefFile[] = []
  if (data) files.push({ name, bytes: data, isMessage: false })
  if (inside && inside.length > 0) files.push({ name, bytes: inside, isMessage: isTnef(inside) })
  if (object && inside === null && !data) files.push({ name, bytes: object.bytes, isMessage: false })
  return files
}

const isTnef = (bytes: Uint8Array): boolean => bytes.length >= 6 && new Reader(bytes).u32() === SIGNATURE

function bodyOf(
  message: ReadonlyMap<number, Property>,
  text: Uint8Array | null,
  codepage: number,
): TnefContent['body'] {
  const plain = message.get(PR_BODY)
  const html = message.get(PR_HTML)
  const rtf = message.get(PR_RTF_COMPRESSED)
  const asText = plain ? textOf(plain, codepage) : text ? decodeCodepage(text, codepage) : ''
  if (asText.trim() !== '') return { kind: 'text', bytes: Buffer.from(asText) }
  if (html && html.bytes.length > 0) {
    const bytes = html.type === PT_BINARY ? html.bytes : Buffer.from(textOf(html, codepage))
    return { kind: 'html', bytes }
  }
  return rtf && rtf.bytes.length > 0 ? { kind: 'rtf', bytes: rtf.bytes } : null
}

/** MS-OXTNEF §2.1.3.4: the first value of each property; what a program named by itself is passed over. */
function readProperties(data: Uint8Array): ReadonlyMap<number, Property> {
  const reader = new Reader(data)
  const count = reader.u32()
  if (count > MAX_PROPERTIES) throw unreadable()
  const properties = new Map<number, Property>()
  for (let index = 0; index < count; index += 1) {
    const type = reader.u16()
    const id = reader.u16()
    if (id >= 0x8000) skipName(reader)
    const bytes = readValues(reader, type)
    if (id < 0x8000 && bytes !== null) properties.set(id, { type: type & ~MULTIPLE, bytes })
  }
  return properties
}

function skipName(reader: Reader): void {
  reader.take(16)
  if (reader.u32() === 0) reader.u32()
  else reader.takePadded(reader.u32())
}

function readValues(reader: Reader, type: number): Uint8Array | null {
  const base = type & ~MULTIPLE
  const isSized = base === PT_STRING8 || base === PT_UNICODE || base === PT_BINARY || base === PT_OBJECT
  const count = isSized || (type & MULTIPLE) !== 0 ? reader.u32() : 1
  const size = FIXED_SIZES[base]
  if (count > MAX_VALUES || (!isSized && size === undefined)) throw unreadable()
  let first: Uint8Array | null = null
  for (let index = 0; index < count; index += 1) {
    const value = isSized ? reader.takePadded(reader.u32()) : reader.take(size ?? 0)
    first ??= value
  }
  return first
}

const textOf = ({ type, bytes }: Property, codepage: number): string =>
  type === PT_UNICODE ? cut(new TextDecoder('utf-16le').decode(bytes)) : decodeCodepage(bytes, codepage)

const LABELS: Readonly<Record<number, string>> = { 65001: 'utf-8', 28591: 'iso-8859-1', 28605: 'iso-8859-15' }

/** Takes a text in a Windows code page; gives it up to its first zero. A code page that is not known is read as 1252. */
export function decodeCodepage(bytes: Uint8Array, codepage: number): string {
  const isWindows = codepage >= 1250 && codepage <= 1258
  return cut(new TextDecoder(isWindows ? `windows-${codepage}` : (LABELS[codepage] ?? 'windows-1252')).decode(bytes))
}

/** A text ends at its first zero. */
const cut = (text: string): string => text.split('\0', 1)[0] ?? ''

const unreadable = (): GatewayError => new GatewayError('unreadable-input', 'The TNEF stream is damaged')

/** Little-endian; what is not there throws. */
class Reader {
  readonly #view: Buffer
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  get left(): number {
    return this.#view.length - this.#at
  }

  take(length: number): Uint8Array {
    if (length > this.left) throw unreadable()
    this.#at += length
    return this.#view.subarray(this.#at - length, this.#at)
  }

  /** Values fill whole groups of four octets; at the very end some writers leave the padding out. */
  takePadded(length: number): Uint8Array {
    const value = this.take(length)
    this.take(Math.min((4 - (length % 4)) % 4, this.left))
    return value
  }

  u8(): number {
    return Buffer.from(this.take(1)).readUInt8()
  }

  u16(): number {
    return Buffer.from(this.take(2)).readUInt16LE()
  }

  u32(): number {
    return Buffer.from(this.take(4)).readUInt32LE()
  }
}

import { findDelimiters, guessBoundary } from './boundaries.ts'
import { decodeEncodedWords } from './encoded-word.ts'
import type { Entity, HeaderField, MimeTree } from './entity.ts'
import { readHeader } from './header.ts'
import { type LineEnds, lineEndsOf } from './lines.ts'
import { MIME_LIMITS, MimeError, type MimeLimits } from './mime-error.ts'
import { type ParameterisedValue, parseParameterised } from './parameters.ts'
import { decodeTransfer } from './transfer-encoding.ts'

interface Reading {
  readonly limits: MimeLimits
  readonly notes: Set<string>
  parts: number
}

/** The bytes of one message, and what ends its lines. */
interface Source {
  readonly bytes: Uint8Array
  readonly lineEnds: LineEnds
  /** Where the delimiter lines that were found begin, of multiparts at any depth. */
  readonly delimiterLines: Set<number>
}

interface Place {
  readonly path: string
  /** What the numbers of its parts begin with, such as "2." */
  readonly prefix: string
  readonly depth: number
  readonly defaultType: string
}

/**
 * Takes the bytes of a mail (or of a form, preceded by its Content-Type line); gives its tree of entities with exact
 * byte offsets. This tree decides what the parts are and what a signature covers. Any bytes give a tree, with notes on
 * what was repaired; time is linear in the input times maxDepth.
 * @throws MimeError too-large, too-many-parts
 * @see RFC 5322, RFC 2045, RFC 2046 §5, RFC 7578
 */
export function parseMime(bytes: Uint8Array, limits: Partial<MimeLimits> = {}): MimeTree {
  const reading: Reading = { limits: { ...MIME_LIMITS, ...limits }, notes: new Set(), parts: 0 }
  if (bytes.length > reading.limits.maxBytes) throw new MimeError('too-large', 'the message is too large')
  const source = sourceOf(bytes)
  if (source.lineEnds === 'cr') reading.notes.add('bare-cr')
  const place = { path: '0', prefix: '', depth: 0, defaultType: 'text/plain' }
  return { root: readEntity(reading, source, 0, bytes.length, place), notes: [...reading.notes] }
}

const sourceOf = (bytes: Uint8Array): Source => ({ bytes, lineEnds: lineEndsOf(bytes), delimiterLines: new Set() })

function readEntity(reading: Reading, source: Source, start: number, end: number, place: Place): Entity {
  if (++reading.parts > reading.limits.maxParts) throw new MimeError('too-many-parts', 'the message has too many parts')
  const header = readHeader(source.bytes, start, end, source.lineEnds, reading.limits)
  const isMessage = place.path === '0' || place.path.endsWith('.0')
  // A part without header fields is normal (RFC 2046 §5.1); a message without is not.
  for (const note of header.notes) if (note !== 'header-missing' || isMessage) reading.notes.add(note)
  noteDuplicates(reading, header.fields)

  const contentType = readContentType(reading, header.fields, place.defaultType)
  const disposition = header.fields.find((field) => field.name === 'content-disposition')
  const parsedDisposition = disposition ? parseParameterised(disposition.value) : null
  const entity: Entity = {
    path: place.path,
    source: source.bytes,
    headerStart: start,
    headerEnd: header.headerEnd,
    bodyStart: header.bodyStart,
    bodyEnd: Math.max(end, header.bodyStart),
    fields: header.fields,
    contentType,
    transferEncoding: readTransferEncoding(header.fields),
    disposition: parsedDisposition,
    fileName: readFileName(parsedDisposition, contentType),
    children: [],
  }
  return { ...entity, children: readChildren(reading, source, entity, place) }
}

function readChildren(reading: Reading, source: Source, entity: Entity, place: Place): readonly Entity[] {
  const isMultipart = entity.contentType.value.startsWith('multipart/')
  const isMail = entity.contentType.value === 'message/rfc822' || entity.contentType.value === 'message/global'
  if (!isMultipart && !isMail) return []
  if (place.depth >= reading.limits.maxDepth) {
    reading.notes.add('nesting-cut')
    return []
  }
  return isMultipart ? readParts(reading, source, entity, place) : readNestedMail(reading, source, entity, place)
}

function readParts(reading: Reading, source: Source, entity: Entity, place: Place): readonly Entity[] {
  const boundary = boundaryOf(reading, entity)
  if (boundary === null) return []
  if (!['7bit', '8bit', 'binary'].includes(entity.transferEncoding)) reading.notes.add('multipart-encoded')
  const defaultType = entity.contentType.value === 'multipart/digest' ? 'message/rfc822' : 'text/plain'
  const children: Entity[] = []
  const read = (from: number, to: number) => {
    const path = `${place.prefix}${children.length + 1}`
    const at = { path, prefix: `${path}.`, depth: place.depth + 1, defaultType }
    children.push(readEntity(reading, source, from, Math.max(from, to), at))
  }
  let open: number | null = null
  let closed = false
  const { bytes, lineEnds, delimiterLines } = source
  const lookalikes: number[] = []
  for (const delimiter of findDelimiters(bytes, entity.bodyStart, entity.bodyEnd, boundary, lineEnds, lookalikes)) {
    delimiterLines.add(delimiter.lineStart)
    if (open !== null) read(open, delimiter.partEnd)
    open = delimiter.closing ? null : delimiter.next
    closed = delimiter.closing
  }
  // The last part of a mail that was cut runs to its end; an empty rest is no part.
  if (open !== null && open < entity.bodyEnd) read(open, entity.bodyEnd)
  if (!closed) reading.notes.add(open === null ? 'boundary-not-found' : 'final-boundary-missing')
  // By now the multiparts inside have claimed theirs: one boundary may begin like another.
  if (lookalikes.some((at) => !delimiterLines.has(at))) reading.notes.add('boundary-lookalike')
  return children
}

function boundaryOf(reading: Reading, entity: Entity): string | null {
  const given = entity.contentType.parameters.get('boundary')?.trimEnd()
  if (given) return given
  reading.notes.add('boundary-missing')
  return guessBoundary(entity.source, entity.bodyStart, entity.bodyEnd)
}

function readNestedMail(reading: Reading, source: Source, entity: Entity, place: Place): readonly Entity[] {
  const at = {
    path: place.path === '0' ? '0.0' : `${place.path}.0`,
    prefix: `${place.path}.`,
    depth: place.depth + 1,
    defaultType: 'text/plain',
  }
  if (['7bit', '8bit', 'binary'].includes(entity.transferEncoding)) {
    return [readEntity(reading, source, entity.bodyStart, entity.bodyEnd, at)]
  }
  // RFC 2046 §5.2.1 forbids this; it occurs, and the mail inside then has offsets of its own.
  const { bytes, notes } = decodeTransfer(
    source.bytes.subarray(entity.bodyStart, entity.bodyEnd),
    entity.transferEncoding,
  )
  for (const note of ['nested-mail-encoded', ...notes]) reading.notes.add(note)
  return [readEntity(reading, sourceOf(bytes), 0, bytes.length, at)]
}

/** RFC 2045 §5.2: without a readable Content-Type the entity is what its place takes for granted. */
function readContentType(reading: Reading, fields: readonly HeaderField[], defaultType: string): ParameterisedValue {
  const field = fields.find((candidate) => candidate.name === 'content-type')
  if (!field) return { value: defaultType, parameters: new Map(), conflicting: false }
  const parsed = parseParameterised(field.value)
  if (parsed.conflicting) reading.notes.add('parameter-conflict')
  if (/^[^/]+\/[^/]+$/.test(parsed.value)) return parsed
  reading.notes.add('content-type-broken')
  // "text" alone and the like: RFC 2045 §5.2 leaves plain text; what is anything else stays opaque.
  const value = parsed.value === '' || parsed.value === 'text' ? 'text/plain' : 'application/octet-stream'
  return { ...parsed, value }
}

function readTransferEncoding(fields: readonly HeaderField[]): string {
  const field = fields.find((candidate) => candidate.name === 'content-transfer-encoding')
  return field ? parseParameterised(field.value).value.replaceAll('"', '') || '7bit' : '7bit'
}

function readFileName(disposition: ParameterisedValue | null, contentType: ParameterisedValue): string | null {
  const name = disposition?.parameters.get('filename') || contentType.parameters.get('name')
  return name ? decodeEncodedWords(name) : null
}

const ONCE = ['content-type', 'content-transfer-encoding', 'from', 'subject', 'message-id', 'date']

/** RFC 5322 §3.6 allows these once. The first counts; that there were more is said. */
function noteDuplicates(reading: Reading, fields: readonly HeaderField[]): void {
  const seen = new Set<string>()
  for (const { name } of fields) {
    if (seen.has(name) && ONCE.includes(name)) reading.notes.add('duplicate-header')
    seen.add(name)
  }
}

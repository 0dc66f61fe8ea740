/**
 * Just enough MIME to find the exact bytes that a PGP/MIME signature covers. What can be read in two ways is
 * refused, not guessed: two readers that disagree are how a signature comes to cover what nobody sees.
 */

export interface Entity {
  /** Header and body, as they stand. */
  readonly bytes: Uint8Array
  readonly body: Uint8Array
  readonly fields: readonly { readonly name: string; readonly value: string }[]
  /** Lower-case, text/plain where none is given (RFC 2045 §5.2); null where it stands twice or cannot be read. */
  readonly mediaType: string | null
  /** Parameters of Content-Type by lower-case name. */
  readonly parameters: ReadonlyMap<string, string>
}

const MAX_HEADER_BYTES = 256 * 1024
const MAX_PARTS = 1000
/** RFC 2046 §5.1.1 allows 70; some write more. */
const MAX_BOUNDARY = 200
const LF = 0x0a
const CR = 0x0d

/** Takes a whole mail or part; gives its header fields (unfolded, Latin-1) and its body, or null where it is none. */
export function readEntity(bytes: Uint8Array): Entity | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const bodyStart = findBodyStart(buffer)
  if (bodyStart === null) return null
  const fields = readFields(buffer.toString('latin1', 0, bodyStart))
  if (fields === null) return null
  const types = fields.filter((field) => field.name === 'content-type')
  const type = types.length > 1 ? null : readContentType(types[0]?.value ?? 'text/plain')
  return {
    bytes,
    body: buffer.subarray(bodyStart),
    fields,
    mediaType: type?.mediaType ?? null,
    parameters: type?.parameters ?? new Map(),
  }
}

/** Takes an entity and a lower-case field name; gives the values of all fields of that name. */
export function fieldValues(entity: Entity, name: string): readonly string[] {
  return entity.fields.filter((field) => field.name === name).map((field) => field.value)
}

/**
 * Takes a multipart's body and its boundary; gives the exact bytes of each part: the line end before a delimiter
 * belongs to the delimiter (RFC 2046 §5.1.1). Null where the closing delimiter is missing or there are too many.
 * A longer boundary that only begins with this one is another's: nested multiparts may use it.
 */
export function splitParts(body: Uint8Array, boundary: string): readonly Uint8Array[] | null {
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  if (boundary.length > MAX_BOUNDARY) return null
  const parts: Uint8Array[] = []
  let partStart: number | null = null
  for (let lineStart = 0; lineStart <= buffer.length; ) {
    const lineEnd = buffer.indexOf(LF, lineStart)
    const next = lineEnd === -1 ? buffer.length + 1 : lineEnd + 1
    const kind = readDelimiter(buffer, lineStart, lineEnd === -1 ? buffer.length : lineEnd, boundary)
    if (kind !== null) {
      if (partStart !== null) parts.push(buffer.subarray(partStart, Math.max(partStart, endBefore(buffer, lineStart))))
      if (kind === 'close') return partStart === null ? null : parts
      if (parts.length > MAX_PARTS) return null
      partStart = Math.min(next, buffer.length)
    }
    lineStart = next
  }
  return null
}

/** Takes an entity that is no multipart; gives its body decoded, or null where the encoding is unknown or doubled. */
export function decodeBody(entity: Entity): Uint8Array | null {
  const encodings = fieldValues(entity, 'content-transfer-encoding')
  if (encodings.length > 1) return null
  const encoding = encodings[0]?.trim().toLowerCase() ?? '7bit'
  const text = Buffer.from(entity.body)
  if (encoding === '7bit' || encoding === '8bit' || encoding === 'binary') return text
  if (encoding === 'base64') return Buffer.from(text.toString('latin1').replace(/[^A-Za-z0-9+/=]/g, ''), 'base64')
  return encoding === 'quoted-printable' ? decodeQuotedPrintable(text.toString('latin1')) : null
}

/** Takes bytes; gives them with each line ended by CR LF (RFC 3156 §5), trailing spaces untouched. */
export function toCanonicalLines(bytes: Uint8Array): Uint8Array {
  const out = Buffer.allocUnsafe(bytes.length * 2)
  let length = 0
  let previous = 0
  for (const byte of bytes) {
    if (byte === LF && previous !== CR) out[length++] = CR
    out[length++] = byte
    previous = byte
  }
  return out.subarray(0, length)
}

function findBodyStart(buffer: Buffer): number | null {
  const limit = Math.min(buffer.length, MAX_HEADER_BYTES)
  for (let lineStart = 0; lineStart < limit; ) {
    if (buffer[lineStart] === LF) return lineStart + 1
    if (buffer[lineStart] === CR && buffer[lineStart + 1] === LF) return lineStart + 2
    const lineEnd = buffer.indexOf(LF, lineStart)
    if (lineEnd === -1) return null
    lineStart = lineEnd + 1
  }
  return null
}

function readFields(header: string): Entity['fields'] | null {
  const lines = header.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)
  const fields: { name: string; value: string }[] = []
  for (const line of lines) {
    if (line === '') continue
    const found = /^([!-9;-~]+)[ \t]*:(.*)$/s.exec(line)
    if (!found?.[1]) return null
    fields.push({ name: found[1].toLowerCase(), value: (found[2] ?? '').trim() })
  }
  return fields
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z{}-]+"
const TYPE = new RegExp(`^(${TOKEN}/${TOKEN})\\s*(?:;|$)`)
const PARAMETER = new RegExp(`\\s*(${TOKEN})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;"]+))\\s*(?:;|$)`, 'y')

function readContentType(value: string): { mediaType: string; parameters: Map<string, string> } | null {
  const type = TYPE.exec(value)
  if (!type?.[1]) return null
  const parameters = new Map<string, string>()
  let at = type[0].length
  while (at < value.length && value.slice(at).trim() !== '') {
    PARAMETER.lastIndex = at
    const found = PARAMETER.exec(value)
    const name = found?.[1]?.toLowerCase()
    // A parameter that stands twice is read first by some and last by others.
    if (!found || name === undefined || parameters.has(name)) return null
    parameters.set(name, found[2]?.replace(/\\(.)/g, '$1') ?? found[3] ?? '')
    at = PARAMETER.lastIndex
  }
  return { mediaType: type[1].toLowerCase(), parameters }
}

function readDelimiter(buffer: Buffer, start: number, end: number, boundary: string): 'part' | 'close' | null {
  const maxLength = boundary.length + 4 + 100
  if (end - start > maxLength || buffer[start] !== 0x2d || buffer[start + 1] !== 0x2d) return null
  const line = buffer.toString('latin1', start, end).replace(/[ \t\r]+$/, '')
  if (line === `--${boundary}`) return 'part'
  return line === `--${boundary}--` ? 'close' : null
}

function endBefore(buffer: Buffer, lineStart: number): number {
  const beforeLf = lineStart - 1
  return buffer[beforeLf - 1] === CR ? beforeLf - 1 : beforeLf
}

// RFC 2045 §6.7: spaces at a line's end were added on the way; "=" at a line's end joins it to the next.
function decodeQuotedPrintable(text: string): Uint8Array {
  const joined = text
    .split(/\r?\n/)
    .map(trimLine)
    .map((line) => (line.endsWith('=') ? line.slice(0, -1) : `${line}\r\n`))
    .join('')
  return Buffer.from(
    joined.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  )
}

// By hand: the pattern / +$/ takes quadratic time on a line of spaces.
function trimLine(line: string): string {
  let end = line.length
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end -= 1
  return line.slice(0, end)
}

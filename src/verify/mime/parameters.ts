import { Buffer } from 'node:buffer'
import { decodeText } from './charset.ts'
import { decodeEncodedWords } from './encoded-word.ts'

/** A value with parameters: Content-Type, Content-Disposition. Names are lower case, the first of a name counts. */
export interface ParameterisedValue {
  /** Lower case, e.g. "multipart/signed", "attachment"; "" where nothing readable stands there. */
  readonly value: string
  readonly parameters: ReadonlyMap<string, string>
  /** A parameter stood there twice with different values: readers disagree on which counts. */
  readonly conflicting: boolean
}

const MAX_PARAMETERS = 200

/** Takes an unfolded field body; gives value and parameters with RFC 2231's continuations joined. Never throws. */
export function parseParameterised(text: string): ParameterisedValue {
  const bare = text.includes('(') ? withoutComments(text) : text
  // White space ends the value too: some senders forget the semicolon behind it.
  const [value = ''] = /^\s*[^;\s]*(?:\s*\/\s*[^;\s]*)?/.exec(bare) ?? []
  const raw = rawParameters(bare.slice(value.length))
  const seen = new Map<string, string>()
  let conflicting = false
  for (const [name, parameter] of raw) {
    const before = seen.get(name)
    if (before === undefined) seen.set(name, parameter)
    else if (before !== parameter) conflicting = true
  }
  return { value: value.replace(/\s+/g, '').toLowerCase(), parameters: joinContinuations(seen), conflicting }
}

/** Gives the parameters as written, in order, unquoted. */
function rawParameters(text: string): [string, string][] {
  const found: [string, string][] = []
  let at = 0
  while (at < text.length && found.length < MAX_PARAMETERS) {
    const equals = text.indexOf('=', at)
    if (equals < 0) break
    const written = text.slice(at, equals)
    // A parameter without '=' in front of this one is skipped.
    const name = (written.split(';').at(-1) ?? '').trim().toLowerCase()
    let from = equals + 1
    while (text[from] === ' ' || text[from] === '\t') from++
    const { value, end } = text[from] === '"' ? quotedString(text, from) : bareValue(text, from)
    if (name !== '') found.push([name, value])
    at = end
  }
  return found
}

function bareValue(text: string, from: number): { value: string; end: number } {
  const semicolon = text.indexOf(';', from)
  const end = semicolon < 0 ? text.length : semicolon
  return { value: text.slice(from, end).trim(), end: end + 1 }
}

function quotedString(text: string, from: number): { value: string; end: number } {
  const out: string[] = []
  let at = from + 1
  for (; at < text.length && text[at] !== '"'; at++) {
    // Only \" and \\ are unescaped: browsers and old clients write paths with bare backslashes.
    if (text[at] === '\\' && (text[at + 1] === '"' || text[at + 1] === '\\')) at++
    out.push(text[at] ?? '')
  }
  const semicolon = text.indexOf(';', at)
  return { value: out.join(''), end: semicolon < 0 ? text.length : semicolon + 1 }
}

/** RFC 2231 §3 and §4: name*0, name*1* … joined, percent-decoded and brought from their charset; else RFC 2047 words. */
function joinContinuations(raw: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const joined = new Map<string, string>()
  for (const name of raw.keys()) {
    const base = name.split('*')[0] ?? ''
    if (base === '' || joined.has(base)) continue
    const value = extendedValue(raw, base) ?? raw.get(base)
    if (value !== undefined) joined.set(base, value.includes('=?') ? decodeEncodedWords(value) : value)
  }
  return joined
}

function extendedValue(raw: ReadonlyMap<string, string>, base: string): string | null {
  const whole = raw.get(`${base}*`)
  if (whole !== undefined) return decodeExtended([{ text: whole, encoded: true }])
  const pieces: { text: string; encoded: boolean }[] = []
  for (let index = 0; index < MAX_PARAMETERS; index++) {
    const plain = raw.get(`${base}*${index}`)
    const encoded = raw.get(`${base}*${index}*`)
    const text = encoded ?? plain
    if (text === undefined) break
    pieces.push({ text, encoded: encoded !== undefined })
  }
  return pieces.length === 0 ? null : decodeExtended(pieces)
}

function decodeExtended(pieces: readonly { text: string; encoded: boolean }[]): string {
  const first = pieces[0]
  let charset: string | null = null
  const bytes = pieces.map(({ text, encoded }, index) => {
    if (!encoded) return Buffer.from(text, 'utf8')
    const quotes = index === 0 && first?.encoded ? /^([^']*)'[^']*'/.exec(text) : null
    if (quotes) charset = quotes[1] ?? null
    return percentDecode(quotes ? text.slice(quotes[0].length) : text)
  })
  return decodeText(Buffer.concat(bytes), charset).text
}

function percentDecode(text: string): Buffer {
  const pieces = text.split('%')
  const out = [Buffer.from(pieces[0] ?? '', 'utf8')]
  for (const piece of pieces.slice(1)) {
    const hex = piece.slice(0, 2)
    if (/^[0-9a-f]{2}$/i.test(hex)) out.push(Buffer.from(hex, 'hex'), Buffer.from(piece.slice(2), 'utf8'))
    else out.push(Buffer.from(`%${piece}`, 'utf8'))
  }
  return Buffer.concat(out)
}

/** Takes a structured field body; gives it without comments in parentheses (RFC 5322 §3.2.2). */
export function withoutComments(text: string): string {
  const out: string[] = []
  let depth = 0
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? ''
    if (char === '\\' && (quoted || depth > 0)) {
      if (depth === 0) out.push(char, text[at + 1] ?? '')
      at++
      continue
    }
    if (char === '"' && depth === 0) quoted = !quoted
    if (!quoted && char === '(') depth++
    else if (!quoted && char === ')' && depth > 0) depth--
    else if (depth === 0) out.push(char)
  }
  // An unclosed comment would swallow the rest: then the text stands as it was.
  return depth > 0 ? text : out.join('')
}

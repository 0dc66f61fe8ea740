import { Buffer } from 'node:buffer'
import { bodyBytes, type Entity } from './entity.ts'

/** Decoded bytes, and what was wrong with them. */
export interface DecodedBody {
  readonly bytes: Uint8Array
  readonly notes: readonly string[]
}

const IDENTITY = new Set(['7bit', '8bit', 'binary', '7-bit', '8-bit', 'none', ''])
const UUENCODE = new Set(['x-uuencode', 'uuencode', 'x-uue', 'x-uu', 'uue'])

/** Takes a leaf; gives its body after transfer decoding (RFC 2045 §6). Tolerant: never throws. */
export function decodeBody(entity: Entity): DecodedBody {
  return decodeTransfer(bodyBytes(entity), entity.transferEncoding)
}

/** Takes bytes and the name of their transfer encoding (lower case). An unknown name leaves the bytes as they are. */
export function decodeTransfer(body: Uint8Array, encoding: string): DecodedBody {
  if (IDENTITY.has(encoding)) return { bytes: body, notes: [] }
  if (encoding === 'base64') return decodeBase64(body)
  if (encoding === 'quoted-printable') return { bytes: decodeQuotedPrintable(body), notes: [] }
  if (UUENCODE.has(encoding)) return decodeUuencode(body)
  return { bytes: body, notes: ['encoding-unknown'] }
}

const BASE64 = new Int8Array(256).fill(-1)
for (const [value, char] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries()) {
  BASE64[char.charCodeAt(0)] = value
}
for (const char of ' \t\r\n') BASE64[char.charCodeAt(0)] = -2
const PAD = 0x3d

/** Decodes base64 (RFC 2045 §6.8), skipping what is foreign to it and reading on behind padding in the middle. */
export function decodeBase64(body: Uint8Array): DecodedBody {
  const out = Buffer.alloc(Math.floor((body.length * 3) / 4) + 3)
  let length = 0
  let bits = 0
  let held = 0
  let foreign = false
  for (const byte of body) {
    const value = BASE64[byte] ?? -1
    if (value >= 0) {
      held = ((held << 6) | value) & 0xffff
      bits += 6
      if (bits >= 8) {
        bits -= 8
        out[length++] = (held >> bits) & 0xff
      }
    } else if (byte === PAD) {
      bits = 0
      held = 0
    } else if (value === -1) {
      foreign = true
    }
  }
  const cut = bits >= 6
  const notes = [...(foreign ? ['base64-foreign-characters'] : []), ...(cut ? ['base64-cut'] : [])]
  return { bytes: out.subarray(0, length), notes }
}

const LF = 0x0a
const CR = 0x0d
const EQUALS = 0x3d

const hexValue = (byte: number | undefined): number => {
  if (byte === undefined) return -1
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

/** Decodes quoted-printable (RFC 2045 §6.7); an escape that is none stays as it is. */
export function decodeQuotedPrintable(body: Uint8Array): Uint8Array {
  const out = Buffer.alloc(body.length)
  let length = 0
  // Where trailing white space begins, which a relay may have added and which therefore goes (rule 3).
  let blankFrom = -1
  for (let i = 0; i < body.length; i++) {
    const byte = body[i] ?? 0
    if (byte === LF || byte === CR) {
      if (blankFrom >= 0) length = blankFrom
      blankFrom = -1
      out[length++] = byte
      continue
    }
    if (byte === 0x20 || byte === 0x09) {
      if (blankFrom < 0) blankFrom = length
      out[length++] = byte
      continue
    }
    blankFrom = -1
    if (byte !== EQUALS) {
      out[length++] = byte
      continue
    }
    const high = hexValue(body[i + 1])
    const low = hexValue(body[i + 2])
    if (high >= 0 && low >= 0) {
      out[length++] = high * 16 + low
      i += 2
      continue
    }
    const behind = softBreakEnd(body, i + 1)
    if (behind > 0) i = behind - 1
    else out[length++] = byte
  }
  return out.subarray(0, length)
}

/** Gives the offset behind a soft line break that begins at from (white space, line end), or -1. */
function softBreakEnd(body: Uint8Array, from: number): number {
  let at = from
  // Bounded, so that "= = = =" over megabytes stays linear.
  while (at - from < 100 && (body[at] === 0x20 || body[at] === 0x09)) at++
  if (body[at] === CR) return body[at + 1] === LF ? at + 2 : at + 1
  if (body[at] === LF) return at + 1
  return at >= body.length ? at : -1
}

/** Decodes uuencode: from the first line that reads "begin 644 name" to "end". */
function decodeUuencode(body: Uint8Array): DecodedBody {
  const lines = Buffer.from(body).toString('latin1').split(/\r?\n/)
  const begin = lines.findIndex((line) => /^begin [0-7]{3,4} /.test(line))
  if (begin < 0) return { bytes: body, notes: ['uuencode-without-begin'] }
  const out: Buffer[] = []
  for (const line of lines.slice(begin + 1)) {
    if (line === 'end') return { bytes: Buffer.concat(out), notes: [] }
    out.push(decodeUuLine(line))
  }
  return { bytes: Buffer.concat(out), notes: ['uuencode-cut'] }
}

function decodeUuLine(line: string): Buffer {
  const wanted = (line.charCodeAt(0) - 32) & 63
  if (line === '' || wanted === 0) return Buffer.alloc(0)
  const out = Buffer.alloc(Math.ceil(wanted / 3) * 3)
  for (let group = 0, at = 1; group < out.length; group += 3, at += 4) {
    const six = [0, 1, 2, 3].map((k) => ((line.charCodeAt(at + k) || 32) - 32) & 63)
    out.writeUIntBE(
      six.reduce((value, part) => value * 64 + part, 0),
      group,
      3,
    )
  }
  return out.subarray(0, wanted)
}

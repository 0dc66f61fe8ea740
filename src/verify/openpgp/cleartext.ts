import { readArmor, standsAlone } from './armor.ts'
import { latin1, malformed } from './octets.ts'

/** A text that is signed as it stands (RFC 9580 §7). */
export interface SignedText {
  /** What is signed: lines end with CR LF, without white space before it, and the last line has none. */
  readonly content: Uint8Array
  readonly signatures: Uint8Array
  /** Only white space stands around it. */
  readonly alone: boolean
}

const BEGIN = '-----BEGIN PGP SIGNED MESSAGE-----'

/**
 * Takes a text's octets; gives the signed text in it, null where there is none.
 * @throws VerifyError malformed-openpgp, where readers may see other than what is signed
 */
export function readSignedText(bytes: Uint8Array): SignedText | null {
  const text = latin1(bytes)
  const start = beginOf(text)
  if (start < 0) return null
  const signature = readArmor(text.slice(start)).find(({ label }) => label === 'PGP SIGNATURE')
  if (!signature) throw malformed('a signed text has no signature')
  const end = start + signature.start
  return {
    content: asSigned(bytes, headersEnd(text, start, end), withoutLineEnd(bytes, end), true),
    signatures: signature.bytes,
    alone: standsAlone(text, { start, end: start + signature.end }),
  }
}

/** Gives a text's octets as a signature of a signed text covers them; the last line end is not covered. */
export const textAsSigned = (bytes: Uint8Array): Uint8Array =>
  asSigned(bytes, 0, withoutLineEnd(bytes, bytes.length), false)

const [TAB, LF, CR, SPACE, DASH] = [0x09, 0x0a, 0x0d, 0x20, 0x2d]

/** The line end in front of the signature is not part of the text. */
function withoutLineEnd(bytes: Uint8Array, end: number): number {
  if (bytes[end - 1] !== LF) return end
  return bytes[end - 2] === CR ? end - 2 : end - 1
}

const isBlank = (octet: number | undefined): boolean => octet === SPACE || octet === TAB || octet === CR

/** Goes through the octets one by one, as millions of lines would be millions of strings. */
function asSigned(bytes: Uint8Array, start: number, end: number, escaped: boolean): Uint8Array {
  let lines = 1
  for (let at = start; at < end; at++) if (bytes[at] === LF) lines += 1
  const out = Buffer.alloc(Math.max(0, end - start) + lines)
  let length = 0
  for (let at = start; at < end; ) {
    const found = bytes.indexOf(LF, at)
    const next = found < 0 || found >= end ? end : found
    let to = next
    const from = escaped ? behindDash(bytes, at, to) : at
    while (to > from && isBlank(bytes[to - 1])) to -= 1
    for (let i = from; i < to; i++) out[length++] = bytes[i] ?? 0
    if (next < end) {
      out[length++] = CR
      out[length++] = LF
    }
    at = next + 1
  }
  return out.subarray(0, length)
}

/** RFC 9580 §7.2: a dash at a line's beginning is escaped; one that is not would be another block's line. */
function behindDash(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] !== DASH || at >= end) return at
  if (bytes[at + 1] === SPACE && at + 1 < end) return at + 2
  const dashes = [1, 2, 3, 4].every((i) => at + i < end && bytes[at + i] === DASH)
  if (dashes) throw malformed('a line of a signed text begins with dashes that are not escaped')
  return at
}

function beginOf(text: string): number {
  if (text.startsWith(BEGIN)) return 0
  const at = text.indexOf(`\n${BEGIN}`)
  return at < 0 ? -1 : at + 1
}

/**
 * Only "Hash" may stand between the first line and the empty one: other lines would be shown as text and are not signed.
 * Gives where the text begins.
 * @see RFC 9580 §7.1
 */
function headersEnd(text: string, start: number, end: number): number {
  let isFirst = true
  for (let at = start; at < end; ) {
    const found = text.indexOf('\n', at)
    const next = found < 0 || found >= end ? end : found + 1
    const line = text.slice(at, next).replace(/\r?\n$/, '')
    if (isFirst) {
      if (line.trimEnd() !== BEGIN) throw malformed('a signed text does not begin on a line of its own')
    } else if (/^[ \t]*$/.test(line)) return next
    else if (!/^Hash: [A-Za-z0-9,\- ]+$/.test(line)) {
      throw malformed('a signed text has a header that is not allowed there')
    }
    isFirst = false
    at = next
  }
  throw malformed('a signed text has no empty line in front')
}

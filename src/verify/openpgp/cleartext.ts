import { type ArmorBlock, readArmor } from './armor.ts'
import { malformed } from './octets.ts'

/** A text that is signed as it stands (RFC 9580 §7). */
export interface SignedText {
  /** What is signed: lines end with CR LF, without white space before it, and the last line has none. */
  readonly content: Uint8Array
  /** What a reader is shown: without the dashes in front, lines as they stood. */
  readonly shown: Uint8Array
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
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  const start = beginOf(text)
  if (start < 0) return null
  const signature = readArmor(text.slice(start)).find(({ label }) => label === 'PGP SIGNATURE')
  if (!signature) throw malformed('a signed text has no signature')
  const lines = text.slice(start, start + signature.start).split(/\r?\n/)
  // The line end in front of the signature is not part of the text.
  lines.pop()
  const body = lines.slice(headersEnd(lines)).map(withoutDash)
  return {
    content: asSigned(body),
    shown: Buffer.from(body.join('\n'), 'latin1'),
    signatures: signature.bytes,
    alone: isAlone(text, start, signature),
  }
}

const asSigned = (lines: readonly string[]): Uint8Array =>
  Buffer.from(lines.map((line) => line.replace(/[ \t\r]+$/, '')).join('\r\n'), 'latin1')

/** Gives a text's octets as a signature of a signed text covers them; the last line end is not covered. */
export const textAsSigned = (bytes: Uint8Array): Uint8Array =>
  asSigned(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      .toString('latin1')
      .replace(/\r?\n$/, '')
      .split(/\r?\n/),
  )

function beginOf(text: string): number {
  if (text.startsWith(BEGIN)) return 0
  const at = text.indexOf(`\n${BEGIN}`)
  return at < 0 ? -1 : at + 1
}

const isAlone = (text: string, start: number, { end }: ArmorBlock): boolean =>
  text.slice(0, start).trim() === '' && text.slice(start + end).trim() === ''

/**
 * Only "Hash" may stand between the first line and the empty one: other lines would be shown as text and are not signed.
 * @see RFC 9580 §7.1
 */
function headersEnd(lines: readonly string[]): number {
  if ((lines[0] ?? '').trimEnd() !== BEGIN) throw malformed('a signed text does not begin on a line of its own')
  for (let at = 1; at < lines.length; at++) {
    const line = lines[at] ?? ''
    if (/^[ \t]*$/.test(line)) return at + 1
    if (!/^Hash: [A-Za-z0-9,\- ]+$/.test(line)) throw malformed('a signed text has a header that is not allowed there')
  }
  throw malformed('a signed text has no empty line in front')
}

/** RFC 9580 §7.2: a dash at a line's beginning is escaped; one that is not would be another block's line. */
function withoutDash(line: string): string {
  if (line.startsWith('- ')) return line.slice(2)
  if (line.startsWith('-----')) throw malformed('a line of a signed text begins with dashes that are not escaped')
  return line
}

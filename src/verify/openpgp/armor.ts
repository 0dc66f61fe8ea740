import { latin1, malformed } from './octets.ts'

/** A block of ASCII armour. */
export interface ArmorBlock {
  /** As "PGP SIGNATURE". */
  readonly label: string
  readonly bytes: Uint8Array
  /** Where it stands: its first octet, and behind its last line. */
  readonly start: number
  readonly end: number
}

/**
 * A line alone: readers do not see armour in the middle of one. A carriage return by itself ends no line here, though `^` and
 * `$` take it for one: what stands before or behind it would be shown, and be part of nothing that is signed.
 */
const BEGIN = /(?<![^\n])-----BEGIN (PGP [A-Z ]+)-----[ \t]*(?=\r?\n|\r?$)/g
const MAX_BLOCKS = 1000

/**
 * Takes text as octets (latin1); gives the blocks of armour in it but for signed texts, which are no armour themselves.
 * The checksum is not looked at (RFC 9580 §6.1: it is no protection). @throws VerifyError malformed-openpgp
 * @see RFC 9580 §6.2
 */
export function readArmor(text: string): readonly ArmorBlock[] {
  const blocks: ArmorBlock[] = []
  BEGIN.lastIndex = 0
  for (let found = BEGIN.exec(text); found && blocks.length < MAX_BLOCKS; found = BEGIN.exec(text)) {
    const label = found[1] ?? ''
    if (label === 'PGP SIGNED MESSAGE') continue
    blocks.push(readBlock(text, label, found.index, BEGIN.lastIndex))
    BEGIN.lastIndex = blocks.at(-1)?.end ?? BEGIN.lastIndex
  }
  return blocks
}

function readBlock(text: string, label: string, start: number, behindBegin: number): ArmorBlock {
  const tail = `-----END ${label}-----`
  const tailAt = text.indexOf(`\n${tail}`, behindBegin)
  if (tailAt < 0) throw malformed('armour has no end')
  const lines = text
    .slice(behindBegin, tailAt + 1)
    .split(/\r?\n/)
    .slice(1)
  // Header lines go to the first empty one; some writers leave both out.
  const empty = lines.findIndex((line) => line.trim() === '')
  const hasHeaders = empty >= 0 && lines.slice(0, empty).every((line) => /^[!-9;-~]+: ?[^\r]*$/.test(line))
  const data = hasHeaders ? lines.slice(empty + 1) : lines
  const base64 = data.filter((line) => !/^=[A-Za-z0-9+/]{4}[ \t]*$/.test(line)).join('')
  if (!/^[A-Za-z0-9+/ \t]*(?:=[ \t]*){0,2}$/.test(base64)) throw malformed('armour holds other than base64')
  const end = tailAt + 1 + tail.length
  return { label, bytes: new Uint8Array(Buffer.from(base64, 'base64')), start, end: end + lineEnd(text, end) }
}

const lineEnd = (text: string, at: number): number => /^[ \t]*(\r?\n)?/.exec(text.slice(at, at + 1000))?.[0].length ?? 0

/** Says whether nothing but white space stands around a block in its text: readers that do not know of armour show the rest. */
export const standsAlone = (text: string, { start, end }: Pick<ArmorBlock, 'start' | 'end'>): boolean =>
  text.slice(0, start).trim() === '' && text.slice(end).trim() === ''

/** Takes octets, armoured or not; gives the packets' octets: of each block with that label in the first case. */
export function dearmored(bytes: Uint8Array, label: RegExp): readonly Uint8Array[] {
  if ((bytes[0] ?? 0) >= 0x80) return [bytes]
  return readArmor(latin1(bytes)).flatMap((block) => (label.test(block.label) ? [block.bytes] : []))
}

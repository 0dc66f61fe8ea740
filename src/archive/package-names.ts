import { createHash } from 'node:crypto'

/** Name space of our package ids (RFC 9562 §5.5): made once, never changed, or every package would be a new one. */
const NAME_SPACE = '6f0d3c1e-52a7-4b8e-9d6c-7a1f2e94c3b5'

/**
 * Takes the tenant's CVR number, the case's id and the package's version; gives the package's OBJID: "uuid-" and a
 * UUID version 5, the same for the same package on every machine. It tells nobody anything about the case.
 */
export function packageObjid(cvr: string, caseId: string, version: number): string {
  const hash = createHash('sha1')
    .update(Buffer.from(NAME_SPACE.replaceAll('-', ''), 'hex'))
    .update(`${cvr}/${caseId}/${version}`)
    .digest()
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6)
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = hash.subarray(0, 16).toString('hex')
  return `uuid-${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

const TRANSCRIBED: Readonly<Record<string, string>> = { æ: 'ae', ø: 'oe', å: 'aa', Æ: 'Ae', Ø: 'Oe', Å: 'Aa', ß: 'ss' }
/** Six digits and four, however they are divided: what may be a personal number. */
const MAYBE_PERSONAL_NUMBER = /(?<!\d)\d{2}-?\d{2}-?\d{2}-?\d{4}(?!\d)/g
const MAX_STEM = 60

/**
 * Takes a file's name and its place (from 1); gives a name for the package: ASCII, unique by its place, no path, and
 * no personal number. The name as the citizen gave it stands in the metadata.
 */
export function packageFileName(name: string, place: number): string {
  const ascii = name
    .normalize('NFC')
    .replace(/[æøåÆØÅß]/g, (letter) => TRANSCRIBED[letter] ?? '')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
  const dot = ascii.lastIndexOf('.')
  const ending = dot > 0 && /^[A-Za-z0-9]{1,5}$/.test(ascii.slice(dot + 1)) ? ascii.slice(dot).toLowerCase() : ''
  const stem = (ending ? ascii.slice(0, dot) : ascii)
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(MAYBE_PERSONAL_NUMBER, 'xxxxxx-xxxx')
    .slice(0, MAX_STEM)
    .replace(/^-+|-+$/g, '')
  return `${String(place).padStart(3, '0')}-${stem || 'file'}${ending}`
}

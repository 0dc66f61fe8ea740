/** PDFDocEncoding where it differs from Latin-1 (ISO 32000-2 annex D.2): from 0x18 and from 0x80 on, and the euro. */
const FROM_0X18 = '˘ˇˆ˙˝˛˚˜'
const FROM_0X80 = '•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž'
const ENCODED = new Map<string, number>([
  ...[...FROM_0X18].map((character, i): [string, number] => [character, 0x18 + i]),
  ...[...FROM_0X80].map((character, i): [string, number] => [character, 0x80 + i]),
  ['€', 0xa0],
])

/** Takes a text; gives it in PDFDocEncoding, null where it holds what that does not know. */
function encodePdfDoc(text: string): Uint8Array | null {
  const octets: number[] = []
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    const latin = code < 0x18 || (code >= 0x20 && code < 0x7f) || (code > 0xa0 && code <= 0xff && code !== 0xad)
    const octet = latin ? code : ENCODED.get(character)
    if (octet === undefined) return null
    octets.push(octet)
  }
  return Uint8Array.from(octets)
}

/** RFC 3454 tables B.1 (mapped to nothing; what else is ignorable is prohibited) and C.1.2 (spaces, mapped to one). */
const MAPPED_TO_NOTHING = /[\p{Default_Ignorable_Code_Point}\u{1806}]/gu
const SPACES = /[\u{A0}\u{1680}\u{2000}-\u{200A}\u{202F}\u{205F}\u{3000}]/gu

/** SASLprep as far as it changes a password: what it prohibits no writer has put in (RFC 4013 clause 2). */
const prepare = (text: string): string => text.replace(MAPPED_TO_NOTHING, '').replace(SPACES, ' ').normalize('NFKC')

const MAX_OCTETS = 127

/**
 * Takes a password and the handler's revision; gives the octets that it may stand for, likeliest first: those that the
 * standard says, then those of writers that take it as it was typed.
 * @see ISO 32000-2 clause 7.6.4.3.2 step a (PDFDocEncoding), 7.6.4.3.3 step a (SASLprep, UTF-8, 127 octets)
 */
export function passwordOctets(password: string, revision: number): readonly Uint8Array[] {
  const utf8 = Buffer.from(password, 'utf8')
  const said = revision >= 5 ? Buffer.from(prepare(password), 'utf8') : encodePdfDoc(password)
  const all = [...(said ? [said] : []), utf8].map((octets) => Buffer.from(octets.subarray(0, MAX_OCTETS)))
  return all.filter((octets, i) => all.findIndex((other) => other.equals(octets)) === i)
}

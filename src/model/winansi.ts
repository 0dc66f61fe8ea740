/** What the standard PDF fonts can show: WinAnsiEncoding (ISO 32000-2 Annex D.2), which is Windows-1252. */
const ABOVE_LATIN_1: Readonly<Record<string, number>> = {
  '€': 0x80,
  '‚': 0x82,
  ƒ: 0x83,
  '„': 0x84,
  '…': 0x85,
  '†': 0x86,
  '‡': 0x87,
  ˆ: 0x88,
  '‰': 0x89,
  Š: 0x8a,
  '‹': 0x8b,
  Œ: 0x8c,
  Ž: 0x8e,
  '‘': 0x91,
  '’': 0x92,
  '“': 0x93,
  '”': 0x94,
  '•': 0x95,
  '–': 0x96,
  '—': 0x97,
  '˜': 0x98,
  '™': 0x99,
  š: 0x9a,
  '›': 0x9b,
  œ: 0x9c,
  ž: 0x9e,
  Ÿ: 0x9f,
}
/** Letters that Unicode does not take apart into a base letter and marks. */
const TRANSLITERATED: Readonly<Record<string, string>> = {
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ħ: 'h',
  Ħ: 'H',
  ı: 'i',
  ŋ: 'ng',
  Ŋ: 'NG',
  ŧ: 't',
  Ŧ: 'T',
  ẞ: 'SS',
  ə: 'e',
  '−': '-',
  '‐': '-',
  '‑': '-',
  '‒': '–',
  '―': '—',
  '′': "'",
  '″': '"',
  ﬁ: 'fi',
  ﬂ: 'fl',
}

const hasGlyph = (character: string): boolean => {
  const code = character.codePointAt(0) ?? 0
  return (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xff) || character in ABOVE_LATIN_1
}

/**
 * Takes any text; gives it on one line with the characters of WinAnsiEncoding alone: what is outside becomes its base
 * letter (ś → s) or, where there is none, a question mark. Never throws.
 */
export function toWinAnsiText(text: string): string {
  return Array.from(text.normalize('NFC').replace(/\s+/gu, ' '), (character) => {
    if (hasGlyph(character)) return character
    const known = TRANSLITERATED[character]
    if (known !== undefined) return known
    const base = character.normalize('NFKD').replace(/\p{M}/gu, '')
    if (base !== '' && Array.from(base).every(hasGlyph)) return base
    return /^[\p{Cf}\p{Cc}\p{M}]$/u.test(character) ? '' : '?'
  }).join('')
}

/** Takes any text; gives the bytes that a string operand in WinAnsiEncoding holds. */
export function winAnsiBytes(text: string): Uint8Array {
  const codes = Array.from(toWinAnsiText(text), (character) => ABOVE_LATIN_1[character] ?? character.charCodeAt(0))
  return Uint8Array.from(codes)
}

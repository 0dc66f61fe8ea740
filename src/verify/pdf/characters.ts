/** Character classes of ISO 32000-2 clause 7.2.3. */
const WHITE_SPACE = 1
const DELIMITER = 2
const CLASSES = new Uint8Array(256)
for (const octet of [0, 9, 10, 12, 13, 32]) CLASSES[octet] = WHITE_SPACE
for (const character of '()<>[]{}/%') CLASSES[character.charCodeAt(0)] = DELIMITER

export const isWhiteSpace = (octet: number | undefined): boolean =>
  octet !== undefined && CLASSES[octet] === WHITE_SPACE
export const isRegular = (octet: number | undefined): boolean => octet !== undefined && CLASSES[octet] === 0
export const isDigit = (octet: number | undefined): boolean => octet !== undefined && octet >= 0x30 && octet <= 0x39

/** Gives the value of a hexadecimal digit, or -1. */
export function hexValue(octet: number | undefined): number {
  if (octet === undefined) return -1
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30
  const lower = octet | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

/** Gives the first position at or behind `at` that holds neither white space nor a comment. */
export function skipWhiteSpace(bytes: Uint8Array, at: number): number {
  let position = at
  while (position < bytes.length) {
    const octet = bytes[position]
    if (octet === 0x25) {
      while (position < bytes.length && bytes[position] !== 10 && bytes[position] !== 13) position += 1
    } else if (isWhiteSpace(octet)) position += 1
    else break
  }
  return position
}

/** Gives the first position at or behind `at` that holds no white space. */
export function skipBlanks(bytes: Uint8Array, at: number): number {
  let position = at
  while (isWhiteSpace(bytes[position])) position += 1
  return position
}

/** Says whether the ASCII word stands at that position. */
export function standsAt(bytes: Uint8Array, at: number, word: string): boolean {
  for (let i = 0; i < word.length; i += 1) if (bytes[at + i] !== word.charCodeAt(i)) return false
  return true
}

/** Gives bytes as a Buffer on the same memory. */
export const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)

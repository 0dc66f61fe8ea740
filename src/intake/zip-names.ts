import { Buffer } from 'node:buffer'

const END_RECORD = 0x06054b50
const CENTRAL_ENTRY = 0x02014b50
const END_RECORD_BYTES = 22
const MAX_COMMENT = 65_535

/**
 * Takes the bytes of a ZIP; gives the first names of its central directory, at most maxNames (APPNOTE §4.3.12). Nothing
 * is unpacked. Empty where there is no readable directory.
 */
export function zipNames(bytes: Uint8Array, maxNames: number): readonly string[] {
  const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const tail = Math.max(0, zip.length - END_RECORD_BYTES - MAX_COMMENT)
  const end = zip.subarray(tail).lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]))
  if (end < 0 || tail + end + END_RECORD_BYTES > zip.length) return []
  if (zip.readUInt32LE(tail + end) !== END_RECORD) return []
  const names: string[] = []
  let at = zip.readUInt32LE(tail + end + 16)
  while (names.length < maxNames && at + 46 <= zip.length && zip.readUInt32LE(at) === CENTRAL_ENTRY) {
    const nameLength = zip.readUInt16LE(at + 28)
    names.push(zip.toString('utf8', at + 46, at + 46 + nameLength))
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  return names
}

/** Gives the text of the entry "mimetype" where it stands first and stored, as ODF, EPUB and ASiC want it; else null. */
export function zipMimetype(bytes: Uint8Array): string | null {
  const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (zip.length < 38 || zip.toString('latin1', 30, 38) !== 'mimetype' || zip.readUInt16LE(8) !== 0) return null
  const start = 38 + zip.readUInt16LE(28)
  const size = Math.min(zip.readUInt32LE(18), 100)
  const text = zip.toString('latin1', start, start + size).trim()
  return /^application\/[a-z0-9.+-]{3,90}$/.test(text) ? text : null
}

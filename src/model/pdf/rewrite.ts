import { createHash } from 'node:crypto'
import type { PdfFile } from './pdf-file.ts'
import { latin1, serialize } from './serialize.ts'
import {
  isArray,
  isDictionary,
  isReference,
  isStream,
  type PdfDictionary,
  type PdfReference,
  type PdfValue,
  pdfArray,
  pdfDictionary,
  pdfNumber,
  pdfReference,
} from './values.ts'

/** Looks at each dictionary on its way out; gives what is written instead, or null for nothing. */
export type Sieve = (dictionary: PdfDictionary) => PdfDictionary | null

/**
 * Writes a file anew with what its catalog reaches and nothing else: one revision, a classic cross-reference,
 * numbers in order of reach. What older revisions or hidden objects held is gone. Deterministic.
 * @param edited objects by number that stand in place of the file's, new ones included
 */
export function rewritePdf(file: PdfFile, edited: ReadonlyMap<number, PdfValue>, sieve: Sieve): Uint8Array {
  const numbers = new Map<number, number>()
  const queue: PdfReference[] = []
  const renumber = (reference: PdfReference): PdfReference => {
    let number = numbers.get(reference.number)
    if (number === undefined) {
      number = numbers.size + 1
      numbers.set(reference.number, number)
      queue.push(reference)
    }
    return pdfReference(number)
  }
  const trailer: Record<string, PdfValue> = {}
  for (const key of ['Root', 'Info']) {
    const value = file.crossReference.trailer.entries.get(key)
    if (isReference(value)) trailer[key] = renumber(value)
  }
  const pieces: Uint8Array[] = [latin1(`%PDF-${versionOf(file)}\n%\xe2\xe3\xcf\xd3\n`)]
  const offsets: number[] = []
  let length = pieces[0]?.length ?? 0
  for (let next = queue.shift(); next; next = queue.shift()) {
    const value = edited.has(next.number) ? (edited.get(next.number) ?? null) : file.resolve(next)
    const body = serialize(mapValue(value, sieve, renumber))
    const piece = Buffer.concat([latin1(`${offsets.length + 1} 0 obj\n`), body, latin1('\nendobj\n')])
    offsets.push(length)
    pieces.push(piece)
    length += piece.length
  }
  pieces.push(endOfFile(trailer, offsets, length, file))
  return Buffer.concat(pieces)
}

function versionOf(file: PdfFile): string {
  const version = /%PDF-(\d\.\d)/.exec(Buffer.from(file.bytes.subarray(0, 1024)).toString('latin1'))?.[1] ?? '1.7'
  return version > '1.7' ? version : '1.7'
}

function mapValue(value: PdfValue, sieve: Sieve, renumber: (reference: PdfReference) => PdfReference): PdfValue {
  if (isReference(value)) return renumber(value)
  if (isArray(value)) return value.map((item) => mapValue(item, sieve, renumber))
  if (isDictionary(value)) return mapDictionary(value, sieve, renumber)
  if (isStream(value)) {
    const dictionary = mapDictionary(value.dictionary, sieve, renumber)
    return dictionary === null ? null : { ...value, dictionary }
  }
  return value
}

function mapDictionary(
  dictionary: PdfDictionary,
  sieve: Sieve,
  renumber: (reference: PdfReference) => PdfReference,
): PdfDictionary | null {
  const kept = sieve(dictionary)
  if (kept === null) return null
  // A stream's /Length is written anew, so an object that only holds the old one is not carried along.
  const entries = [...kept.entries].map(([key, value]): [string, PdfValue] => [
    key,
    key === 'Length' && isReference(value) ? pdfNumber(0) : mapValue(value, sieve, renumber),
  ])
  return { kind: 'dictionary', entries: new Map(entries) }
}

function endOfFile(
  references: Readonly<Record<string, PdfValue>>,
  offsets: readonly number[],
  startXref: number,
  file: PdfFile,
): Uint8Array {
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`)
  const id: PdfValue = { kind: 'string', bytes: createHash('sha256').update(file.bytes).digest().subarray(0, 16) }
  const trailer = pdfDictionary({ Size: pdfNumber(offsets.length + 1), ...references, ID: pdfArray(id, id) })
  return Buffer.concat([
    latin1(`xref\n0 ${offsets.length + 1}\n0000000000 65535 f \n${rows.join('')}trailer\n`),
    serialize(trailer),
    latin1(`\nstartxref\n${startXref}\n%%EOF\n`),
  ])
}

import { createHash } from 'node:crypto'
import type { PdfFile } from './pdf-file.ts'
import { latin1, serialize } from './serialize.ts'
import {
  isArray,
  type PdfReference,
  type PdfStream,
  type PdfValue,
  pdfArray,
  pdfDictionary,
  pdfNumber,
  pdfReference,
  withMembers,
} from './values.ts'

/** Bytes that are PDF syntax already. */
export interface PdfSyntax {
  readonly kind: 'syntax'
  readonly bytes: Uint8Array
}

/** One indirect object that a revision writes. */
export interface RevisedObject {
  readonly reference: PdfReference
  readonly value: PdfValue | PdfSyntax
}

/** A file with one revision more, and where each new object's "N G obj" begins. */
export interface Revision {
  readonly bytes: Uint8Array
  readonly offsets: ReadonlyMap<number, number>
}

/**
 * Appends an incremental update (ISO 32000-2 §7.5.6) in the kind of cross-reference that the file uses.
 * The bytes before stay as they are. Deterministic: the same input gives the same bytes.
 */
export function appendRevision(file: PdfFile, objects: readonly RevisedObject[]): Revision {
  const offsets = new Map<number, number>()
  const pieces: Uint8Array[] = [file.bytes]
  let length = file.bytes.length
  const add = (piece: Uint8Array): void => {
    pieces.push(piece)
    length += piece.length
  }
  if (file.bytes.at(-1) !== 10 && file.bytes.at(-1) !== 13) add(latin1('\n'))
  for (const { reference, value } of objects) {
    offsets.set(reference.number, length)
    add(latin1(`${reference.number} ${reference.generation} obj\n`))
    add(isSyntax(value) ? value.bytes : serialize(value))
    add(latin1('\nendobj\n'))
  }
  const startXref = length
  const references = objects.map(({ reference }) => reference)
  add(
    file.crossReference.kind === 'table'
      ? tableSection(file, references, offsets)
      : streamSection(file, references, offsets, startXref),
  )
  add(latin1(`startxref\n${startXref}\n%%EOF\n`))
  return { bytes: Buffer.concat(pieces), offsets }
}

const isSyntax = (value: RevisedObject['value']): value is PdfSyntax =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'syntax'

function trailerMembers(file: PdfFile, size: number): Record<string, PdfValue> {
  const { trailer, startXref } = file.crossReference
  const members: Record<string, PdfValue> = { Size: pdfNumber(size) }
  for (const key of ['Root', 'Info']) {
    const value = trailer.entries.get(key)
    if (value !== undefined) members[key] = value
  }
  // §14.4: the first part names the file for good, the second its revision.
  const fresh: PdfValue = { kind: 'string', bytes: createHash('sha256').update(file.bytes).digest().subarray(0, 16) }
  const before = file.resolve(trailer.entries.get('ID'))
  members['ID'] = pdfArray(isArray(before) ? (before[0] ?? fresh) : fresh, fresh)
  members['Prev'] = pdfNumber(startXref)
  return members
}

/** Runs of object numbers that follow each other, each run ascending. */
function runsOf(references: readonly PdfReference[]): PdfReference[][] {
  const runs: PdfReference[][] = []
  for (const reference of references.toSorted((a, b) => a.number - b.number)) {
    const run = runs.at(-1)
    if (run && run.at(-1)?.number === reference.number - 1) run.push(reference)
    else runs.push([reference])
  }
  return runs
}

function sizeAfter(file: PdfFile, references: readonly PdfReference[]): number {
  return references.reduce((size, { number }) => Math.max(size, number + 1), file.nextObjectNumber)
}

function tableSection(
  file: PdfFile,
  references: readonly PdfReference[],
  offsets: ReadonlyMap<number, number>,
): Uint8Array {
  const sections = runsOf(references).map((run) => {
    const rows = run.map(({ number, generation }) => {
      const offset = String(offsets.get(number) ?? 0).padStart(10, '0')
      return `${offset} ${String(generation).padStart(5, '0')} n \n`
    })
    return `${run[0]?.number ?? 0} ${run.length}\n${rows.join('')}`
  })
  const trailer = pdfDictionary(trailerMembers(file, sizeAfter(file, references)))
  return Buffer.concat([latin1(`xref\n${sections.join('')}trailer\n`), serialize(trailer), latin1('\n')])
}

function streamSection(
  file: PdfFile,
  references: readonly PdfReference[],
  offsets: ReadonlyMap<number, number>,
  startXref: number,
): Uint8Array {
  const own = pdfReference(sizeAfter(file, references))
  const runs = runsOf([...references, own])
  const rows = runs.flat().map(({ number, generation }) => {
    const row = Buffer.alloc(7)
    row.writeUInt8(1, 0)
    row.writeUInt32BE(number === own.number ? startXref : (offsets.get(number) ?? 0), 1)
    row.writeUInt16BE(generation, 5)
    return row
  })
  const raw = Buffer.concat(rows)
  const dictionary = withMembers(pdfDictionary({ Type: { kind: 'name', name: 'XRef' } }), {
    ...trailerMembers(file, own.number + 1),
    Index: runs.flatMap((run) => [pdfNumber(run[0]?.number ?? 0), pdfNumber(run.length)]),
    W: pdfArray(pdfNumber(1), pdfNumber(4), pdfNumber(2)),
    Length: pdfNumber(raw.length),
  })
  const stream: PdfStream = { kind: 'stream', dictionary, raw }
  return Buffer.concat([latin1(`${own.number} 0 obj\n`), serialize(stream), latin1('\nendobj\n')])
}

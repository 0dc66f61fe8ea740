import { asVerifyError } from '../../errors.ts'
import type { PdfDocument } from '../pdf-document.ts'
import { decodeStream } from '../stream-filters.ts'
import { dictOf, isKind, nameOf, type PdfDict, type PdfValue, sameOctets } from '../values.ts'
import { type Comparison, keysOf, type Place } from './comparison.ts'
import { compareForm } from './form-changes.ts'
import { compareSecurityStore, compareStoreStep } from './security-store-changes.ts'
import { compareStructure } from './structure-changes.ts'

const CATALOG: Place = { what: 'catalog', object: null, page: null }

/** Compares the trailers: the root and the encryption stay; file identifiers and document information may be renewed. */
export function compareTrailers(comparison: Comparison): void {
  const [old, now] = [comparison.old.revision.trailer, comparison.now.revision.trailer]
  const [oldRoot, nowRoot] = [old.entries.get('Root'), now.entries.get('Root')]
  const known = isKind(oldRoot, 'ref') && isKind(nowRoot, 'ref')
  // The catalogs are compared key by key wherever they stand; another object must not be made into one.
  if (known && oldRoot.number === nowRoot.number && oldRoot.generation !== nowRoot.generation) {
    comparison.report('change-forbidden', { ...CATALOG, what: 'trailer Root generation' })
  }
  if (!known || (oldRoot.number !== nowRoot.number && !comparison.isNew(nowRoot.number))) {
    comparison.report('change-forbidden', { ...CATALOG, what: 'trailer Root' })
  }
  // Signatures name the catalog as what they are about (Data in a signature reference): it is compared once, key by key.
  if (known) comparison.roles.set(oldRoot.number, () => {})
  const place = { ...CATALOG, what: 'trailer Encrypt' }
  comparison.demandSame(old.entries.get('Encrypt'), now.entries.get('Encrypt'), place)
}

/** Compares the catalogs, key by key (`newWidgets`: those of new signature fields); of the document security store only that it was not emptied. */
export function compareCatalogs(comparison: Comparison, document: PdfDocument, newWidgets: ReadonlySet<number>): void {
  const [old, now] = [comparison.old.catalog, comparison.now.catalog]
  if (now !== old && now.repeated.some((key) => !old.repeated.includes(key))) {
    comparison.report('change-forbidden', { ...CATALOG, what: 'catalog (a key stands twice)' })
  }
  for (const key of keysOf(old, now)) {
    const [before, after] = [old.entries.get(key), now.entries.get(key)]
    const place = { ...CATALOG, what: `catalog ${key}` }
    if (key === 'DSS') compareStoreStep(comparison, before, after, place)
    else if (key === 'AcroForm') compareForm(comparison, before, after, place)
    else if (key === 'Extensions') compareExtensions(comparison, before, after, place)
    else if (key === 'Metadata') compareMetadata(comparison, document, before, after, place)
    else if (key === 'Type' && before === undefined) demandName(comparison, after, 'Catalog', place)
    else if (key === 'Version') continue
    else if (key === 'StructTreeRoot') compareStructure(comparison, before, after, place, newWidgets)
    else comparison.demandSame(before, after, place)
  }
}

/** Compares the document security stores. */
export function compareStores(comparison: Comparison): void {
  const [before, after] = [comparison.old.catalog.entries.get('DSS'), comparison.now.catalog.entries.get('DSS')]
  if (before === undefined && after === undefined) return
  compareSecurityStore(comparison, before, after, { ...CATALOG, what: 'catalog DSS' })
}

function demandName(comparison: Comparison, value: PdfValue | undefined, name: string, place: Place): void {
  if (nameOf(comparison.now.resolve(value)) !== name) comparison.report('change-forbidden', place)
}

/** Extensions say which features a file uses; they may be added, as PAdES asks (EN 319 142-1 clause 5.4.2). */
function compareExtensions(
  comparison: Comparison,
  old: PdfValue | undefined,
  now: PdfValue | undefined,
  place: Place,
): void {
  const before = dictOf(comparison.old.resolve(old))
  const after = dictOf(comparison.now.resolve(now))
  if (!after) comparison.report('change-forbidden', place)
  for (const key of before?.entries.keys() ?? []) {
    if (after && !after.entries.has(key)) comparison.report('change-forbidden', place)
  }
}

/** Metadata is renewed by whoever writes the file; it must stay a stream of XML that readers can take. */
function compareMetadata(
  comparison: Comparison,
  document: PdfDocument,
  old: PdfValue | undefined,
  now: PdfValue | undefined,
  place: Place,
): void {
  const before = comparison.old.resolve(old)
  const after = comparison.now.resolve(now)
  if (before === after) return
  if (isKind(before, 'stream') && isKind(after, 'stream') && sameOctets(before.raw, after.raw)) return
  if (!isKind(after, 'stream') || !isPlainMetadata(comparison, document, after.dict, after)) {
    comparison.report('change-forbidden', place)
  }
}

function isPlainMetadata(
  comparison: Comparison,
  document: PdfDocument,
  dict: PdfDict,
  stream: Extract<PdfValue, { kind: 'stream' }>,
): boolean {
  if (nameOf(comparison.now.resolve(dict.entries.get('Type'))) !== 'Metadata') return false
  try {
    const text = Buffer.from(decodeStream(stream, comparison.now.resolve, document.budget)).toString('utf8')
    // A document type lets entities bring in what does not stand there (XMP forbids it: ISO 16684-1 clause 7.3.2).
    return /<(\w+:)?xmpmeta|<rdf:RDF/.test(text) && !/<!DOCTYPE|<!ENTITY/i.test(text)
  } catch (fault) {
    if (asVerifyError(fault).code === 'internal') throw fault
    return false
  }
}

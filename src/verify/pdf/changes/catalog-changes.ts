import type { PdfDocument } from '../pdf-document.ts'
import { dictOf, isKind, nameOf, type PdfValue } from '../values.ts'
import { keysOf } from './closed-values.ts'
import type { Comparison, Place } from './comparison.ts'
import { compareForm } from './form-changes.ts'
import { compareInformation, compareMetadata } from './metadata-changes.ts'
import { compareSecurityStore, compareStoreStep } from './security-store-changes.ts'
import { compareStructure } from './structure-changes.ts'

const CATALOG: Place = { what: 'catalog', object: null, page: null }

/** Compares the trailers: the root and the encryption stay, and so does what the document information says of the content. */
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
  compareInformation(comparison)
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
    else if (key === 'Version' && isVersion(comparison, after)) continue
    else if (key === 'StructTreeRoot') compareStructure(comparison, before, after, place, newWidgets)
    else comparison.demandSame(before, after, place)
  }
}

/** Clause 7.7.2: what an update uses may need a later version than the header names. */
const isVersion = ({ now }: Comparison, value: PdfValue | undefined): boolean =>
  value === undefined || /^[12]\.\d$/.test(nameOf(now.resolve(value)) ?? '')

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

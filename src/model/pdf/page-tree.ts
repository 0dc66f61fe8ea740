import type { PdfFile } from './pdf-file.ts'
import { malformedPdf } from './syntax.ts'
import { isArray, isDictionary, isReference, type PdfDictionary, type PdfReference, type PdfValue } from './values.ts'

/** A page with what it inherits from the nodes above (ISO 32000-2 §7.7.3.4) already set. */
export interface PdfPage {
  readonly reference: PdfReference
  readonly dictionary: PdfDictionary
}

const INHERITED = ['Resources', 'MediaBox', 'CropBox', 'Rotate'] as const
const MAX_NODES = 100_000

/** Gives the catalog's reference and dictionary. @throws GatewayError malformed-pdf */
export function findCatalog(file: PdfFile): PdfPage {
  const reference = file.crossReference.trailer.entries.get('Root')
  if (!isReference(reference)) throw malformedPdf('it has no catalog')
  return { reference, dictionary: file.dictionary(reference, 'catalog') }
}

/**
 * Gives the pages in reading order, at most `limit` of them.
 * @throws GatewayError malformed-pdf where there is none, or the tree runs in a circle
 */
export function listPages(file: PdfFile, limit = MAX_NODES): PdfPage[] {
  const pages: PdfPage[] = []
  const root = findCatalog(file).dictionary.entries.get('Pages') ?? null
  // The next node is the last one of the stack.
  const stack: { node: PdfValue; inherited: ReadonlyMap<string, PdfValue> }[] = [{ node: root, inherited: new Map() }]
  for (let nodes = 0; pages.length < limit; nodes += 1) {
    const next = stack.pop()
    if (!next) break
    if (nodes > MAX_NODES) throw malformedPdf('its pages run in a circle')
    const found = file.resolve(next.node)
    if (!isDictionary(found)) continue
    const own = new Map(next.inherited)
    for (const key of INHERITED) {
      const value = found.entries.get(key)
      if (value !== undefined) own.set(key, value)
    }
    const kids = file.resolve(found.entries.get('Kids'))
    if (isArray(kids)) {
      if (kids.length + stack.length > MAX_NODES) throw malformedPdf('it has too many pages')
      for (const node of kids.toReversed()) stack.push({ node, inherited: own })
    } else if (isReference(next.node)) {
      const entries = new Map([...own, ...found.entries])
      pages.push({ reference: next.node, dictionary: { kind: 'dictionary', entries } })
    }
  }
  if (pages.length === 0) throw malformedPdf('it has no page')
  return pages
}

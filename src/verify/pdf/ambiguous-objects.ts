import type { PdfDocument } from './pdf-document.ts'
import { dictOf, isKind, type PdfValue } from './values.ts'

const MAX_STEPS = 3_000_000

/**
 * Says whether readers that know cross-reference streams and readers that do not are shown different documents: whether
 * anything but the logical structure leads to an object that only one of them finds.
 * @see ISO 32000-2 clause 7.5.8.4
 */
export function showsDifferently(document: PdfDocument): boolean {
  const view = document.view(document.revisions.length - 1)
  const { ambiguous, trailer } = view.revision
  if (ambiguous.size === 0) return false
  const seen = new Set<number>()
  const open: PdfValue[] = [trailer.entries.get('Root') ?? null, trailer.entries.get('Info') ?? null]
  let steps = 0
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (++steps > MAX_STEPS) return true
    if (isKind(value, 'ref')) {
      if (seen.has(value.number)) continue
      seen.add(value.number)
      if (ambiguous.has(value.number)) return true
      open.push(view.object(value.number))
    } else if (isKind(value, 'array')) {
      for (const item of value.items) if (leadsOn(item)) open.push(item)
    }
    for (const [key, entry] of dictOf(value)?.entries ?? []) {
      // What office programs hide this way is the structure for assistive readers: it shows nothing by itself.
      if (key !== 'StructTreeRoot' && leadsOn(entry)) open.push(entry)
    }
  }
  return false
}

const leadsOn = (value: PdfValue): boolean =>
  typeof value === 'object' && value !== null && value.kind !== 'name' && value.kind !== 'string'

import type { PdfDocument, PdfView } from './pdf-document.ts'
import { dictOf, isKind, type PdfDict, type PdfValue } from './values.ts'

/** Where an annotation or a widget stands. */
export interface PlaceOnPage {
  /** Counted from 1; null where no page lists it. */
  readonly page: number | null
  /** Left, bottom, right and top in points from the lower left, as they are written; null where it has no such box. */
  readonly box: readonly number[] | null
  /** It takes up half of its page or more. */
  readonly large: boolean
}

const NOWHERE: PlaceOnPage = { page: null, box: null, large: false }
const MAX_NODES = 200_000

/** Gives where the annotation or widget of that object number stands, in the newest revision that has it. */
export function placeOnPage(document: PdfDocument, number: number | null): PlaceOnPage {
  if (number === null) return NOWHERE
  const listed = pagesByAnnotation(document).get(number)
  for (let index = document.revisions.length - 1; index >= 0; index -= 1) {
    const view = document.view(index)
    const box = boxOf(view, dictOf(view.object(number))?.entries.get('Rect'))
    if (box) return { page: listed?.page ?? null, box, large: areaOf(box) * 2 >= areaOf(listed?.box ?? null) }
  }
  return { ...NOWHERE, page: listed?.page ?? null }
}

function boxOf(view: PdfView, value: PdfValue | undefined): readonly number[] | null {
  const box = view.resolve(value)
  const numbers = isKind(box, 'array') ? box.items.map((item) => view.resolve(item)) : []
  const read = numbers.filter((one) => typeof one === 'number')
  return numbers.length === 4 && read.length === 4 ? read : null
}

/** In square points; no page is as large as one that is not known. */
function areaOf(box: readonly number[] | null): number {
  if (!box) return Number.POSITIVE_INFINITY
  const [left = 0, bottom = 0, right = 0, top = 0] = box
  return Math.abs(right - left) * Math.abs(top - bottom)
}

interface Listed {
  readonly page: number
  readonly box: readonly number[] | null
}

const known = new WeakMap<PdfDocument, ReadonlyMap<number, Listed>>()

function pagesByAnnotation(document: PdfDocument): ReadonlyMap<number, Listed> {
  const found = known.get(document) ?? walkPages(document.view(document.revisions.length - 1))
  known.set(document, found)
  return found
}

interface Node {
  readonly value: PdfValue
  readonly box: readonly number[] | null
}

function walkPages(view: PdfView): ReadonlyMap<number, Listed> {
  const pages = new Map<number, Listed>()
  const seen = new Set<PdfDict>()
  const open: Node[] = [{ value: view.catalog.entries.get('Pages') ?? null, box: null }]
  let page = 0
  for (let node = open.pop(); node && seen.size < MAX_NODES; node = open.pop()) {
    const dict = dictOf(view.resolve(node.value))
    if (!dict || seen.has(dict)) continue
    seen.add(dict)
    const box = boxOf(view, dict.entries.get('MediaBox')) ?? node.box
    const kids = view.resolve(dict.entries.get('Kids'))
    if (isKind(kids, 'array')) {
      for (const value of kids.items.toReversed()) open.push({ value, box })
      continue
    }
    page += 1
    const annotations = view.resolve(dict.entries.get('Annots'))
    for (const item of isKind(annotations, 'array') ? annotations.items : []) {
      if (isKind(item, 'ref')) pages.set(item.number, { page, box })
    }
  }
  return pages
}

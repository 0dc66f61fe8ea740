import { dictOf, isKind, nameOf, type PdfDict, type PdfValue } from '../values.ts'
import type { Comparison, Place } from './comparison.ts'

/**
 * Judges an annotation that no revision before had. Behind P of 3 it may be there. Behind a signature that certifies nothing
 * the standard is silent: a note that shows its icon and no more is a remark, whatever else is laid over a page may be a lie.
 * @see ISO 32000-2 clause 12.8.2.2 table 257, clauses 12.5.6.4 and 12.5.6.14
 */
export function reportNewAnnotation(comparison: Comparison, item: PdfValue, page: PdfDict, place: Place): void {
  const object = isKind(item, 'ref') ? item.number : null
  const at = { ...place, object, what: 'new annotation' }
  const dict = dictOf(comparison.now.resolve(item))
  const widget = nameOf(comparison.now.resolve(dict?.entries.get('Subtype'))) === 'Widget'
  // A widget of no permitted field shows what nobody signed as if it were part of the form.
  if (widget || !dict) comparison.report('change-forbidden', at)
  // What acts when it is clicked or shown is more than a comment.
  else if (comparison.permission >= 3 && ['A', 'AA'].some((key) => dict.entries.has(key))) {
    comparison.report('change-unknown', { ...at, what: 'new annotation with an action' })
  } else if (comparison.permission >= 3) comparison.report('change-annotation', at)
  else if (comparison.certifies) comparison.report('change-forbidden', at)
  else comparison.report(isNote(comparison, dict, page) ? 'change-annotation' : 'change-unknown', at)
}

/** What a note or its window may hold: nothing that acts, and nothing that hangs on layers. */
const NOTE_KEYS: ReadonlySet<string> = new Set(
  'Type Subtype Rect Contents P NM M F C T Popup CA RC CreationDate IRT Subj RT Name State StateModel Open Parent AP'.split(
    ' ',
  ),
)

/** Icons of notes are 18 to 24 points wide; nobody needs more for one. */
const MAX_ICON = 48
/** Half an inch along the edges, where printers print nothing: what a note draws itself covers nothing there. */
const MARGIN = 36

function isNote(comparison: Comparison, dict: PdfDict, page: PdfDict): boolean {
  if (subtypeOf(comparison, dict) !== 'Popup') return isIcon(comparison, dict, page)
  // Its window is the reader's own, and opens beside the page.
  const parent = dictOf(comparison.now.resolve(dict.entries.get('Parent')))
  return isPlain(dict) && !isDrawn(comparison, dict) && parent !== null && isIcon(comparison, parent, page)
}

const subtypeOf = ({ now }: Comparison, dict: PdfDict): string | null =>
  nameOf(now.resolve(dict.entries.get('Subtype')))

const isPlain = ({ entries, repeated }: PdfDict): boolean =>
  repeated.length === 0 && [...entries.keys()].every((key) => NOTE_KEYS.has(key))

const isDrawn = ({ now }: Comparison, dict: PdfDict): boolean => now.resolve(dict.entries.get('AP')) !== null

function isIcon(comparison: Comparison, dict: PdfDict, page: PdfDict): boolean {
  const box = boxOf(comparison, dict.entries.get('Rect'))
  if (!isPlain(dict) || subtypeOf(comparison, dict) !== 'Text' || !box) return false
  const [left, bottom, right, top] = box
  if (right - left > MAX_ICON || top - bottom > MAX_ICON) return false
  return !isDrawn(comparison, dict) || isInMargin(box, visibleBoxOf(comparison, page))
}

type Box = readonly [number, number, number, number]

/** Gives left, bottom, right and top, in order; null where it is no rectangle. */
function boxOf({ now }: Comparison, value: PdfValue | undefined): Box | null {
  const box = now.resolve(value)
  const numbers = isKind(box, 'array') ? box.items.map((item) => now.resolve(item)) : []
  const [a, b, c, d] = numbers
  if (numbers.length !== 4 || typeof a !== 'number' || typeof b !== 'number') return null
  if (typeof c !== 'number' || typeof d !== 'number') return null
  return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)]
}

const MAX_PARENTS = 64

/** What is seen of a page: its crop box, else its media box, inherited where the nodes above say it. */
function visibleBoxOf(comparison: Comparison, page: PdfDict): Box | null {
  const { resolve } = comparison.now
  for (const key of ['CropBox', 'MediaBox']) {
    let node: PdfDict | null = page
    for (let step = 0; node && step < MAX_PARENTS; step += 1) {
      if (node.entries.has(key)) return boxOf(comparison, node.entries.get(key))
      node = dictOf(resolve(node.entries.get('Parent')))
    }
  }
  return null
}

function isInMargin([left, bottom, right, top]: Box, visible: Box | null): boolean {
  if (!visible) return false
  const [from, low, to, high] = visible
  return right <= from + MARGIN || left >= to - MARGIN || top <= low + MARGIN || bottom >= high - MARGIN
}

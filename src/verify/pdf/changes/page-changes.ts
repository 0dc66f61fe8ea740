import { dictOf, isKind, nameOf, type PdfDict, type PdfValue } from '../values.ts'
import { keysOf } from './closed-values.ts'
import type { Comparison, Place } from './comparison.ts'
import { reportNewAnnotation } from './new-annotations.ts'
import { isUntouchedSignatureField } from './untouched-field.ts'

const MAX_PAGES = 200_000

/** Gives the pages and page tree nodes of the signed revision their rules (ISO 32000-2 clause 7.7.3). */
export function assignPageRoles(comparison: Comparison, newWidgets: ReadonlySet<number>): void {
  const { old } = comparison
  const open: PdfValue[] = [old.catalog.entries.get('Pages') ?? null]
  const seen = new Set<number>()
  let page = 0
  for (let next = open.pop(); next !== undefined && seen.size < MAX_PAGES; next = open.pop()) {
    if (!isKind(next, 'ref') || seen.has(next.number)) continue
    seen.add(next.number)
    const dict = dictOf(old.resolve(next))
    const kids = old.resolve(dict?.entries.get('Kids'))
    if (isKind(kids, 'array') && nameOf(old.resolve(dict?.entries.get('Type'))) !== 'Page') {
      comparison.roles.set(next.number, (a, b, place) => comparePageTree(comparison, a, b, place))
      for (const kid of kids.items.toReversed()) open.push(kid)
      continue
    }
    page += 1
    const number = page
    comparison.roles.set(next.number, (a, b, place) =>
      comparePage(comparison, a, b, { ...place, what: 'page', page: number }, newWidgets),
    )
  }
}

/** No permission of any signature lets pages be added, taken away or moved (clause 12.8.2.2.2). */
function comparePageTree(comparison: Comparison, old: PdfDict, now: PdfDict, place: Place): void {
  for (const key of keysOf(old, now)) {
    if (key === 'Kids') {
      if (!sameReferences(comparison, old.entries.get('Kids'), now.entries.get('Kids'))) {
        comparison.report('change-forbidden', { ...place, what: 'page tree' })
      }
    }
    comparison.demandSame(old.entries.get(key), now.entries.get(key), { ...place, what: `page tree ${key}` })
  }
}

function sameReferences(comparison: Comparison, old: PdfValue | undefined, now: PdfValue | undefined): boolean {
  const [before, after] = [comparison.old.resolve(old), comparison.now.resolve(now)]
  if (!isKind(before, 'array') || !isKind(after, 'array') || before.items.length !== after.items.length) return false
  return before.items.every((item, i) => {
    const other = after.items[i]
    return isKind(item, 'ref') ? isKind(other, 'ref') && other.number === item.number : !isKind(other, 'ref')
  })
}

const CONTENT = new Set(['Contents', 'Resources', 'MediaBox', 'CropBox', 'Rotate', 'UserUnit', 'Group'])

function comparePage(
  comparison: Comparison,
  old: PdfDict,
  now: PdfDict,
  place: Place,
  newWidgets: ReadonlySet<number>,
): void {
  for (const key of keysOf(old, now)) {
    const [before, after] = [old.entries.get(key), now.entries.get(key)]
    const at = { ...place, what: `page ${key}` }
    if (key === 'Annots') compareAnnotations(comparison, { old, now }, at, newWidgets)
    // In which order fields are reached shows nothing, and taggers say it (table 31).
    else if (key === 'Tabs' && before === undefined && isKind(after, 'name')) continue
    else if (CONTENT.has(key)) comparison.demandSameContent(before, after, at)
    else comparison.demandSame(before, after, at)
  }
}

/** The annotations that were there stay, in their order; new ones are judged by what they are. */
function compareAnnotations(
  comparison: Comparison,
  { old, now: page }: { readonly old: PdfDict; readonly now: PdfDict },
  place: Place,
  newWidgets: ReadonlySet<number>,
): void {
  const listed = comparison.now.resolve(page.entries.get('Annots'))
  // Some readers give up on a page whose annotations are no list.
  if (listed !== null && !isKind(listed, 'array')) comparison.report('change-forbidden', place)
  const before = itemsOf(comparison.old.resolve(old.entries.get('Annots')))
  const after = itemsOf(listed)
  const commented = comparison.permission >= 3
  let at = 0
  for (const item of after) {
    if (commented) at = skipRemoved(comparison, before, at, after, place)
    const expected = before[at]
    if (isKind(expected, 'ref') && isKind(item, 'ref') && expected.number === item.number) {
      at += 1
      if (isUntouchedSignatureField(comparison, expected, item)) continue
      if (commented && isMarkup(comparison, expected)) compareComment(comparison, expected, item, place)
      else comparison.demandSame(expected, item, { ...place, what: 'annotation' })
      continue
    }
    if (isKind(item, 'ref') && newWidgets.has(item.number)) continue
    if (expected !== undefined && !isKind(expected, 'ref') && !isKind(item, 'ref')) {
      at += 1
      comparison.demandSame(expected, item, { ...place, what: 'annotation' })
      continue
    }
    reportNewAnnotation(comparison, item, page, place)
  }
  if (commented) at = skipRemoved(comparison, before, at, [], place)
  if (at < before.length) comparison.report('change-forbidden', { ...place, what: 'removed annotation' })
}

/** P of 3 lets comments be taken away (table 257): moves over those that are not there any more, and says so. */
function skipRemoved(
  comparison: Comparison,
  before: readonly PdfValue[],
  from: number,
  after: readonly PdfValue[],
  place: Place,
): number {
  let at = from
  for (let gone = before[at]; gone !== undefined; gone = before[at]) {
    const one = gone
    if (!isKind(one, 'ref') || !isMarkup(comparison, one) || after.some((item) => isSameReference(one, item))) break
    comparison.report('change-annotation', { ...place, object: one.number, what: 'removed annotation' })
    at += 1
  }
  return at
}

const isSameReference = (a: PdfValue, b: PdfValue): boolean =>
  isKind(a, 'ref') && isKind(b, 'ref') && a.number === b.number

const itemsOf = (value: PdfValue): readonly PdfValue[] => (isKind(value, 'array') ? value.items : [])

function isMarkup(comparison: Comparison, item: PdfValue): boolean {
  const dict = dictOf(comparison.old.resolve(item))
  const subtype = nameOf(comparison.old.resolve(dict?.entries.get('Subtype')))
  return subtype !== null && subtype !== 'Widget' && subtype !== 'Link'
}

/** P of 3 lets comments be changed too (table 257); that it was done is said. */
function compareComment(comparison: Comparison, old: PdfValue, now: PdfValue, place: Place): void {
  const before = comparison.old.resolve(old)
  if (before === comparison.now.resolve(now)) return
  const object = isKind(now, 'ref') ? now.number : null
  comparison.report('change-annotation', { ...place, object, what: 'changed annotation' })
}

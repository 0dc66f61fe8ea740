import { dictOf, integerOf, isKind, nameOf, type PdfDict, type PdfRef, type PdfValue } from '../values.ts'
import { keysOf } from './closed-values.ts'
import type { Comparison, Place } from './comparison.ts'

const MAX_NODES = 500_000
const MAX_DEPTH = 64

/**
 * Compares the logical structure: it follows the fields that are added. A tag that does nothing but name the widget of a new
 * signature field says nothing of the content; whatever else is another now shows nothing itself, and is read aloud.
 * @see ISO 32000-2 clauses 14.7.2, 14.7.5.3 and 14.8.4.7
 */
export function compareStructure(
  comparison: Comparison,
  old: PdfValue | undefined,
  now: PdfValue | undefined,
  place: Place,
  newWidgets: ReadonlySet<number>,
): void {
  if (!isKind(old, 'ref') || !isKind(now, 'ref') || old.number !== now.number) {
    const moved =
      isKind(old, 'ref') !== isKind(now, 'ref') || comparison.old.resolve(old) !== comparison.now.resolve(now)
    if (moved) comparison.report('change-unknown', place)
    else comparison.noteTags(old, now, place)
    return
  }
  const tags: Tags = { comparison, newWidgets, place }
  for (const number of comparison.changed ?? []) {
    const element = comparison.old.object(number)
    if (number === old.number || comparison.roles.has(number) || !isKind(element, 'dict')) continue
    const isElement = element.entries.has('S') && element.entries.has('P') && !element.entries.has('Parent')
    if (isElement) comparison.roles.set(number, (before, after) => compareElement(tags, number, before, after))
  }
  comparison.roles.set(old.number, (before, after) => compareRoot(tags, old.number, before, after))
  comparison.noteTags(old, now, place)
}

interface Tags {
  readonly comparison: Comparison
  readonly newWidgets: ReadonlySet<number>
  readonly place: Place
}

function compareRoot(tags: Tags, number: number, before: PdfDict, after: PdfDict): void {
  const { comparison, place } = tags
  for (const key of keysOf(before, after)) {
    const [one, other] = [before.entries.get(key), after.entries.get(key)]
    if (key === 'K') compareKids(tags, number, one, other)
    else if (key === 'ParentTree') compareParentTree(tags, one, other)
    else if (key === 'ParentTreeNextKey' && isNoLess(comparison, one, other)) continue
    else comparison.noteTags(one, other, { ...place, what: `${place.what} ${key}` })
  }
}

const isNoLess = ({ old, now }: Comparison, one: PdfValue | undefined, other: PdfValue | undefined): boolean =>
  (integerOf(now.resolve(other)) ?? -1) >= (integerOf(old.resolve(one)) ?? 0)

function compareElement(tags: Tags, number: number, before: PdfDict, after: PdfDict): void {
  const { comparison, place } = tags
  for (const key of keysOf(before, after)) {
    const [one, other] = [before.entries.get(key), after.entries.get(key)]
    if (key === 'K') compareKids(tags, number, one, other)
    else comparison.noteTags(one, other, place)
  }
}

/** One kid may stand where many may (table 355). */
const kidsOf = (value: PdfValue): readonly PdfValue[] =>
  isKind(value, 'array') ? value.items : value === null ? [] : [value]

function compareKids(tags: Tags, parent: number, old: PdfValue | undefined, now: PdfValue | undefined): void {
  const { comparison, place } = tags
  const held = (value: PdfValue | undefined, resolved: PdfValue): readonly PdfValue[] =>
    isKind(resolved, 'array') ? resolved.items : kidsOf(value ?? null)
  const before = held(old, comparison.old.resolve(old))
  let at = 0
  for (const item of held(now, comparison.now.resolve(now))) {
    const expected = before[at]
    const same = isKind(item, 'ref')
      ? isKind(expected, 'ref') && expected.number === item.number
      : expected !== undefined && !isKind(expected, 'ref')
    if (same) {
      at += 1
      comparison.noteTags(expected, item, place)
    } else if (!isWidgetTag(tags, item, parent)) comparison.report('change-unknown', place)
  }
  if (at < before.length) comparison.report('change-unknown', place)
}

const ELEMENT_KEYS: ReadonlySet<string> = new Set(['Type', 'S', 'P', 'K', 'Pg', 'NS'])
const REFERENCE_KEYS: ReadonlySet<string> = new Set(['Type', 'Obj', 'Pg'])

/** Says whether a new element names the widget of a new signature field and holds no words; `parent` null: wherever. */
function isWidgetTag({ comparison, newWidgets }: Tags, item: PdfValue, parent: number | null): item is PdfRef {
  const { now, old } = comparison
  if (!isKind(item, 'ref') || !comparison.isNew(item.number)) return false
  const element = now.object(item.number)
  if (!isKind(element, 'dict') || !isOnly(element, ELEMENT_KEYS)) return false
  const { entries } = element
  const above = entries.get('P')
  const space = entries.get('NS')
  const namespaced = space === undefined || (isKind(space, 'ref') && !comparison.isNew(space.number))
  const placed =
    isKind(above, 'ref') && (parent === null ? dictOf(old.object(above.number)) !== null : above.number === parent)
  if (nameOf(now.resolve(entries.get('S'))) !== 'Form' || !placed || !namespaced) return false
  const kids = kidsOf(now.resolve(entries.get('K')))
  return (
    kids.length > 0 &&
    kids.every((kid) => {
      const reference = now.resolve(kid)
      if (!isKind(reference, 'dict') || !isOnly(reference, REFERENCE_KEYS)) return false
      const named = reference.entries.get('Obj')
      return (
        nameOf(now.resolve(reference.entries.get('Type'))) === 'OBJR' &&
        isKind(named, 'ref') &&
        newWidgets.has(named.number)
      )
    })
  )
}

const isOnly = ({ entries, repeated }: PdfDict, keys: ReadonlySet<string>): boolean =>
  repeated.length === 0 && [...entries.keys()].every((key) => keys.has(key))

/** Which element a widget belongs to: what was there stays, and new numbers lead to new tags of widgets. */
function compareParentTree(tags: Tags, old: PdfValue | undefined, now: PdfValue | undefined): void {
  const { comparison } = tags
  const place = { ...tags.place, what: `${tags.place.what} ParentTree` }
  const before = numbersIn(comparison.old.resolve, old)
  const after = numbersIn(comparison.now.resolve, now)
  if (!before || !after) {
    comparison.noteTags(old, now, place)
    return
  }
  for (const [number, value] of before) comparison.noteTags(value, after.get(number), place)
  for (const [number, value] of after) {
    if (!before.has(number) && !isWidgetTag(tags, value, null)) comparison.report('change-unknown', place)
  }
}

/** Gives what a number tree holds (clause 7.9.7); null where it is none, or names a number twice. */
function numbersIn(
  resolve: Comparison['now']['resolve'],
  root: PdfValue | undefined,
): ReadonlyMap<number, PdfValue> | null {
  const numbers = new Map<number, PdfValue>()
  const seen = new Set<PdfDict>()
  const open = [{ value: root, depth: 0 }]
  for (let node = open.pop(); node; node = open.pop()) {
    const dict = dictOf(resolve(node.value))
    if (!dict || seen.has(dict) || dict.repeated.length > 0 || node.depth > MAX_DEPTH) return null
    seen.add(dict)
    const kids = resolve(dict.entries.get('Kids'))
    for (const value of isKind(kids, 'array') ? kids.items : []) open.push({ value, depth: node.depth + 1 })
    const pairs = resolve(dict.entries.get('Nums'))
    const items = isKind(pairs, 'array') ? pairs.items : []
    for (let i = 0; i + 1 < items.length; i += 2) {
      const number = integerOf(resolve(items[i]))
      if (number === null || numbers.has(number) || numbers.size > MAX_NODES) return null
      numbers.set(number, items[i + 1] ?? null)
    }
  }
  return numbers
}

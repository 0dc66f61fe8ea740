import type { PdfView } from '../pdf-document.ts'
import type { FieldLock } from '../permissions.ts'
import { dictOf, isKind, nameOf, type PdfDict, type PdfRef, type PdfValue, sameAtom } from '../values.ts'
import { isClosed, keysOf, mayDiffer, sameStreams } from './closed-values.ts'

/** One thing that was changed after a signature, and what follows from it. */
export interface Change {
  readonly code:
    | 'change-forbidden'
    | 'change-unknown'
    | 'change-annotation'
    | 'change-form-filled'
    | 'change-form-overwritten'
    | 'change-metadata'
    | 'change-validation-data'
    | 'change-signature-shown'
  readonly what: string
  /** Object number; null where it is the trailer or stands directly in something. */
  readonly object: number | null
  /** Counted from 1; null where it belongs to no page. */
  readonly page: number | null
}

/** Where a value stands, for what is said about it. */
export interface Place {
  readonly what: string
  readonly object: number | null
  readonly page: number | null
}

/** What a role does with an object of both revisions that has it. */
export type RoleRule = (old: PdfDict, now: PdfDict, place: Place) => void

/**
 * The document as it was signed beside the document as it is now. Both graphs are walked together from the trailer on:
 * whatever can be reached and is not the same is a change, unless the rule of its role permits it.
 */
export interface Comparison {
  readonly old: PdfView
  readonly now: PdfView
  /** P of DocMDP; 2 where the signature certifies nothing. */
  readonly permission: number
  readonly certifies: boolean
  readonly locks: readonly FieldLock[]
  /** Objects that may be other values than they were; null where that is not known beforehand. */
  readonly changed: ReadonlySet<number> | null
  /** Whether signature fields are what they were: the form lists them, the page does, and whoever wants us to be slow. */
  readonly untouched: Map<number, boolean>
  /** By object number: objects that have a rule of their own (pages, fields, …). */
  readonly roles: Map<number, RoleRule>
  readonly changes: Change[]
  /** Demands that two values are the same, all that they refer to included. Judged when its turn comes. */
  demandSame(old: PdfValue | undefined, now: PdfValue | undefined, place: Place): void
  /** Like demandSame, but within page content and its resources, where no role excuses a difference. */
  demandSameContent(old: PdfValue | undefined, now: PdfValue | undefined, place: Place): void
  /**
   * Says where two values differ, all that they refer to included, that a field was filled in: its value or its face;
   * or, where something was there before, that it was overwritten.
   */
  noteFilling(old: PdfValue | undefined, now: PdfValue | undefined, place: Place): void
  noteOverwriting(old: PdfValue | undefined, now: PdfValue | undefined, place: Place): void
  /** Says where two values differ that it cannot be told whether that is harmless: tags that show nothing themselves. */
  noteTags(old: PdfValue | undefined, now: PdfValue | undefined, place: Place): void
  report(code: Change['code'], place: Place): void
  /** Says whether the signed revision had no object of that number. */
  isNew(number: number): boolean
  /** Judges everything that was demanded. False: there was too much to compare. */
  finish(): boolean
}

interface Demand {
  readonly old: PdfValue
  readonly now: PdfValue
  /** Where what holds the two stands, or they themselves where `key` is null. */
  readonly place: Place
  /** Their key in it: put into words only where there is something to say. */
  readonly key: string | null
  readonly mode: Mode
}

/** How two values are compared, and what it is called where they differ. Within content and faces no role excuses anything. */
type Mode = 'plain' | 'content' | 'filling' | 'overwriting' | 'tags'
const MODES: readonly Mode[] = ['plain', 'content', 'filling', 'overwriting', 'tags']
const CODES: Readonly<Record<Mode, Change['code']>> = {
  plain: 'change-forbidden',
  content: 'change-forbidden',
  filling: 'change-form-filled',
  overwriting: 'change-form-overwritten',
  tags: 'change-unknown',
}

const MAX_DEMANDS = 3_000_000
/** Of each kind: a hundred that are permitted must not keep one that is not from being told. */
const MAX_CHANGES = 50

/** Begins a comparison of two revisions; `changed` where they follow each other. */
export function beginComparison(
  old: PdfView,
  now: PdfView,
  rules: Pick<Comparison, 'permission' | 'certifies' | 'locks'>,
  changed: ReadonlySet<number> | null = null,
): Comparison {
  const demands: Demand[] = []
  const compared = new Set<string | number>()
  const changes: Change[] = []
  const counts = new Map<Change['code'], number>()
  const demand = (mode: Mode) => (one: PdfValue | undefined, other: PdfValue | undefined, place: Place) => {
    reportEmpty(comparison, one, other, place, mode)
    if (mayDiffer(one, other)) demands.push({ old: one ?? null, now: other ?? null, place, key: null, mode })
  }
  const comparison: Comparison = {
    old,
    now,
    ...rules,
    changed,
    untouched: new Map(),
    roles: new Map(),
    changes,
    demandSame: demand('plain'),
    demandSameContent: demand('content'),
    noteFilling: demand('filling'),
    noteOverwriting: demand('overwriting'),
    noteTags: demand('tags'),
    isNew: (number) => (old.revision.entries.get(number)?.kind ?? 'free') === 'free',
    report: (code, place) => {
      const told = (counts.get(code) ?? 0) + 1
      counts.set(code, told)
      if (told <= MAX_CHANGES) changes.push({ code, ...place })
    },
    finish: () => {
      let left = MAX_DEMANDS
      for (let next = demands.pop(); next; next = demands.pop()) {
        const isForbidden = (counts.get('change-forbidden') ?? 0) > 0
        if (left-- === 0) return isForbidden
        if (isForbidden && changes.length > MAX_CHANGES * 2) return true
        compareDemand(comparison, next, compared, demands)
      }
      return true
    },
  }
  return comparison
}

function compareDemand(
  comparison: Comparison,
  demand: Demand,
  compared: Set<string | number>,
  demands: Demand[],
): void {
  const { old, now, mode } = demand
  const oldNumber = isKind(old, 'ref') ? old.number : null
  const nowNumber = isKind(now, 'ref') ? now.number : null
  if (changesGeneration(comparison, old, now)) {
    const place = placeOf(demand, nowNumber)
    comparison.report(CODES[mode], { ...place, what: `${place.what} generation` })
  }
  if (oldNumber !== null && nowNumber !== null) {
    const index = MODES.indexOf(mode)
    const key = oldNumber === nowNumber ? oldNumber * MODES.length + index : `${oldNumber} ${nowNumber} ${index}`
    if (compared.has(key)) return
    compared.add(key)
  }
  const before = comparison.old.resolve(old)
  const after = comparison.now.resolve(now)
  reportUncertain(comparison, { before, after, oldNumber, nowNumber }, placeOf(demand, nowNumber))
  const role =
    (mode !== 'plain' && mode !== 'tags') || oldNumber === null || oldNumber !== nowNumber
      ? undefined
      : comparison.roles.get(oldNumber)
  const place = placeOf(demand, nowNumber)
  demandSameRepeats(comparison, before, after, { mode, place })
  // What a stream shows stands in its bytes: no rule for dictionaries excuses a difference there.
  if (role && isKind(before, 'dict') && isKind(after, 'dict')) role(before, after, place)
  else if (!compareMembers(before, after, { place, mode }, comparison, demands) && !sameAtom(before, after)) {
    comparison.report(CODES[mode], place)
  }
}

interface Pair {
  readonly before: PdfValue
  readonly after: PdfValue
  readonly oldNumber: number | null
  readonly nowNumber: number | null
}

/** Where readers see other things than we do, what hangs below cannot be compared. */
function reportUncertain(
  { old, now, report }: Comparison,
  { before, after, oldNumber, nowNumber }: Pair,
  place: Place,
): void {
  const isUnreadable = (view: PdfView, value: PdfValue, number: number | null): boolean =>
    value === null && number !== null && view.isUnreadable(number)
  const what = place.what
  if (isUnreadable(old, before, oldNumber) || isUnreadable(now, after, nowNumber)) {
    report('change-unknown', { ...place, what: `${what} (cannot be read)` })
  }
  if ((dictOf(before)?.repeated.length ?? 0) > 0 || (dictOf(after)?.repeated.length ?? 0) > 0) {
    report('change-unknown', { ...place, what: `${what} (a key stands twice)` })
  }
  // Readers know pages by where they stand: the same page somewhere else is another to some, and none to others.
  if (oldNumber !== nowNumber && isPageNode(now, after)) report('change-unknown', { ...place, what: `${what} (moved)` })
}

const isPageNode = (view: PdfView, value: PdfValue): boolean =>
  ['Page', 'Pages'].includes(nameOf(view.resolve(dictOf(value)?.entries.get('Type'))) ?? '')

/** Keys that came to stand twice: readers disagree on which one counts (clause 7.3.7). */
function demandSameRepeats(
  comparison: Comparison,
  before: PdfValue,
  after: PdfValue,
  { mode, place }: Pick<Demand, 'mode' | 'place'>,
): void {
  const repeated = dictOf(after)?.repeated ?? []
  if (before === after || repeated.length === 0) return
  const known = dictOf(before)?.repeated ?? []
  if (repeated.some((key) => !known.includes(key))) {
    comparison.report(CODES[mode], { ...place, what: `${place.what} (a key stands twice)` })
  }
}

/** Readers disagree on what a reference stands for whose generation is not the object's (clause 7.3.10). */
function changesGeneration({ old: oldView, now: nowView }: Comparison, old: PdfValue, now: PdfValue): boolean {
  if (!isKind(now, 'ref')) return false
  const stale = isStale(nowView, now)
  if (!isKind(old, 'ref')) return stale
  return (old.number === now.number && old.generation !== now.generation) || isStale(oldView, old) !== stale
}

function isStale(view: PdfView, { number, generation }: PdfRef): boolean {
  const entry = view.revision.entries.get(number)
  if (!entry || entry.kind === 'free') return false
  return generation !== (entry.kind === 'offset' ? entry.generation : 0)
}

const MAX_WORDS = 80

function placeOf({ place, key, mode }: Demand, nowNumber: number | null): Place {
  // What is filled in is named by its field, however deep the difference stands.
  if (mode === 'filling' || mode === 'overwriting' || mode === 'tags') return place
  const what = key === null ? place.what : `${place.what} ${key}`.slice(0, MAX_WORDS)
  return key === null && nowNumber === null ? place : { ...place, what, object: nowNumber ?? place.object }
}

/** Compares two of a kind that holds others, and demands the same of what they hold; false where they are none. */
function compareMembers(
  before: PdfValue,
  after: PdfValue,
  { place, mode }: Pick<Demand, 'place' | 'mode'>,
  comparison: Comparison,
  demands: Demand[],
): boolean {
  const further = (old: PdfValue | undefined, now: PdfValue | undefined, within: Place, key: string | null): void => {
    if (mayDiffer(old, now)) demands.push({ old: old ?? null, now: now ?? null, place: within, key, mode })
  }
  if (before === after && isClosed(before)) return true
  if (isKind(before, 'array') && isKind(after, 'array')) {
    if (before.items.length !== after.items.length) comparison.report(CODES[mode], place)
    else {
      const within = place.what.length > MAX_WORDS ? { ...place, what: place.what.slice(0, MAX_WORDS) } : place
      for (const [i, item] of before.items.entries()) further(item, after.items[i], within, null)
    }
    return true
  }
  const [oldDict, nowDict] = [dictOf(before), dictOf(after)]
  if (!oldDict || !nowDict || isKind(before, 'stream') !== isKind(after, 'stream')) return false
  if (isKind(before, 'stream') && isKind(after, 'stream') && !sameStreams(before, after)) {
    comparison.report(CODES[mode], place)
  }
  for (const key of keysOf(oldDict, nowDict)) {
    const [one, other] = [oldDict.entries.get(key), nowDict.entries.get(key)]
    reportEmpty(comparison, one, other, { ...place, what: `${place.what} ${key}`.slice(0, MAX_WORDS) }, mode)
    further(one, other, place, key)
  }
  return true
}

/** A key with nothing behind it counts as none (clause 7.3.7), and some readers stumble over it. */
function reportEmpty(
  { now, report }: Comparison,
  one: PdfValue | undefined,
  other: PdfValue | undefined,
  place: Place,
  mode: Mode,
): void {
  if ((one === undefined) === (other === undefined) || (mode !== 'plain' && mode !== 'content')) return
  if (now.resolve(one ?? other) === null) report('change-unknown', { ...place, what: `${place.what} (null)` })
}

import { asBuffer } from '../characters.ts'
import type { PdfView } from '../pdf-document.ts'
import type { FieldLock } from '../permissions.ts'
import { dictOf, isKind, type PdfDict, type PdfString, type PdfValue } from '../values.ts'

/** One thing that was changed after a signature, and what follows from it. */
export interface Change {
  readonly code:
    | 'change-forbidden'
    | 'change-unknown'
    | 'change-annotation'
    | 'change-form-filled'
    | 'change-validation-data'
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
  /** By object number: objects that have a rule of their own (pages, fields, …). */
  readonly roles: Map<number, RoleRule>
  readonly changes: Change[]
  /** Demands that two values are the same, all that they refer to included. Judged when its turn comes. */
  demandSame(old: PdfValue | undefined, now: PdfValue | undefined, place: Place): void
  /** Like demandSame, but within page content and its resources, where no role excuses a difference. */
  demandSameContent(old: PdfValue | undefined, now: PdfValue | undefined, place: Place): void
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
  readonly content: boolean
}

const MAX_DEMANDS = 3_000_000
const MAX_CHANGES = 50

/** Begins a comparison of two revisions. */
export function beginComparison(
  old: PdfView,
  now: PdfView,
  rules: Pick<Comparison, 'permission' | 'certifies' | 'locks'>,
): Comparison {
  const demands: Demand[] = []
  const compared = new Set<string | number>()
  const changes: Change[] = []
  const demand = (content: boolean) => (one: PdfValue | undefined, other: PdfValue | undefined, place: Place) => {
    if (mayDiffer(one, other)) demands.push({ old: one ?? null, now: other ?? null, place, key: null, content })
  }
  const comparison: Comparison = {
    old,
    now,
    ...rules,
    roles: new Map(),
    changes,
    demandSame: demand(false),
    demandSameContent: demand(true),
    isNew: (number) => (old.revision.entries.get(number)?.kind ?? 'free') === 'free',
    report: (code, place) => {
      if (changes.length < MAX_CHANGES || code === 'change-forbidden') changes.push({ code, ...place })
    },
    finish: () => {
      let left = MAX_DEMANDS
      for (let next = demands.pop(); next; next = demands.pop()) {
        if (left-- === 0 || changes.length > MAX_CHANGES * 4) return changes.length > 0
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
  const { old, now, content } = demand
  const oldNumber = isKind(old, 'ref') ? old.number : null
  const nowNumber = isKind(now, 'ref') ? now.number : null
  if (oldNumber !== null && nowNumber !== null) {
    const key = oldNumber === nowNumber ? oldNumber * 2 + Number(content) : `${oldNumber} ${nowNumber} ${content}`
    if (compared.has(key)) return
    compared.add(key)
  }
  const before = comparison.old.resolve(old)
  const after = comparison.now.resolve(now)
  const role = content || oldNumber === null || oldNumber !== nowNumber ? undefined : comparison.roles.get(oldNumber)
  const [oldDict, nowDict] = [dictOf(before), dictOf(after)]
  const place = placeOf(demand, nowNumber)
  if (role && oldDict && nowDict) role(oldDict, nowDict, place)
  else if (!compareMembers(before, after, { place, content }, comparison, demands) && !sameAtom(before, after)) {
    comparison.report('change-forbidden', place)
  }
}

const MAX_WORDS = 80

function placeOf({ place, key }: Demand, nowNumber: number | null): Place {
  const what = key === null ? place.what : `${place.what} ${key}`.slice(0, MAX_WORDS)
  return key === null && nowNumber === null ? place : { ...place, what, object: nowNumber ?? place.object }
}

/** Compares two of a kind that holds others, and demands the same of what they hold; false where they are none. */
function compareMembers(
  before: PdfValue,
  after: PdfValue,
  { place, content }: Pick<Demand, 'place' | 'content'>,
  comparison: Comparison,
  demands: Demand[],
): boolean {
  const further = (old: PdfValue | undefined, now: PdfValue | undefined, within: Place, key: string | null): void => {
    if (mayDiffer(old, now)) demands.push({ old: old ?? null, now: now ?? null, place: within, key, content })
  }
  if (before === after && isClosed(before)) return true
  if (isKind(before, 'array') && isKind(after, 'array')) {
    if (before.items.length !== after.items.length) comparison.report('change-forbidden', place)
    else {
      const within = place.what.length > MAX_WORDS ? { ...place, what: place.what.slice(0, MAX_WORDS) } : place
      for (const [i, item] of before.items.entries()) further(item, after.items[i], within, null)
    }
    return true
  }
  const [oldDict, nowDict] = [dictOf(before), dictOf(after)]
  if (!oldDict || !nowDict || isKind(before, 'stream') !== isKind(after, 'stream')) return false
  if (isKind(before, 'stream') && isKind(after, 'stream') && !sameOctets(before.raw, after.raw)) {
    comparison.report('change-forbidden', place)
  }
  for (const key of keysOf(oldDict, nowDict)) further(oldDict.entries.get(key), nowDict.entries.get(key), place, key)
  return true
}

const closed = new WeakMap<object, boolean>()

/** Says whether a value leads to no other object: where both revisions share it, all of it is the same. */
function isClosed(value: PdfValue): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (value.kind === 'ref') return false
  const known = closed.get(value)
  if (known !== undefined) return known
  const members = isKind(value, 'array') ? value.items : [...(dictOf(value)?.entries.values() ?? [])]
  const answer = members.every(isClosed)
  closed.set(value, answer)
  return answer
}

/** Atoms that are the same need no turn of their own. */
export const mayDiffer = (old: PdfValue | undefined, now: PdfValue | undefined): boolean =>
  isContainer(old) || isContainer(now) || !sameAtom(old ?? null, now ?? null)

const isContainer = (value: PdfValue | undefined): boolean =>
  typeof value === 'object' && value !== null && value.kind !== 'name' && value.kind !== 'string'

/** Gives the keys of both dictionaries, each once. */
export function keysOf(old: PdfDict, now: PdfDict): Iterable<string> {
  if (old === now) return old.entries.keys()
  return new Set([...old.entries.keys(), ...now.entries.keys()])
}

/** Says whether two values that hold no others are the same. */
export function sameAtom(a: PdfValue, b: PdfValue): boolean {
  if (a === b) return true
  if (isKind(a, 'name') && isKind(b, 'name')) return a.name === b.name
  return isKind(a, 'string') && isKind(b, 'string') && sameString(a, b)
}

const sameString = (a: PdfString, b: PdfString): boolean => sameOctets(a.bytes, b.bytes)

export const sameOctets = (a: Uint8Array, b: Uint8Array): boolean =>
  a === b || (a.length === b.length && asBuffer(a).equals(asBuffer(b)))

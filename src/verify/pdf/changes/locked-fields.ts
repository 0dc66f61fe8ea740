import { isLocked } from '../permissions.ts'
import { formFieldsOf } from '../signature-fields.ts'
import type { Comparison } from './comparison.ts'

/** Names of the fields that the signature locks, sorted. */
const lockedNames = new WeakMap<Comparison, readonly string[]>()

/**
 * Says whether a locked field stands below a group of fields: it inherits the value and the default appearance that stand in
 * what is above it (clause 12.7.4.1), so that the group is locked with it.
 */
export function holdsLocked(comparison: Comparison, group: string): boolean {
  const names = lockedNames.get(comparison) ?? findLocked(comparison)
  lockedNames.set(comparison, names)
  const below = `${group}.`
  let [low, high] = [0, names.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((names[middle] ?? '') < below) low = middle + 1
    else high = middle
  }
  return names[low]?.startsWith(below) === true
}

function findLocked({ old, locks }: Comparison): readonly string[] {
  if (locks.length === 0) return []
  const names = formFieldsOf(old).map(({ name }) => name)
  return names.filter((name) => locks.some((lock) => isLocked(lock, name))).sort()
}

import { dictOf, isKind, nameOf, type PdfDict, type PdfRef } from '../values.ts'
import { isClosed } from './closed-values.ts'
import type { Comparison } from './comparison.ts'

/** Objects that a signature field refers to but for its page; null where it is none, or leads further than they. */
const referred = new WeakMap<PdfDict, readonly number[] | null>()

function referredBy({ roles }: Comparison, field: PdfDict): readonly number[] | null {
  const page = field.entries.get('P')
  // Whatever has a rule of its own is compared by itself.
  if (isKind(page, 'ref') && !roles.has(page.number)) return null
  const known = referred.get(field)
  if (known !== undefined) return known
  const found = findReferred(field)
  referred.set(field, found)
  return found
}

function findReferred({ entries, repeated }: PdfDict): readonly number[] | null {
  if (nameOf(entries.get('FT')) !== 'Sig' || repeated.length > 0) return null
  const found: number[] = []
  const open = [...entries].flatMap(([key, value]) => (key === 'P' && isKind(value, 'ref') ? [] : [value]))
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if ((dictOf(one)?.repeated.length ?? 0) > 0) return null
    if (isKind(one, 'ref')) found.push(one.number)
    for (const member of isKind(one, 'array') ? one.items : (dictOf(one)?.entries.values() ?? [])) open.push(member)
  }
  return found
}

/**
 * Says of the references to one object whether it is a signature field that is what it was, with all that belongs to it:
 * nearly every field of a document that many have signed, one after another.
 */
export function isUntouchedSignatureField(comparison: Comparison, before: PdfRef, after: PdfRef): boolean {
  const { changed, now, untouched } = comparison
  if (!changed || before.generation !== after.generation || changed.has(before.number)) return false
  const known = untouched.get(before.number)
  if (known !== undefined) return known
  const field = now.object(after.number)
  // A stream whose length stands elsewhere leads there.
  const isUntouched = (number: number): boolean => !changed.has(number) && isClosed(now.object(number))
  const answer = isKind(field, 'dict') && (referredBy(comparison, field)?.every(isUntouched) ?? false)
  untouched.set(before.number, answer)
  return answer
}

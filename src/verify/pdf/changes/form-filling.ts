import type { FormField } from '../form-field.ts'
import { dictOf, integerOf, isKind, nameOf, type PdfValue } from '../values.ts'
import { mayDiffer } from './closed-values.ts'
import type { Comparison, Place } from './comparison.ts'

/** Annotation flags Print, ReadOnly, Locked and LockedContents; what else changes them would show or hide a field. */
const HARMLESS_FLAGS = 4 | 64 | 128 | 512

function isHarmlessFlags({ old }: Comparison, field: FormField, before: PdfValue | undefined, now: PdfValue): boolean {
  if (field.type === 'Sig') return now === null || integerOf(now) !== null
  const flags = integerOf(old.resolve(before)) ?? 0
  const after = now === null ? 0 : integerOf(now)
  return after !== null && ((flags ^ after) & ~HARMLESS_FLAGS) === 0
}

const isOwn = (comparison: Comparison, value: PdfValue | undefined): boolean =>
  !isKind(value, 'ref') || comparison.isNew(value.number)

/** One entry of a field or of its widget that may be filled in. */
export interface Filling {
  readonly key: string
  readonly before: PdfValue | undefined
  readonly after: PdfValue | undefined
  readonly field: FormField
}

/** What is filled in must be of the kind that the key wants: else readers make of it what they like. */
export function judgeFilling(comparison: Comparison, { key, before, after, field }: Filling, place: Place): void {
  const resolved = comparison.now.resolve(after)
  const wanted: Readonly<Record<string, boolean>> = {
    AP: resolved === null || isKind(resolved, 'dict'),
    AS: resolved === null || isKind(resolved, 'name'),
    F: isHarmlessFlags(comparison, field, before, resolved),
    // A signature that was there before has signed something else: it must not be shown as another's.
    V: field.type !== 'Sig' || resolved === null || (isKind(resolved, 'dict') && isOwn(comparison, after)),
  }
  if (wanted[key] === false) comparison.report('change-forbidden', place)
}

/**
 * Says of a field that was filled in whether it was empty before, and of one that was not whether its value or only what
 * it shows is another now. What was written there is said to nobody.
 */
export function noteFilling(
  comparison: Comparison,
  field: FormField,
  { key, before, after }: Pick<Filling, 'key' | 'before' | 'after'>,
  place: Place,
): void {
  const { old, now, noteFilling: noteFirst, noteOverwriting } = comparison
  const value = field.object === null ? undefined : dictOf(now.object(field.object))?.entries.get('V')
  const [had, has] = [isFilled(old.resolve(field.value)), isFilled(now.resolve(value))]
  const same = !mayDiffer(field.value, now.resolve(value))
  const what = `form field ${field.name}`
  if (!had || (key !== 'V' && same && before === undefined)) noteFirst(before, after, { ...place, what })
  else {
    const how = !has
      ? 'its value was removed'
      : same
        ? 'it shows something else, its value is the same'
        : 'its value was replaced'
    noteOverwriting(before, after, { ...place, what: `${what}: ${how}` })
  }
}

/** A field without a value, with an empty text or with a button that is off holds nothing. */
const isFilled = (value: PdfValue): boolean =>
  value !== null && !(isKind(value, 'string') && value.bytes.length === 0) && nameOf(value) !== 'Off'

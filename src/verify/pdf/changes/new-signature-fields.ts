import type { FormField } from '../form-field.ts'
import { dictOf, isKind, nameOf, type PdfDict, type PdfValue, textOf } from '../values.ts'
import type { Comparison } from './comparison.ts'

/** What a widget may hold that only shows its field; anything else could make another annotation of it, or an action. */
export const WIDGET_KEYS: ReadonlySet<string> = new Set(
  'Type Subtype Rect P F AP MK BS Border H DA Q StructParent NM M Parent'.split(' '),
)

/** What a signature field may hold, the widget that it may be included (clauses 12.7.4.1, 12.7.5.5 and 12.5.6.19). */
const FIELD_KEYS: ReadonlySet<string> = new Set(
  'FT T TU TM Ff V Lock SV Kids Type Subtype Rect P F AP MK BS Border H DA DR Q StructParent NM M'.split(' '),
)

/** Says whether a dictionary is a widget or none at all, and holds nothing but those keys. */
export function isPlacement({ now }: Comparison, dict: PdfDict, keys: ReadonlySet<string>): boolean {
  const named = (key: string): string | null => nameOf(now.resolve(dict.entries.get(key)))
  const isWidget = named('Subtype') === 'Widget' && (!dict.entries.has('Type') || named('Type') === 'Annot')
  const isNone = !dict.entries.has('Subtype') && !dict.entries.has('Rect') && !dict.entries.has('Type')
  return (isWidget || isNone) && [...dict.entries.keys()].every((key) => keys.has(key))
}

/**
 * Says whether a field came later and is nothing but a place for a signature, with the signature where there is one, and
 * may follow the signature that is judged.
 * @see ISO 32000-2 clause 12.8.2.2.2, table 257
 */
export function isNewSignatureField(comparison: Comparison, field: FormField): boolean {
  if (!isBareSignatureField(comparison, field)) return false
  // Table 257: behind a certification fields are signed where they are; what is laid over a page needs P of 3.
  if (comparison.certifies && comparison.permission < 3 && isShown(comparison, field)) return false
  // Without a signature, an appearance would only lay something over the page that nobody vouches for.
  if (field.value === null) return comparison.permission > 1 && !hasAppearance(comparison, field)
  if (!isKind(field.value, 'dict')) return false
  if (field.valueObject !== null && !comparison.isNew(field.valueObject)) return false
  // Clause 12.8.2.2.2: P of 1 lets nothing follow but validation data and document time-stamps.
  return comparison.permission > 1 || isTimeStamp(comparison, dictOf(field.value))
}

/** What is so of a field of the newest revision, whichever one it is compared with. */
const bareFields = new WeakMap<FormField, boolean>()

function isBareSignatureField(comparison: Comparison, field: FormField): boolean {
  const { now } = comparison
  const known = bareFields.get(field)
  if (known !== undefined) return known
  const { dict } = field
  const typed = nameOf(now.resolve(dict.entries.get('FT'))) === 'Sig' && field.terminal
  const named = textOf(now.resolve(dict.entries.get('T'))) !== null
  const kids = itemsOf(now.resolve(dict.entries.get('Kids'))).map((kid) => dictOf(now.resolve(kid)))
  const placed =
    isPlacement(comparison, dict, FIELD_KEYS) &&
    kids.every((kid) => kid !== null && isPlacement(comparison, kid, WIDGET_KEYS))
  const bare = typed && named && placed
  bareFields.set(field, bare)
  return bare
}

const itemsOf = (value: PdfValue): readonly PdfValue[] => (isKind(value, 'array') ? value.items : [])

/** A field or one of its widgets. */
export interface Widget {
  readonly dict: PdfDict | null
  readonly object: number | null
}

/** The field and its widgets, as they are now. */
const widgetsOf = ({ now }: Comparison, field: FormField): readonly Widget[] => [
  field,
  ...itemsOf(now.resolve(field.dict.entries.get('Kids'))).map((kid) => ({
    dict: dictOf(now.resolve(kid)),
    object: isKind(kid, 'ref') ? kid.number : field.object,
  })),
]

function hasAppearance(comparison: Comparison, field: FormField): boolean {
  return widgetsOf(comparison, field).some(({ dict }) => dict?.entries.has('AP') || dict?.entries.has('MK'))
}

/** A widget without an area shows nothing (clause 12.7.5.5); flags that hide it can be taken away by a script. */
const isShown = (comparison: Comparison, field: FormField): boolean => findShown(comparison, field) !== undefined

/** Gives the first widget of a field that has an area on its page, the field itself included. */
export function findShown(comparison: Comparison, field: FormField): Widget | undefined {
  const { resolve } = comparison.now
  return widgetsOf(comparison, field).find(({ dict }) => {
    const box = resolve(dict?.entries.get('Rect'))
    if (!isKind(box, 'array')) return box !== null
    const [left, bottom, right, top] = box.items.map(resolve)
    return left !== right && bottom !== top
  })
}

/** Says whether a signature dictionary is a document time-stamp. */
export function isTimeStamp(comparison: Comparison, signature: PdfDict | null): boolean {
  return nameOf(comparison.now.resolve(signature?.entries.get('SubFilter'))) === 'ETSI.RFC3161'
}

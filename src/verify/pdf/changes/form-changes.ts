import type { FormField } from '../form-field.ts'
import { isLocked } from '../permissions.ts'
import { formFieldsOf } from '../signature-fields.ts'
import {
  dictOf,
  EMPTY_DICT,
  integerOf,
  isKind,
  nameOf,
  type PdfDict,
  type PdfRef,
  type PdfValue,
  textOf,
} from '../values.ts'
import { keysOf, mayDiffer } from './closed-values.ts'
import type { Comparison, Place } from './comparison.ts'
import { judgeFilling, noteFilling } from './form-filling.ts'
import { holdsLocked } from './locked-fields.ts'
import { findShown, isNewSignatureField, isPlacement, isTimeStamp, WIDGET_KEYS } from './new-signature-fields.ts'
import { isUntouchedSignatureField } from './untouched-field.ts'

/** The form now, as far as it may differ: widgets that new signature fields brought along. */
export interface FormRoles {
  readonly newWidgets: ReadonlySet<number>
}

/** Gives the fields and widgets of the signed revision their rules, and finds the new signature fields. */
export function assignFormRoles(comparison: Comparison): FormRoles {
  const { old, now } = comparison
  for (const field of formFieldsOf(old)) {
    if (field.object !== null) {
      comparison.roles.set(field.object, (a, b, place) => compareField(comparison, field, a, b, place))
    }
    for (const kid of field.terminal ? itemsOf(old.resolve(field.dict.entries.get('Kids'))) : []) {
      if (!isKind(kid, 'ref')) continue
      comparison.roles.set(kid.number, (a, b, place) => compareWidget(comparison, field, a, b, place))
    }
  }
  const before = new Set(formFieldsOf(old).flatMap((field) => field.object ?? []))
  const newWidgets = new Set<number>()
  for (const field of formFieldsOf(now)) {
    if (field.object === null) continue
    const known = before.has(field.object)
    // A field that was there may have had no widget before it was signed (clause 12.7.5.5).
    if (known ? !becomesSigned(comparison, field) : !isNewSignatureField(comparison, field)) continue
    if (!known) newWidgets.add(field.object)
    if (known && !wasWidget(comparison, field.object)) newWidgets.add(field.object)
    reportShown(comparison, field)
    for (const kid of itemsOf(now.resolve(field.dict.entries.get('Kids')))) {
      if (isKind(kid, 'ref') && isPlainWidget(comparison, kid)) newWidgets.add(kid.number)
    }
  }
  return { newWidgets }
}

/** Whatever a later signer shows, in a field of their own or in one that was there, is laid over what was signed. */
function reportShown(comparison: Comparison, field: FormField): void {
  const shown = findShown(comparison, field)
  if (!shown) return
  // A time-stamp is nobody's signature: what is shown with it is laid over the page by whoever added it.
  const stamp = isTimeStamp(comparison, dictOf(field.value))
  const what = `${stamp ? 'visible time-stamp' : 'signature field'} ${field.name}`
  comparison.report(stamp ? 'change-annotation' : 'change-signature-shown', { what, object: shown.object, page: null })
}

const itemsOf = (value: PdfValue): readonly PdfValue[] => (isKind(value, 'array') ? value.items : [])

/** A widget that came later, and is nothing but a place that shows its field. */
function isPlainWidget(comparison: Comparison, kid: PdfRef): boolean {
  const dict = dictOf(comparison.now.resolve(kid))
  return dict !== null && !comparison.roles.has(kid.number) && isPlacement(comparison, dict, WIDGET_KEYS)
}

function wasWidget(comparison: Comparison, object: number): boolean {
  return dictOf(comparison.old.object(object))?.entries.has('Rect') === true
}

function becomesSigned(comparison: Comparison, field: FormField): boolean {
  if (field.type !== 'Sig' || field.object === null || !dictOf(field.value)) return false
  const { changed } = comparison
  if (changed && ![field.object, field.valueObject].some((one) => one !== null && changed.has(one))) return false
  const before = dictOf(comparison.old.object(field.object))
  return comparison.old.resolve(before?.entries.get('V')) === null
}

/** Compares the form's dictionary; a document that had no form may get one for its signature fields. */
export function compareForm(
  comparison: Comparison,
  old: PdfValue | undefined,
  now: PdfValue | undefined,
  place: Place,
): void {
  const before = dictOf(comparison.old.resolve(old)) ?? EMPTY_DICT
  const after = dictOf(comparison.now.resolve(now))
  if (!after) {
    if (before.entries.size > 0) comparison.report('change-forbidden', { ...place, what: 'removed form' })
    return
  }
  for (const key of keysOf(before, after)) {
    const [one, other] = [before.entries.get(key), after.entries.get(key)]
    const at = { ...place, what: `form ${key}` }
    if (key === 'Fields') compareFieldList(comparison, one, other, at)
    else if (key === 'SigFlags') demandInteger(comparison, other, at)
    else if (key === 'DR') compareResources(comparison, one, other, at)
    else if (key === 'DA' && one === undefined) noteFaces(comparison, at)
    else if (key === 'NeedAppearances' && ![one, other].some((value) => isTrue(comparison, value))) continue
    else comparison.demandSame(one, other, at)
  }
}

const isTrue = ({ old, now }: Comparison, value: PdfValue | undefined): boolean =>
  old.resolve(value) === true || now.resolve(value) === true

/** More is not looked through: then what has no face is taken to be there. */
const MAX_LOOKED_AT = 50_000

/**
 * Readers make the faces of fields and notes that have none by the form's defaults; a signature's needs none. What was
 * named before it was there (a font of the signed revision's default appearances) shows whatever was added under its name.
 */
function noteFaces(comparison: Comparison, place: Place, added: readonly string[] = []): void {
  const { old, report } = comparison
  const { highest } = old.revision
  const numbers = Array.from({ length: Math.min(highest, MAX_LOOKED_AT) }, (_, i) => i + 1)
  const dicts = [dictOf(old.resolve(old.catalog.entries.get('AcroForm'))), ...numbers.map((n) => dictOf(old.object(n)))]
  const isAwaited = (dict: PdfDict | null): boolean => {
    const words = (textOf(old.resolve(dict?.entries.get('DA'))) ?? '').split(/[\s/]+/)
    return added.some((name) => words.includes(name))
  }
  if (dicts.some(isAwaited)) report('change-unknown', place)
  else if (
    highest > MAX_LOOKED_AT ||
    formFieldsOf(old).some(({ type }) => type !== 'Sig') ||
    dicts.some((dict) => nameOf(old.resolve(dict?.entries.get('Subtype'))) === 'FreeText')
  ) {
    report('change-form-filled', place)
  }
}

function demandInteger(comparison: Comparison, value: PdfValue | undefined, place: Place): void {
  if (integerOf(comparison.now.resolve(value)) === null) comparison.report('change-forbidden', place)
}

const isSameReference = (a: PdfValue, b: PdfValue): boolean =>
  isKind(a, 'ref') && isKind(b, 'ref') && a.number === b.number

/** What default appearance strings name (clause 12.7.4.3); nothing else of the resources shows anywhere. */
const APPEARANCE_RESOURCES = ['Font', 'Encoding']

/** Resources for the appearances of fields may be added; the ones that were there stay as they are. */
function compareResources(
  comparison: Comparison,
  old: PdfValue | undefined,
  now: PdfValue | undefined,
  place: Place,
): void {
  const before = dictOf(comparison.old.resolve(old)) ?? EMPTY_DICT
  const after = dictOf(comparison.now.resolve(now))
  // Where nothing may be filled in, nothing needs resources for it; readers that make faces anew would show them.
  if (!after || comparison.permission < 2) {
    comparison.demandSame(old, now, place)
    return
  }
  for (const kind of APPEARANCE_RESOURCES) {
    const members = before.entries.get(kind)
    const [one, other] = [
      dictOf(comparison.old.resolve(members)),
      dictOf(comparison.now.resolve(after?.entries.get(kind))),
    ]
    const added = [...(other?.entries.keys() ?? [])].filter((name) => one?.entries.has(name) !== true)
    if (added.length > 0) noteFaces(comparison, place, added)
    if (!one) continue
    if (!other) comparison.demandSame(members, after?.entries.get(kind), place)
    else for (const [name, value] of one.entries) comparison.demandSame(value, other.entries.get(name), place)
  }
}

function compareFieldList(
  comparison: Comparison,
  old: PdfValue | undefined,
  now: PdfValue | undefined,
  place: Place,
): void {
  const before = itemsOf(comparison.old.resolve(old))
  const resolved = comparison.now.resolve(now)
  if (!isKind(resolved, 'array')) {
    comparison.report('change-forbidden', place)
    return
  }
  const added: PdfValue[] = []
  let at = 0
  for (const item of resolved.items) {
    const expected = before[at]
    const isNew = expected === undefined || (isKind(expected, 'ref') && !isSameReference(expected, item))
    if (isNew) {
      added.push(item)
      continue
    }
    at += 1
    if (isKind(expected, 'ref') && isKind(item, 'ref') && isUntouchedSignatureField(comparison, expected, item))
      continue
    comparison.demandSame(expected, item, { ...place, what: 'form field' })
  }
  if (at < before.length) comparison.report('change-forbidden', { ...place, what: 'removed form field' })
  if (added.length === 0) return
  const wanted = new Set(added.map((item) => (isKind(item, 'ref') ? item.number : null)))
  const fields = new Map(
    formFieldsOf(comparison.now).flatMap((field) => (wanted.has(field.object) ? [[field.object, field] as const] : [])),
  )
  const names = new Set([...fields.values()].map((field) => field.name))
  const taken = new Set(formFieldsOf(comparison.old).flatMap(({ name }) => (names.has(name) ? name : [])))
  for (const item of added) {
    const object = isKind(item, 'ref') ? item.number : null
    const field = object === null ? undefined : fields.get(object)
    // A group of fields that was not there is more than a place to sign.
    if (!field || taken.has(field.name) || !isNewSignatureField(comparison, field)) {
      comparison.report('change-forbidden', { ...place, object, what: 'new form field' })
    }
  }
}

const FILLING = new Set(['V', 'AP', 'AS', 'F', 'DA', 'Q', 'M', 'RV', 'I'])
const FILLED_TYPES = new Set(['Tx', 'Btn', 'Ch'])

function compareField(comparison: Comparison, field: FormField, old: PdfDict, now: PdfDict, place: Place): void {
  const what = `form field ${field.name}`
  const mayChange = mayBeFilled(comparison, field)
  const signing = isBeingSigned(comparison, field)
  for (const key of keysOf(old, now)) {
    const [before, after] = [old.entries.get(key), now.entries.get(key)]
    const filling = mayChange && FILLING.has(key) && (field.type !== 'Sig' || signing)
    if (!signing && !mayDiffer(before, after)) continue
    const at = { ...place, what: `${what} ${key}` }
    if (filling) {
      if (!signing) noteFilling(comparison, field, { key, before, after }, place)
      judgeFilling(comparison, { key, before, after, field }, at)
    } else if (signing && mayChange && isNewWidgetKey(key, before)) {
      const wanted = { Type: 'Annot', Subtype: 'Widget' }[key]
      if (wanted && nameOf(comparison.now.resolve(after)) !== wanted) comparison.report('change-forbidden', at)
    } else if (key !== 'Kids' || !signing || !mayChange || before !== undefined)
      comparison.demandSame(before, after, at)
  }
}

/** An empty signature field that has a signature now; as long as it has none, nothing of it may change. */
function isBeingSigned({ now }: Comparison, field: FormField): boolean {
  if (field.type !== 'Sig' || field.value !== null || field.object === null) return false
  return isKind(now.resolve(dictOf(now.object(field.object))?.entries.get('V')), 'dict')
}

/** A signature field that was never shown may become a widget when it is signed. */
const isNewWidgetKey = (key: string, before: PdfValue | undefined): boolean =>
  before === undefined && ['Type', 'Subtype', 'Rect', 'P', 'MK', 'Border', 'BS'].includes(key)

function compareWidget(comparison: Comparison, field: FormField, old: PdfDict, now: PdfDict, place: Place): void {
  const mayChange = mayBeFilled(comparison, field)
  const signing = isBeingSigned(comparison, field)
  const what = `form field ${field.name}`
  for (const key of keysOf(old, now)) {
    const [before, after] = [old.entries.get(key), now.entries.get(key)]
    const at = { ...place, what: `widget of ${what} ${key}` }
    if (mayChange && (field.type !== 'Sig' || signing) && FILLING.has(key) && key !== 'V') {
      if (!signing) noteFilling(comparison, field, { key, before, after }, place)
      judgeFilling(comparison, { key, before, after, field }, at)
    } else comparison.demandSame(before, after, at)
  }
}

/** Clause 12.8.2.2.2 and 12.8.2.4: filling in and signing need P of 2 or more, and a field that no signature locks. */
function mayBeFilled(comparison: Comparison, field: FormField): boolean {
  if (comparison.permission < 2 || comparison.locks.some((lock) => isLocked(lock, field.name))) return false
  if (!field.terminal && holdsLocked(comparison, field.name)) return false
  if (field.type === 'Btn' && isPushbutton(comparison, field)) return false
  return field.type === 'Sig' || FILLED_TYPES.has(field.type ?? '')
}

const PUSHBUTTON = 1 << 16

/** A pushbutton holds no value (clause 12.7.5.2.2): nothing of it is ever filled in. */
function isPushbutton({ old }: Comparison, field: FormField): boolean {
  return ((integerOf(old.resolve(field.dict.entries.get('Ff'))) ?? 0) & PUSHBUTTON) !== 0
}

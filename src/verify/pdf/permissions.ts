import type { PdfView } from './pdf-document.ts'
import { formFieldsOf } from './signature-fields.ts'
import { dictOf, integerOf, isKind, nameOf, type PdfDict, type PdfValue, textOf } from './values.ts'

/** Fields that a signature locks (ISO 32000-2 clause 12.8.2.4). */
export interface FieldLock {
  readonly action: 'All' | 'Include' | 'Exclude'
  readonly fields: readonly string[]
}

/** Gives the P of a certification signature's DocMDP (1 to 3, 2 where it is not said); null where it certifies nothing. */
export function docMdpOf(view: PdfView, signature: PdfDict): number | null {
  for (const { method, parameters } of referencesOf(view, signature)) {
    if (method !== 'DocMDP') continue
    return permissionOf(view.resolve(parameters?.entries.get('P'))) ?? 2
  }
  return null
}

/** What is none of the three permits the least; null where nothing is said. */
function permissionOf(value: PdfValue): number | null {
  if (value === null) return null
  const permission = integerOf(value) ?? 1
  return permission >= 1 && permission <= 3 ? permission : 1
}

/** Gives what a signature's FieldMDP locks. */
export function fieldLocksOf(view: PdfView, signature: PdfDict): readonly FieldLock[] {
  return referencesOf(view, signature).flatMap(({ method, parameters }) =>
    method === 'FieldMDP' && parameters ? [readLock(view, parameters)] : [],
  )
}

/** Reads the transform parameters of FieldMDP, or a signature field's Lock: both have Action and Fields. */
export function readLock(view: PdfView, dict: PdfDict): FieldLock {
  const action = nameOf(view.resolve(dict.entries.get('Action')))
  const list = view.resolve(dict.entries.get('Fields'))
  const fields = isKind(list, 'array') ? list.items.flatMap((item) => textOf(view.resolve(item)) ?? []) : []
  // Fields that are no list say nothing of what is locked: then all are.
  const isRead = list === null || isKind(list, 'array')
  if (isRead && (action === 'Include' || action === 'Exclude')) return { action, fields }
  return { action: 'All', fields: [] }
}

/** What a signature field's Lock says about the time after it is signed. */
export interface SignatureLock {
  /** P, 1 to 3; null where it is not said. */
  readonly permission: number | null
  /** Null where it names no fields. */
  readonly fields: FieldLock | null
}

/** Gives the Lock of the field that a signature stands in; nothing where there is none. @see ISO 32000-2 table 237 */
export function signatureLockOf(view: PdfView, signature: PdfDict): SignatureLock {
  const field = formFieldsOf(view).find((one) => one.value === signature)
  const lock = dictOf(view.resolve(field?.dict.entries.get('Lock')))
  if (!lock) return { permission: null, fields: null }
  return {
    permission: permissionOf(view.resolve(lock.entries.get('P'))),
    fields: lock.entries.has('Action') ? readLock(view, lock) : null,
  }
}

/** Says whether a lock holds a field: the field itself or one above it is named. */
export function isLocked(lock: FieldLock, fieldName: string): boolean {
  if (lock.action === 'All') return true
  const named = lock.fields.some((name) => fieldName === name || fieldName.startsWith(`${name}.`))
  return lock.action === 'Include' ? named : !named
}

function referencesOf(
  view: PdfView,
  signature: PdfDict,
): readonly { readonly method: string | null; readonly parameters: PdfDict | null }[] {
  const list = view.resolve(signature.entries.get('Reference'))
  const items = isKind(list, 'array') ? list.items : [list]
  return items.flatMap((item) => {
    const reference = dictOf(view.resolve(item))
    if (!reference) return []
    const method = nameOf(view.resolve(reference.entries.get('TransformMethod')))
    return [{ method, parameters: dictOf(view.resolve(reference.entries.get('TransformParams'))) }]
  })
}

import { asBuffer } from './characters.ts'
import type { FormField } from './form-field.ts'
import type { PdfView } from './pdf-document.ts'
import { dictOf, isKind, nameOf, type PdfDict, type PdfValue, textOf } from './values.ts'

const MAX_FIELDS = 200_000
const MAX_FIELD_DEPTH = 64

interface Place {
  readonly value: PdfValue
  readonly prefix: string
  readonly type: string | null
  readonly inherited: PdfValue | undefined
  readonly depth: number
}

/**
 * Gives all fields of a revision's form, in the order of the tree; circles and excess end the walk there. A view does not
 * change, and each later signature asks for the fields of each earlier revision: they are walked once.
 */
export function formFieldsOf(view: PdfView): readonly FormField[] {
  view.formFields ??= walkFields(view)
  return view.formFields
}

function walkFields(view: PdfView): readonly FormField[] {
  const form = dictOf(view.resolve(view.catalog.entries.get('AcroForm')))
  const fields: FormField[] = []
  const seen = new Set<number>()
  const roots = itemsOf(view, form?.entries.get('Fields'))
  const open: Place[] = roots
    .map((value) => ({ value, prefix: '', type: null, inherited: undefined, depth: 0 }))
    .reverse()
  for (let place = open.pop(); place && fields.length < MAX_FIELDS; place = open.pop()) {
    const reference = isKind(place.value, 'ref') ? place.value.number : null
    if (reference !== null && seen.has(reference)) continue
    if (reference !== null) seen.add(reference)
    const dict = dictOf(view.resolve(place.value))
    if (!dict || place.depth > MAX_FIELD_DEPTH) continue
    const read = readField(view, dict, reference, place)
    fields.push(read.field)
    for (const kid of read.kids.toReversed()) open.push(kid)
  }
  view.chargeFields(fields.length)
  return fields
}

function readField(
  view: PdfView,
  dict: PdfDict,
  object: number | null,
  place: Place,
): { readonly field: FormField; readonly kids: Place[] } {
  const partial = textOf(view.resolve(dict.entries.get('T')))
  const name = partial === null ? place.prefix : place.prefix === '' ? partial : `${place.prefix}.${partial}`
  const type = nameOf(view.resolve(dict.entries.get('FT'))) ?? place.type
  const raw = dict.entries.get('V') ?? place.inherited
  const kids = itemsOf(view, dict.entries.get('Kids')).map((value) => ({
    value,
    prefix: name,
    type,
    inherited: raw,
    depth: place.depth + 1,
  }))
  // Kids without a partial name are widgets of this field (clause 12.7.4.1).
  const fieldKids = kids.filter((kid) => dictOf(view.resolve(kid.value))?.entries.has('T'))
  const valueObject = isKind(raw, 'ref') ? raw.number : null
  const field = { name, type, dict, object, value: view.resolve(raw), valueObject, terminal: fieldKids.length === 0 }
  return { field, kids: fieldKids }
}

function itemsOf(view: PdfView, value: PdfValue | undefined): readonly PdfValue[] {
  const resolved = view.resolve(value)
  return isKind(resolved, 'array') ? resolved.items : []
}

/** Says whether a dictionary looks like a signature, whatever points at it. */
export function isSignatureLike(view: PdfView, dict: PdfDict): boolean {
  const named = dict.entries.get('Type')
  const type = named === undefined ? null : nameOf(view.resolve(named))
  if (type === 'Sig' || type === 'DocTimeStamp') return true
  if (dict.entries.has('ByteRange')) return true
  for (const value of dict.entries.values()) {
    if (isKind(value, 'string') && value.hex && startsAsCms(value.bytes)) return true
  }
  return false
}

/** 1.2.840.113549.1.7.2, SignedData. */
const SIGNED_DATA = Buffer.from('06092a864886f70d010702', 'hex')

/** Whether bytes begin as ContentInfo with SignedData does: SEQUENCE, its length in up to five octets, the type. */
function startsAsCms(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x30) return false
  const at = asBuffer(bytes.subarray(0, 32)).indexOf(SIGNED_DATA)
  return at >= 2 && at <= 6
}

/** Gives the signatures' fields with their dictionaries: fields of type Sig, and fields whose value looks like one. */
export function signedFieldsOf(view: PdfView): readonly (FormField & { readonly signature: PdfDict })[] {
  return formFieldsOf(view).flatMap((field) => {
    const signature = field.terminal ? dictOf(field.value) : null
    if (!signature || (field.type !== 'Sig' && !isSignatureLike(view, signature))) return []
    return [{ ...field, signature }]
  })
}

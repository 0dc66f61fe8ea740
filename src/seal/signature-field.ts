import { GatewayError } from '../model/errors.ts'
import { findCatalog, listPages } from '../model/pdf/page-tree.ts'
import type { PdfFile } from '../model/pdf/pdf-file.ts'
import type { RevisedObject } from '../model/pdf/revision.ts'
import { malformedPdf } from '../model/pdf/syntax.ts'
import {
  asInteger,
  asName,
  isArray,
  isDictionary,
  isReference,
  type PdfDictionary,
  type PdfReference,
  type PdfValue,
  pdfDictionary,
  pdfName,
  pdfNumber,
  pdfReference,
  pdfText,
  withMembers,
} from '../model/pdf/values.ts'
import { drawAppearance, emptyAppearance, type Rectangle } from './appearance.ts'

export interface FieldPlan {
  readonly signature: PdfReference
  /** Default: Signature1 (TimeStamp1), or the next number that is free. */
  readonly fieldName?: string
  readonly visible?: { readonly page?: number; readonly rectangle: Rectangle; readonly lines: readonly string[] }
  /** Write /Perms /DocMDP: this signature certifies the document. */
  readonly certify: boolean
  /** A document time-stamp: no certification forbids it (ISO 32000-2 §12.8.2.2.2). */
  readonly timeStamp?: boolean
}

const MAX_NODES = 100_000

/**
 * Gives the objects that put a signature field with its widget into the form and on a page: field, appearance,
 * page (or its /Annots), form (or its /Fields) and, where needed, the catalog. Numbers above `nextNumber` are taken.
 * @throws GatewayError malformed-pdf, wrong-state (certified already, or no change is permitted)
 */
export function planSignatureField(file: PdfFile, plan: FieldPlan, nextNumber: number): RevisedObject[] {
  const { reference: rootReference, dictionary: catalog } = findCatalog(file)
  const fieldNames = checkState(file, catalog, plan)
  const page = listPages(file, (plan.visible?.page ?? 0) + 1).at(-1)?.reference
  if (!page) throw malformedPdf('it has no page')
  const field = pdfReference(nextNumber)
  const appearance = pdfReference(nextNumber + 1)
  const rectangle = plan.visible?.rectangle ?? [0, 0, 0, 0]

  const changed = new Map<number, RevisedObject>()
  const write = (reference: PdfReference, value: PdfValue): void => {
    changed.set(reference.number, { reference, value })
  }
  // §12.5.2: what has no area needs none; and some judge an appearance as more than a document time-stamp.
  if (!plan.timeStamp)
    write(appearance, plan.visible ? drawAppearance(rectangle, plan.visible.lines) : emptyAppearance())
  write(
    field,
    pdfDictionary({
      Type: pdfName('Annot'),
      Subtype: pdfName('Widget'),
      FT: pdfName('Sig'),
      T: pdfText(plan.fieldName ?? freeFieldName(plan.timeStamp ? 'TimeStamp' : 'Signature', fieldNames)),
      V: plan.signature,
      F: pdfNumber(132), // print, locked
      P: page,
      Rect: rectangle.map(pdfNumber),
      AP: plan.timeStamp ? undefined : pdfDictionary({ N: appearance }),
    }),
  )
  appendToArray(file, page, file.dictionary(page, 'page'), 'Annots', field, write)

  const formMembers = catalog.entries.get('AcroForm')
  const form = isDictionary(file.resolve(formMembers)) ? file.dictionary(formMembers, 'form') : pdfDictionary({})
  let members: Record<string, PdfValue> = {}
  const flags = (asInteger(file.resolve(form.entries.get('SigFlags'))) ?? 0) | 3
  const newForm = withMembers(form, { SigFlags: pdfNumber(flags) })
  if (isReference(formMembers)) appendToArray(file, formMembers, newForm, 'Fields', field, write)
  else members = { AcroForm: appendToArray(file, null, newForm, 'Fields', field, write) }
  if (plan.certify) {
    const perms = file.resolve(catalog.entries.get('Perms'))
    members['Perms'] = withMembers(isDictionary(perms) ? perms : pdfDictionary({}), { DocMDP: plan.signature })
  }
  if (Object.keys(members).length > 0) write(rootReference, withMembers(catalog, members))
  return [...changed.values()]
}

/** Appends to an owner's array, which may be missing, direct or an object of its own; gives the owner as it becomes. */
function appendToArray(
  file: PdfFile,
  ownerReference: PdfReference | null,
  owner: PdfDictionary,
  key: string,
  item: PdfValue,
  write: (reference: PdfReference, value: PdfValue) => void,
): PdfDictionary {
  const held = owner.entries.get(key)
  const before = file.resolve(held)
  const items = [...(isArray(before) ? before : []), item]
  if (isReference(held) && isArray(before)) {
    write(held, items)
    if (ownerReference && key === 'Fields') write(ownerReference, owner)
    return owner
  }
  const after = withMembers(owner, { [key]: items })
  if (ownerReference) write(ownerReference, after)
  return after
}

/** Refuses what would break a signature that is there; gives the names of the form's fields. */
function checkState(
  file: PdfFile,
  catalog: PdfDictionary,
  { certify, timeStamp = false }: Pick<FieldPlan, 'certify' | 'timeStamp'>,
): ReadonlySet<string> {
  const perms = file.resolve(catalog.entries.get('Perms'))
  const certification = isDictionary(perms) ? file.resolve(perms.entries.get('DocMDP')) : null
  const names = new Set<string>()
  let signed = 0
  const form = file.resolve(catalog.entries.get('AcroForm'))
  const queue: PdfValue[] = isDictionary(form) ? [form.entries.get('Fields') ?? null] : []
  for (let nodes = 0; queue.length > 0; nodes += 1) {
    if (nodes > MAX_NODES || queue.length > 2 * MAX_NODES) throw malformedPdf('its form has too many fields')
    const node = file.resolve(queue.pop())
    if (isArray(node)) for (const item of node) queue.push(item)
    if (!isDictionary(node)) continue
    queue.push(node.entries.get('Kids') ?? null)
    const name = node.entries.get('T')
    if (typeof name === 'object' && name !== null && 'kind' in name && name.kind === 'string') {
      names.add(Buffer.from(name.bytes).toString('latin1'))
    }
    if (asName(node.entries.get('FT')) === 'Sig' && isDictionary(file.resolve(node.entries.get('V')))) signed += 1
  }
  // ISO 32000-2 §12.8.2.2: one certification, and it is the first signature.
  if (certify && (signed > 0 || isDictionary(certification))) {
    throw new GatewayError('wrong-state', 'A PDF that is signed already cannot be certified.')
  }
  if (!timeStamp && isDictionary(certification) && permittedChanges(file, certification) === 1) {
    throw new GatewayError('wrong-state', 'The PDF is certified so that nothing may be added.')
  }
  return names
}

function permittedChanges(file: PdfFile, signature: PdfDictionary): number {
  const references = file.resolve(signature.entries.get('Reference'))
  const first = isArray(references) ? file.resolve(references[0]) : null
  const parameters = isDictionary(first) ? file.resolve(first.entries.get('TransformParams')) : null
  return (isDictionary(parameters) ? asInteger(file.resolve(parameters.entries.get('P'))) : null) ?? 2
}

function freeFieldName(kind: string, taken: ReadonlySet<string>): string {
  let number = 1
  while (taken.has(`${kind}${number}`)) number += 1
  return `${kind}${number}`
}

import { VerifyError } from '../errors.ts'
import { type ByteRange, judgeByteRange } from './byte-range.ts'
import type { PdfDocument, PdfView } from './pdf-document.ts'
import { isSignatureLike, signedFieldsOf } from './signature-fields.ts'
import { dictOf, isKind, nameOf, type PdfDict, type PdfValue } from './values.ts'

/** A signature dictionary as it was when it came into the file. */
export interface PdfSignature {
  /** The field's full name; `object N` where no field points at it. */
  readonly id: string
  readonly dict: PdfDict
  readonly range: ByteRange
  /** No field of the newest revision points at it. */
  readonly hidden: boolean
  /** A later revision holds another version of the same dictionary. */
  readonly replaced: boolean
}

interface Found {
  readonly id: string
  readonly versions: PdfDict[]
  lastRevision: number
}

/**
 * Finds every signature of every revision: in the form's fields, and dictionaries that look like signatures and that no
 * field points at. One that is malformed hides no other. In the order of the end of their byte ranges.
 */
export function findSignatures(document: PdfDocument): readonly PdfSignature[] {
  const found = new Map<string, Found>()
  const seen = new Set<PdfDict>()
  for (const { index } of document.revisions) {
    for (const field of signedFieldsOf(document.view(index))) {
      const key = field.valueObject === null ? `field ${field.name}` : `object ${field.valueObject}`
      const known = found.get(key) ?? { id: field.name, versions: [], lastRevision: index }
      if (!known.versions.includes(field.signature)) known.versions.push(field.signature)
      known.lastRevision = index
      found.set(key, known)
      seen.add(field.signature)
    }
  }
  const newest = document.revisions.length - 1
  const fields = [...found.values()].map((one) => toSignature(one, one.lastRevision < newest, document.bytes.length))
  const hidden = findHidden(document, found, seen).map((one) => toSignature(one, true, document.bytes.length))
  const all = [...fields, ...hidden]
  // Leaving some out would let them pass unseen.
  if (all.length > document.budget.limits.maxSignatures) {
    throw new VerifyError('too-many-elements', 'the PDF has too many signatures')
  }
  return withDistinctIds(all.sort((a, b) => a.range.end - b.range.end || Number(a.range.sound) - Number(b.range.sound)))
}

/** Of several versions of a dictionary the one counts that its own byte range fits: the one that was signed. */
function toSignature(found: Found, hidden: boolean, fileBytes: number): PdfSignature {
  const judged = found.versions.map((dict) => ({ dict, range: judgeByteRange(dict, fileBytes) }))
  const chosen = judged.find((one) => one.range.sound) ?? judged.at(-1)
  const dict = chosen?.dict ?? { kind: 'dict', entries: new Map(), repeated: [] }
  const range = chosen?.range ?? judgeByteRange(dict, fileBytes)
  return { id: found.id, dict, range, hidden, replaced: found.versions.length > 1 }
}

function withDistinctIds(signatures: readonly PdfSignature[]): readonly PdfSignature[] {
  const counts = new Map<string, number>()
  return signatures.map((signature) => {
    const count = (counts.get(signature.id) ?? 0) + 1
    counts.set(signature.id, count)
    return count === 1 ? signature : { ...signature, id: `${signature.id}#${count}` }
  })
}

/** Looks through every object of every revision, as an attacker needs no field to show a signature's bytes. */
function findHidden(document: PdfDocument, fields: ReadonlyMap<string, Found>, seen: Set<PdfDict>): readonly Found[] {
  const hidden = new Map<string, Found>()
  const looked = new Set<PdfValue>()
  for (const { index } of document.revisions) {
    const view = document.view(index)
    const exempt = usageRightsOf(view)
    for (const number of document.changedIn(index)) {
      const value = view.object(number)
      if (value === null || typeof value !== 'object' || looked.has(value)) continue
      looked.add(value)
      for (const dict of dictsWithin(value)) {
        if (seen.has(dict) || dict === exempt || !isSignatureLike(view, dict)) continue
        seen.add(dict)
        const key = `object ${number}`
        // Another version of a signature that a field points at is judged with it, as a change.
        const field = fields.get(key)
        if (field) {
          if (!field.versions.includes(dict)) field.versions.push(dict)
          continue
        }
        const known = hidden.get(key) ?? { id: key, versions: [], lastRevision: index }
        known.versions.push(dict)
        hidden.set(key, known)
      }
    }
  }
  return [...hidden.values()]
}

/** The usage rights that a maker of software granted by its own signature are nobody's signing (clause 12.8.2.3). */
function usageRightsOf(view: PdfView): PdfDict | null {
  const permissions = dictOf(view.resolve(view.catalog.entries.get('Perms')))
  const signature = dictOf(view.resolve(permissions?.entries.get('UR3')))
  // Only what says that it grants rights is a grant; whatever else stands there is somebody's signature.
  const references = view.resolve(signature?.entries.get('Reference'))
  const grants = (isKind(references, 'array') ? references.items : []).some((item) => {
    const method = nameOf(view.resolve(dictOf(view.resolve(item))?.entries.get('TransformMethod')))
    return method === 'UR3' || method === 'UR'
  })
  return grants ? signature : null
}

/** Gives the dictionaries that stand directly in a value, itself included; references are not followed. */
function dictsWithin(value: PdfValue): readonly PdfDict[] {
  const dicts: PdfDict[] = []
  const open: PdfValue[] = [value]
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (isKind(one, 'array')) pushContainers(one.items, open)
    const dict = dictOf(one)
    if (!dict) continue
    dicts.push(dict)
    pushContainers(dict.entries.values(), open)
  }
  return dicts
}

function pushContainers(values: Iterable<PdfValue>, open: PdfValue[]): void {
  for (const value of values) if (isKind(value, 'dict') || isKind(value, 'array')) open.push(value)
}

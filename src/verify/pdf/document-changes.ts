import { asVerifyError } from '../errors.ts'
import type { Finding } from '../report/report.ts'
import { findLooseEnd, isFoundBySearch } from './appended-revision.ts'
import { type Coverage, isBlank, isShortBlank } from './byte-range.ts'
import { compareCatalogs, compareStores, compareTrailers } from './changes/catalog-changes.ts'
import { beginComparison, type Change, type Comparison } from './changes/comparison.ts'
import { assignFormRoles } from './changes/form-changes.ts'
import { assignPageRoles } from './changes/page-changes.ts'
import { skipWhiteSpace } from './characters.ts'
import type { PdfSignature } from './find-signatures.ts'
import { readObjectHeader } from './indirect-object.ts'
import { findPdfHeader, type PdfDocument, type PdfView } from './pdf-document.ts'
import { docMdpOf, fieldLocksOf, signatureLockOf } from './permissions.ts'
import { placeOnPage } from './place-on-page.ts'
import { lastStartXref } from './section-chain.ts'

/** What was done to the document after a signature. */
export interface ChangesConclusion {
  readonly changes: 'none' | 'permitted' | 'forbidden' | 'unknown'
  readonly findings: readonly Finding[]
}

const CLAUSE = 'ISO 32000-2 §12.8.2.2'

const unknown = (code: string, message: string): ChangesConclusion => ({
  changes: 'unknown',
  findings: [{ code, severity: 'error', message, clause: CLAUSE }],
})

/**
 * Judges what stands behind a signature's byte range: compares the revision that was signed with each later one, object
 * by object. What is not proven to be permitted is never called so.
 * @see ISO 32000-2 clause 12.8.2.2 and 12.8.2.4
 */
export function judgeChanges(document: PdfDocument, signature: PdfSignature, coverage: Coverage): ChangesConclusion {
  if (coverage === 'partial') return unknown('coverage-partial', 'the byte range ends in the midst of a revision')
  const end = coverage === 'file' ? signature.range.end : (document.revisions.at(-1)?.end ?? 0)
  if (!isHarmlessEnd(document, end)) {
    return unknown('bytes-behind-end', 'bytes that belong to no revision stand behind the end of the file')
  }
  if (coverage === 'file') return { changes: 'none', findings: [] }
  if (document.notes.has('cross-reference-rebuilt')) {
    return unknown('changes-not-judged', 'the cross-reference is damaged, so that revisions cannot be told apart')
  }
  const index = document.revisions.findIndex((one) => Math.abs(one.end - signature.range.end) <= 4)
  const signed = document.revisions[index]
  if (!signed) return unknown('coverage-partial', 'the byte range ends in the midst of a revision')
  // What readers of the signed bytes alone would have opened must be the revision that we compare with.
  if (!leadsTo(document.bytes, signature.range.end, signed.sectionOffset)) {
    return unknown('changes-not-judged', 'the signed bytes lead to another cross-reference than the file does')
  }
  if (signed.furthest > signature.range.end || runsOver(document, signature.range.end)) {
    return unknown('changes-not-judged', 'the signed revision is read from bytes behind it')
  }
  if (isLinearizedAnew(document.bytes)) {
    return unknown(
      'changes-not-judged',
      'the file claims to be linearized as a whole: readers may show its first revision',
    )
  }
  try {
    return compareRevisions(document, signature, index)
  } catch (fault) {
    const error = asVerifyError(fault)
    if (error.code === 'internal') throw error
    return unknown('changes-not-judged', `the changes could not be compared: ${error.message}`)
  }
}

/** Readers that look for the end of the file near its end may search it instead where too much white space follows. */
const isHarmlessEnd = (document: PdfDocument, end: number): boolean =>
  isShortBlank(document.bytes, end) ||
  (isBlank(document.bytes, end, document.bytes.length) && isFoundBySearch(document))

/** Ends of objects in the order in which they begin: the furthest until then. */
const reaches = new WeakMap<PdfDocument, { readonly starts: readonly number[]; readonly ends: readonly number[] }>()

/** Says whether an object that begins before a place ends behind it. */
function runsOver(document: PdfDocument, place: number): boolean {
  let known = reaches.get(document)
  if (!known) {
    const extents = [...document.extents()].sort((a, b) => a.start - b.start)
    let furthest = 0
    const ends = extents.map(({ end }) => {
      furthest = Math.max(furthest, end)
      return furthest
    })
    known = { starts: extents.map(({ start }) => start), ends }
    reaches.set(document, known)
  }
  let [low, high] = [0, known.starts.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((known.starts[middle] ?? 0) < place) low = middle + 1
    else high = middle
  }
  return (known.ends[low - 1] ?? 0) > place
}

/**
 * A linearized file whose length is the one that it says is shown by its first section (annex F): an update makes it
 * longer, and whoever makes it say so has readers go back to what was before the update.
 */
function isLinearizedAnew(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 2048)).toString('latin1')
  return (
    /\/Linearized\b/.test(head) &&
    [...head.matchAll(/\/L\s+(\d{1,15})/g)].some(([, length]) => Number(length) === bytes.length)
  )
}

/** Offsets count from the file's start, or from the header where bytes stand before it. */
function leadsTo(bytes: Uint8Array, end: number, sectionOffset: number): boolean {
  const named = lastStartXref(bytes, end)
  if (named === null) return false
  return [0, Math.max(0, findPdfHeader(bytes))].some((shift) => skipWhiteSpace(bytes, named + shift) === sectionOffset)
}

/** What a signature permits to follow it. */
type Rules = Pick<Comparison, 'permission' | 'certifies' | 'locks'>

/** Clause 12.8.2.2 and table 237: the strictest counts of DocMDP and the P of the field's Lock. */
function rulesOf(view: PdfView, signature: PdfSignature): Rules {
  const docMdp = docMdpOf(view, signature.dict)
  const lock = signatureLockOf(view, signature.dict)
  const said = [docMdp, lock.permission].filter((permission) => permission !== null)
  return {
    permission: said.length > 0 ? Math.min(...said) : 2,
    certifies: said.length > 0,
    locks: [...fieldLocksOf(view, signature.dict), ...(lock.fields ? [lock.fields] : [])],
  }
}

/**
 * Compares the signed revision with the one after it, that with the next, and so on to the newest: what a later revision
 * hides again was shown all the same. Of the security store, which shows nothing, only what became of what the signed
 * revision held counts.
 */
function compareRevisions(document: PdfDocument, signature: PdfSignature, index: number): ChangesConclusion {
  const rules = rulesOf(document.view(index), signature)
  const known = stepsBy(document, rules)
  const changes: Change[] = []
  for (let step = index + 1; step < document.revisions.length; step += 1) {
    if (known[step] === undefined) known[step] = compareStep(document, step, rules)
    const made = known[step]
    if (!made) return unknown('changes-not-judged', 'there is too much to compare')
    changes.push(...made)
  }
  const stores = beginComparison(document.view(index), document.view(document.revisions.length - 1), rules)
  compareStores(stores)
  if (!stores.finish()) return unknown('changes-not-judged', 'there is too much to compare')
  return conclude([...changes, ...stores.changes], document)
}

/** What one revision changed of the one before it, by its index; null where that is too much to compare. */
type Steps = (readonly Change[] | null | undefined)[]

/** Signatures with the same rules share what was found out about a step, so that their number costs no more than once. */
const steps = new WeakMap<PdfDocument, Map<string, Steps>>()

function stepsBy(document: PdfDocument, rules: Rules): Steps {
  const all = steps.get(document) ?? new Map<string, Steps>()
  steps.set(document, all)
  const key = JSON.stringify(rules)
  const known = all.get(key) ?? []
  all.set(key, known)
  return known
}

function compareStep(document: PdfDocument, step: number, rules: Rules): readonly Change[] | null {
  const changed = new Set(document.changedIn(step))
  const comparison = beginComparison(document.view(step - 1), document.view(step), rules, changed)
  const { newWidgets } = assignFormRoles(comparison)
  assignPageRoles(comparison, newWidgets)
  compareTrailers(comparison)
  compareCatalogs(comparison, document, newWidgets)
  reportLeadingAstray(comparison, document)
  reportUnreadable(comparison, changed)
  const loose = findLooseEnd(document, step)
  if (loose !== null) comparison.report('change-unknown', { what: `update: ${loose}`, object: null, page: null })
  return comparison.finish() ? comparison.changes : null
}

/**
 * Readers that meet an entry with no object behind it search the file for objects: what they find then is not what was
 * compared. (Clause 7.5.4)
 */
function reportLeadingAstray({ now, report }: Comparison, { bytes }: PdfDocument): void {
  for (const number of now.revision.changed) {
    const entry = now.revision.entries.get(number)
    if (entry?.kind !== 'offset' || readObjectHeader(bytes, entry.offset)?.number === number) continue
    report('change-unknown', { what: 'cross-reference that leads to no object', object: number, page: null })
  }
}

/** What we cannot read, a reader that bears with more may show: that it is another now must not look like no change. */
function reportUnreadable({ old, now, report }: Comparison, changed: Iterable<number>): void {
  for (const object of changed) {
    if (!old.isUnreadable(object) && !now.isUnreadable(object)) continue
    report('change-unknown', { what: 'object that cannot be read', object, page: null })
  }
}

const SEVERITY: Readonly<Record<Change['code'], Finding['severity']>> = {
  'change-forbidden': 'error',
  'change-unknown': 'error',
  'change-annotation': 'warning',
  'change-form-filled': 'warning',
  'change-metadata': 'warning',
  'change-validation-data': 'warning',
  'change-form-overwritten': 'warning',
  'change-signature-shown': 'warning',
}

/** Of each kind. */
const MAX_FINDINGS = 20

/** Names the page, and of what may be a warning where it stands there, in points from the lower left. */
function wordsOfPlace({ code, object, page }: Change, document: PdfDocument): string {
  const place = SEVERITY[code] === 'error' ? null : placeOnPage(document, object)
  const number = page ?? place?.page ?? null
  const at = place?.box ? `, at ${place.box.join(' ')}` : ''
  const large = code === 'change-signature-shown' && place?.large === true ? ', over most of the page' : ''
  return `${number === null ? '' : `, page ${number}`}${at}${large}`
}

function conclude(changes: readonly Change[], document: PdfDocument): ChangesConclusion {
  const seen = new Set<string>()
  const counts = new Map<Change['code'], number>()
  const findings = changes.flatMap((change): Finding[] => {
    const object = change.object === null ? '' : `, object ${change.object}`
    const message = `${change.what}${object}${wordsOfPlace(change, document)}`
    const told = counts.get(change.code) ?? 0
    if (seen.has(message) || told >= MAX_FINDINGS) return []
    seen.add(message)
    counts.set(change.code, told + 1)
    return [{ code: change.code, severity: SEVERITY[change.code], message, clause: CLAUSE }]
  })
  const codes = new Set(changes.map((change) => change.code))
  if (codes.has('change-forbidden')) return { changes: 'forbidden', findings }
  return { changes: codes.has('change-unknown') ? 'unknown' : 'permitted', findings }
}

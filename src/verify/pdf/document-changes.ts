import { asVerifyError } from '../errors.ts'
import type { Finding } from '../report/report.ts'
import { type Coverage, isBlank } from './byte-range.ts'
import { compareCatalogs, compareTrailers } from './changes/catalog-changes.ts'
import { beginComparison, type Change } from './changes/comparison.ts'
import { assignFormRoles } from './changes/form-changes.ts'
import { assignPageRoles } from './changes/page-changes.ts'
import { skipWhiteSpace } from './characters.ts'
import type { PdfSignature } from './find-signatures.ts'
import { findPdfHeader, type PdfDocument } from './pdf-document.ts'
import { docMdpOf, fieldLocksOf } from './permissions.ts'
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
 * Judges what stands behind a signature's byte range: compares the revision that was signed with the newest one, object
 * by object. What is not proven to be permitted is never called so.
 * @see ISO 32000-2 clause 12.8.2.2 and 12.8.2.4
 */
export function judgeChanges(document: PdfDocument, signature: PdfSignature, coverage: Coverage): ChangesConclusion {
  if (coverage === 'file') return { changes: 'none', findings: [] }
  if (coverage === 'partial') return unknown('coverage-partial', 'the byte range ends in the midst of a revision')
  const newest = document.revisions.at(-1)
  if (newest && !isBlank(document.bytes, newest.end, document.bytes.length)) {
    // Readers that look for the end of the file near its end may rebuild it otherwise than we read it.
    return unknown('bytes-behind-end', 'bytes that belong to no revision stand behind the end of the file')
  }
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
  try {
    return compareRevisions(document, signature, index)
  } catch (fault) {
    const error = asVerifyError(fault)
    if (error.code === 'internal') throw error
    return unknown('changes-not-judged', `the changes could not be compared: ${error.message}`)
  }
}

/** Offsets count from the file's start, or from the header where bytes stand before it. */
function leadsTo(bytes: Uint8Array, end: number, sectionOffset: number): boolean {
  const named = lastStartXref(bytes, end)
  if (named === null) return false
  return [0, Math.max(0, findPdfHeader(bytes))].some((shift) => skipWhiteSpace(bytes, named + shift) === sectionOffset)
}

function compareRevisions(document: PdfDocument, signature: PdfSignature, index: number): ChangesConclusion {
  const old = document.view(index)
  const now = document.view(document.revisions.length - 1)
  const docMdp = docMdpOf(old, signature.dict)
  const comparison = beginComparison(old, now, {
    permission: docMdp ?? 2,
    certifies: docMdp !== null,
    locks: fieldLocksOf(old, signature.dict),
  })
  const { newWidgets } = assignFormRoles(comparison)
  assignPageRoles(comparison, newWidgets)
  compareTrailers(comparison)
  compareCatalogs(comparison, document)
  if (!comparison.finish()) return unknown('changes-not-judged', 'there is too much to compare')
  return conclude(comparison.changes)
}

const SEVERITY: Readonly<Record<Change['code'], Finding['severity']>> = {
  'change-forbidden': 'error',
  'change-unknown': 'error',
  'change-annotation': 'warning',
  'change-form-filled': 'warning',
  'change-validation-data': 'warning',
}

const MAX_FINDINGS = 20

function conclude(changes: readonly Change[]): ChangesConclusion {
  const seen = new Set<string>()
  const findings = changes.flatMap((change): Finding[] => {
    const object = change.object === null ? '' : `, object ${change.object}`
    const page = change.page === null ? '' : `, page ${change.page}`
    const message = `${change.what}${object}${page}`
    if (seen.has(message) || seen.size >= MAX_FINDINGS) return []
    seen.add(message)
    return [{ code: change.code, severity: SEVERITY[change.code], message, clause: CLAUSE }]
  })
  const codes = new Set(changes.map((change) => change.code))
  if (codes.has('change-forbidden')) return { changes: 'forbidden', findings }
  return { changes: codes.has('change-unknown') ? 'unknown' : 'permitted', findings }
}

import {
  coverageOf,
  type DamagedSignature,
  dateOf,
  docMdpOf,
  judgeChanges,
  nameOf,
  type PdfDocument,
  type PdfSignature,
} from '../pdf/index.ts'
import type { Finding, SignatureReport } from '../report/report.ts'
import type { CarriedEvidence } from './basic.ts'
import type { PdfProofs } from './pdf-proofs.ts'
import { formatFailure, worseOf } from './pdf-surroundings.ts'
import { blankSignature } from './signature-facts.ts'
import type { Evidence } from './verify-options.ts'

/** What all signatures of one PDF are judged with. */
export interface PdfContext {
  readonly document: PdfDocument
  /** Certificates and revocation data in the document security store. */
  readonly carried: CarriedEvidence
  readonly evidence: Evidence
  readonly proofs: PdfProofs
  /** Whether every reader is shown the same document. */
  readonly showing: readonly Finding[]
}

/** A signature dictionary with what its place in the file says, before its Contents are read. */
export interface PlacedSignature extends PdfContext {
  readonly signature: PdfSignature
  readonly kind: 'pdf' | 'pdf-timestamp'
  /** Its report as far as it is known. */
  readonly blank: SignatureReport
  readonly changesAfter: SignatureReport['changesAfter']
  /** Of the place: changes after it, and what readers show. */
  readonly findings: readonly Finding[]
  /** The whole report, where the byte range is such that there is nothing to judge; else null. */
  readonly refused: SignatureReport | null
}

/** Judges where a signature stands: its byte range, what it covers, and what was changed after it. */
export function placeSignature(signature: PdfSignature, context: PdfContext): PlacedSignature {
  const { document } = context
  const { range } = signature
  const blank = describe(signature, context)
  const kind = blank.kind === 'pdf-timestamp' ? 'pdf-timestamp' : 'pdf'
  if (!range.sound) {
    const refused = { ...blank, intact: false, ...worseOf(null, formatFailure(range.findings)) }
    return { ...context, signature, kind, blank, changesAfter: null, findings: [], refused }
  }
  const ends = document.revisions.map((revision) => revision.end)
  const coverage = coverageOf(document.bytes, range, ends)
  const changes = judgeChanges(document, signature, coverage)
  const revision = revisionOf(document, signature)
  return {
    ...context,
    signature,
    kind,
    blank: { ...blank, coverage, changesAfter: changes.changes, revision },
    changesAfter: changes.changes,
    findings: [...context.showing, ...blank.findings, ...changes.findings],
    refused: null,
  }
}

function describe(signature: PdfSignature, { document, evidence }: PdfContext): SignatureReport {
  const view = document.view(document.revisions.length - 1)
  const subFilter = nameOf(view.resolve(signature.dict.entries.get('SubFilter')))
  const type = nameOf(view.resolve(signature.dict.entries.get('Type')))
  const kind = subFilter === 'ETSI.RFC3161' || type === 'DocTimeStamp' ? 'pdf-timestamp' : 'pdf'
  const findings: Finding[] = []
  if (signature.hidden) {
    const message = 'no field of the form points at this signature: readers do not show it'
    findings.push({ code: 'signature-hidden', severity: 'error', message, clause: 'ISO 32000-2 §12.7.5.5' })
  }
  if (signature.replaced) {
    const message = 'a later revision holds another version of the signature dictionary'
    findings.push({ code: 'signature-replaced', severity: 'warning', message, clause: 'ISO 32000-2 §12.8.2.2' })
  }
  if (kind === 'pdf-timestamp' && subFilter !== 'ETSI.RFC3161') findings.push(SUB_FILTER_NOT_JUDGED)
  return {
    ...blankSignature(signature.id, kind, evidence.validationTime, evidence.policy.id),
    subFilter,
    hidden: signature.hidden,
    byteRange: signature.range.numbers,
    docMdp: docMdpOf(view, signature.dict),
    // A date that stands elsewhere is not among what was signed.
    claimedSigningTime: dateOf(signature.dict.entries.get('M'))?.toISOString() ?? null,
    findings,
  }
}

/** What is said of a signature that is made by no rules that are known here. */
export const SUB_FILTER_NOT_JUDGED: Finding = {
  code: 'sub-filter-not-judged',
  severity: 'error',
  message: 'the signature has no SubFilter, or one that is not judged',
  clause: 'ISO 32000-2 §12.8.3',
}

/** The revision that the signature ends, counted from 1; the newest where its range ends in none. */
function revisionOf(document: PdfDocument, signature: PdfSignature): number | null {
  const at = document.revisions.findIndex((revision) => revision.end >= signature.range.end - 4)
  return at < 0 ? document.revisions.length : at + 1
}

/** Reports what is left of a signature that cannot be read any more (EN 319 102-1 clause 5.2.2: format checking). */
export function reportDamagedSignature({ id, inField }: DamagedSignature, evidence: Evidence): SignatureReport {
  const blank = blankSignature(id, 'pdf', evidence.validationTime, evidence.policy.id)
  const message = inField
    ? 'the field was signed, and its signature cannot be read: the file is cut off or damaged'
    : 'what is left of a signature stands outside of every readable object: the file is cut off or damaged'
  const finding: Finding = { code: 'signature-damaged', severity: 'error', message, clause: 'ISO 32000-2 §12.8.1' }
  return { ...blank, hidden: !inField, intact: false, ...formatFailure([finding]) }
}

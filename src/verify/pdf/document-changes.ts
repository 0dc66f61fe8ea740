import type { Finding } from '../report/report.ts'
import type { Coverage } from './byte-range.ts'
import type { PdfSignature } from './find-signatures.ts'
import type { PdfDocument } from './pdf-document.ts'

/** What was done to the document after a signature. */
export interface ChangesConclusion {
  readonly changes: 'none' | 'permitted' | 'forbidden' | 'unknown'
  readonly findings: readonly Finding[]
}

/** Judges what stands behind a signature's byte range. What is not proven to be permitted is never called so. */
export function judgeChanges(_document: PdfDocument, _signature: PdfSignature, coverage: Coverage): ChangesConclusion {
  if (coverage === 'file') return { changes: 'none', findings: [] }
  const message = 'what was added after the signature was not judged'
  const clause = 'ISO 32000-2 §12.8.2.2'
  return { changes: 'unknown', findings: [{ code: 'changes-not-judged', severity: 'error', message, clause }] }
}

import { createHash } from 'node:crypto'
import { findPdfHeader } from '../pdf/index.ts'
import type { VerificationReport } from '../report/report.ts'
import { readEvidence, type VerifyOptions } from './verify-options.ts'
import { type Judged, verifyPdf } from './verify-pdf.ts'

/**
 * Judges one document: takes its bytes, the trust anchors, evidence and the time; gives the whole report. What the
 * bytes are is told by the bytes. Reads no clock, no disk and no network, and gives the same report for the same input.
 * @throws VerifyError invalid-options; a document that cannot be read is a report with `error`
 * @see EN 319 102-1 clause 5.1
 */
export function verifyDocument(bytes: Uint8Array, options: VerifyOptions): VerificationReport {
  const evidence = readEvidence(options)
  const judged: Judged =
    findPdfHeader(bytes) >= 0
      ? verifyPdf(bytes, evidence)
      : {
          mediaType: options.mediaType ?? null,
          signatures: [],
          encrypted: false,
          parts: [],
          findings: [],
          error: { code: 'unsupported-input', message: 'the bytes are no document that is judged here' },
        }
  return {
    schemaVersion: 1,
    id: null,
    file: options.fileName ?? null,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    ...judged,
    findings: [...evidence.findings, ...judged.findings],
  }
}

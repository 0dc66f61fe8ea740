import type { TimeStamp, TimeStampAuthority } from '../model/preservation.ts'
import { addDocumentTimeStamp } from './document-time-stamp.ts'
import { addValidationData, type SealEvidence } from './security-store.ts'

/**
 * Brings a signed PDF to PAdES B-LTA, or renews it there: puts the validation data into its document security store (B-LT)
 * and a document time-stamp over all of it. Both are incremental updates; every byte before stays.
 * @throws GatewayError not-a-pdf, malformed-pdf, encrypted-input, timestamp-unavailable, timestamp-refused
 * @see EN 319 142-1 clauses 5.5 and 6
 */
export async function extendSeal(
  pdf: Uint8Array,
  evidence: SealEvidence,
  authority: TimeStampAuthority,
): Promise<{ readonly pdf: Uint8Array; readonly stamp: TimeStamp }> {
  return addDocumentTimeStamp(addValidationData(pdf, evidence), authority)
}

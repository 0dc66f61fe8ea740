import type { MalwareScan } from './malware.ts'
import type { Instant } from './time.ts'

export type DocumentRole =
  /** the raw mail or form as it came */
  | 'message'
  /** a part of it: attachment, inline image, nested mail */
  | 'attachment'
  /** a text body of the mail */
  | 'body'
  /** what stood encrypted in a mail, as its own signature covers it */
  | 'opened'
  /** derived by us from another document, e.g. PDF/A */
  | 'rendition'
  /** the approved copy: stamped and sealed */
  | 'approved'
  /** written by us: a letter's document */
  | 'letter'

/** Bytes with a name and a type by content. Originals never change; what is derived names what it came from. */
export interface Document {
  readonly id: string
  readonly submissionId: string | null
  readonly caseId: string | null
  readonly role: DocumentRole
  /** Safe to use as a file name: no path, no control characters, NFC, at most 120 characters. */
  readonly name: string
  /** As the sender named it. */
  readonly originalName: string | null
  /** By content, not by what the sender declared. */
  readonly mediaType: string
  readonly declaredMediaType: string | null
  readonly sha256: string
  readonly size: number
  /** Where it stood: MIME part number such as "1.2"; null for what we made. */
  readonly partPath: string | null
  readonly derivedFrom: string | null
  readonly createdAt: Instant
  /** What a malware scanner said of it; null or absent: none was asked. */
  readonly malware?: MalwareScan | null
}

/** A stored report of the verifier on one document (the report's JSON lies in the blob). */
export interface Verification {
  readonly id: string
  readonly documentId: string
  readonly indication: 'TOTAL-PASSED' | 'INDETERMINATE' | 'TOTAL-FAILED' | 'NO-SIGNATURE' | 'ERROR'
  readonly subIndication: string | null
  readonly validationTime: Instant
  /** SHA-256 over the enabled anchors' fingerprints: says which trust list gave the verdict. */
  readonly trustListVersion: string
  readonly reportSha256: string
  /** Fingerprints of the anchors at which its signers' paths end. */
  readonly anchors: readonly string[]
  /** Ids of the validation data that were fetched for it. */
  readonly validationData: readonly string[]
  readonly createdAt: Instant
}

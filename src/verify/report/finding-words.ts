import { CERTIFICATE_WORDS } from './certificate-words.ts'
import { DOCUMENT_WORDS } from './document-words.ts'
import { PROOF_WORDS } from './proof-words.ts'
import { SIGNATURE_WORDS } from './signature-words.ts'
import { TIMESTAMP_WORDS } from './timestamp-words.ts'
import type { Words } from './words.ts'

/** What each finding says to a citizen. Every code that verify/ gives stands here; a test holds it. */
export const FINDING_WORDS: Readonly<Record<string, Words>> = {
  ...DOCUMENT_WORDS,
  ...SIGNATURE_WORDS,
  ...CERTIFICATE_WORDS,
  ...PROOF_WORDS,
  ...TIMESTAMP_WORDS,
}

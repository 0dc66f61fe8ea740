import type { ErrorCode } from '../model/errors.ts'

/** Faults that lie in the document, or in what it did to its process: they are its verdict, and the others go on. */
export const FAULT_OF_THE_DOCUMENT: ReadonlySet<ErrorCode> = new Set([
  'not-a-pdf',
  'unreadable-input',
  'too-large',
  'too-deep',
  'too-many-parts',
  'malformed-mime',
  'malformed-der',
  'malformed-pdf',
  'malformed-key',
  'encrypted-input',
  'child-timeout',
  'child-memory',
  'child-crashed',
])

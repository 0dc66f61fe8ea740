import type { ErrorCode, GatewayError } from '../model/errors.ts'

const CODES: ReadonlySet<ErrorCode> = new Set([
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

/**
 * Says whether a fault lies in the document, or in what it did to its process: then it is the document's verdict, and
 * the others go on. A child that did not even start says nothing about a document: that is retryable, and ours.
 */
export const isFaultOfTheDocument = (fault: GatewayError): boolean => CODES.has(fault.code) && !fault.retryable

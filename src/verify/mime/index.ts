export { type Mailbox, parseMailboxes } from './address.ts'
export { type DecodedText, decodeText } from './charset.ts'
export { decodeEncodedWords } from './encoded-word.ts'
export {
  allEntities,
  bodyBytes,
  type Entity,
  entityBytes,
  firstField,
  type HeaderField,
  type MimeTree,
} from './entity.ts'
export { withCrlf } from './lines.ts'
export { MIME_LIMITS, MimeError, type MimeErrorCode, type MimeLimits } from './mime-error.ts'
export { type ParameterisedValue, parseParameterised } from './parameters.ts'
export { parseMime } from './parse.ts'
export {
  type DecodedBody,
  decodeBase64,
  decodeBody,
  decodeQuotedPrintable,
  decodeTransfer,
} from './transfer-encoding.ts'

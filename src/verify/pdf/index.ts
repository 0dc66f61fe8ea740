/** PDF as signatures need it: syntax, revisions, signature dictionaries and what was changed after them. */

export {
  type ByteRange,
  bytesOfByteRange,
  type Coverage,
  coverageOf,
  digestOfByteRange,
  judgeByteRange,
} from './byte-range.ts'
export { type DamagedSignature, findDamagedSignatures } from './damaged-signatures.ts'
export { dateOf } from './date.ts'
export { type ChangesConclusion, judgeChanges } from './document-changes.ts'
export { type EmbeddedFile, type EmbeddedFiles, embeddedFilesOf } from './embedded-files.ts'
export { findSignatures, type PdfSignature } from './find-signatures.ts'
export { PDF_LIMITS, type PdfLimits } from './limits.ts'
export { findPdfHeader, openPdf, type PdfDocument, type PdfOptions, type PdfView } from './pdf-document.ts'
export { docMdpOf } from './permissions.ts'
export { documentSecurityStoreOf, type SecurityStore } from './security-store.ts'
export { type SeededCms, seedValueFaultsOf } from './seed-values.ts'
export { decodeStream } from './stream-filters.ts'
export { findTwoFaces } from './two-faces.ts'
export { dictOf, integerOf, isKind, nameOf, type PdfDict, type PdfValue, textOf } from './values.ts'

/** PDF syntax for the rooms that make PDFs (seal, typeset): pure functions over bytes. The verifier has its own. */
export { findCatalog, listPages, type PdfPage } from './page-tree.ts'
export { openPdf, type PdfFile } from './pdf-file.ts'
export { appendRevision, type RevisedObject, type Revision } from './revision.ts'
export { rewritePdf, type Sieve } from './rewrite.ts'
export { latin1, serialize } from './serialize.ts'
export { decodeStream } from './stream-data.ts'
export { malformedPdf } from './syntax.ts'
export * from './values.ts'

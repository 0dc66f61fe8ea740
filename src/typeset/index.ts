export { ATTEST_SIGNATURE_BOX, type Attest, kaisAttest, makeAttest } from './attest.ts'
export { flattenPdf } from './flatten.ts'
export { createTypesetter } from './typesetter.ts'
export { makeVerificationSheet } from './verification-sheet.ts'

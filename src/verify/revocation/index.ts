/** Revocation evidence: CRLs (RFC 5280 §6.3) and OCSP (RFC 6960). */
export { mayAnswer, withNonce } from './ocsp-request.ts'
export { type OcspResponse, type OcspSingleResponse, parseOcspResponse } from './ocsp-response.ts'
export { mayBeSilent, wantedIssuer, wantedRevocationData } from './wanted-evidence.ts'

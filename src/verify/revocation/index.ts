/** Revocation evidence: CRLs (RFC 5280 §6.3) and OCSP (RFC 6960). */
export { wantedIssuer, wantedRevocationData } from './certificate-status.ts'
export { type OcspResponse, type OcspSingleResponse, parseOcspResponse } from './ocsp-response.ts'

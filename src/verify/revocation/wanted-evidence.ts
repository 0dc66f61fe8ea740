import type { Certificate } from '../x509/certificate.ts'
import type { RevocationMode, Wanted } from '../x509/path-conclusion.ts'
import { buildOcspRequest } from './ocsp-request.ts'

const OCSP_ACCESS = '1.3.6.1.5.5.7.48.1'
const CA_ISSUERS_ACCESS = '1.3.6.1.5.5.7.48.2'

const isWeb = (url: string): boolean => /^https?:\/\//i.test(url)

/** Says whether a certificate may be relied on though nobody says anything about its status. */
export const mayBeSilent = (certificate: Certificate, mode: RevocationMode = 'require'): boolean =>
  mode === 'if-present' || (mode === 'if-offered' && wantedRevocationData(certificate, certificate).length === 0)

/** Says where a certificate points for its revocation data, and what a responder is to be asked. */
export function wantedRevocationData(certificate: Certificate, issuer: Certificate): readonly Wanted[] {
  const asked = (): string => Buffer.from(buildOcspRequest(certificate, issuer)).toString('base64')
  const ocsp = accessUrls(certificate, OCSP_ACCESS).map((url) => ({ kind: 'ocsp' as const, url, request: asked() }))
  const points = certificate.decoded.distributionPoints ?? []
  const crl = points
    .flatMap((point) => (point.name?.kind === 'full' ? point.name.names : []))
    .flatMap((name) => (name.kind === 'uri' && isWeb(name.value) ? [{ kind: 'crl' as const, url: name.value }] : []))
  return [...ocsp, ...crl].map((one) => ({ ...one, for: certificate.sha256 }))
}

/** Says where a certificate points for its issuer's certificate. */
export function wantedIssuer(certificate: Certificate): readonly Wanted[] {
  return accessUrls(certificate, CA_ISSUERS_ACCESS).map((url) => ({ kind: 'issuer', url, for: certificate.sha256 }))
}

function accessUrls(certificate: Certificate, method: string): readonly string[] {
  return certificate.decoded.authorityInfoAccess.flatMap(({ method: found, location }) =>
    found === method && location.kind === 'uri' && isWeb(location.value) ? [location.value] : [],
  )
}

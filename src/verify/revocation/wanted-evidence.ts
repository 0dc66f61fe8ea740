import type { Finding } from '../report/report.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { RevocationMode, RevocationStatus, Wanted } from '../x509/path-conclusion.ts'
import { buildOcspRequest } from './ocsp-request.ts'

const OCSP_ACCESS = '1.3.6.1.5.5.7.48.1'
const CA_ISSUERS_ACCESS = '1.3.6.1.5.5.7.48.2'

const isWeb = (url: string): boolean => /^https?:\/\//i.test(url)

/** Where a certificate says that its status is told: on the web, by other ways alone (a directory), or nowhere. */
export type RevocationOffer = 'web' | 'elsewhere' | 'nowhere'

/** Says where a certificate's status is told. */
export function revocationOfferOf(certificate: Certificate): RevocationOffer {
  if (wantedRevocationData(certificate, certificate).length > 0) return 'web'
  const { authorityInfoAccess, distributionPoints } = certificate.decoded
  const told = authorityInfoAccess.some(({ method }) => method === OCSP_ACCESS)
  return told || (distributionPoints ?? []).length > 0 ? 'elsewhere' : 'nowhere'
}

/**
 * Says whether a certificate may be relied on though nobody says anything about its status. One that names a directory
 * alone offers it as any other does: that we do not ask there makes it no better known.
 */
export const mayBeSilent = (certificate: Certificate, mode: RevocationMode = 'require'): boolean =>
  mode === 'if-present' || (mode === 'if-offered' && revocationOfferOf(certificate) === 'nowhere')

/** Gives why nothing could be had about a certificate that nothing is known of; nothing where the web was to be asked. */
export function findUnreachable({ certificate, status, source }: RevocationStatus): readonly Finding[] {
  if (status !== 'unknown' || source !== null) return []
  const name = certificate.subject.display
  const clause = 'RFC 5280 §4.2.1.13'
  const severity = 'info'
  switch (revocationOfferOf(certificate)) {
    case 'web':
      return []
    case 'elsewhere': {
      const message = `${name} says that its revocation is told in a directory, which is not asked here`
      return [{ code: 'revocation-not-on-web', severity, message, clause }]
    }
    case 'nowhere': {
      const message = `${name} does not say where its revocation is told`
      return [{ code: 'revocation-not-offered', severity, message, clause }]
    }
  }
}

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

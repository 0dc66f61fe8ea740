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
  const { authorityInfoAccess, distributionPoints } = certificate.decoded
  if (accessUrls(certificate, OCSP_ACCESS).length > 0 || crlUrls(certificate).length > 0) return 'web'
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
  const { sha256 } = certificate
  return [
    ...accessUrls(certificate, OCSP_ACCESS).map(
      (url): Wanted => ({ kind: 'ocsp', url, request: requestFor(certificate, issuer), for: sha256 }),
    ),
    ...crlUrls(certificate).map((url): Wanted => ({ kind: 'crl', url, for: sha256 })),
  ]
}

/** What is asked about a certificate, for as long as it is held: the same CA's are met in document after document. */
const requests = new WeakMap<Certificate, { readonly issuer: Certificate; readonly base64: string }>()

function requestFor(certificate: Certificate, issuer: Certificate): string {
  const known = requests.get(certificate)
  if (known?.issuer === issuer) return known.base64
  const base64 = Buffer.from(buildOcspRequest(certificate, issuer)).toString('base64')
  requests.set(certificate, { issuer, base64 })
  return base64
}

function crlUrls(certificate: Certificate): readonly string[] {
  const points = certificate.decoded.distributionPoints ?? []
  return points
    .flatMap((point) => (point.name?.kind === 'full' ? point.name.names : []))
    .flatMap((name) => (name.kind === 'uri' && isWeb(name.value) ? [name.value] : []))
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

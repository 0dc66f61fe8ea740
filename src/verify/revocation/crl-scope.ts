import type { Certificate } from '../x509/certificate.ts'
import type { CertificateList } from '../x509/certificate-list.ts'
import { type DistributionPoint, fullNames } from '../x509/distribution-point.ts'
import { ALL_REASONS, EXTENSION } from '../x509/extensions.ts'
import { type GeneralName, sameGeneralName } from '../x509/general-name.ts'

/** Extensions of CRLs whose meaning is applied. */
const PROCESSED = new Set<string>([
  EXTENSION.issuingDistributionPoint,
  EXTENSION.deltaCrlIndicator,
  EXTENSION.crlNumber,
  EXTENSION.authorityKeyIdentifier,
])

/** A CRL with a critical extension that is not processed must not be used (RFC 5280 §5.2). */
export const isProcessable = (crl: CertificateList): boolean =>
  [...crl.extensions.values()].every((extension) => !extension.critical || PROCESSED.has(extension.oid))

/**
 * Every CRL has a number, and it is not critical. The procedure of §6.3 is for CRLs that keep to the profile: one that
 * does not may revoke, and does not call a certificate good.
 * @see RFC 5280 §5.2.3, §6.3
 */
export const isByProfile = (crl: CertificateList): boolean =>
  crl.extensions.get(EXTENSION.crlNumber)?.critical === false

/**
 * Gives the distribution points that a certificate's status may be looked up by: its own, and last the one that
 * stands for "any CRL of its issuer" (RFC 5280 §6.3.3, last paragraph).
 */
export function distributionPointsOf(certificate: Certificate): readonly DistributionPoint[] {
  const own = certificate.decoded.distributionPoints ?? []
  const issuer: GeneralName = { kind: 'directory', name: certificate.issuer }
  return [...own, { name: { kind: 'full', names: [issuer] }, reasons: null, crlIssuer: null }]
}

/**
 * Gives the reasons (as a mask) for which a CRL speaks about a certificate under a distribution point; 0: it does not.
 * @see RFC 5280 §6.3.3(b), (d)
 */
export function coveredReasons(certificate: Certificate, crl: CertificateList, point: DistributionPoint): number {
  const scope = crl.issuingDistributionPoint
  if (point.crlIssuer) {
    const named = point.crlIssuer.some((name) => name.kind === 'directory' && name.name.key === crl.issuer.key)
    if (!named || !scope?.indirect) return 0
  } else if (crl.issuer.key !== certificate.issuer.key) return 0
  if (!scope) return point.reasons ?? ALL_REASONS
  if (scope.name && !namesMeet(fullNames(scope.name, [crl.issuer]), namesOf(certificate, point))) return 0
  const isCa = certificate.decoded.basicConstraints?.ca === true
  if ((scope.onlyUserCertificates && isCa) || (scope.onlyCaCertificates && !isCa)) return 0
  if (scope.onlyAttributeCertificates) return 0
  return (point.reasons ?? ALL_REASONS) & (scope.onlySomeReasons ?? ALL_REASONS)
}

/** The names of a point; where it has none, those of its CRL issuer stand for them. */
function namesOf(certificate: Certificate, point: DistributionPoint): readonly GeneralName[] {
  const crlIssuer = point.crlIssuer ?? []
  if (!point.name) return crlIssuer
  const directories = crlIssuer.flatMap((name) => (name.kind === 'directory' ? [name.name] : []))
  return fullNames(point.name, point.crlIssuer ? directories : [certificate.issuer])
}

const namesMeet = (some: readonly GeneralName[], others: readonly GeneralName[]): boolean =>
  some.some((one) => others.some((other) => sameGeneralName(one, other)))

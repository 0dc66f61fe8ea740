import { X509Certificate } from 'node:crypto'
import { GatewayError } from '../../model/errors.ts'
import type { SealCertificate, SealFacts, SealKeyKind, SealWarning } from '../../model/seal.ts'
import type { Instant } from '../../model/time.ts'
import { VerifyError } from '../../verify/errors.ts'
import { attributeTexts, type Certificate, parseCertificate, type TrustAnchorInput } from '../../verify/x509/index.ts'
import { toPem } from '../certificate.ts'
import { certificatesIn } from './key-parts.ts'

const WARN_DAYS = [7, 30, 90] as const
const DAY_MS = 24 * 60 * 60 * 1000
const ORGANIZATION = '2.5.4.10'
const ORGANIZATION_IDENTIFIER = '2.5.4.97'
/** ETSI TS 119 312 §6.1: what is recommended for years to come. */
const MIN_RSA_BITS = 3000
const MIN_CURVE_BITS = 256

/** Takes a chain (DER, own certificate first); gives the row that stands for it. @throws GatewayError key-unusable */
export function describeSeal(chain: readonly Uint8Array[], kind: SealKeyKind, since: Instant): SealCertificate {
  const own = readSealCertificate(chain[0])
  return {
    sha256: own.sha256,
    kind,
    subject: own.subject.display,
    chain: chain.map((der) => toPem(der)).join(''),
    notBefore: own.notBefore.toISOString(),
    notAfter: own.notAfter.toISOString(),
    since,
  }
}

/** Gives the certificates of a row as DER, own certificate first. */
export const chainOf = ({ chain }: Pick<SealCertificate, 'chain'>): readonly Uint8Array[] => certificatesIn(chain)

function readSealCertificate(der: Uint8Array | undefined): Certificate {
  if (!der) throw new GatewayError('key-unusable', 'There is no certificate of the seal.')
  try {
    return parseCertificate(der)
  } catch (cause) {
    if (!(cause instanceof VerifyError)) throw cause
    throw new GatewayError('key-unusable', 'The certificate of the seal cannot be read.', { cause })
  }
}

/** Takes a seal's chain and a time; gives what to warn of. */
export function sealWarnings(chain: readonly Uint8Array[], now: Date): readonly SealWarning[] {
  const own = readSealCertificate(chain[0])
  const left = own.notAfter.getTime() - now.getTime()
  const mark = WARN_DAYS.find((days) => left <= days * DAY_MS)
  const usage = own.decoded.keyUsage
  return [
    ...(left <= 0 ? [{ code: 'expired' } as const] : []),
    ...(left > 0 && mark !== undefined
      ? [{ code: 'expires-soon', days: Math.ceil(left / DAY_MS), mark } as const]
      : []),
    ...(own.notBefore > now ? [{ code: 'not-yet-valid' } as const] : []),
    ...missingIssuers(chain),
    ...(usage && !usage.has('digitalSignature') && !usage.has('nonRepudiation')
      ? [{ code: 'not-for-signing' } as const]
      : []),
    ...(isWeak(own) ? [{ code: 'weak-key' } as const] : []),
  ]
}

function missingIssuers(chain: readonly Uint8Array[]): readonly SealWarning[] {
  const top = readSealCertificate(chain.at(-1))
  if (top.selfIssued) return []
  return chain.length === 1 ? [{ code: 'no-issuers' }] : [{ code: 'incomplete-chain', issuer: top.issuer.display }]
}

function isWeak(own: Certificate): boolean {
  const { asymmetricKeyType, asymmetricKeyDetails } = new X509Certificate(own.bytes).publicKey
  if (asymmetricKeyType === 'rsa' || asymmetricKeyType === 'rsa-pss') {
    return (asymmetricKeyDetails?.modulusLength ?? 0) < MIN_RSA_BITS
  }
  if (asymmetricKeyType !== 'ec') return false
  const bits = /(\d{3})/.exec(asymmetricKeyDetails?.namedCurve ?? '')?.[1]
  return bits !== undefined && Number(bits) < MIN_CURVE_BITS
}

/**
 * Gives the anchors by which our own copies are known, whatever the admin's list says: of a CA of our own, the CA; of another's,
 * the CA for seals of our organization alone, for it vouches for many others.
 */
export function sealAnchors(seals: readonly SealCertificate[]): readonly TrustAnchorInput[] {
  return seals.flatMap((seal) => {
    const chain = chainOf(seal)
    const top = chain.at(-1)
    if (!top) return []
    if (seal.kind === 'own') return [{ der: top }]
    const own = readSealCertificate(chain[0])
    const [organization] = [ORGANIZATION_IDENTIFIER, ORGANIZATION].flatMap((oid) => attributeTexts(own.subject, oid))
    if (organization === undefined) return []
    return [{ der: top, uses: ['signature'], constraints: { organizations: [organization] } } as const]
  })
}

const QC_STATEMENTS = '1.3.6.1.5.5.7.1.3'
/** DER of id-etsi-qcs-QcCompliance, 0.4.0.1862.1.1 (EN 319 412-5 §4.2.1). */
const QC_COMPLIANCE = Buffer.from('060604008e460101', 'hex')

/** Gives what a page says of the seal in use, as far as its certificates tell. @throws GatewayError key-unusable */
export function sealFacts(
  seals: readonly SealCertificate[],
  now: Date,
): Pick<SealFacts, 'certificate' | 'algorithm' | 'issuers' | 'readers' | 'warnings' | 'former'> {
  const certificate = seals.at(-1) ?? null
  const former = seals.slice(0, -1)
  if (!certificate) return { certificate, former, algorithm: '', issuers: [], readers: 'unknown', warnings: [] }
  const chain = chainOf(certificate)
  const own = readSealCertificate(chain[0])
  const saysQualified = Buffer.from(own.extensions.get(QC_STATEMENTS)?.value ?? []).includes(QC_COMPLIANCE)
  return {
    certificate,
    former,
    algorithm: algorithmOf(own),
    issuers: chain.slice(1).map((der) => readSealCertificate(der).subject.display),
    readers: certificate.kind === 'own' || own.selfIssued ? 'nobody' : saysQualified ? 'qualified' : 'unknown',
    warnings: sealWarnings(chain, now),
  }
}

function algorithmOf({ bytes }: Certificate): string {
  const { asymmetricKeyType, asymmetricKeyDetails } = new X509Certificate(bytes).publicKey
  const size = asymmetricKeyDetails?.modulusLength ?? asymmetricKeyDetails?.namedCurve ?? ''
  return `${(asymmetricKeyType ?? '').toUpperCase()} ${size}`.trim()
}

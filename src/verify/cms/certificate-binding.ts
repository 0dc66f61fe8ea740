import {
  contextConstructed,
  type Element,
  readChildren,
  readExplicit,
  readFields,
  readIntegerBytes,
  readOctetString,
  sameBytes,
  TAG,
  toHex,
} from '../der/index.ts'
import { VerifyError } from '../errors.ts'
import { parseAlgorithmIdentifier } from '../x509/algorithm-identifier.ts'
import type { Certificate } from '../x509/certificate.ts'
import { type DistinguishedName, parseName, sameName } from '../x509/distinguished-name.ts'
import { digestName, digestOf } from '../x509/signature-scheme.ts'
import type { CertificateBinding } from './conclusion.ts'
import type { SignerInfo } from './signed-data.ts'

const SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12'
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47'

/** ESSCertID or ESSCertIDv2 (RFC 5035 §4): the hash of a certificate, and who issued it where that is said. */
interface EssCertId {
  /** Null where the hash is none that we know. */
  readonly hash: string | null
  readonly certHash: Uint8Array
  readonly issuer: DistinguishedName | null
  readonly serialKey: string | null
}

/**
 * Judges which certificate the signed attributes bind the signature to, and by which digests (node:crypto's names). Both versions of the attribute
 * must agree with the certificate where both stand.
 * @see RFC 5035 §3, EN 319 102-1 clause 5.2.3.4
 */
export function judgeCertificateBinding(
  signerInfo: SignerInfo,
  certificate: Certificate | null,
): { readonly binding: CertificateBinding; readonly digests: readonly string[] } {
  const attributes = (signerInfo.signedAttributes ?? []).filter(
    (attribute) => attribute.oid === SIGNING_CERTIFICATE || attribute.oid === SIGNING_CERTIFICATE_V2,
  )
  if (attributes.length === 0) return { binding: 'absent', digests: [] }
  if (!certificate) return { binding: 'unsupported', digests: [] }
  const digests: string[] = []
  const answers = attributes.map((attribute): CertificateBinding => {
    const [value, ...more] = attribute.values
    if (!value || more.length > 0) return 'mismatch'
    const first = readFirstId(value, attribute.oid === SIGNING_CERTIFICATE_V2)
    if (!first) return 'mismatch'
    if (!first.hash) return 'unsupported'
    digests.push(first.hash)
    return isCertificate(first, first.hash, certificate) ? 'bound' : 'mismatch'
  })
  const binding = (['mismatch', 'unsupported', 'bound'] as const).find((answer) => answers.includes(answer))
  return { binding: binding ?? 'mismatch', digests }
}

/** Says whether a signed attribute names exactly this certificate. */
export const namesCertificate = (signerInfo: SignerInfo, certificate: Certificate): boolean =>
  judgeCertificateBinding(signerInfo, certificate).binding === 'bound'

/** The first identifier is the signing certificate's; null where the attribute is malformed. */
function readFirstId(value: Element, isV2: boolean): EssCertId | null {
  try {
    const fields = readFields(value, 'SigningCertificate')
    const [first] = readChildren(fields.take(TAG.sequence, 'certs'))
    fields.optional(TAG.sequence)
    fields.end()
    return first ? readId(first, isV2) : null
  } catch (fault) {
    if (fault instanceof VerifyError) return null
    throw fault
  }
}

function readId(element: Element, isV2: boolean): EssCertId {
  const fields = readFields(element, 'ESSCertID')
  const algorithm = isV2 ? fields.optional(TAG.sequence) : null
  const hash = algorithm ? digestName(parseAlgorithmIdentifier(algorithm)) : isV2 ? 'sha256' : 'sha1'
  const certHash = readOctetString(fields.take(TAG.octetString, 'certHash'))
  const issuerSerial = fields.optional(TAG.sequence)
  fields.end()
  return { hash, certHash, ...readIssuerSerial(issuerSerial) }
}

function readIssuerSerial(element: Element | null): Pick<EssCertId, 'issuer' | 'serialKey'> {
  if (!element) return { issuer: null, serialKey: null }
  const fields = readFields(element, 'IssuerSerial')
  const names = readChildren(fields.take(TAG.sequence, 'issuer'))
  const serialKey = toHex(readIntegerBytes(fields.take(TAG.integer, 'serialNumber')))
  const directory = names.find((name) => name.tag === contextConstructed(4))
  return { issuer: directory ? parseName(readExplicit(directory, 'directoryName')) : null, serialKey }
}

function isCertificate(id: EssCertId, hash: string, certificate: Certificate): boolean {
  const holds =
    hash === 'sha256'
      ? toHex(id.certHash) === certificate.sha256
      : sameBytes(digestOf(hash, certificate.bytes), id.certHash)
  if (!holds) return false
  if (id.serialKey !== null && id.serialKey !== certificate.serialKey) return false
  return id.issuer === null || sameName(id.issuer, certificate.issuer)
}

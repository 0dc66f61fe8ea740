import { createHash, type KeyObject } from 'node:crypto'
import { GatewayError } from '../model/errors.ts'
import {
  type HashName,
  hashAlgorithm,
  type SignatureScheme,
  schemeForKey,
  signatureAlgorithm,
  signBytes,
} from './algorithms.ts'
import { readCertificateParts } from './certificate-parts.ts'
import { explicit, integer, objectIdentifier, octetString, sequence, setOf, time, tlv } from './der-writer.ts'

/** A private key with its certificates: the signer's first, then its issuers. */
export interface SigningIdentity {
  readonly privateKey: KeyObject
  readonly certificateChain: readonly Uint8Array[]
}

export interface CmsOptions {
  /** Default: what suits the key (schemeForKey). An RSA key may be asked for PSS. */
  readonly scheme?: SignatureScheme
  readonly hash?: HashName
  /** signing-time attribute. PAdES forbids it (EN 319 142-1 §6.3): there /M claims the time. */
  readonly signingTime?: Date
  /** signing-certificate-v2 attribute: CAdES asks for it, plain adbe.pkcs7.detached does not. Default true. */
  readonly signingCertificate?: boolean
}

const OID = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
} as const

/**
 * Signs content that stands elsewhere: gives CMS SignedData (DER ContentInfo, RFC 5652 §5) with CAdES-B attributes
 * (EN 319 122-1 §6.3). The content is given in pieces, as a PDF's byte range is.
 * @throws GatewayError key-unusable, malformed-der
 */
export function signDetached(
  content: readonly Uint8Array[],
  identity: SigningIdentity,
  options: CmsOptions = {},
): Uint8Array {
  const suited = schemeForKey(identity.privateKey)
  const scheme = options.scheme ?? suited.scheme
  const hash = scheme === 'ed25519' ? 'sha512' : (options.hash ?? suited.hash)
  const [signingCertificate] = identity.certificateChain
  if (!signingCertificate) throw new GatewayError('key-unusable', 'A signature needs the certificate of its key.')

  const attributes = signedAttributes(content, signingCertificate, hash, options)
  // RFC 5652 §5.4: what is signed is the SET OF itself, not the [0] IMPLICIT that is sent.
  const signature = signBytes(setOf(...attributes), identity.privateKey, scheme, hash)
  const { issuer, serialNumber } = readCertificateParts(signingCertificate)
  const signerInfo = sequence(
    integer(1),
    sequence(issuer, serialNumber),
    hashAlgorithm(hash),
    implicitSetOf(attributes),
    signatureAlgorithm(scheme, hash),
    octetString(signature),
  )
  const signedData = sequence(
    integer(1),
    setOf(hashAlgorithm(hash)),
    sequence(objectIdentifier(OID.data)),
    implicitSetOf(identity.certificateChain),
    setOf(signerInfo),
  )
  return sequence(objectIdentifier(OID.signedData), explicit(0, signedData))
}

function signedAttributes(
  content: readonly Uint8Array[],
  certificate: Uint8Array,
  hash: HashName,
  options: CmsOptions,
): Uint8Array[] {
  const digest = createHash(hash)
  for (const piece of content) digest.update(piece)
  const attributes = [
    attribute(OID.contentType, objectIdentifier(OID.data)),
    attribute(OID.messageDigest, octetString(digest.digest())),
  ]
  if (options.signingTime) attributes.push(attribute(OID.signingTime, time(options.signingTime)))
  if (options.signingCertificate ?? true)
    attributes.push(attribute(OID.signingCertificateV2, essCertificate(certificate)))
  return attributes
}

// RFC 5035 §3: hashAlgorithm is left out where it is the default, SHA-256.
function essCertificate(certificate: Uint8Array): Uint8Array {
  const certHash = createHash('sha256').update(certificate).digest()
  return sequence(sequence(sequence(octetString(certHash))))
}

const attribute = (type: string, value: Uint8Array): Uint8Array => sequence(objectIdentifier(type), setOf(value))

/** [0] IMPLICIT SET OF: the same contents as the SET, under another tag. */
function implicitSetOf(members: readonly Uint8Array[]): Uint8Array {
  return tlv(0xa0, ...members.toSorted((a, b) => Buffer.compare(a, b)))
}

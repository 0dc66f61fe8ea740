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
  signatureTimeStampToken: '1.2.840.113549.1.9.16.2.14',
} as const

/** Whose signature it becomes and by which algorithms; the private key may be anywhere. */
export interface SignerFacts {
  /** The signer's certificate first, then its issuers. */
  readonly certificateChain: readonly Uint8Array[]
  readonly scheme: SignatureScheme
  readonly hash: HashName
}

/** A SignedData that lacks nothing but its signature. */
export interface PreparedSignedData {
  /** The signed attributes as they are signed: the SET OF itself, not the [0] IMPLICIT that is sent (RFC 5652 §5.4). */
  readonly toSign: Uint8Array
  /** Takes the signature over `toSign` and ready unsigned attributes (signatureTimeStamp); gives the DER ContentInfo. */
  finish(signature: Uint8Array, unsignedAttributes?: readonly Uint8Array[]): Uint8Array
}

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
  const prepared = prepareSignedData(content, { certificateChain: identity.certificateChain, scheme, hash }, options)
  return prepared.finish(signBytes(prepared.toSign, identity.privateKey, scheme, hash))
}

/**
 * Prepares what signDetached makes, for a signature that comes from elsewhere: a token, a remote service.
 * @throws GatewayError key-unusable, malformed-der
 */
export function prepareSignedData(
  content: readonly Uint8Array[],
  { certificateChain, scheme, hash }: SignerFacts,
  options: Pick<CmsOptions, 'signingTime' | 'signingCertificate'> = {},
): PreparedSignedData {
  const [signingCertificate] = certificateChain
  if (!signingCertificate) throw new GatewayError('key-unusable', 'A signature needs the certificate of its key.')
  const attributes = signedAttributes(content, signingCertificate, hash, options)
  const { issuer, serialNumber } = readCertificateParts(signingCertificate)
  return {
    toSign: setOf(...attributes),
    finish(signature, unsignedAttributes = []) {
      const signerInfo = sequence(
        integer(1),
        sequence(issuer, serialNumber),
        hashAlgorithm(hash),
        implicitSetOf(0, attributes),
        signatureAlgorithm(scheme, hash),
        octetString(signature),
        ...(unsignedAttributes.length > 0 ? [implicitSetOf(1, unsignedAttributes)] : []),
      )
      const signedData = sequence(
        integer(1),
        setOf(hashAlgorithm(hash)),
        sequence(objectIdentifier(OID.data)),
        implicitSetOf(0, certificateChain),
        setOf(signerInfo),
      )
      return sequence(objectIdentifier(OID.signedData), explicit(0, signedData))
    },
  }
}

/**
 * Takes a DER TimeStampToken over the signature value; gives it as the unsigned attribute signature-time-stamp
 * (RFC 3161 appendix A, EN 319 122-1 §5.3).
 */
export const signatureTimeStamp = (token: Uint8Array): Uint8Array => attribute(OID.signatureTimeStampToken, token)

function signedAttributes(
  content: readonly Uint8Array[],
  certificate: Uint8Array,
  hash: HashName,
  options: Pick<CmsOptions, 'signingTime' | 'signingCertificate'>,
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

/** [n] IMPLICIT SET OF: the same contents as the SET, under another tag. */
function implicitSetOf(number: number, members: readonly Uint8Array[]): Uint8Array {
  return tlv(0xa0 | number, ...members.toSorted((a, b) => Buffer.compare(a, b)))
}

import { createHash, sign } from 'node:crypto'
import { encode, encodeOid } from '../../src/verify/der/index.ts'
import { generalizedTime, type Identity, integer, octets, seq } from './make-pki.ts'

/** Makes CMS signatures for tests, right or wrong as a test wants them. */

const SET = 0x31
const SHA256 = seq(encodeOid('2.16.840.1.101.3.4.2.1'))
const ECDSA_SHA256 = '1.2.840.10045.4.3.2'
const DATA = '1.2.840.113549.1.7.1'

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()
export const attribute = (oid: string, ...values: readonly Uint8Array[]): Uint8Array =>
  seq(encodeOid(oid), encode(SET, ...values))

export const contentType = (oid: string = DATA): Uint8Array => attribute('1.2.840.113549.1.9.3', encodeOid(oid))
export const messageDigest = (content: Uint8Array): Uint8Array =>
  attribute('1.2.840.113549.1.9.4', octets(sha256(content)))
export const signingCertificateV2 = (signer: Identity): Uint8Array =>
  attribute('1.2.840.113549.1.9.16.2.47', seq(seq(seq(octets(sha256(signer.certificate.bytes))))))

export interface CmsRequest {
  readonly signer: Identity
  readonly content: Uint8Array
  /** Without: the usual three. Null: none, the content itself is signed. */
  readonly signedAttributes?: readonly Uint8Array[] | null
  /** Takes the signature value, as time-stamps of it need. */
  readonly unsignedAttributes?: (signature: Uint8Array) => readonly Uint8Array[]
  readonly certificates?: readonly Uint8Array[]
  readonly enveloped?: boolean
  readonly eContentType?: string
  readonly digestAlgorithm?: Uint8Array
  /** Object identifier; ECDSA with SHA-256 where absent. Ed25519 and Ed448 hash by themselves. */
  readonly signatureAlgorithm?: string
  /** Parameters of the signature algorithm; absent ones are not written. */
  readonly signatureParameters?: Uint8Array
  /** Hash of the signature where its algorithm names none. */
  readonly signatureHash?: string
  /** Signs with r and s side by side instead of DER (BSI TR-03111). */
  readonly plainEcdsa?: boolean
  readonly signerCount?: number
}

export function makeCms(request: CmsRequest): Uint8Array {
  const { signer, content } = request
  const attributes =
    request.signedAttributes === undefined
      ? [contentType(), messageDigest(content), signingCertificateV2(signer)]
      : request.signedAttributes
  const signedBytes = attributes ? encode(SET, ...attributes) : content
  const digestAlgorithm = request.digestAlgorithm ?? SHA256
  const { issuer, serialKey } = signer.certificate
  const value = sign(
    request.signatureHash ?? (request.signatureAlgorithm ? null : 'sha256'),
    signedBytes,
    request.plainEcdsa ? { key: signer.privateKey, dsaEncoding: 'ieee-p1363' } : signer.privateKey,
  )
  const signerInfo = seq(
    integer(1),
    seq(issuer.bytes, encode(0x02, Buffer.from(serialKey, 'hex'))),
    digestAlgorithm,
    ...(attributes ? [encode(0xa0, ...attributes)] : []),
    seq(
      encodeOid(request.signatureAlgorithm ?? ECDSA_SHA256),
      ...(request.signatureParameters ? [request.signatureParameters] : []),
    ),
    octets(value),
    ...(request.unsignedAttributes ? [encode(0xa1, ...request.unsignedAttributes(value))] : []),
  )
  const eContentType = encodeOid(request.eContentType ?? DATA)
  const signedData = seq(
    integer(1),
    encode(SET, digestAlgorithm),
    seq(eContentType, ...(request.enveloped ? [encode(0xa0, octets(content))] : [])),
    encode(0xa0, ...(request.certificates ?? [signer.certificate.bytes])),
    encode(SET, ...Array.from({ length: request.signerCount ?? 1 }, () => signerInfo)),
  )
  return seq(encodeOid('1.2.840.113549.1.7.2'), encode(0xa0, signedData))
}

const TST_INFO = '1.2.840.113549.1.9.16.1.4'

export interface TimeStampRequest {
  readonly tsa: Identity
  readonly time: Date
  /** The imprint is the SHA-256 of these bytes. */
  readonly over: Uint8Array
  /** RFC 3161 §2.4.1 wants the authority's certificate named; true leaves it out. */
  readonly unbound?: boolean
}

/** Makes a time-stamp token (RFC 3161 §2.4.2). */
export function makeTimeStamp({ tsa, time, over, unbound }: TimeStampRequest): Uint8Array {
  const imprint = seq(SHA256, octets(sha256(over)))
  const tstInfo = seq(integer(1), encodeOid('1.3.6.1.4.1.99999.1'), imprint, integer(7), generalizedTime(time))
  const named = unbound ? [] : [signingCertificateV2(tsa)]
  const signedAttributes = [contentType(TST_INFO), messageDigest(tstInfo), ...named]
  return makeCms({ signer: tsa, content: tstInfo, enveloped: true, eContentType: TST_INFO, signedAttributes })
}

export const signatureTimeStamp = (...tokens: readonly Uint8Array[]): Uint8Array =>
  attribute('1.2.840.113549.1.9.16.2.14', ...tokens)
export const contentTimeStamp = (token: Uint8Array): Uint8Array => attribute('1.2.840.113549.1.9.16.2.20', token)

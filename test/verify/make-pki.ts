import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { encode, encodeOid } from '../../src/verify/der/index.ts'
import { type OcspResponse, parseOcspResponse } from '../../src/verify/revocation/index.ts'
import {
  type Certificate,
  type CertificateList,
  EXTENSION,
  parseCertificate,
  parseCertificateList,
} from '../../src/verify/x509/index.ts'

/** Makes certificates, CRLs and OCSP responses for tests, right or wrong as a test wants them (ECDSA on P-256). */

const SEQUENCE = 0x30
const SET = 0x31
const ECDSA_SHA256 = encode(SEQUENCE, encodeOid('1.2.840.10045.4.3.2'))
const ECDSA_SHA1 = encode(SEQUENCE, encodeOid('1.2.840.10045.4.1'))
const RSA_SHA256 = encode(SEQUENCE, encodeOid('1.2.840.113549.1.1.11'), Uint8Array.of(5, 0))

/** By what certificates and evidence are signed; SHA-256 where absent. */
export type Digest = 'sha1' | 'sha256'

const algorithmOf = (digest: Digest = 'sha256', key?: KeyObject): Uint8Array =>
  key?.asymmetricKeyType === 'rsa' ? RSA_SHA256 : digest === 'sha1' ? ECDSA_SHA1 : ECDSA_SHA256

export const TRUE = Uint8Array.of(0x01, 0x01, 0xff)
export const seq = (...parts: readonly Uint8Array[]): Uint8Array => encode(SEQUENCE, ...parts)
export const octets = (bytes: Uint8Array): Uint8Array => encode(0x04, bytes)
export const bits = (bytes: Uint8Array): Uint8Array => encode(0x03, Uint8Array.of(0), bytes)
export const text = (value: string): Uint8Array => new Uint8Array(Buffer.from(value))

export function integer(value: number | bigint): Uint8Array {
  const hex = value.toString(16)
  const even = hex.length % 2 === 0 ? hex : `0${hex}`
  const bytes = Buffer.from(even, 'hex')
  return encode(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Uint8Array.of(0), bytes]) : bytes)
}

export const generalizedTime = (date: Date): Uint8Array =>
  encode(0x18, text(`${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`))

export const name = (...attributes: readonly string[]): Uint8Array =>
  seq(
    ...attributes.map((attribute) => {
      const [type = 'CN', value = ''] = attribute.split('=')
      const oid = { CN: '2.5.4.3', O: '2.5.4.10', C: '2.5.4.6' }[type] ?? type
      return encode(SET, seq(encodeOid(oid), encode(0x0c, text(value))))
    }),
  )

export const extension = (oid: string, value: Uint8Array, critical = false): Uint8Array =>
  seq(encodeOid(oid), ...(critical ? [TRUE] : []), octets(value))

export const basicConstraints = (pathLength?: number): Uint8Array =>
  extension(EXTENSION.basicConstraints, seq(TRUE, ...(pathLength === undefined ? [] : [integer(pathLength)])), true)

/** Bit n of the mask is KeyUsage bit n. */
export const keyUsage = (...usages: readonly number[]): Uint8Array => {
  const octet = usages.reduce((all, n) => all | (0x80 >> n), 0)
  const unused = octet === 0 ? 0 : Math.clz32(octet & -octet) === 31 ? 0 : 31 - Math.clz32(octet & -octet)
  return extension(EXTENSION.keyUsage, encode(0x03, Uint8Array.of(unused, octet)), true)
}
export const DIGITAL_SIGNATURE = 0
export const KEY_CERT_SIGN = 5
export const CRL_SIGN = 6

export const extendedKeyUsage = (oids: readonly string[], critical = false): Uint8Array =>
  extension(EXTENSION.extendedKeyUsage, seq(...oids.map(encodeOid)), critical)

export const subjectAltNames = (...names: readonly Uint8Array[]): Uint8Array =>
  extension(EXTENSION.subjectAltName, seq(...names))
export const dnsName = (value: string): Uint8Array => encode(0x82, text(value))
export const emailName = (value: string): Uint8Array => encode(0x81, text(value))
export const uriName = (value: string): Uint8Array => encode(0x86, text(value))

export const nameConstraints = (permitted: readonly Uint8Array[], excluded: readonly Uint8Array[]): Uint8Array => {
  const subtrees = (tag: number, names: readonly Uint8Array[]): readonly Uint8Array[] =>
    names.length > 0 ? [encode(tag, ...names.map((one) => seq(one)))] : []
  return extension(EXTENSION.nameConstraints, seq(...subtrees(0xa0, permitted), ...subtrees(0xa1, excluded)), true)
}

export interface Identity {
  readonly certificate: Certificate
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly subject: Uint8Array
}

export interface CertificateRequest {
  readonly subject: Uint8Array
  /** Self-signed where absent. */
  readonly issuer?: Pick<Identity, 'privateKey' | 'subject'>
  readonly serial?: number | bigint
  readonly notBefore?: Date
  readonly notAfter?: Date
  readonly extensions?: readonly Uint8Array[]
  readonly keys?: { readonly privateKey: KeyObject; readonly publicKey: KeyObject }
  readonly digest?: Digest
}

export const NOW = new Date('2026-06-01T12:00:00Z')
export const DAY_MS = 86_400_000
export const daysFromNow = (days: number): Date => new Date(NOW.getTime() + days * DAY_MS)

let nextSerial = 1000

export const makeKeys = (): { privateKey: KeyObject; publicKey: KeyObject } =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' })

export function makeMlDsaKeys(kind: 'ml-dsa-44' | 'ml-dsa-65' | 'ml-dsa-87'): {
  privateKey: KeyObject
  publicKey: KeyObject
} {
  switch (kind) {
    case 'ml-dsa-44':
      return generateKeyPairSync('ml-dsa-44')
    case 'ml-dsa-65':
      return generateKeyPairSync('ml-dsa-65')
    case 'ml-dsa-87':
      return generateKeyPairSync('ml-dsa-87')
  }
}

const signed = (tbs: Uint8Array, key: KeyObject, digest: Digest = 'sha256'): Uint8Array =>
  seq(tbs, algorithmOf(digest, key), bits(sign(digest, tbs, key)))

export function makeCertificate(request: CertificateRequest): Identity {
  const keys = request.keys ?? makeKeys()
  const issuer = request.issuer ?? { privateKey: keys.privateKey, subject: request.subject }
  nextSerial += 1
  const tbs = seq(
    encode(0xa0, integer(2)),
    integer(request.serial ?? nextSerial),
    algorithmOf(request.digest, issuer.privateKey),
    issuer.subject,
    seq(generalizedTime(request.notBefore ?? daysFromNow(-100)), generalizedTime(request.notAfter ?? daysFromNow(100))),
    request.subject,
    new Uint8Array(keys.publicKey.export({ type: 'spki', format: 'der' })),
    ...(request.extensions && request.extensions.length > 0 ? [encode(0xa3, seq(...request.extensions))] : []),
  )
  const certificate = parseCertificate(signed(tbs, issuer.privateKey, request.digest))
  return { certificate, ...keys, subject: request.subject }
}

/** A CA that may sign certificates and CRLs; further extensions as given. */
export const makeCa = (
  commonName: string,
  issuer?: Identity,
  extensions: readonly Uint8Array[] = [],
  more: Partial<CertificateRequest> = {},
): Identity =>
  makeCertificate({
    subject: name(`CN=${commonName}`),
    ...(issuer ? { issuer } : {}),
    extensions: [basicConstraints(), keyUsage(KEY_CERT_SIGN, CRL_SIGN), ...extensions],
    ...more,
  })

export const makeLeaf = (
  commonName: string,
  issuer: Identity,
  extensions: readonly Uint8Array[] = [],
  more: Partial<CertificateRequest> = {},
): Identity =>
  makeCertificate({
    subject: name(`CN=${commonName}`),
    issuer,
    extensions: [keyUsage(DIGITAL_SIGNATURE), ...extensions],
    ...more,
  })

export interface CrlRequest {
  readonly issuer: Pick<Identity, 'privateKey' | 'subject'>
  readonly revoked?: readonly {
    readonly certificate: Certificate
    readonly reason?: number
    /** Value of the extension invalidityDate, as DER. */
    readonly invalidSince?: Uint8Array
  }[]
  readonly thisUpdate?: Date
  readonly nextUpdate?: Date
  /** A CRL number is added where none is among them, unless `unnumbered`. */
  readonly extensions?: readonly Uint8Array[]
  readonly unnumbered?: boolean
  readonly digest?: Digest
}

const hasCrlNumber = (extensions: readonly Uint8Array[]): boolean =>
  extensions.some((one) => Buffer.from(one).includes(Buffer.from(encodeOid(EXTENSION.crlNumber))))

const serialOf = (certificate: Certificate): Uint8Array => encode(0x02, Buffer.from(certificate.serialKey, 'hex'))

export function makeCrl(request: CrlRequest): CertificateList {
  const given = request.extensions ?? []
  const number = extension(EXTENSION.crlNumber, integer(1))
  const extensions = request.unnumbered || hasCrlNumber(given) ? given : [...given, number]
  const entries = (request.revoked ?? []).map(({ certificate, reason, invalidSince }) => {
    const entryExtensions = [
      ...(reason === undefined ? [] : [extension(EXTENSION.reasonCode, Uint8Array.of(0x0a, 1, reason))]),
      ...(invalidSince ? [extension(EXTENSION.invalidityDate, invalidSince)] : []),
    ]
    return seq(
      serialOf(certificate),
      generalizedTime(daysFromNow(-10)),
      ...(entryExtensions.length > 0 ? [seq(...entryExtensions)] : []),
    )
  })
  const tbs = seq(
    integer(1),
    algorithmOf(request.digest, request.issuer.privateKey),
    request.issuer.subject,
    generalizedTime(request.thisUpdate ?? daysFromNow(-1)),
    generalizedTime(request.nextUpdate ?? daysFromNow(1)),
    ...(entries.length > 0 ? [seq(...entries)] : []),
    ...(extensions.length > 0 ? [encode(0xa0, seq(...extensions))] : []),
  )
  return parseCertificateList(signed(tbs, request.issuer.privateKey, request.digest))
}

export interface OcspRequest {
  readonly signer: Identity
  readonly issuer: Certificate
  readonly certificate: Certificate
  readonly status: 'good' | 'revoked' | 'unknown'
  readonly certificates?: readonly Certificate[]
  readonly thisUpdate?: Date
  readonly nextUpdate?: Date
  /** thisUpdate where absent. */
  readonly producedAt?: Date
  /** CRLReason of a revoked certificate. */
  readonly reason?: number
  /** Further certificates within the response, as they stand. */
  readonly rawCertificates?: readonly Uint8Array[]
  readonly singleExtensions?: readonly Uint8Array[]
  readonly extensions?: readonly Uint8Array[]
  readonly digest?: Digest
}

export function makeOcsp(request: OcspRequest): OcspResponse {
  const sha1 = (bytes: Uint8Array): Uint8Array => createHash('sha1').update(bytes).digest()
  const status = {
    good: Uint8Array.of(0x80, 0),
    revoked: encode(
      0xa1,
      generalizedTime(daysFromNow(-5)),
      ...(request.reason === undefined ? [] : [encode(0xa0, Uint8Array.of(0x0a, 1, request.reason))]),
    ),
    unknown: Uint8Array.of(0x82, 0),
  }[request.status]
  const certId = seq(
    seq(encodeOid('1.3.14.3.2.26'), Uint8Array.of(5, 0)),
    octets(sha1(request.issuer.subject.bytes)),
    octets(sha1(request.issuer.publicKey.key)),
    serialOf(request.certificate),
  )
  const thisUpdate = request.thisUpdate ?? daysFromNow(-1)
  const single = seq(
    certId,
    status,
    generalizedTime(thisUpdate),
    encode(0xa0, generalizedTime(request.nextUpdate ?? daysFromNow(1))),
    ...(request.singleExtensions ? [encode(0xa1, seq(...request.singleExtensions))] : []),
  )
  const tbs = seq(
    encode(0xa1, request.signer.subject),
    generalizedTime(request.producedAt ?? thisUpdate),
    seq(single),
    ...(request.extensions ? [encode(0xa1, seq(...request.extensions))] : []),
  )
  const within = [...(request.rawCertificates ?? []), ...(request.certificates ?? []).map((one) => one.bytes)]
  const certs = within.length > 0 ? [encode(0xa0, seq(...within))] : []
  const { signer, digest = 'sha256' } = request
  const value = bits(sign(digest, tbs, signer.privateKey))
  const basic = seq(tbs, algorithmOf(digest, signer.privateKey), value, ...certs)
  const response = seq(encodeOid('1.3.6.1.5.5.7.48.1.1'), octets(basic))
  return parseOcspResponse(seq(Uint8Array.of(0x0a, 1, 0), encode(0xa0, response)))
}

/** Gives a copy with one bit of one byte turned. */
export function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = new Uint8Array(bytes)
  copy[at] = (copy[at] ?? 0) ^ 0x01
  return copy
}

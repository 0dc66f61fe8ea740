import {
  asDer,
  contextConstructed,
  contextPrimitive,
  type Element,
  expectTag,
  isZero,
  readChildren,
  readElementAt,
  readExplicit,
  readFields,
  readIntegerBytes,
  readOctetString,
  readOid,
  readSmallInteger,
  TAG,
  toHex,
} from '../der/index.ts'
import { VerifyError } from '../errors.ts'
import { type AlgorithmIdentifier, parseAlgorithmIdentifier } from '../x509/algorithm-identifier.ts'
import { type Certificate, parseCertificate } from '../x509/certificate.ts'
import type { KnownCertificates } from '../x509/certificate-cache.ts'
import { type CertificateList, parseCertificateList } from '../x509/certificate-list.ts'
import { type DistinguishedName, parseName } from '../x509/distinguished-name.ts'

export const CONTENT_TYPE = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  timeStampToken: '1.2.840.113549.1.9.16.1.4',
} as const

/** An Attribute (RFC 5652 §5.3): its values in the order of the encoding. */
export interface CmsAttribute {
  readonly oid: string
  readonly values: readonly Element[]
}

/** How a SignerInfo names its certificate. */
export type SignerIdentifier =
  | { readonly kind: 'issuer-and-serial'; readonly issuer: DistinguishedName; readonly serialKey: string }
  | { readonly kind: 'subject-key-identifier'; readonly keyId: string }

export interface SignerInfo {
  readonly version: number
  readonly sid: SignerIdentifier
  readonly digestAlgorithm: AlgorithmIdentifier
  /** Null where the content itself is signed. */
  readonly signedAttributes: readonly CmsAttribute[] | null
  /** The bytes whose signature is judged: the attributes as a DER SET; null without signed attributes. */
  readonly signedAttributesBytes: Uint8Array | null
  /** What is wrong with the encoding of the signed attributes, so that nothing can pass; null: nothing. */
  readonly signedAttributesFault: string | null
  readonly signatureAlgorithm: AlgorithmIdentifier
  readonly signature: Uint8Array
  readonly unsignedAttributes: readonly CmsAttribute[]
}

/** A SignedData as data (RFC 5652 §5.1). */
export interface SignedData {
  /** The CMS alone, without what follows it. */
  readonly bytes: Uint8Array
  /** What follows the CMS in the bytes that were read. */
  readonly trailing: 'none' | 'zeros' | 'other'
  readonly version: number
  readonly digestAlgorithms: readonly string[]
  readonly contentType: string
  /** The content where it is inside; null where it is detached. */
  readonly content: Uint8Array | null
  readonly certificates: readonly Certificate[]
  readonly crls: readonly CertificateList[]
  /** DER of OCSP responses among the revocation values (RFC 5940). */
  readonly ocspResponses: readonly Uint8Array[]
  /** Certificates and CRLs inside that could not be read, with the reason. */
  readonly unreadable: readonly string[]
  readonly signerInfos: readonly SignerInfo[]
}

const MAX_CERTIFICATES = 500
const MAX_SIGNERS = 100
const OCSP_RESPONSE = '1.3.6.1.5.5.7.16.2'

export interface SignedDataOptions {
  /**
   * refuse: nothing may follow. zeros: zero octets may, as in a PDF's Contents that was reserved too large.
   * any: what follows is only said, in SignedData.trailing; nothing signs it, so whoever asks for this must judge it.
   */
  readonly trailing?: 'refuse' | 'zeros' | 'any'
  /** Certificates that were read before; none where absent. */
  readonly cache?: KnownCertificates | null
}

/**
 * Reads a ContentInfo with SignedData. The outside may be BER; certificates and signed attributes must be DER.
 * @throws VerifyError malformed-cms, too-deep, too-many-elements
 * @see RFC 5652 §3, §5.1
 */
export function parseSignedData(bytes: Uint8Array, options: SignedDataOptions = {}): SignedData {
  try {
    const outer = readElementAt(bytes, 0, 'ber')
    const trailing = describeTrailing(bytes.subarray(outer.bytes.length))
    const allowed = { refuse: ['none'], zeros: ['none', 'zeros'], any: ['none', 'zeros', 'other'] }
    if (!allowed[options.trailing ?? 'refuse'].includes(trailing)) {
      throw new VerifyError('malformed-cms', 'bytes follow the CMS')
    }
    return readSignedData(outer, trailing, options.cache ?? null)
  } catch (cause) {
    if (!(cause instanceof VerifyError) || cause.code !== 'malformed-der') throw cause
    throw new VerifyError('malformed-cms', `CMS cannot be read: ${cause.message}`, { cause })
  }
}

function describeTrailing(rest: Uint8Array): SignedData['trailing'] {
  if (rest.length === 0) return 'none'
  return isZero(rest) ? 'zeros' : 'other'
}

function readSignedData(outer: Element, trailing: SignedData['trailing'], cache: KnownCertificates | null): SignedData {
  const info = readFields(outer, 'ContentInfo')
  const type = readOid(info.take(TAG.oid, 'contentType'))
  if (type !== CONTENT_TYPE.signedData)
    throw new VerifyError('malformed-cms', `content type ${type} is not signed data`)
  const fields = readFields(readExplicit(info.take(contextConstructed(0), 'content'), 'content'), 'SignedData')
  info.end()
  const version = readSmallInteger(fields.take(TAG.integer, 'version'))
  const digests = readChildren(fields.take(TAG.set, 'digestAlgorithms'))
  const encapsulated = readFields(fields.take(TAG.sequence, 'encapContentInfo'), 'EncapsulatedContentInfo')
  const contentType = readOid(encapsulated.take(TAG.oid, 'eContentType'))
  const content = encapsulated.optional(contextConstructed(0))
  encapsulated.end()
  const certificatesElement = fields.optional(contextConstructed(0))
  const revocationElement = fields.optional(contextConstructed(1))
  const signers = readChildren(fields.take(TAG.set, 'signerInfos'))
  fields.end()
  if (signers.length > MAX_SIGNERS) throw new VerifyError('too-many-elements', 'CMS has too many signers')
  const unreadable: string[] = []
  return {
    bytes: outer.bytes,
    trailing,
    version,
    digestAlgorithms: digests.map((digest) => parseAlgorithmIdentifier(digest).oid),
    contentType,
    content: content ? readContent(readExplicit(content, 'eContent'), contentType) : null,
    certificates: readCertificates(certificatesElement, unreadable, cache),
    ...readRevocationValues(revocationElement, unreadable),
    unreadable,
    signerInfos: signers.map(readSignerInfo),
  }
}

/** PKCS #7 v1.5 let other content stand without the OCTET STRING; its digest is over the content octets then. */
function readContent(element: Element, contentType: string): Uint8Array {
  const isString = (element.tag & ~0x20) === TAG.octetString
  if (!isString && contentType !== CONTENT_TYPE.data) return element.content
  return readOctetString(element)
}

function readCertificates(
  element: Element | null,
  unreadable: string[],
  cache: KnownCertificates | null,
): readonly Certificate[] {
  if (!element) return []
  const members = readChildren(element)
  if (members.length > MAX_CERTIFICATES) throw new VerifyError('too-many-elements', 'CMS has too many certificates')
  // Attribute certificates and other kinds ([0] to [3]) are no X.509 certificates: nothing is built on them.
  return members
    .filter((member) => member.tag === TAG.sequence)
    .flatMap((member) => collect(unreadable, () => parseCertificate(member.bytes, cache)))
}

function readRevocationValues(
  element: Element | null,
  unreadable: string[],
): Pick<SignedData, 'crls' | 'ocspResponses'> {
  const members = element ? readChildren(element) : []
  if (members.length > MAX_CERTIFICATES) throw new VerifyError('too-many-elements', 'CMS has too many CRLs')
  const crls = members
    .filter((member) => member.tag === TAG.sequence)
    .flatMap((member) => collect(unreadable, () => parseCertificateList(member.bytes)))
  const ocspResponses = members
    .filter((member) => member.tag === contextConstructed(1))
    .flatMap((member) => {
      const [format, value] = readChildren(member)
      return format?.tag === TAG.oid && readOid(format) === OCSP_RESPONSE && value ? [value.bytes] : []
    })
  return { crls, ocspResponses }
}

/** One unreadable certificate does not take the signature down: it is only not there, and said. */
function collect<T>(unreadable: string[], read: () => T): T[] {
  try {
    return [read()]
  } catch (fault) {
    if (!(fault instanceof VerifyError)) throw fault
    unreadable.push(fault.message)
    return []
  }
}

/** Reads a SignerInfo, as SignedData and counter-signatures hold it. @throws VerifyError malformed-der */
export function readSignerInfo(element: Element): SignerInfo {
  const fields = readFields(element, 'SignerInfo')
  const version = readSmallInteger(fields.take(TAG.integer, 'version'))
  const sid = readSignerIdentifier(fields.takeAny('sid'))
  const digestAlgorithm = parseAlgorithmIdentifier(fields.take(TAG.sequence, 'digestAlgorithm'))
  const signed = fields.optional(contextConstructed(0))
  const signatureAlgorithm = parseAlgorithmIdentifier(fields.take(TAG.sequence, 'signatureAlgorithm'))
  const signature = readOctetString(fields.takeAny('signature'))
  const unsigned = fields.optional(contextConstructed(1))
  fields.end()
  return {
    version,
    sid,
    digestAlgorithm,
    ...readSignedAttributes(signed),
    signatureAlgorithm,
    signature,
    unsignedAttributes: unsigned ? readChildren(unsigned).map(readAttribute) : [],
  }
}

function readSignerIdentifier(element: Element): SignerIdentifier {
  if ((element.tag & ~0x20) === contextPrimitive(0)) {
    const octets = readOctetString(element.withTag(TAG.octetString | (element.tag & 0x20)))
    return { kind: 'subject-key-identifier', keyId: toHex(octets) }
  }
  const fields = readFields(element, 'IssuerAndSerialNumber')
  const issuer = parseName(fields.take(TAG.sequence, 'issuer'))
  const serialKey = toHex(readIntegerBytes(fields.take(TAG.integer, 'serialNumber')))
  fields.end()
  return { kind: 'issuer-and-serial', issuer, serialKey }
}

type SignedAttributesPart = Pick<SignerInfo, 'signedAttributes' | 'signedAttributesBytes' | 'signedAttributesFault'>

function readSignedAttributes(element: Element | null): SignedAttributesPart {
  if (!element) return { signedAttributes: null, signedAttributesBytes: null, signedAttributesFault: null }
  const members = readChildren(element)
  const signedAttributes = members.map(readAttribute)
  // RFC 5652 §5.4: the signature is over the DER of a SET OF, so the [0] tag is exchanged for that of SET.
  const bytes = Buffer.from(element.bytes)
  bytes[0] = TAG.set
  return { signedAttributes, signedAttributesBytes: bytes, signedAttributesFault: findEncodingFault(element, members) }
}

/** The order of a SET OF is not held against a signature, as many signers do not sort; the rest of DER is. */
function findEncodingFault(element: Element, members: readonly Element[]): string | null {
  try {
    const der = asDer(element)
    if (members.length === 0) return 'there is no signed attribute'
    for (const member of readChildren(der)) readAttribute(member)
    return null
  } catch (fault) {
    if (!(fault instanceof VerifyError)) throw fault
    return fault.message
  }
}

function readAttribute(element: Element): CmsAttribute {
  const fields = readFields(element, 'Attribute')
  const oid = readOid(fields.take(TAG.oid, 'attrType'))
  const set = fields.takeAny('attrValues')
  expectTag(set, TAG.set, 'attrValues')
  fields.end()
  return { oid, values: readChildren(set) }
}

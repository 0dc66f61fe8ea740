import { createHash } from 'node:crypto'
import {
  contextConstructed,
  contextPrimitive,
  type Element,
  readChildren,
  readElement,
  readExplicit,
  readFields,
  readImplicit,
  readIntegerBytes,
  readOctetAlignedBits,
  readOctetString,
  readOid,
  readSmallInteger,
  readTime,
  TAG,
  toHex,
} from '../der/index.ts'
import { VerifyError } from '../errors.ts'
import { type AlgorithmIdentifier, parseAlgorithmIdentifier } from '../x509/algorithm-identifier.ts'
import { type Certificate, parseCertificate } from '../x509/certificate.ts'
import { type DistinguishedName, parseName } from '../x509/distinguished-name.ts'
import { type Extension, parseExtensions } from '../x509/extensions.ts'
import { SignatureAnswers } from '../x509/signature-answers.ts'

/** What one single response says (RFC 6960 §4.2.1). */
export interface OcspSingleResponse {
  /** Object identifier of the hash that the CertID is made with. */
  readonly hashAlgorithm: string
  readonly issuerNameHash: string
  readonly issuerKeyHash: string
  readonly serialKey: string
  readonly status: 'good' | 'revoked' | 'unknown'
  readonly revocationTime: Date | null
  readonly reason: number | null
  readonly thisUpdate: Date
  readonly nextUpdate: Date | null
  readonly extensions: ReadonlyMap<string, Extension>
}

/** A basic OCSP response as data; nothing of it counts before its signature is judged. */
export interface OcspResponse {
  readonly bytes: Uint8Array
  readonly sha256: string
  readonly tbs: Uint8Array
  readonly responder:
    | { readonly kind: 'name'; readonly name: DistinguishedName }
    | { readonly kind: 'key'; readonly hash: string }
  readonly producedAt: Date
  readonly responses: readonly OcspSingleResponse[]
  readonly extensions: ReadonlyMap<string, Extension>
  readonly signatureAlgorithm: AlgorithmIdentifier
  readonly signature: Uint8Array
  /** What was found out about its signature. */
  readonly answers: SignatureAnswers
  /** Those that could be read: one that cannot is no reason to lose an answer that another certificate makes good. */
  readonly certificates: readonly Certificate[]
  /** What a request's nonce is compared with; null where the answer has none, as one made beforehand. RFC 9654 §2 */
  readonly nonce: Uint8Array | null
}

/** id-pkix-ocsp-nonce */
export const OCSP_NONCE = '1.3.6.1.5.5.7.48.1.2'
const BASIC_RESPONSE = '1.3.6.1.5.5.7.48.1.1'
const MAX_CERTIFICATES = 32

/**
 * Reads an OCSPResponse, or a BasicOCSPResponse on its own (as signatures carry it).
 * @throws VerifyError malformed-ocsp, also for responses that only report an error
 * @see RFC 6960 §4.2.1
 */
export function parseOcspResponse(der: Uint8Array): OcspResponse {
  try {
    const outer = readElement(der)
    const [first] = readChildren(outer)
    const basic = first?.tag === TAG.enumerated ? unwrapBasic(outer) : outer
    return readBasic(basic, der)
  } catch (cause) {
    if (!(cause instanceof VerifyError) || cause.code === 'malformed-ocsp') throw cause
    throw new VerifyError('malformed-ocsp', `OCSP response cannot be read: ${cause.message}`, { cause })
  }
}

function unwrapBasic(outer: Element): Element {
  const fields = readFields(outer, 'OCSPResponse')
  const status = readSmallInteger(fields.take(TAG.enumerated, 'responseStatus'), TAG.enumerated)
  if (status !== 0) throw new VerifyError('malformed-ocsp', `OCSP responder answered with error ${status}`)
  const bytes = readFields(
    readExplicit(fields.take(contextConstructed(0), 'responseBytes'), 'responseBytes'),
    'ResponseBytes',
  )
  fields.end()
  const type = readOid(bytes.take(TAG.oid, 'responseType'))
  if (type !== BASIC_RESPONSE) throw new VerifyError('malformed-ocsp', `response type ${type} is not the basic one`)
  const response = readOctetString(bytes.take(TAG.octetString, 'response'))
  bytes.end()
  return readElement(response)
}

function readBasic(basic: Element, der: Uint8Array): OcspResponse {
  const fields = readFields(basic, 'BasicOCSPResponse')
  const tbsElement = fields.take(TAG.sequence, 'tbsResponseData')
  const signatureAlgorithm = parseAlgorithmIdentifier(fields.take(TAG.sequence, 'signatureAlgorithm'))
  const signature = readOctetAlignedBits(fields.take(TAG.bitString, 'signature'))
  const certsElement = fields.optional(contextConstructed(0))
  fields.end()
  const certs = certsElement ? readChildren(readExplicit(certsElement, 'certs')) : []
  if (certs.length > MAX_CERTIFICATES) throw new VerifyError('malformed-ocsp', 'response has too many certificates')
  const tbs = readFields(tbsElement, 'ResponseData')
  const version = tbs.optional(contextConstructed(0))
  if (version && readSmallInteger(readExplicit(version, 'version')) !== 0) {
    throw new VerifyError('malformed-ocsp', 'version is unknown')
  }
  const responder = readResponder(tbs.takeAny('responderID'))
  const producedAt = readTime(tbs.take(TAG.generalizedTime, 'producedAt'), { fractions: true })
  const responses = readChildren(tbs.take(TAG.sequence, 'responses')).map(readSingle)
  const extensions = readExtensions(tbs.optional(contextConstructed(1)))
  tbs.end()
  return {
    bytes: der,
    sha256: createHash('sha256').update(der).digest('hex'),
    tbs: tbsElement.bytes,
    responder,
    producedAt,
    responses,
    extensions,
    signatureAlgorithm,
    signature,
    answers: new SignatureAnswers(),
    certificates: certs.flatMap(readCertificate),
    nonce: readNonce(extensions),
  }
}

function readCertificate(element: Element): readonly Certificate[] {
  try {
    return [parseCertificate(element.bytes)]
  } catch (fault) {
    if (fault instanceof VerifyError) return []
    throw fault
  }
}

/** A nonce is an OCTET STRING within the extension; responders of old gave it bare (RFC 9654 §2.1). */
function readNonce(extensions: ReadonlyMap<string, Extension>): Uint8Array | null {
  const value = extensions.get(OCSP_NONCE)?.value
  if (!value) return null
  try {
    return readOctetString(readElement(value))
  } catch (fault) {
    if (fault instanceof VerifyError) return value
    throw fault
  }
}

function readResponder(element: Element): OcspResponse['responder'] {
  const inner = readExplicit(element, 'responderID')
  if (element.tag === contextConstructed(1)) return { kind: 'name', name: parseName(inner) }
  if (element.tag === contextConstructed(2)) return { kind: 'key', hash: toHex(readOctetString(inner)) }
  throw new VerifyError('malformed-ocsp', 'responder is named in no known way')
}

function readExtensions(element: Element | null): ReadonlyMap<string, Extension> {
  return element ? parseExtensions(readExplicit(element, 'extensions')) : new Map()
}

function readSingle(element: Element): OcspSingleResponse {
  const fields = readFields(element, 'SingleResponse')
  const certId = readFields(fields.take(TAG.sequence, 'certID'), 'CertID')
  const hashAlgorithm = parseAlgorithmIdentifier(certId.take(TAG.sequence, 'hashAlgorithm')).oid
  const issuerNameHash = toHex(readOctetString(certId.take(TAG.octetString, 'issuerNameHash')))
  const issuerKeyHash = toHex(readOctetString(certId.take(TAG.octetString, 'issuerKeyHash')))
  const serialKey = toHex(readIntegerBytes(certId.take(TAG.integer, 'serialNumber')))
  certId.end()
  const status = readStatus(fields.takeAny('certStatus'))
  const thisUpdate = readTime(fields.take(TAG.generalizedTime, 'thisUpdate'), { fractions: true })
  const next = fields.optional(contextConstructed(0))
  const extensions = readExtensions(fields.optional(contextConstructed(1)))
  fields.end()
  return {
    hashAlgorithm,
    issuerNameHash,
    issuerKeyHash,
    serialKey,
    ...status,
    thisUpdate,
    nextUpdate: next ? readTime(readExplicit(next, 'nextUpdate'), { fractions: true }) : null,
    extensions,
  }
}

function readStatus(element: Element): Pick<OcspSingleResponse, 'status' | 'revocationTime' | 'reason'> {
  switch (element.tag) {
    case contextPrimitive(0):
      return { status: 'good', revocationTime: null, reason: null }
    case contextPrimitive(2):
      return { status: 'unknown', revocationTime: null, reason: null }
    case contextConstructed(1): {
      const fields = readFields(readImplicit(element, TAG.sequence), 'RevokedInfo')
      const revocationTime = readTime(fields.take(TAG.generalizedTime, 'revocationTime'), { fractions: true })
      const reason = fields.optional(contextConstructed(0))
      fields.end()
      const number = reason ? readSmallInteger(readExplicit(reason, 'reason'), TAG.enumerated) : 0
      return { status: 'revoked', revocationTime, reason: number }
    }
  }
  throw new VerifyError('malformed-ocsp', 'certificate status is of no known kind')
}

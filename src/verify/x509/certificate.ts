import { hash } from 'node:crypto'
import {
  contextConstructed,
  contextPrimitive,
  type Element,
  readElement,
  readExplicit,
  readFields,
  readIntegerBytes,
  readOctetAlignedBits,
  readSmallInteger,
  readTime,
  sameBytes,
  TAG,
  toHex,
} from '../der/index.ts'
import { VerifyError } from '../errors.ts'
import { type AlgorithmIdentifier, parseAlgorithmIdentifier } from './algorithm-identifier.ts'
import type { KnownCertificates } from './certificate-cache.ts'
import { type DecodedExtensions, decodeExtensions } from './decoded-extensions.ts'
import { type DistinguishedName, parseName } from './distinguished-name.ts'
import { type Extension, parseExtensions } from './extensions.ts'
import { type PublicKeyInfo, readPublicKeyInfo } from './public-key.ts'
import { SignatureAnswers } from './signature-answers.ts'

/** An X.509 certificate as data; byte fields are views on one copy of the DER that was read. */
export interface Certificate {
  readonly bytes: Uint8Array
  /** What the issuer signed. */
  readonly tbs: Uint8Array
  /** Over all bytes, lower-case hex: names the certificate everywhere. */
  readonly sha256: string
  readonly version: 1 | 2 | 3
  /** Lower-case hex without leading zeros; negative ones with a minus sign. */
  readonly serial: string
  /** The octets of the serial as they stand, in hex: what is compared. */
  readonly serialKey: string
  readonly issuer: DistinguishedName
  readonly subject: DistinguishedName
  readonly notBefore: Date
  readonly notAfter: Date
  readonly publicKey: PublicKeyInfo
  readonly signatureAlgorithm: AlgorithmIdentifier
  readonly signature: Uint8Array
  /** What was found out about its signature. */
  readonly answers: SignatureAnswers
  readonly extensions: ReadonlyMap<string, Extension>
  /** The extensions that we process, decoded; `malformed` names those that could not be. */
  readonly decoded: DecodedExtensions
  /** Subject and issuer are the same name (RFC 5280 §3.2); says nothing about the key. */
  readonly selfIssued: boolean
}

const MAX_CERTIFICATE_BYTES = 1 << 20

/**
 * Reads one DER certificate, or takes it from the cache where one is given and holds it. A certificate is one object
 * there: its key and what was found out about the signature on it are worked out once.
 * @throws VerifyError malformed-certificate, too-large
 * @see RFC 5280 §4.1
 */
export function parseCertificate(der: Uint8Array, cache: KnownCertificates | null = null): Certificate {
  if (der.length > MAX_CERTIFICATE_BYTES) throw new VerifyError('too-large', 'certificate is larger than 1 MiB')
  const sha256 = hash('sha256', der, 'hex')
  const held = cache?.get(sha256)
  if (held) return held
  // A copy, so that a certificate that is kept does not keep the document that it stood in.
  const certificate = readCertificateOrRefuse(new Uint8Array(der), sha256)
  cache?.keep(certificate)
  return certificate
}

function readCertificateOrRefuse(der: Uint8Array, sha256: string): Certificate {
  try {
    return readCertificate(der, sha256)
  } catch (cause) {
    if (!(cause instanceof VerifyError) || cause.code !== 'malformed-der') throw cause
    throw new VerifyError('malformed-certificate', `certificate cannot be read: ${cause.message}`, { cause })
  }
}

function readCertificate(der: Uint8Array, sha256: string): Certificate {
  const outer = readFields(readElement(der), 'Certificate')
  const tbsElement = outer.take(TAG.sequence, 'tbsCertificate')
  const signatureAlgorithm = parseAlgorithmIdentifier(outer.take(TAG.sequence, 'signatureAlgorithm'))
  const signature = readOctetAlignedBits(outer.take(TAG.bitString, 'signatureValue'))
  outer.end()
  const tbs = readFields(tbsElement, 'TBSCertificate')
  const version = readVersion(tbs.optional(contextConstructed(0)))
  const serialBytes = readIntegerBytes(tbs.take(TAG.integer, 'serialNumber'))
  const innerAlgorithm = tbs.take(TAG.sequence, 'signature')
  // RFC 5280 §4.1.1.2: both must be the same, or the one that is not signed could be exchanged.
  if (!sameBytes(innerAlgorithm.bytes, signatureAlgorithm.bytes)) {
    throw new VerifyError('malformed-certificate', 'signature algorithm inside and outside differ')
  }
  const issuer = parseName(tbs.take(TAG.sequence, 'issuer'))
  const validity = readFields(tbs.take(TAG.sequence, 'validity'), 'Validity')
  const notBefore = readTime(validity.takeAny('notBefore'))
  const notAfter = readTime(validity.takeAny('notAfter'))
  validity.end()
  const subject = parseName(tbs.take(TAG.sequence, 'subject'))
  const publicKey = readPublicKeyInfo(tbs.take(TAG.sequence, 'subjectPublicKeyInfo'))
  const uniqueIds = [tbs.optional(contextPrimitive(1)), tbs.optional(contextPrimitive(2))]
  if (version === 1 && uniqueIds.some((id) => id !== null)) {
    throw new VerifyError('malformed-certificate', 'version 1 has unique identifiers')
  }
  const extensionsElement = tbs.optional(contextConstructed(3))
  tbs.end()
  if (extensionsElement && version !== 3) throw new VerifyError('malformed-certificate', 'extensions without version 3')
  const extensions = extensionsElement
    ? parseExtensions(readExplicit(extensionsElement, 'extensions'))
    : new Map<string, Extension>()
  return {
    bytes: der,
    tbs: tbsElement.bytes,
    sha256,
    version,
    ...readSerial(serialBytes),
    issuer,
    subject,
    notBefore,
    notAfter,
    publicKey,
    signatureAlgorithm,
    signature,
    answers: new SignatureAnswers(),
    extensions,
    decoded: decodeExtensions(extensions),
    selfIssued: issuer.key === subject.key,
  }
}

function readVersion(element: Element | null): 1 | 2 | 3 {
  if (!element) return 1
  const number = readSmallInteger(readExplicit(element, 'version'))
  // Version 1 written out is not DER (it is the default), yet harmless.
  if (number === 0) return 1
  if (number === 1) return 2
  if (number === 2) return 3
  throw new VerifyError('malformed-certificate', 'version is unknown')
}

/** Takes a serial number's octets; gives it for display and for comparison. */
export function readSerial(octets: Uint8Array): { serial: string; serialKey: string } {
  const serialKey = toHex(octets)
  if (octets.length > 64) throw new VerifyError('malformed-certificate', 'serial number is too long')
  if ((octets[0] ?? 0) < 0x80) return { serial: serialKey.replace(/^0+(?=.)/, ''), serialKey }
  const value = BigInt.asIntN(octets.length * 8, BigInt(`0x${serialKey}`))
  return { serial: value.toString(16), serialKey }
}

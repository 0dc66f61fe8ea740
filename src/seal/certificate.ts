import { createHash, type KeyObject, randomBytes } from 'node:crypto'
import { type HashName, type SignatureScheme, schemeForKey, signatureAlgorithm, signBytes } from './algorithms.ts'
import { readCertificateParts, readTlv } from './certificate-parts.ts'
import {
  bitString,
  boolean,
  explicit,
  implicitPrimitive,
  integer,
  integerFromOctets,
  namedBits,
  objectIdentifier,
  octetString,
  printableString,
  sequence,
  setOf,
  time,
  utf8String,
} from './der-writer.ts'

/** The parts of a name that we write, outermost first. */
export interface DistinguishedName {
  readonly country?: string
  readonly organization?: string
  /** organizationIdentifier, e.g. NTRDK-29189420 (EN 319 412-1 §5.1.4). */
  readonly organizationIdentifier?: string
  readonly commonName: string
}

/** mail: signs and receives S/MIME (RFC 8550 §4.4). */
export type CertificateProfile = 'ca' | 'citizen' | 'seal' | 'mail'

export interface CertificateRequest {
  readonly profile: CertificateProfile
  readonly subject: DistinguishedName
  readonly publicKey: KeyObject
  readonly notBefore: Date
  readonly notAfter: Date
  /** rfc822Name in the subject alternative name. */
  readonly email?: string
  /** How many CAs may stand between a CA and who signs (RFC 5280 §4.2.1.9). Default 0. */
  readonly pathLength?: number
}

/** Who signs a certificate: null makes it self-signed with the key given. */
export interface Issuer {
  readonly privateKey: KeyObject
  /** DER; null for a self-signed CA. */
  readonly certificate: Uint8Array | null
  readonly scheme?: SignatureScheme
  readonly hash?: HashName
}

const NAME_OIDS: readonly (readonly [keyof DistinguishedName, string, (text: string) => Uint8Array])[] = [
  ['country', '2.5.4.6', printableString],
  ['organization', '2.5.4.10', utf8String],
  ['organizationIdentifier', '2.5.4.97', utf8String],
  ['commonName', '2.5.4.3', utf8String],
]

// Bits of keyUsage, RFC 5280 §4.2.1.3.
const DIGITAL_SIGNATURE = 0
const NON_REPUDIATION = 1
const KEY_ENCIPHERMENT = 2
const KEY_AGREEMENT = 4
const KEY_CERT_SIGN = 5
const CRL_SIGN = 6
const KEY_USAGE: Readonly<Record<CertificateProfile, readonly number[]>> = {
  ca: [KEY_CERT_SIGN, CRL_SIGN],
  citizen: [DIGITAL_SIGNATURE, NON_REPUDIATION],
  seal: [DIGITAL_SIGNATURE, NON_REPUDIATION],
  mail: [DIGITAL_SIGNATURE, NON_REPUDIATION],
}

/**
 * Issues an X.509 v3 certificate (RFC 5280 §4); gives its DER. The serial number has 127 random bits.
 * @throws GatewayError key-unusable, malformed-der
 */
export function issueCertificate(request: CertificateRequest, issuer: Issuer): Uint8Array {
  const suited = schemeForKey(issuer.privateKey)
  const scheme = issuer.scheme ?? suited.scheme
  const hash = issuer.hash ?? suited.hash
  const algorithm = signatureAlgorithm(scheme, hash)
  const subject = encodeName(request.subject)
  const subjectKey = publicKeyInfo(request.publicKey)
  const above = issuer.certificate === null ? null : readCertificateParts(issuer.certificate)
  const serial = randomBytes(16)
  serial.writeUInt8((serial.readUInt8(0) & 0x7f) | 0x40, 0) // positive and 16 octets long, always
  const tbs = sequence(
    explicit(0, integer(2)),
    integerFromOctets(serial),
    algorithm,
    above?.subject ?? subject,
    sequence(time(request.notBefore), time(request.notAfter)),
    subject,
    subjectKey,
    explicit(
      3,
      sequence(...extensions(request, keyIdentifier(subjectKey), keyIdentifier(above?.publicKeyInfo ?? subjectKey))),
    ),
  )
  return sequence(tbs, algorithm, bitString(signBytes(tbs, issuer.privateKey, scheme, hash)))
}

function extensions(request: CertificateRequest, subjectKeyId: Uint8Array, authorityKeyId: Uint8Array): Uint8Array[] {
  const isCa = request.profile === 'ca'
  const list = [
    extension('2.5.29.19', true, isCa ? sequence(boolean(true), integer(request.pathLength ?? 0)) : sequence()),
    extension('2.5.29.15', true, namedBits(...keyUsageOf(request))),
    extension('2.5.29.14', false, octetString(subjectKeyId)),
    extension('2.5.29.35', false, sequence(implicitPrimitive(0, authorityKeyId))),
  ]
  if (request.profile === 'mail') {
    list.push(extension('2.5.29.37', false, sequence(objectIdentifier('1.3.6.1.5.5.7.3.4'))))
  }
  if (request.email !== undefined) {
    list.push(extension('2.5.29.17', false, sequence(implicitPrimitive(1, Buffer.from(request.email, 'latin1')))))
  }
  return list
}

function keyUsageOf({ profile, publicKey }: CertificateRequest): readonly number[] {
  if (profile !== 'mail') return KEY_USAGE[profile]
  return [...KEY_USAGE.mail, publicKey.asymmetricKeyType === 'rsa' ? KEY_ENCIPHERMENT : KEY_AGREEMENT]
}

function extension(oid: string, critical: boolean, value: Uint8Array): Uint8Array {
  return sequence(objectIdentifier(oid), ...(critical ? [boolean(true)] : []), octetString(value))
}

/** DER of a name. */
export function encodeName(name: DistinguishedName): Uint8Array {
  const parts = NAME_OIDS.flatMap(([key, oid, encode]) => {
    const value = name[key]
    return value === undefined ? [] : [setOf(sequence(objectIdentifier(oid), encode(value)))]
  })
  return sequence(...parts)
}

const publicKeyInfo = (key: KeyObject): Uint8Array => key.export({ type: 'spki', format: 'der' })

/** Takes SubjectPublicKeyInfo; gives the key identifier that our certificates use: RFC 7093 §2 method 1, 20 octets. */
export function keyIdentifier(spki: Uint8Array): Uint8Array {
  return createHash('sha256').update(keyBits(spki)).digest().subarray(0, 20)
}

/** The contents of SubjectPublicKeyInfo's BIT STRING, without the octet that counts unused bits. */
function keyBits(spki: Uint8Array): Uint8Array {
  const whole = readTlv(spki, 0, spki.length)
  const algorithm = readTlv(spki, whole.contentsStart, whole.end)
  return spki.subarray(readTlv(spki, algorithm.end, whole.end).contentsStart + 1, whole.end)
}

/** Takes DER; gives PEM (RFC 7468) with 64 characters a line. */
export function toPem(der: Uint8Array, label = 'CERTIFICATE'): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}

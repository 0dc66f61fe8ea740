import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { GatewayError } from '../../model/errors.ts'
import { sha256Hex } from '../../model/ids.ts'
import { VerifyError } from '../../verify/errors.ts'
import {
  attributeTexts,
  type Certificate,
  isWithinValidity,
  keyBitsOf,
  nameKey,
  parseCertificate,
  readPemOrDer,
  readSignatureScheme,
} from '../../verify/x509/index.ts'
import { schemeForKey, signatureAlgorithm, signBytes } from '../algorithms.ts'
import { encodeName, toPem } from '../certificate.ts'
import type { SigningIdentity } from '../cms.ts'
import {
  bitString,
  implicitPrimitive,
  integer,
  namedBits,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  tlv,
} from '../der-writer.ts'
import { type KeyKind, makeKeyPair } from '../key-maker.ts'
import { readPkcs12 } from '../pkcs12.ts'
import { refused } from './refusal.ts'

/** An S/MIME key of ours as it lies in its files; a request where its CA has still to issue the certificate. */
export interface SmimeOwnKey {
  readonly id: string
  readonly privateKeyPem: string
  readonly certificatePem: string
  readonly subject: string
  readonly addresses: readonly string[]
  readonly algorithm: string
  readonly expiresAt: Date | null
}

const EMAIL_PROTECTION = '1.3.6.1.5.5.7.3.4'
const ANY_USAGE = '2.5.29.37.0'
const MIN_RSA_BITS = 2048
const MIN_CURVE_BITS = 256
const WEAK_DIGESTS: ReadonlySet<string> = new Set(['md5', 'sha1', 'ripemd160'])
const MAX_CERTIFICATES = 10

/** Names a key by its public half. */
export const idOfPublicKey = (key: KeyObject): string => sha256Hex(key.export({ type: 'spki', format: 'der' }))

/**
 * Makes a key and the request by which a CA issues its certificate (PKCS #10, RFC 2986), with the address, key usage and
 * e-mail protection asked for.
 */
export async function makeSmimeRequest(
  owner: { readonly name: string; readonly address: string; readonly cvr: string },
  kind: KeyKind = 'rsa-3072',
): Promise<SmimeOwnKey> {
  const { privateKey, publicKey } = await makeKeyPair(kind)
  const subject = {
    country: 'DK',
    organization: owner.name,
    organizationIdentifier: `NTRDK-${owner.cvr}`,
    commonName: owner.name,
  }
  const info = sequence(
    integer(0),
    encodeName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(
      0xa0,
      sequence(objectIdentifier('1.2.840.113549.1.9.14'), setOf(sequence(...wantedExtensions(owner.address, kind)))),
    ),
  )
  const { scheme, hash } = schemeForKey(privateKey)
  const request = sequence(info, signatureAlgorithm(scheme, hash), bitString(signBytes(info, privateKey, scheme, hash)))
  return {
    id: idOfPublicKey(publicKey),
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificatePem: toPem(request, 'CERTIFICATE REQUEST'),
    subject: owner.name,
    addresses: [owner.address.toLowerCase()],
    algorithm: nameOf(publicKey),
    expiresAt: null,
  }
}

function wantedExtensions(address: string, kind: KeyKind): Uint8Array[] {
  // digitalSignature, nonRepudiation, and keyEncipherment for RSA, keyAgreement for curves (RFC 8550 §4.4.2).
  const usage = namedBits(0, 1, kind.startsWith('rsa') ? 2 : 4)
  const extension = (oid: string, value: Uint8Array): Uint8Array => sequence(objectIdentifier(oid), octetString(value))
  return [
    extension('2.5.29.15', usage),
    extension('2.5.29.37', sequence(objectIdentifier(EMAIL_PROTECTION))),
    extension('2.5.29.17', sequence(implicitPrimitive(1, Buffer.from(address, 'latin1')))),
  ]
}

const nameOf = (key: KeyObject): string => {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {}
  return modulusLength === undefined ? `EC ${namedCurve ?? ''}`.trim() : `RSA ${modulusLength}`
}

/** Opens a PKCS #12 file and checks what is in it. @throws GatewayError key-unusable with the fact "reason" */
export function readSmimePkcs12(
  bytes: Uint8Array,
  given: { readonly passphrase: string; readonly address: string; readonly now: Date },
): SmimeOwnKey {
  return checkSmimeIdentity(openPkcs12(bytes, given.passphrase), given)
}

function openPkcs12(bytes: Uint8Array, passphrase: string): SigningIdentity {
  try {
    return readPkcs12(bytes, passphrase)
  } catch (cause) {
    if (!(cause instanceof GatewayError)) throw cause
    if (/no private key/.test(cause.message)) throw refused('no-private-key', cause)
    if (/no certificate of its/.test(cause.message)) throw refused('not-this-key', cause)
    throw refused('unreadable', cause)
  }
}

/**
 * Takes what the CA sent back (PEM, DER or PKCS #7, with issuers or without) and the private key that was made for it.
 * @throws GatewayError key-unusable with the fact "reason"
 */
export function readIssuedCertificate(
  bytes: Uint8Array,
  privateKeyPem: string,
  given: { readonly address: string; readonly now: Date },
): SmimeOwnKey {
  const privateKey = createPrivateKey(privateKeyPem)
  const id = idOfPublicKey(createPublicKey(privateKey))
  const found = readCertificates(bytes)
  const own = found.find((certificate) => publicKeyId(certificate) === id)
  if (!own) throw refused('not-this-key')
  const chain = [own, ...found.filter((certificate) => certificate !== own)].map(({ bytes: der }) => der)
  return checkSmimeIdentity({ privateKey, certificateChain: chain }, given)
}

/** Reads certificates as a CA or a person hands them over. @throws GatewayError key-unusable (unreadable) */
export function readCertificates(bytes: Uint8Array): readonly Certificate[] {
  try {
    const found = readPemOrDer(bytes)
      .slice(0, MAX_CERTIFICATES)
      .map((der) => parseCertificate(der))
    if (found.length === 0) throw refused('unreadable')
    return found
  } catch (cause) {
    if (cause instanceof VerifyError) throw refused('unreadable', cause)
    throw cause
  }
}

/** The id that a certificate's key has here. @throws GatewayError key-unusable where it is of no kind that we read */
export function publicKeyId({ publicKey }: Certificate): string {
  if (!publicKey.keyObject) throw refused('weak')
  return idOfPublicKey(publicKey.keyObject)
}

/** The rules for a certificate that signs and receives the municipality's mail (RFC 8550 §4.4). */
function checkSmimeIdentity(
  identity: SigningIdentity,
  given: { readonly address: string; readonly now: Date },
): SmimeOwnKey {
  const [der] = identity.certificateChain
  if (!der) throw refused('not-this-key')
  const [certificate] = readCertificates(der)
  if (!certificate) throw refused('unreadable')
  const id = idOfPublicKey(createPublicKey(identity.privateKey))
  if (publicKeyId(certificate) !== id) throw refused('not-this-key')
  mustSuitMail(certificate, given.now)
  const addresses = certificateAddresses(certificate)
  if (!addresses.includes(given.address.toLowerCase())) throw refused('other-address')
  return {
    id,
    privateKeyPem: identity.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificatePem: identity.certificateChain.map((one) => toPem(one)).join(''),
    subject: certificate.subject.display,
    addresses,
    algorithm: nameKey(certificate.publicKey),
    expiresAt: certificate.notAfter,
  }
}

function mustSuitMail(certificate: Certificate, now: Date): void {
  if (!isWithinValidity(certificate, now)) throw refused(now < certificate.notBefore ? 'not-yet-valid' : 'expired')
  if (certificate.decoded.basicConstraints?.ca === true) throw refused('is-a-ca')
  if (isWeak(certificate)) throw refused('weak')
  const { keyUsage, extendedKeyUsage } = certificate.decoded
  const mayMail = extendedKeyUsage?.has(EMAIL_PROTECTION) !== false || extendedKeyUsage.has(ANY_USAGE)
  const maySign = keyUsage === null || keyUsage.has('digitalSignature') || keyUsage.has('nonRepudiation')
  if (!mayMail || !maySign) throw refused('cannot-sign')
  if (keyUsage !== null && !keyUsage.has('keyEncipherment') && !keyUsage.has('keyAgreement')) {
    throw refused('cannot-decrypt')
  }
}

function isWeak(certificate: Certificate): boolean {
  const kind = certificate.publicKey.keyObject?.asymmetricKeyType
  const bits = keyBitsOf(certificate.publicKey)
  const isStrong = kind === 'rsa' ? bits >= MIN_RSA_BITS : kind === 'ec' && bits >= MIN_CURVE_BITS
  const digest = readSignatureScheme(certificate.signatureAlgorithm)?.hash ?? null
  // Nobody relies on the signature that a self-signed one makes on itself.
  return !isStrong || (!certificate.selfIssued && digest !== null && WEAK_DIGESTS.has(digest))
}

/** The addresses that a certificate carries, in lower case: alternative names, and the old attribute of the subject. */
export function certificateAddresses(certificate: Certificate): readonly string[] {
  const alternative = certificate.decoded.subjectAltNames.flatMap((name) => (name.kind === 'email' ? [name.value] : []))
  const old = attributeTexts(certificate.subject, '1.2.840.113549.1.9.1')
  return [...new Set([...alternative, ...old].map((address) => address.toLowerCase()))]
}

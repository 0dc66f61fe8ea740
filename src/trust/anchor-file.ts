import { createPrivateKey, X509Certificate } from 'node:crypto'
import { GatewayError } from '../model/errors.ts'
import { sha256Hex } from '../model/ids.ts'

/** A certificate as an admin handed it in, before anybody trusts it. */
export interface AnchorCandidate {
  /** SHA-256 of the DER, lower-case hex. */
  readonly sha256: string
  readonly der: Uint8Array
  /** The subject on one line, most specific attribute first: "CN=…, O=…, C=DK". */
  readonly subject: string
  readonly issuer: string
  readonly validFrom: string
  readonly validTo: string
  /** basicConstraints says CA. */
  readonly isCa: boolean
}

const MAX_FILE_BYTES = 1024 * 1024
const MAX_CERTIFICATES = 200
const PEM_BLOCK = /-----BEGIN (?:X509 )?CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END (?:X509 )?CERTIFICATE-----/g
/** OIDs 1.2.840.113549.1.5 and .12.1: encrypted PKCS #8 names its password scheme right at its beginning. */
const PASSWORD_SCHEMES = ['2a864886f70d0105', '2a864886f70d010c'].map((hex) => Buffer.from(hex, 'hex'))
/** PKCS #12 (RFC 7292 §4), BER lengths of any kind: SEQUENCE { INTEGER 3, SEQUENCE … */
const PFX_START = /^30(?:[0-7].|80|81.{2}|82.{4}|83.{6}|84.{8})02010330/

/**
 * Reads one DER certificate as a candidate for an anchor.
 * @throws GatewayError malformed-der: no certificate, or bytes behind it; private-key-refused
 */
export function readCertificate(der: Uint8Array): AnchorCandidate {
  refusePrivateKeys(der)
  const candidate = parse(der)
  // The fingerprint is the anchor's name: a certificate with bytes behind it would get a second one.
  if (!Buffer.from(der).equals(candidate.der)) {
    throw new GatewayError('malformed-der', 'There are bytes behind the certificate')
  }
  return candidate
}

function parse(der: Uint8Array): AnchorCandidate {
  try {
    const certificate = new X509Certificate(der)
    return {
      sha256: sha256Hex(certificate.raw),
      der: Uint8Array.from(certificate.raw),
      subject: oneLine(certificate.subject),
      issuer: oneLine(certificate.issuer),
      // What stands there may be no date at all: then this throws too.
      validFrom: new Date(certificate.validFrom).toISOString(),
      validTo: new Date(certificate.validTo).toISOString(),
      isCa: certificate.ca,
    }
  } catch (cause) {
    throw new GatewayError('malformed-der', 'These bytes are no X.509 certificate', { cause })
  }
}

/**
 * Reads a file with certificates: PEM with one or several, or one DER. Each certificate comes once.
 * @throws GatewayError too-large, private-key-refused, malformed-der, unreadable-input (no certificate in it)
 */
export function readAnchorFile(bytes: Uint8Array): readonly AnchorCandidate[] {
  if (bytes.length > MAX_FILE_BYTES) {
    throw new GatewayError('too-large', `A file with certificates has at most ${MAX_FILE_BYTES} bytes`)
  }
  refusePrivateKeys(bytes)
  const text = Buffer.from(bytes).toString('latin1')
  if (!text.includes('-----BEGIN ')) {
    if (bytes[0] !== 0x30) throw new GatewayError('unreadable-input', 'The file is neither PEM nor DER')
    return [readCertificate(bytes)]
  }
  const found = new Map<string, AnchorCandidate>()
  for (const [, base64 = ''] of text.matchAll(PEM_BLOCK)) {
    const candidate = readCertificate(Buffer.from(base64, 'base64'))
    found.set(candidate.sha256, candidate)
    if (found.size > MAX_CERTIFICATES) {
      throw new GatewayError('too-large', `A file holds at most ${MAX_CERTIFICATES} certificates`)
    }
  }
  if (found.size === 0) throw new GatewayError('unreadable-input', 'The file holds no certificate')
  return [...found.values()]
}

/** A key that was uploaded by mistake must not be kept anywhere, not even beside the certificate it belongs to. */
function refusePrivateKeys(bytes: Uint8Array): void {
  const text = Buffer.from(bytes).toString('latin1')
  if (/PRIVATE KEY/.test(text) || holdsDerKey(bytes)) {
    throw new GatewayError('private-key-refused', 'The file holds a private key; nothing of it was kept')
  }
}

function holdsDerKey(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x30) return false
  const start = Buffer.from(bytes.subarray(0, 32))
  if (PASSWORD_SCHEMES.some((oid) => start.includes(oid)) || PFX_START.test(start.toString('hex'))) return true
  return (['pkcs8', 'pkcs1', 'sec1'] as const).some((type) => {
    try {
      createPrivateKey({ key: Buffer.from(bytes), format: 'der', type })
      return true
    } catch {
      // Not a key of this kind: just what we hope for.
      return false
    }
  })
}

/** Node writes one attribute a line, most general first. */
const oneLine = (name: string | undefined): string => (name ?? '').split('\n').filter(Boolean).reverse().join(', ')

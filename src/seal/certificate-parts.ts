import { GatewayError } from '../model/errors.ts'

/** The TLVs of a certificate that a signer must repeat byte for byte. */
export interface CertificateParts {
  /** The issuer's Name, whole TLV. */
  readonly issuer: Uint8Array
  /** The subject's Name, whole TLV. */
  readonly subject: Uint8Array
  /** The serial number, whole INTEGER TLV. */
  readonly serialNumber: Uint8Array
  /** SubjectPublicKeyInfo, whole TLV. */
  readonly publicKeyInfo: Uint8Array
}

/** One TLV: its tag octet, where its contents begin and where it ends. */
export interface Tlv {
  readonly tag: number
  readonly contentsStart: number
  readonly end: number
}

/** Reads one TLV's header. @throws GatewayError malformed-der */
export function readTlv(der: Uint8Array, at: number, limit: number): Tlv {
  const tag = der[at]
  const first = der[at + 1]
  if (tag === undefined || first === undefined) throw malformed()
  const octets = first < 0x80 ? 0 : first & 0x7f
  if (first === 0x80 || octets > 4) throw malformed()
  let length = octets === 0 ? first : 0
  for (let i = 0; i < octets; i += 1) length = length * 256 + (der[at + 2 + i] ?? 0)
  const contentsStart = at + 2 + octets
  const end = contentsStart + length
  if (end > limit) throw malformed()
  return { tag, contentsStart, end }
}

const malformed = (): GatewayError => new GatewayError('malformed-der', 'This is no DER certificate.')

/**
 * Takes a DER certificate; gives the fields that a CMS SignerInfo or an issued certificate repeats (RFC 5280 §4.1).
 * @throws GatewayError malformed-der
 */
export function readCertificateParts(der: Uint8Array): CertificateParts {
  const certificate = readTlv(der, 0, der.length)
  const tbs = readTlv(der, certificate.contentsStart, certificate.end)
  if (certificate.tag !== 0x30 || tbs.tag !== 0x30) throw malformed()
  let at = tbs.contentsStart
  const next = (): { tag: number; whole: Uint8Array } => {
    const field = readTlv(der, at, tbs.end)
    const whole = der.subarray(at, field.end)
    at = field.end
    return { tag: field.tag, whole }
  }
  let field = next()
  if (field.tag === 0xa0) field = next() // version
  const serialNumber = field
  next() // signature algorithm
  const issuer = next()
  next() // validity
  const subject = next()
  const publicKeyInfo = next()
  const shape = [serialNumber.tag, issuer.tag, subject.tag, publicKeyInfo.tag].join()
  if (shape !== [0x02, 0x30, 0x30, 0x30].join()) throw malformed()
  return {
    issuer: issuer.whole,
    subject: subject.whole,
    serialNumber: serialNumber.whole,
    publicKeyInfo: publicKeyInfo.whole,
  }
}

import { createHash } from 'node:crypto'
import { encode, encodeOid, TAG } from '../der/index.ts'
import type { Certificate } from '../x509/certificate.ts'

/** Responders answer for SHA-1, and many for nothing else (RFC 9654 §2.1.1); it names the issuer and protects nothing. */
const SHA1 = encode(TAG.sequence, encodeOid('1.3.14.3.2.26'), encode(TAG.null))

/**
 * Asks for the status of one certificate of an issuer; gives the DER of an unsigned OCSPRequest. Without a nonce, so that
 * answers made beforehand serve too.
 * @see RFC 6960 §4.1.1
 */
export function buildOcspRequest(certificate: Certificate, issuer: Certificate): Uint8Array {
  const sha1 = (bytes: Uint8Array): Uint8Array => createHash('sha1').update(bytes).digest()
  const certId = encode(
    TAG.sequence,
    SHA1,
    encode(TAG.octetString, sha1(certificate.issuer.bytes)),
    encode(TAG.octetString, sha1(issuer.publicKey.key)),
    encode(TAG.integer, Buffer.from(certificate.serialKey, 'hex')),
  )
  const request = encode(TAG.sequence, certId)
  return encode(TAG.sequence, encode(TAG.sequence, encode(TAG.sequence, request)))
}

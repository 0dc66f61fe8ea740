import { hash } from 'node:crypto'
import { contextConstructed, encode, encodeOid, readChildren, readElement, sameBytes, TAG } from '../der/index.ts'
import type { Certificate } from '../x509/certificate.ts'
import { OCSP_NONCE, type OcspResponse } from './ocsp-response.ts'

/** Responders answer for SHA-1, and many for nothing else (RFC 9654 §2.1.1); it names the issuer and protects nothing. */
const SHA1 = encode(TAG.sequence, encodeOid('1.3.14.3.2.26'), encode(TAG.null))

/**
 * Asks for the status of one certificate of an issuer; gives the DER of an unsigned OCSPRequest without a nonce: who sends
 * it adds one.
 * @see RFC 6960 §4.1.1
 */
export function buildOcspRequest(certificate: Certificate, issuer: Certificate): Uint8Array {
  const sha1 = (bytes: Uint8Array): Uint8Array => hash('sha1', bytes, 'buffer')
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

/**
 * Takes a request that buildOcspRequest made, and 1 to 32 random octets; gives the request with them as its nonce.
 * @see RFC 9654 §2.1
 */
export function withNonce(request: Uint8Array, nonce: Uint8Array): Uint8Array {
  const [tbs] = readChildren(readElement(request))
  const members = tbs ? readChildren(tbs).map(({ bytes }) => bytes) : []
  const value = encode(TAG.octetString, encode(TAG.octetString, nonce))
  const extensions = encode(TAG.sequence, encode(TAG.sequence, encodeOid(OCSP_NONCE), value))
  return encode(TAG.sequence, encode(TAG.sequence, ...members, encode(contextConstructed(2), extensions)))
}

/**
 * Says whether a response may be the answer to a request with this nonce: it carries the same, or none, as one made
 * beforehand. Another nonce is the answer to another question.
 * @see RFC 9654 §2.1
 */
export const mayAnswer = ({ nonce }: OcspResponse, asked: Uint8Array): boolean =>
  nonce === null || sameBytes(nonce, asked)

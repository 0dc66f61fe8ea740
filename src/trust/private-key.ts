import { createPrivateKey } from 'node:crypto'
import { GatewayError } from '../model/errors.ts'

/** What PEM calls every kind of private key, OpenPGP's too, and the same as Windows writes text (UTF-16). */
const WORDS = ['latin1', 'utf16le'].map((encoding) => Buffer.from('PRIVATE KEY', encoding as BufferEncoding))
/** PKCS #8 (RFC 5958): version 0, then rsaEncryption or a curve's key and an OCTET STRING. No public key begins so. */
const PKCS8_RSA = Buffer.from('020100300d06092a864886f70d010101050004', 'hex')
const PKCS8_EC = ['0201003013', '0201003014', '0201003010'].map((start) =>
  Buffer.from(`${start}06072a8648ce3d0201`, 'hex'),
)
const ANYWHERE = [...WORDS, PKCS8_RSA, ...PKCS8_EC]
/** OIDs 1.2.840.113549.1.5 and .12.1: encrypted PKCS #8 names its password scheme right at its beginning. */
const PASSWORD_SCHEMES = ['2a864886f70d0105', '2a864886f70d010c'].map((hex) => Buffer.from(hex, 'hex'))
/** PKCS #12 (RFC 7292 §4), BER lengths of any kind: SEQUENCE { INTEGER 3, SEQUENCE … */
const PFX_START = /^30(?:[0-7].|80|81.{2}|82.{4}|83.{6}|84.{8})02010330/
const PEM_BODY = /-----BEGIN [^-]{1,40}-----([A-Za-z0-9+/=\s]*)-----END /g

/**
 * A key that was uploaded by mistake must not be kept anywhere, not even beside the certificate it belongs to.
 * @throws GatewayError private-key-refused
 */
export function refusePrivateKeys(bytes: Uint8Array): void {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (ANYWHERE.some((sign) => all.includes(sign)) || isDerKey(all)) {
    throw new GatewayError('private-key-refused', 'The file holds a private key; nothing of it was kept')
  }
}

/** The same for what stands in PEM under any label. @throws GatewayError private-key-refused */
export function refusePrivateKeysInPem(text: string): void {
  for (const [, base64 = ''] of text.matchAll(PEM_BODY)) refusePrivateKeys(Buffer.from(base64, 'base64'))
}

function isDerKey(bytes: Buffer): boolean {
  if (bytes[0] !== 0x30) return false
  const start = bytes.subarray(0, 32)
  if (PASSWORD_SCHEMES.some((oid) => start.includes(oid)) || PFX_START.test(start.toString('hex'))) return true
  return (['pkcs8', 'pkcs1', 'sec1'] as const).some((type) => {
    try {
      createPrivateKey({ key: bytes, format: 'der', type })
      return true
    } catch {
      // Not a key of this kind: just what we hope for.
      return false
    }
  })
}

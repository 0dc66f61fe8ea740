import { GatewayError } from '../model/errors.ts'

const bytesOf = (hex: string): Buffer => Buffer.from(hex, 'hex')

/** What PEM calls every kind of private key, OpenPGP's too, and the same as Windows writes text (UTF-16). */
const WORDS = ['latin1', 'utf16le'].map((encoding) => Buffer.from('PRIVATE KEY', encoding as BufferEncoding))
/**
 * PKCS #8 (RFC 5958): the version, then rsaEncryption, a curve's key or one of Edwards's and Montgomery's (RFC 8410 §7), and an
 * OCTET STRING. No public key begins so.
 */
const PKCS8 = ['020100', '020101'].flatMap((version) => [
  bytesOf(`${version}300d06092a864886f70d010101050004`),
  ...['3013', '3014', '3010'].map((start) => bytesOf(`${version}${start}06072a8648ce3d0201`)),
  ...['6e', '6f', '70', '71'].map((curve) => bytesOf(`${version}300506032b65${curve}04`)),
])
/** OIDs of PKCS #5 (1.2.840.113549.1.5) and PKCS #12 (….1.12): password schemes and bags of keys. No certificate names one. */
const PASSWORD_SCHEMES = ['06092a864886f70d0105', '060a2a864886f70d010c', '060b2a864886f70d010c'].map(bytesOf)
const ANYWHERE = [...WORDS, ...PKCS8, ...PASSWORD_SCHEMES]
/**
 * How a key begins, as hex: a SEQUENCE of any length in BER, and in it PKCS #12 (version 3, a SEQUENCE), PKCS #1 (version 0 or 1,
 * an INTEGER of 64 octets or more; a key of DSA alike), SEC 1 (version 1, an OCTET STRING of a curve's size), PKCS #8 (version 0
 * or 1, an algorithm), or a password scheme. @see RFC 7292 §4, RFC 8017 §A.1.2, RFC 5915 §3, RFC 5958
 */
const KEY_START =
  /^30(?:[0-7].|80|81..|82.{4}|83.{6}|84.{8})(?:0201(?:0330|0[01]02(?:[4-7]|8[12])|0104(?:1[4-9a-f]|[23].|4[012])|0[01]30..06)|30(?:81)?..060[9ab]2a864886f70d010[5c])/
const KEY_START_BYTES = 24
/** PKCS #1 and SEC 1 behind their SEQUENCE: looked for behind other things. */
const INNER_STARTS = ['02010002', '02010102', '02010104'].map(bytesOf)
const PEM_BLOCK = /-----BEGIN [^-]{1,40}-----([A-Za-z0-9+/=\s]*)-----END /g
/** A key as JSON (RFC 7517): "d" is the private value of RSA's and of every curve's. */
const JWK_TYPE = /"kty"\s*:/
const JWK_PRIVATE = /"d"\s*:\s*"[A-Za-z0-9_-]{16}/
/** Base64 without PEM's lines around it: the beginning of a SEQUENCE. */
const BARE_DER = /(?<![A-Za-z0-9+/])M[A-I][A-Za-z0-9+/_-]{30}/g
/** The same of a whole PEM file, as programs carry it in their settings: "-----BEGIN" in base64, over several lines. */
const BARE_PEM = /LS0tLS1CRUdJTi[A-Za-z0-9+/=\s]*/g

/**
 * A key that was uploaded by mistake must not be kept anywhere, not even beside the certificate it belongs to: as PEM, DER, JSON
 * or base64, alone or among other things.
 * @throws GatewayError private-key-refused
 */
export function refusePrivateKeys(bytes: Uint8Array): void {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (holdsKey(all) || isKeyOfText(all)) throw refused()
}

/** The same for what stands in PEM under any label. @throws GatewayError private-key-refused */
export function refusePrivateKeysInPem(text: string): void {
  for (const [, base64 = ''] of text.matchAll(PEM_BLOCK)) {
    if (holdsKey(Buffer.from(base64, 'base64'))) throw refused()
  }
}

const refused = (): GatewayError =>
  new GatewayError('private-key-refused', 'The file holds a private key; nothing of it was kept')

const holdsKey = (bytes: Buffer): boolean =>
  ANYWHERE.some((sign) => bytes.includes(sign)) || beginsKey(bytes, 0) || INNER_STARTS.some((at) => isIn(bytes, at))

const beginsKey = (bytes: Buffer, at: number): boolean =>
  bytes[at] === 0x30 && KEY_START.test(bytes.subarray(at, at + KEY_START_BYTES).toString('hex'))

/** Whether a key begins anywhere: a SEQUENCE has one, two or three octets of length before what stands in it. */
function isIn(bytes: Buffer, inner: Buffer): boolean {
  for (let at = bytes.indexOf(inner); at >= 0; at = bytes.indexOf(inner, at + 1)) {
    if ([2, 3, 4].some((header) => at >= header && beginsKey(bytes, at - header))) return true
  }
  return false
}

/** Keys as programs carry them in text: JSON, or base64 with nothing around it. UTF-16 is read as well. */
function isKeyOfText(bytes: Buffer): boolean {
  const text = bytes.toString('latin1').replaceAll('\0', '')
  if (JWK_TYPE.test(text) && JWK_PRIVATE.test(text)) return true
  // Its beginning tells a key: the rest may stand on other lines.
  for (const [start] of text.matchAll(BARE_DER)) if (beginsKey(Buffer.from(start, 'base64'), 0)) return true
  for (const [pem] of text.matchAll(BARE_PEM)) if (holdsKey(Buffer.from(pem, 'base64'))) return true
  return false
}

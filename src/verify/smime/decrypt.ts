import {
  constants,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
  privateDecrypt,
  X509Certificate,
} from 'node:crypto'
import { encode, readElement, readFields, readOctetString, readSmallInteger, TAG, toHex } from '../der/index.ts'
import { VerifyError } from '../errors.ts'
import { type AlgorithmIdentifier, parseAlgorithmIdentifier } from '../x509/algorithm-identifier.ts'
import { parseCertificate } from '../x509/index.ts'
import { hashName } from '../x509/signature-scheme.ts'
import { type Enveloped, parseEnveloped, type Recipient } from './enveloped-data.ts'

/** A key that S/MIME mail may be encrypted to: PEM of the private key and of its certificate. */
export interface SmimeKey {
  readonly privateKeyPem: string
  readonly certificatePem: string
}

/** What was inside; authenticated: what encrypted it also shows whether it was changed on the way. */
export interface DecryptedContent {
  readonly bytes: Uint8Array
  readonly authenticated: boolean
}

/**
 * Opens S/MIME enveloped data with one of our keys; null where none opens it, or what is inside was changed. All ways of not opening it
 * look the same, so that nobody learns from us what a changed message decrypts to.
 * RSA (PKCS #1 v1.5, OAEP), ECDH on NIST curves; AES-CBC, AES-GCM and, from old clients, triple DES.
 * @see RFC 5652 §6, RFC 5083, RFC 5753, RFC 8551 §2.7
 */
export function decryptSmime(cms: Uint8Array, keys: readonly SmimeKey[]): DecryptedContent | null {
  try {
    const enveloped = parseEnveloped(cms)
    if (!enveloped) return null
    for (const key of keys.map(readKey)) {
      for (const recipient of enveloped.recipients.filter(({ id }) => isFor(id, key))) {
        const contentKey = contentKeyOf(recipient, key.privateKey)
        const bytes = contentKey && decryptContent(enveloped, contentKey)
        if (bytes) return { bytes, authenticated: enveloped.authenticated }
      }
    }
    return null
  } catch (fault) {
    if (fault instanceof VerifyError && fault.code !== 'internal') return null
    // OpenSSL names what is wrong with padding or a tag: nobody is to tell one from the other.
    if (fault instanceof Error && isOfCryptography(fault)) return null
    throw fault
  }
}

const isOfCryptography = (fault: Error): boolean =>
  'code' in fault ? /^ERR_/.test(String(fault.code)) : /authenticate data|decrypt|key|padding/i.test(fault.message)

interface ReadKey {
  readonly privateKey: KeyObject
  readonly issuerAndSerial: string
  readonly keyIdentifier: string | null
}

function readKey({ privateKeyPem, certificatePem }: SmimeKey): ReadKey {
  const certificate = parseCertificate(new Uint8Array(new X509Certificate(certificatePem).raw))
  const { issuer, serialKey, decoded } = certificate
  return {
    privateKey: createPrivateKey(privateKeyPem),
    issuerAndSerial: `${toHex(issuer.bytes)}:${serialKey}`,
    keyIdentifier: decoded.subjectKeyIdentifier ? toHex(decoded.subjectKeyIdentifier) : null,
  }
}

const isFor = ({ issuerAndSerial, keyIdentifier }: Recipient['id'], key: ReadKey): boolean =>
  issuerAndSerial === null
    ? keyIdentifier !== null && keyIdentifier === key.keyIdentifier
    : issuerAndSerial === key.issuerAndSerial

const RSA = '1.2.840.113549.1.1.1'
const RSA_OAEP = '1.2.840.113549.1.1.7'

function contentKeyOf(recipient: Recipient, privateKey: KeyObject): Uint8Array | null {
  if (recipient.kind === 'agreement') return agreedKey(recipient, privateKey)
  const { algorithm, encryptedKey } = recipient
  if (privateKey.asymmetricKeyType !== 'rsa') return null
  // OpenSSL gives a random key instead of a fault where PKCS #1 v1.5 padding is wrong (RFC 3218): no oracle.
  if (algorithm.oid === RSA)
    return privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_PADDING }, encryptedKey)
  return algorithm.oid === RSA_OAEP ? privateDecrypt({ key: privateKey, ...oaepOf(algorithm) }, encryptedKey) : null
}

/** RSAES-OAEP-params (RFC 4055 §4.1): SHA-1 where nothing is said; both hashes must be the same, as OpenSSL takes one. */
function oaepOf({ parameters }: AlgorithmIdentifier): { readonly oaepHash: string; readonly padding: number } {
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  const [hash] = parameters ? readFields(parameters, 'RSAES-OAEP-params').rest() : []
  if (hash?.tag !== 0xa0) return { oaepHash: 'sha1', padding }
  const [algorithm] = readFields(hash, 'hashFunc', 0xa0).rest()
  return { oaepHash: (algorithm && hashName(parseAlgorithmIdentifier(algorithm).oid)) ?? 'unknown', padding }
}

/** dhSinglePass-stdDH-sha*kdf-scheme (RFC 5753 §7.1.4), by the hash of the key derivation. */
const STD_DH: Readonly<Record<string, string>> = {
  '1.3.133.16.840.63.0.2': 'sha1',
  '1.3.132.1.11.0': 'sha224',
  '1.3.132.1.11.1': 'sha256',
  '1.3.132.1.11.2': 'sha384',
  '1.3.132.1.11.3': 'sha512',
}

/** AES key wrap (RFC 3394), by the octets of its key. */
const WRAPS: Readonly<Record<string, number>> = {
  '2.16.840.1.101.3.4.1.5': 16,
  '2.16.840.1.101.3.4.1.25': 24,
  '2.16.840.1.101.3.4.1.45': 32,
}

function agreedKey(recipient: Extract<Recipient, { kind: 'agreement' }>, privateKey: KeyObject): Uint8Array | null {
  const { algorithm, originator, material, encryptedKey } = recipient
  const hash = STD_DH[algorithm.oid]
  const { parameters } = algorithm
  if (!hash || !parameters || privateKey.asymmetricKeyType !== 'ec') return null
  const wrap = parseAlgorithmIdentifier(parameters)
  const length = WRAPS[wrap.oid]
  if (length === undefined) return null
  const point = readFields(originator, 'OriginatorPublicKey', originator.tag).rest().at(-1)
  if (!point) return null
  const publicKey = passingKey(privateKey, point.bytes)
  const secret = diffieHellman({ privateKey, publicKey })
  const wrappingKey = derive(secret, hash, length, sharedInfo(wrap.bytes, material, length))
  const decipher = createDecipheriv(`id-aes${length * 8}-wrap`, wrappingKey, Buffer.alloc(8, 0xa6))
  return Buffer.concat([decipher.update(encryptedKey), decipher.final()])
}

/** The curve is that of our own key: the sender may leave it out (RFC 5753 §3.1.1). */
function passingKey(privateKey: KeyObject, bitString: Uint8Array): KeyObject {
  const own = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  const algorithm = readFields(readElement(new Uint8Array(own)), 'SubjectPublicKeyInfo').take(TAG.sequence, 'algorithm')
  const der = Buffer.from(encode(0x30, algorithm.bytes, bitString))
  return createPublicKey({ key: der, format: 'der', type: 'spki' })
}

/** ECC-CMS-SharedInfo (RFC 5753 §7.2): the wrap's algorithm, the material, and the wrapping key's bits. */
function sharedInfo(wrap: Uint8Array, material: Uint8Array | null, length: number): Uint8Array {
  const bits = Buffer.alloc(4)
  bits.writeUInt32BE(length * 8)
  return encode(
    0x30,
    wrap,
    ...(material ? [encode(0xa0, encode(0x04, material))] : []),
    encode(0xa2, encode(0x04, bits)),
  )
}

/** ANSI X9.63 key derivation (SEC 1 §3.6.1). */
function derive(secret: Uint8Array, hash: string, length: number, info: Uint8Array): Uint8Array {
  const blocks: Buffer[] = []
  for (let counter = 1, made = 0; made < length; counter++) {
    const number = Buffer.alloc(4)
    number.writeUInt32BE(counter)
    const block = createHash(hash).update(secret).update(number).update(info).digest()
    blocks.push(block)
    made += block.length
  }
  return Buffer.concat(blocks).subarray(0, length)
}

interface ContentCipher {
  readonly name: string
  readonly keyLength: number
  readonly gcm: boolean
}

const cipher = (name: string, keyLength: number, gcm = false): ContentCipher => ({ name, keyLength, gcm })

/** RFC 3565, RFC 5084, RFC 3370 §5.1. */
const CIPHERS: Readonly<Record<string, ContentCipher>> = {
  '2.16.840.1.101.3.4.1.2': cipher('aes-128-cbc', 16),
  '2.16.840.1.101.3.4.1.22': cipher('aes-192-cbc', 24),
  '2.16.840.1.101.3.4.1.42': cipher('aes-256-cbc', 32),
  '2.16.840.1.101.3.4.1.6': cipher('aes-128-gcm', 16, true),
  '2.16.840.1.101.3.4.1.26': cipher('aes-192-gcm', 24, true),
  '2.16.840.1.101.3.4.1.46': cipher('aes-256-gcm', 32, true),
  '1.2.840.113549.3.7': cipher('des-ede3-cbc', 24),
}

function decryptContent(enveloped: Enveloped, contentKey: Uint8Array): Uint8Array | null {
  const { contentEncryption, encryptedContent, authenticated } = enveloped
  const { parameters } = contentEncryption
  const method = CIPHERS[contentEncryption.oid]
  // GCM without its tag, and CBC where a tag is promised, are no way to encrypt mail.
  if (!method || !parameters || method.gcm !== authenticated || contentKey.length !== method.keyLength) return null
  if (!method.gcm) {
    const decipher = createDecipheriv(method.name, contentKey, readOctetString(parameters))
    return Buffer.concat([decipher.update(encryptedContent), decipher.final()])
  }
  const fields = readFields(parameters, 'GCMParameters')
  const nonce = readOctetString(fields.take(TAG.octetString, 'nonce'))
  const length = fields.optional(TAG.integer)
  const authTagLength = length ? readSmallInteger(length) : 12
  if (authTagLength < 12 || authTagLength > 16 || enveloped.mac.length !== authTagLength) return null
  const decipher = createDecipheriv(method.name as 'aes-256-gcm', contentKey, nonce, { authTagLength })
  decipher.setAuthTag(enveloped.mac)
  if (enveloped.authenticatedAttributes) decipher.setAAD(enveloped.authenticatedAttributes)
  return Buffer.concat([decipher.update(encryptedContent), decipher.final()])
}

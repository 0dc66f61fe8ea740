import {
  contextConstructed,
  contextPrimitive,
  type Element,
  encode,
  readElementAt,
  readExplicit,
  readFields,
  readImplicit,
  readOctetString,
  readOid,
  TAG,
  toHex,
} from '../der/index.ts'
import { type AlgorithmIdentifier, parseAlgorithmIdentifier } from '../x509/algorithm-identifier.ts'

/** Whose key opens it: issuer and serial number, or the subject key identifier of the certificate. */
export interface RecipientId {
  /** DER of issuer and serial number's octets, joined as a text to compare; null where it is named by its key. */
  readonly issuerAndSerial: string | null
  readonly keyIdentifier: string | null
}

/** One recipient's way to the content's key (RFC 5652 §6.2.1, §6.2.2). Others (a password, a shared key) are passed over. */
export type Recipient =
  | {
      readonly kind: 'transport'
      readonly id: RecipientId
      readonly algorithm: AlgorithmIdentifier
      readonly encryptedKey: Uint8Array
    }
  | {
      readonly kind: 'agreement'
      readonly id: RecipientId
      readonly algorithm: AlgorithmIdentifier
      readonly encryptedKey: Uint8Array
      /** SubjectPublicKeyInfo's algorithm and key of the sender's passing key. */
      readonly originator: Element
      /** User keying material; null where there is none. */
      readonly material: Uint8Array | null
    }

/** EnvelopedData (RFC 5652 §6) or AuthEnvelopedData (RFC 5083). */
export interface Enveloped {
  readonly authenticated: boolean
  readonly recipients: readonly Recipient[]
  readonly contentEncryption: AlgorithmIdentifier
  readonly encryptedContent: Uint8Array
  /** What is authenticated beside the content, as DER of a SET; null where there is nothing. */
  readonly authenticatedAttributes: Uint8Array | null
  /** Message authentication code; empty where the content is not authenticated. */
  readonly mac: Uint8Array
}

const ENVELOPED = '1.2.840.113549.1.7.3'
const AUTH_ENVELOPED = '1.2.840.113549.1.9.16.1.23'
const MAX_RECIPIENTS = 1000

/**
 * Reads what is encrypted to recipients out of a ContentInfo, BER or DER; null where it is something else.
 * @throws VerifyError malformed-der, too-deep, too-many-elements
 */
export function parseEnveloped(bytes: Uint8Array): Enveloped | null {
  const info = readFields(readElementAt(bytes, 0, 'ber'), 'ContentInfo')
  const type = readOid(info.take(TAG.oid, 'contentType'))
  if (type !== ENVELOPED && type !== AUTH_ENVELOPED) return null
  const authenticated = type === AUTH_ENVELOPED
  const fields = readFields(readExplicit(info.take(contextConstructed(0), 'content'), 'content'), 'EnvelopedData')
  fields.take(TAG.integer, 'version')
  fields.optional(contextConstructed(0))
  const recipients = readFields(fields.take(TAG.set, 'recipientInfos'), 'RecipientInfos', TAG.set).rest()
  const content = readFields(fields.take(TAG.sequence, 'encryptedContentInfo'), 'EncryptedContentInfo')
  content.take(TAG.oid, 'contentType')
  const contentEncryption = parseAlgorithmIdentifier(content.take(TAG.sequence, 'contentEncryptionAlgorithm'))
  const encrypted = content.peek() === null ? null : content.takeAny('encryptedContent')
  const attributes = authenticated ? fields.optional(contextConstructed(1)) : null
  return {
    authenticated,
    recipients: recipients.slice(0, MAX_RECIPIENTS).flatMap(readRecipient),
    contentEncryption,
    encryptedContent: encrypted ? readOctetString(readImplicit(encrypted, TAG.octetString)) : new Uint8Array(0),
    authenticatedAttributes: attributes ? encode(TAG.set, attributes.content) : null,
    mac: authenticated ? readOctetString(fields.take(TAG.octetString, 'mac')) : new Uint8Array(0),
  }
}

function readRecipient(element: Element): readonly Recipient[] {
  if (element.tag === TAG.sequence) return [readTransport(element)]
  return element.tag === contextConstructed(1) ? readAgreement(element) : []
}

function readTransport(element: Element): Recipient {
  const fields = readFields(element, 'KeyTransRecipientInfo')
  fields.take(TAG.integer, 'version')
  const id = readRecipientId(fields.takeAny('rid'))
  const algorithm = parseAlgorithmIdentifier(fields.take(TAG.sequence, 'keyEncryptionAlgorithm'))
  return { kind: 'transport', id, algorithm, encryptedKey: readOctetString(fields.takeAny('encryptedKey')) }
}

function readAgreement(element: Element): readonly Recipient[] {
  const fields = readFields(element, 'KeyAgreeRecipientInfo', element.tag)
  fields.take(TAG.integer, 'version')
  const originator = readExplicit(fields.take(contextConstructed(0), 'originator'), 'originator')
  const ukm = fields.optional(contextConstructed(1))
  const algorithm = parseAlgorithmIdentifier(fields.take(TAG.sequence, 'keyEncryptionAlgorithm'))
  const keys = readFields(fields.take(TAG.sequence, 'recipientEncryptedKeys'), 'RecipientEncryptedKeys').rest()
  // OriginatorPublicKey is [1]; a sender's certificate would need its own key pair, as nobody does in mail.
  if (originator.tag !== contextConstructed(1)) return []
  const material = ukm ? readOctetString(readExplicit(ukm, 'ukm')) : null
  return keys.slice(0, MAX_RECIPIENTS).map((one): Recipient => {
    const key = readFields(one, 'RecipientEncryptedKey')
    const id = readRecipientId(key.takeAny('rid'))
    return { kind: 'agreement', id, algorithm, originator, material, encryptedKey: readOctetString(key.takeAny('key')) }
  })
}

/** SubjectKeyIdentifier is [0], alone or within RecipientKeyIdentifier. */
function readRecipientId(element: Element): RecipientId {
  if (element.tag === TAG.sequence) {
    const fields = readFields(element, 'IssuerAndSerialNumber')
    const issuer = fields.take(TAG.sequence, 'issuer')
    const serial = fields.take(TAG.integer, 'serialNumber')
    return { issuerAndSerial: `${toHex(issuer.bytes)}:${toHex(serial.content)}`, keyIdentifier: null }
  }
  if (element.tag === contextPrimitive(0)) return { issuerAndSerial: null, keyIdentifier: toHex(element.content) }
  const [first] = readFields(element, 'RecipientKeyIdentifier', element.tag).rest()
  return { issuerAndSerial: null, keyIdentifier: first ? toHex(first.content) : null }
}

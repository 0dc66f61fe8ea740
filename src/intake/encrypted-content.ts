import {
  allEntities,
  bodyBytes,
  decodeBase64,
  decodeBody,
  decodeText,
  type Entity,
  MimeError,
  parseMime,
} from '../verify/mime/index.ts'
import { htmlToText } from './html-text.ts'
import { mediaTypeOf } from './media-type.ts'
import { isEncryptedOpenpgp } from './openpgp-packets.ts'

/** As armour begins (RFC 9580 §6.2; "PART 1/2" may follow). Signed texts, signatures and keys have other words. */
const ARMOUR = '-----BEGIN PGP MESSAGE'
const ARMOUR_BYTES: readonly Buffer[] = [
  Buffer.from(ARMOUR, 'latin1'),
  Buffer.from(ARMOUR, 'utf16le'),
  Buffer.from(ARMOUR, 'utf16le').swap16(),
]
/** As a page shows it, where entities, tags and spaces of any kind hide it from a look at the bytes. */
const ARMOUR_SHOWN = /-----\s*BEGIN\s+PGP\s+MESSAGE/

// RFC 5652: envelopedData 1.2.840.113549.1.7.3, encryptedData …7.6; RFC 5083: authEnvelopedData …9.16.1.23.
const ENCRYPTED_CMS: readonly Buffer[] = [
  '06092a864886f70d010703',
  '06092a864886f70d010706',
  '060b2a864886f70d0109100117',
].map((hex) => Buffer.from(hex, 'hex'))
/** A SEQUENCE's head takes at most so much in front of the OID. */
const CMS_HEAD = 40
const CMS_PEM: readonly Buffer[] = ['PKCS7', 'CMS'].map((label) => Buffer.from(`-----BEGIN ${label}-----`))
/** Of the base64 behind such a line: more than a SEQUENCE's head and the OID take. */
const PEM_CHARS = 200
const ENVELOPED_SAID = /smime-type\s*=\s*"?\s*(?:auth-?)?enveloped-data/i

const MAX_MAILS_DEEP = 4
const MAX_HTML_BYTES = 4 * 1024 * 1024

/**
 * Takes a mail's root; says whether anything in it came encrypted: an OpenPGP message, armoured or not, or enveloped
 * CMS, in any part and in mails inside. Keys, certificates and signatures are not encrypted. In doubt the answer is
 * yes: whoever wrote encrypted must never be answered in clear.
 */
export function holdsEncryptedPart(root: Entity): boolean {
  return holdsArmour(root.source) || allEntities(root).some((entity) => isEncryptedEntity(entity, MAX_MAILS_DEEP))
}

function isEncryptedEntity(entity: Entity, mailsDeep: number): boolean {
  const { value } = entity.contentType
  if (value === 'multipart/encrypted' || value === 'application/pgp-encrypted') return true
  // A multipart without parts (its boundary never came, or it stands too deep) is read as one text.
  if (entity.children.length > 0) return false
  const { bytes } = decodeBody(entity)
  if (isEncrypted(bytes, mailsDeep) || isSaidEnveloped(entity, bytes)) return true
  // What was sent under a wrong transfer encoding may still be there as it stands.
  if (holdsArmour(bodyBytes(entity))) return true
  return value === 'text/html' && showsArmour(bytes, entity.contentType.parameters.get('charset') ?? null)
}

function isEncrypted(bytes: Uint8Array, mailsDeep: number): boolean {
  if (holdsArmour(bytes) || isEncryptedCms(bytes) || isEncryptedOpenpgp(bytes)) return true
  const type = mediaTypeOf(bytes, null)
  if (type === 'application/pkcs7-mime') return ENVELOPED_SAID.test(latin1(bytes)) || holdsAny(bytes, ENCRYPTED_CMS)
  if (type === 'text/html') return showsArmour(bytes, null)
  return type === 'message/rfc822' && mailsDeep > 0 && isEncryptedMail(bytes, mailsDeep - 1)
}

/** A mail that came as a file: beyond the reader's limits, what its bytes show has been looked at. */
function isEncryptedMail(bytes: Uint8Array, mailsDeep: number): boolean {
  try {
    return allEntities(parseMime(bytes).root).some((entity) => isEncryptedEntity(entity, mailsDeep))
  } catch (thrown) {
    if (thrown instanceof MimeError) return false
    throw thrown
  }
}

function showsArmour(html: Uint8Array, charset: string | null): boolean {
  const { text } = decodeText(html.subarray(0, MAX_HTML_BYTES), charset)
  return ARMOUR_SHOWN.test(htmlToText(text, text.length))
}

const holdsArmour = (bytes: Uint8Array): boolean => holdsAny(bytes, ARMOUR_BYTES)

function holdsAny(bytes: Uint8Array, needles: readonly Buffer[]): boolean {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return needles.some((needle) => view.includes(needle))
}

function isEncryptedCms(bytes: Uint8Array): boolean {
  if (bytes[0] === 0x30) return holdsAny(bytes.subarray(0, CMS_HEAD), ENCRYPTED_CMS)
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return CMS_PEM.some((begin) => {
    for (let at = view.indexOf(begin); at >= 0; at = view.indexOf(begin, at + 1)) {
      const base64 = view.subarray(at + begin.length, at + begin.length + PEM_CHARS)
      if (holdsAny(decodeBase64(base64).bytes, ENCRYPTED_CMS)) return true
    }
    return false
  })
}

/** What is no CMS at all is believed to be what it says: never taken as if it had come in clear. */
function isSaidEnveloped(entity: Entity, bytes: Uint8Array): boolean {
  const { value, parameters } = entity.contentType
  if (value !== 'application/pkcs7-mime' && value !== 'application/x-pkcs7-mime') return false
  const said = parameters.get('smime-type')?.toLowerCase() ?? ''
  return /^(?:auth-?)?enveloped-data$/.test(said) && mediaTypeOf(bytes, null) !== 'application/pkcs7-mime'
}

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')

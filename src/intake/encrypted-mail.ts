import { bodyBytes, decodeBody, type Entity } from '../verify/mime/index.ts'
import { mediaTypeOf } from './media-type.ts'

/** What of a mail is encrypted, and where the OpenPGP message stands in it. */
export interface Encryption {
  readonly kind: 'pgp-mime' | 'pgp-inline' | 'smime'
  /** The part whose place the decrypted content takes. */
  readonly entity: Entity
  /** Armoured or binary OpenPGP message, or the CMS. */
  readonly message: Uint8Array
}

const INLINE_BEGIN = '-----BEGIN PGP MESSAGE-----'
const INLINE_WITHIN = 2048

/**
 * Takes a mail's root; says whether the mail, or its whole body, is encrypted: PGP/MIME (RFC 3156 §4), S/MIME enveloped
 * data (RFC 8551 §3.3), or an OpenPGP message as its text. Looks into signed and mixed wrappers, not into mails inside.
 */
export function findEncryption(root: Entity): Encryption | null {
  const type = root.contentType.value
  if (type === 'multipart/encrypted') return pgpMime(root)
  if (type === 'application/pkcs7-mime' || type === 'application/x-pkcs7-mime') {
    return isEnveloped(root) ? { kind: 'smime', entity: root, message: decodeBody(root).bytes } : null
  }
  if (type.startsWith('multipart/')) {
    const [first] = root.children
    // Exchange servers turn multipart/encrypted into mixed; mailing lists wrap it and add a footer.
    const version = root.children.find((child) => child.contentType.value === 'application/pgp-encrypted')
    if (version) return pgpMime(root)
    return first ? findEncryption(first) : null
  }
  return type === 'text/plain' ? inline(root) : null
}

function pgpMime(entity: Entity): Encryption {
  const payload =
    entity.children.find((child) => child.contentType.value === 'application/octet-stream') ?? entity.children.at(-1)
  return { kind: 'pgp-mime', entity, message: payload ? decodeBody(payload).bytes : bodyBytes(entity) }
}

function inline(entity: Entity): Encryption | null {
  const { bytes } = decodeBody(entity)
  const head = Buffer.from(bytes.subarray(0, INLINE_WITHIN)).toString('latin1')
  return head.includes(INLINE_BEGIN) ? { kind: 'pgp-inline', entity, message: bytes } : null
}

// RFC 5652: envelopedData 1.2.840.113549.1.7.3; RFC 5083: authEnvelopedData 1.2.840.113549.1.9.16.1.23.
const ENVELOPED = Buffer.from('06092a864886f70d010703', 'hex')
const AUTH_ENVELOPED = Buffer.from('060b2a864886f70d0109100117', 'hex')

function isEnveloped(entity: Entity): boolean {
  const declared = entity.contentType.parameters.get('smime-type')?.toLowerCase()
  const bytes = decodeBody(entity).bytes
  const head = Buffer.from(bytes.subarray(0, 40))
  if (head.includes(ENVELOPED) || head.includes(AUTH_ENVELOPED)) return true
  // What is no CMS at all is believed to be what it says: never shown as if it had come in clear.
  const enveloped = declared === 'enveloped-data' || declared === 'authenveloped-data'
  return enveloped && mediaTypeOf(bytes, null) !== 'application/pkcs7-mime'
}

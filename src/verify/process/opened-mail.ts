import { asVerifyError } from '../errors.ts'
import { decodeBody, type Entity, type MimeTree, parseMime } from '../mime/index.ts'
import { latin1, readArmor, standsAlone } from '../openpgp/index.ts'
import type { Finding, SignatureReport } from '../report/report.ts'
import { judgeOpenpgpSigners, readOpenpgpContent } from './verify-openpgp.ts'
import type { Evidence } from './verify-options.ts'

/** What stood encrypted in a mail, and what was signed before it was encrypted. */
export interface OpenedMail {
  /** Signatures of the encryption's own format, over all of the content. */
  readonly signatures: readonly SignatureReport[]
  /** The content as MIME; null where it is a text. */
  readonly tree: MimeTree | null
}

const PKCS7_MIME = new Set(['application/pkcs7-mime', 'application/x-pkcs7-mime'])

/**
 * Gives the entity whose encryption is the mail: its root, or what alone a root that is signed covers; null where only a part
 * is encrypted, so that something else is shown with it.
 * @see RFC 8551 §3.7, RFC 3156 §6
 */
export function encryptedWhole(root: Entity): Entity | null {
  const { value } = root.contentType
  if (value === 'multipart/signed') return root.children[0] ? encryptedWhole(root.children[0]) : null
  if (value === 'text/plain') return isArmourAlone(root) ? root : null
  return value === 'multipart/encrypted' || PKCS7_MIME.has(value) ? root : null
}

/** Text around the armour is shown with what it held, and stood there in clear. */
function isArmourAlone(entity: Entity): boolean {
  const text = latin1(decodeBody(entity).bytes)
  try {
    const [block] = readArmor(text)
    return block !== undefined && standsAlone(text, block)
  } catch (fault) {
    if (asVerifyError(fault).code === 'internal') throw fault
    return false
  }
}

/** Reads what was opened. @throws MimeError, VerifyError malformed-openpgp */
export function readOpened(bytes: Uint8Array, isText: boolean, evidence: Evidence): OpenedMail {
  const limits = evidence.limits.mime ?? {}
  if ((bytes[0] ?? 0) < 0x80) return { signatures: [], tree: parseMime(bytes, limits) }
  const { signatures, content } = readOpenpgpContent(bytes)
  const judged = judgeOpenpgpSigners(signatures, content, evidence)
  return { signatures: judged, tree: isText ? null : parseMime(content, limits) }
}

/** That a mail was encrypted, and to us. */
export const OPENED_FINDING: Finding = {
  code: 'encrypted-opened',
  severity: 'info',
  message: 'the mail was encrypted, and is judged as it was opened',
  clause: 'RFC 8551 §3.7',
}

import { CONTENT_TYPE, parseSignedData } from '../cms/index.ts'
import { asVerifyError } from '../errors.ts'
import { decodeBody, type Entity, entityBytes, withCrlf } from '../mime/index.ts'
import type { Finding, SignatureReport } from '../report/report.ts'
import { judgeCmsSigners } from './cms-signature.ts'
import { blankSignature } from './signature-facts.ts'
import { cmsContentType, isEncryptedType } from './verify-cms.ts'
import type { Evidence } from './verify-options.ts'

/** What the layers of security in a mail gave, and the entity that a reader is shown inside them. */
export interface MailSecurity {
  readonly signatures: readonly SignatureReport[]
  readonly encrypted: boolean
  /** MIME bytes inside an opaque signature, which stand for the entity; null where there are none. */
  readonly inside: Uint8Array | null
}

const PKCS7_SIGNATURE = new Set(['application/pkcs7-signature', 'application/x-pkcs7-signature'])
const PKCS7_MIME = new Set(['application/pkcs7-mime', 'application/x-pkcs7-mime'])
const NOTHING: MailSecurity = { signatures: [], encrypted: false, inside: null }

/** Judges the signature or encryption that an entity itself is; its children are judged on their own. */
export function judgeEntity(entity: Entity, evidence: Evidence): MailSecurity {
  const type = entity.contentType.value
  if (type === 'multipart/signed') return judgeClearSigned(entity, evidence)
  if (PKCS7_MIME.has(type)) return judgeOpaque(entity, evidence)
  if (type === 'multipart/encrypted') return { ...NOTHING, encrypted: true }
  if (entity.children.length === 0 && type.startsWith('text/')) return judgeInline(entity, evidence)
  return NOTHING
}

/** RFC 1847 §2.1, RFC 8551 §3.5.3: the first part is signed as it stands, with CR LF line ends. */
function judgeClearSigned(entity: Entity, evidence: Evidence): MailSecurity {
  const [signed, signature, ...more] = entity.children
  const type = signature?.contentType.value ?? ''
  if (type === 'application/pgp-signature') return notJudged('openpgp', evidence)
  if (!signed || !signature || more.length > 0 || !PKCS7_SIGNATURE.has(type)) {
    const message = 'a signed mail has not exactly a signed part and a signature'
    return broken({ code: 'signed-mail-malformed', severity: 'error', message, clause: 'RFC 1847 §2.1' }, evidence)
  }
  return judgeSigned(decodeBody(signature).bytes, withCrlf(entityBytes(signed)), evidence)
}

/** RFC 8551 §3.5.2: the CMS carries the signed entity. */
function judgeOpaque(entity: Entity, evidence: Evidence): MailSecurity {
  const { bytes } = decodeBody(entity)
  const contentType = cmsContentType(bytes)
  if (isEncryptedType(contentType)) return { ...NOTHING, encrypted: true }
  if (contentType !== CONTENT_TYPE.signedData) return notJudged('smime', evidence)
  return judgeSigned(bytes, null, evidence)
}

function judgeSigned(cms: Uint8Array, outside: Uint8Array | null, evidence: Evidence): MailSecurity {
  try {
    const signedData = parseSignedData(cms, { cache: evidence.cache })
    const content = outside ? 'detached' : 'enveloped'
    const signatures = judgeCmsSigners(signedData, { kind: 'smime', outside, content, purpose: 'email' }, evidence)
    if (signatures.length > 0) return { signatures, encrypted: false, inside: outside ? null : signedData.content }
    return broken(
      { code: 'no-signer', severity: 'error', message: 'the CMS has no signer', clause: 'RFC 5652 §5.1' },
      evidence,
    )
  } catch (fault) {
    const error = asVerifyError(fault)
    if (error.code === 'internal') throw error
    return broken(
      { code: 'cms-unreadable', severity: 'error', message: error.message, clause: 'RFC 5652 §5.1' },
      evidence,
    )
  }
}

function broken(finding: Finding, evidence: Evidence): MailSecurity {
  const blank = blankSignature('smime-1', 'smime', evidence.validationTime, evidence.policy.id)
  const report = { ...blank, indication: 'TOTAL-FAILED', subIndication: 'FORMAT_FAILURE', intact: false } as const
  return { ...NOTHING, signatures: [{ ...report, findings: [finding] }] }
}

function notJudged(kind: 'smime' | 'openpgp', evidence: Evidence): MailSecurity {
  const blank = blankSignature(`${kind}-1`, kind, evidence.validationTime, evidence.policy.id)
  const message = 'signatures of this format are not judged'
  const finding: Finding = { code: 'signature-format-not-judged', severity: 'error', message, clause: null }
  return { ...NOTHING, signatures: [{ ...blank, findings: [finding] }] }
}

/** How much of a text is looked at for armour, which stands at its beginning or behind a short introduction. */
const ARMOUR_WITHIN = 64 * 1024

/** RFC 9580 §6.2 and 7: armour in a plain text. */
function judgeInline(entity: Entity, evidence: Evidence): MailSecurity {
  const { bytes } = decodeBody(entity)
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, ARMOUR_WITHIN)).toString('latin1')
  if (/^-----BEGIN PGP MESSAGE-----/m.test(text)) return { ...NOTHING, encrypted: true }
  return /^-----BEGIN PGP SIGN(ED MESSAGE|ATURE)-----/m.test(text) ? notJudged('openpgp', evidence) : NOTHING
}

import { CONTENT_TYPE, parseSignedData } from '../cms/index.ts'
import { asVerifyError } from '../errors.ts'
import { decodeBody, type Entity, entityBytes, withCrlf } from '../mime/index.ts'
import { latin1, readArmor, readDetachedSignatures, readSignedText, standsAlone } from '../openpgp/index.ts'
import type { Finding, SignatureReport } from '../report/report.ts'
import { judgeCmsSigners } from './cms-signature.ts'
import { blankSignature } from './signature-facts.ts'
import { cmsContentType, isEncryptedType } from './verify-cms.ts'
import { judgeOpenpgpSigners, partly, readOpenpgp } from './verify-openpgp.ts'
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
  if (signed && signature && more.length === 0 && type === 'application/pgp-signature') {
    return judgePgpMime(withCrlf(entityBytes(signed)), decodeBody(signature).bytes, evidence)
  }
  if (!signed || !signature || more.length > 0 || !PKCS7_SIGNATURE.has(type)) {
    const message = 'a signed mail has not exactly a signed part and a signature'
    return broken({ code: 'signed-mail-malformed', severity: 'error', message, clause: 'RFC 1847 §2.1' }, evidence)
  }
  return judgeSigned(decodeBody(signature).bytes, withCrlf(entityBytes(signed)), evidence)
}

/** RFC 3156 §5: the signature is armoured, or its packets stand there as they are. */
function judgePgpMime(content: Uint8Array, bytes: Uint8Array, evidence: Evidence): MailSecurity {
  try {
    const text = (bytes[0] ?? 0) >= 0x80 ? null : latin1(bytes)
    const whole = { label: PGP_SIGNATURE, bytes, start: 0, end: 0 }
    const [block, ...more] = text === null ? [whole] : readArmor(text)
    if (!block || more.length > 0 || block.label !== PGP_SIGNATURE) {
      return brokenOpenpgp('the part holds not exactly one block of signatures', evidence)
    }
    const signatures = judgeOpenpgpSigners(readDetachedSignatures(block.bytes), content, evidence)
    // Readers that do not know of signatures show what stands there.
    const alone = text === null || standsAlone(text, block)
    return { ...NOTHING, signatures: alone ? signatures : signatures.map(partly) }
  } catch (fault) {
    const error = asVerifyError(fault)
    if (error.code === 'internal') throw error
    return brokenOpenpgp(error.message, evidence)
  }
}

const PGP_SIGNATURE = 'PGP SIGNATURE'

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

function broken(finding: Finding, evidence: Evidence, kind: 'smime' | 'openpgp' = 'smime'): MailSecurity {
  const blank = blankSignature(`${kind}-1`, kind, evidence.validationTime, evidence.policy.id)
  const report = { ...blank, indication: 'TOTAL-FAILED', subIndication: 'FORMAT_FAILURE', intact: false } as const
  return { ...NOTHING, signatures: [{ ...report, findings: [finding] }] }
}

const brokenOpenpgp = (message: string, evidence: Evidence): MailSecurity =>
  broken(
    { code: 'openpgp-signature-unreadable', severity: 'error', message, clause: 'RFC 3156 §5' },
    evidence,
    'openpgp',
  )

function notJudged(kind: 'smime' | 'openpgp', evidence: Evidence): MailSecurity {
  const blank = blankSignature(`${kind}-1`, kind, evidence.validationTime, evidence.policy.id)
  const message = 'signatures of this format are not judged'
  const finding: Finding = { code: 'signature-format-not-judged', severity: 'error', message, clause: null }
  return { ...NOTHING, signatures: [{ ...blank, findings: [finding] }] }
}

/** How much of a text is looked at for armour, which stands at its beginning or behind a short introduction. */
const ARMOUR_WITHIN = 64 * 1024

/** RFC 9580 §6.2 and 7: armour in a plain text. What a page shows of it cannot be told from a text of HTML. */
function judgeInline(entity: Entity, evidence: Evidence): MailSecurity {
  const { bytes } = decodeBody(entity)
  const head = latin1(bytes.subarray(0, ARMOUR_WITHIN))
  const isText = entity.contentType.value === 'text/plain'
  if (/^-----BEGIN PGP MESSAGE-----/m.test(head)) return isText ? judgeMessage(bytes, evidence) : ENCRYPTED
  if (!/^-----BEGIN PGP SIGN(ED MESSAGE|ATURE)-----/m.test(head)) return NOTHING
  return isText && isShownAsSigned(entity) ? judgeSignedText(bytes, evidence) : notJudged('openpgp', evidence)
}

const ENCODINGS: ReadonlySet<string> = new Set(['7bit', '8bit', 'binary', 'quoted-printable', 'base64'])
/** Charsets in which octets of ASCII are other letters. */
const NOT_ASCII =
  /^(?:cs|unicode-1-1-)?(?:utf-?(?:7|16|32)|ucs|iso-?10646|iso-?2022|hz|cp037|cp500|ibm-?(?:037|500|1047)|ebcdic)/i

/**
 * The header of a signed text is not signed: by another encoding or charset some readers show other letters than the octets
 * that are signed, or more than them.
 */
function isShownAsSigned({ transferEncoding, contentType }: Entity): boolean {
  const charset = contentType.parameters.get('charset') ?? ''
  return ENCODINGS.has(transferEncoding) && !NOT_ASCII.test(charset.trim())
}

const ENCRYPTED: MailSecurity = { ...NOTHING, encrypted: true }

/** A message may be signed alone; in doubt it is encrypted, as nobody can read it. */
function judgeMessage(bytes: Uint8Array, evidence: Evidence): MailSecurity {
  try {
    const [block] = readArmor(latin1(bytes)).filter(({ label }) => label === 'PGP MESSAGE')
    const read = block ? readOpenpgp(block.bytes) : 'encrypted'
    if (!block || read === 'encrypted') return ENCRYPTED
    const signatures = judgeOpenpgpSigners(read.signatures, read.content, evidence)
    // What a reader is shown is the armour: the text stands inside, and may be another one.
    return { ...NOTHING, signatures: signatures.map(partly) }
  } catch (fault) {
    const error = asVerifyError(fault)
    if (error.code === 'internal') throw error
    return ENCRYPTED
  }
}

function judgeSignedText(bytes: Uint8Array, evidence: Evidence): MailSecurity {
  try {
    const signed = readSignedText(bytes)
    if (!signed) return notJudged('openpgp', evidence)
    const signatures = judgeOpenpgpSigners(readDetachedSignatures(signed.signatures), signed.content, evidence)
    return { ...NOTHING, signatures: signed.alone ? signatures : signatures.map(partly) }
  } catch (fault) {
    const error = asVerifyError(fault)
    if (error.code === 'internal') throw error
    return brokenOpenpgp(error.message, evidence)
  }
}

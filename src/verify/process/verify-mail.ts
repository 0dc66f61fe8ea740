import { asVerifyError } from '../errors.ts'
import {
  allEntities,
  decodeBody,
  type Entity,
  entityBytes,
  MimeError,
  type MimeTree,
  parseMime,
} from '../mime/index.ts'
import { findPdfHeader } from '../pdf/index.ts'
import type { Finding, SignatureReport } from '../report/report.ts'
import { worstOf } from './file-indication.ts'
import type { InnerDocument, Judged, JudgePart } from './judged.ts'
import { isSender, namesOtherSender, type Sender, senderOf } from './mail-sender.ts'
import { judgeEntity, type MailSecurity } from './mail-signatures.ts'
import { encryptedWhole, OPENED_FINDING, type OpenedMail, readOpened } from './opened-mail.ts'
import { ENCRYPTED_FINDING } from './verify-cms.ts'
import type { Evidence } from './verify-options.ts'

const KNOWN_FIELDS = new Set(
  'from to cc date subject received return-path message-id mime-version content-type delivered-to reply-to sender'.split(
    ' ',
  ),
)

/** Says whether bytes begin as a mail does: a header with a field that mails have. */
export function looksLikeMail(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4096)).toString('latin1')
  const lines = head.split(/\r\n|\n|\r/).slice(0, 40)
  const start = lines[0]?.startsWith('From ') ? 1 : 0
  if (!/^[!-9;-~]+[ \t]*:/.test(lines[start] ?? '')) return false
  const end = lines.indexOf('', start)
  const fields = lines.slice(start, end < 0 ? undefined : end)
  return fields.some((line) => KNOWN_FIELDS.has(/^([!-9;-~]+)[ \t]*:/.exec(line)?.[1]?.toLowerCase() ?? ''))
}

/** Notes of the MIME reader that leave open which parts other readers show. */
const AMBIGUOUS = new Set([
  'bare-cr',
  'blank-line-missing',
  'boundary-lookalike',
  'boundary-missing',
  'boundary-not-found',
  'content-type-broken',
  'duplicate-header',
  'final-boundary-missing',
  'multipart-encoded',
  'nesting-cut',
  'parameter-conflict',
])

/**
 * Judges a mail: its own signatures, whether they cover what is shown, and whether the signer is the sender; documents
 * inside are judged on their own, and do not change the mail's indication.
 * @see RFC 8551, RFC 8550
 */
export function verifyMail(bytes: Uint8Array, evidence: Evidence, judgePart: JudgePart): Judged {
  try {
    return judgeTree(parseMime(bytes, evidence.limits.mime ?? {}), evidence, judgePart)
  } catch (fault) {
    const base = { mediaType: 'message/rfc822', signatures: [], encrypted: false, parts: [], findings: [] }
    if (fault instanceof MimeError) return { ...base, error: { code: fault.code, message: fault.message } }
    const error = asVerifyError(fault)
    if (error.code === 'internal') throw error
    return { ...base, error: { code: error.code, message: error.message } }
  }
}

interface Layer {
  readonly entity: Entity
  readonly security: MailSecurity
  /** What stands inside an opaque signature; null where there is none. */
  readonly inside: MimeTree | null
  /** The whole body as shown lies inside this entity. */
  readonly whole: boolean
}

/** Gives what a layer signs of a mail, where it is a signature. */
function signedBy({ entity, security, inside }: Layer): readonly Entity[] {
  if (security.signatures.length === 0) return []
  return inside ? [inside.root] : entity.children.slice(0, 1)
}

function judgeTree(tree: MimeTree, evidence: Evidence, judgePart: JudgePart): Judged {
  const sender = senderOf(tree.root)
  const outside = layersOf(tree, evidence, true)
  const encrypted = outside.some((layer) => layer.security.encrypted)
  const opened = encrypted && evidence.opened ? openIn(tree.root, evidence.opened, evidence) : null
  const layers = [...outside, ...(opened?.layers ?? [])]
  const inner = layers.flatMap((layer) => layer.inside ?? [])
  const notes = [tree, opened?.mail.tree, ...inner].flatMap((one) => one?.notes ?? [])
  const ambiguous = [...new Set(notes)].filter((note) => AMBIGUOUS.has(note))
  if (layers.some((layer) => signedBy(layer).some((signed) => namesOtherSender(signed, sender)))) {
    ambiguous.push('another From')
  }
  const found = layers.flatMap(({ security, whole }) => security.signatures.map((signature) => ({ signature, whole })))
  const inside = (opened?.mail.signatures ?? []).map((signature) => ({ signature, whole: opened?.whole === true }))
  const signatures = [...found, ...inside].map(({ signature, whole }) =>
    judgeSurroundings(signature, whole, sender, ambiguous),
  )
  const maxParts = evidence.limits.maxParts ?? 100
  const documents = [
    ...documentsIn(tree.root, outside, maxParts),
    ...(opened?.mail.tree ? documentsIn(opened.mail.tree.root, opened.layers, maxParts) : []),
  ].slice(0, maxParts)
  const worst = worstOf(signatures)
  const isClosed = encrypted && (!opened || opened.layers.some(({ security }) => security.encrypted))
  return {
    mediaType: 'message/rfc822',
    signatures: withIds(signatures),
    encrypted,
    ...(signatures.length > 0
      ? { sender: { from: sender.from, matchesSigner: signatures.every((one) => isSender(one, sender)) } }
      : {}),
    parts: documents.map(judgePart),
    findings: isClosed ? [ENCRYPTED_FINDING] : encrypted ? [OPENED_FINDING] : [],
    // What is encrypted may be signed inside: nobody can say that it is not.
    indication: isClosed && (worst === 'NO-SIGNATURE' || worst === 'TOTAL-PASSED') ? 'INDETERMINATE' : worst,
  }
}

function layersOf({ root }: MimeTree, evidence: Evidence, whole: boolean): readonly Layer[] {
  return ownEntities(root).flatMap((entity): Layer[] => {
    const security = judgeEntity(entity, evidence)
    if (security.signatures.length === 0 && !security.encrypted) return []
    const inside = security.inside ? parseMime(security.inside, evidence.limits.mime ?? {}) : null
    return [{ entity, security, inside, whole: whole && entity === root }]
  })
}

interface Opened {
  readonly mail: OpenedMail
  readonly layers: readonly Layer[]
  /** All of the mail stood encrypted: what is signed inside is what is shown. */
  readonly whole: boolean
}

function openIn(root: Entity, bytes: Uint8Array, evidence: Evidence): Opened {
  const encrypted = encryptedWhole(root)
  const mail = readOpened(bytes, encrypted?.contentType.value === 'text/plain', evidence)
  const whole = encrypted !== null
  return { mail, whole, layers: mail.tree ? layersOf(mail.tree, evidence, whole) : [] }
}

/** The entities of the mail itself; mails inside it are documents of their own. */
function ownEntities(entity: Entity): readonly Entity[] {
  if (entity.contentType.value.startsWith('message/')) return entity.path === '0' ? [entity] : []
  return [entity, ...entity.children.flatMap(ownEntities)]
}

function withIds(signatures: readonly SignatureReport[]): readonly SignatureReport[] {
  return signatures.map((one, i) => ({ ...one, id: `${one.kind}-${i + 1}` }))
}

/** What is shown must be what was signed, by whom it says that it is from; else the best is INDETERMINATE. */
function judgeSurroundings(
  signature: SignatureReport,
  whole: boolean,
  sender: Sender,
  ambiguous: readonly string[],
): SignatureReport {
  const findings: Finding[] = []
  const add = (code: string, message: string, clause: string): void => {
    findings.push({ code, severity: 'error', message, clause })
  }
  if (!whole) add('signature-covers-part', 'the signature covers only a part of the mail', 'RFC 8551 §3.1')
  const isKnown = signature.signer !== null || signature.fingerprint !== null
  if (isKnown && !isSender(signature, sender)) {
    add('signer-is-not-sender', 'the From address is not in the signing certificate or key', 'RFC 8550 §3')
  }
  if (ambiguous.length > 0)
    add('mail-ambiguous', `readers may show other parts: ${ambiguous.join(', ')}`, 'RFC 2046 §5.1')
  const fields: Finding = {
    code: 'headers-not-signed',
    severity: 'info',
    message: 'the signature does not cover the header of the mail',
    clause: 'RFC 8551 §3.1',
  }
  const misnamed: Finding = {
    code: 'sender-name-misleads',
    severity: 'warning',
    message: 'the name beside the From address is another address',
    clause: 'RFC 5322 §3.4',
  }
  const all = [...signature.findings, ...findings, ...(sender.isMisnamed ? [misnamed] : []), fields]
  if (findings.length === 0 || signature.indication !== 'TOTAL-PASSED') return { ...signature, findings: all }
  return { ...signature, indication: 'INDETERMINATE', subIndication: 'SIG_CONSTRAINTS_FAILURE', findings: all }
}

/** Gives PDFs, mails and bare CMS among the parts, those inside opaque signatures too. */
function documentsIn(root: Entity, layers: readonly Layer[], maxParts: number): readonly InnerDocument[] {
  const inside = layers.flatMap((layer) => (layer.inside ? ownEntities(layer.inside.root) : []))
  const candidates = [...allOwn(root), ...inside]
  return candidates.flatMap((entity) => documentOf(entity) ?? []).slice(0, maxParts)
}

const allOwn = (root: Entity): readonly Entity[] =>
  root.contentType.value.startsWith('message/')
    ? [root, ...root.children]
    : allEntities(root).filter((one) => isOwn(root, one))

/** Entities of nested mails belong to those; the nested mail itself is a document. */
function isOwn(root: Entity, entity: Entity): boolean {
  return ownEntities(root).includes(entity) || isNestedMail(entity)
}

const isNestedMail = (entity: Entity): boolean => entity.path !== '0' && entity.path.endsWith('.0')

function documentOf(entity: Entity): InnerDocument | null {
  if (isNestedMail(entity)) return { name: entity.fileName ?? `mail-${entity.path}.eml`, bytes: entityBytes(entity) }
  if (entity.children.length > 0) return null
  const { bytes } = decodeBody(entity)
  if (findPdfHeader(bytes) >= 0 && !entity.contentType.value.startsWith('text/')) {
    return { name: entity.fileName ?? `part-${entity.path}.pdf`, bytes }
  }
  return null
}

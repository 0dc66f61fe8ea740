import { sameBytes } from '../der/index.ts'
import { asVerifyError, VerifyError } from '../errors.ts'
import { withCrlf } from '../mime/index.ts'
import {
  latin1,
  PACKET,
  packetTypeOf,
  type ReadSignature,
  readArmor,
  readDetachedSignatures,
  readSignedMessage,
  readSignedText,
  standsAlone,
  textAsSigned,
} from '../openpgp/index.ts'
import { findPdfHeader } from '../pdf/index.ts'
import type { SignatureReport } from '../report/report.ts'
import { worstOf } from './file-indication.ts'
import type { Judged, JudgePart } from './judged.ts'
import { judgeOpenpgpSignature } from './openpgp-signature.ts'
import { ENCRYPTED_FINDING } from './verify-cms.ts'
import type { Evidence } from './verify-options.ts'

const ARMOUR_WITHIN = 64 * 1024
const SIGNED_TEXT = /^-----BEGIN PGP SIGNED MESSAGE-----/m
const ARMOUR = /^-----BEGIN PGP (MESSAGE|SIGNATURE|SIGNED MESSAGE)-----/m

/** What of OpenPGP some bytes are; null: nothing that could be signed. */
export function openpgpKind(bytes: Uint8Array): 'text' | 'armour' | 'binary' | null {
  const first = bytes[0] ?? 0
  if (first >= 0x80) return isBinary(bytes) ? 'binary' : null
  const head = latin1(bytes.subarray(0, ARMOUR_WITHIN))
  if (SIGNED_TEXT.test(head)) return 'text'
  return ARMOUR.test(head) ? 'armour' : null
}

/** Packets that a signed message may begin with. */
const FIRST_PACKETS: ReadonlySet<number> = new Set([PACKET.signature, PACKET.onePassSignature, PACKET.compressedData])

function isBinary(bytes: Uint8Array): boolean {
  if (!FIRST_PACKETS.has(packetTypeOf(bytes[0] ?? 0))) return false
  try {
    readOpenpgp(bytes)
    return true
  } catch (fault) {
    if (asVerifyError(fault).code === 'internal') throw fault
    return false
  }
}

/** Signatures with what they are about, where that is at hand. */
export interface OpenpgpContent {
  readonly signatures: readonly ReadSignature[]
  readonly content: Uint8Array | null
}

/** Takes the octets of packets; gives signatures alone, or with their content. @throws VerifyError malformed-openpgp */
export function readOpenpgp(bytes: Uint8Array): OpenpgpContent | 'encrypted' {
  if (packetTypeOf(bytes[0] ?? 0) === PACKET.signature) {
    try {
      return { signatures: readDetachedSignatures(bytes), content: null }
    } catch (fault) {
      if (asVerifyError(fault).code === 'internal') throw fault
    }
  }
  return readSignedMessage(bytes)
}

/** Takes the packets that an encryption held; gives the content, with its signatures where there are any. @throws VerifyError malformed-openpgp */
export function readOpenpgpContent(bytes: Uint8Array): {
  readonly signatures: readonly ReadSignature[]
  readonly content: Uint8Array
} {
  const read = readSignedMessage(bytes)
  if (read === 'encrypted') throw new VerifyError('malformed-openpgp', 'what was encrypted is encrypted once more')
  return read
}

/** Judges each signature over some content. */
export function judgeOpenpgpSigners(
  signatures: readonly ReadSignature[],
  content: Uint8Array | null,
  evidence: Evidence,
): readonly SignatureReport[] {
  return signatures
    .map((one) => judgeOpenpgpSignature(one, content, evidence))
    .map((one, i) => ({ ...one, id: `openpgp-${i + 1}` }))
}

/**
 * Judges an OpenPGP file that stands alone (.asc, .sig, .gpg): a signed text, a signed message, or signatures over content
 * that is handed in with the evidence. @see RFC 9580 §10.3, §10.4
 */
export function verifyOpenpgp(bytes: Uint8Array, evidence: Evidence, judgePart: JudgePart): Judged {
  const base = { mediaType: 'application/pgp-signature', signatures: [], encrypted: false, parts: [], findings: [] }
  try {
    const read = readFile(bytes)
    if (read === 'encrypted') {
      return { ...base, encrypted: true, findings: [ENCRYPTED_FINDING], indication: 'INDETERMINATE' }
    }
    const signatures = judgeOpenpgpSigners(read.signatures, read.content ?? evidence.content, evidence)
    const judged = withOtherContent(read.alone ? signatures : signatures.map(partly), read, evidence)
    const inside = read.content
    const parts = inside && findPdfHeader(inside) >= 0 ? [judgePart({ name: 'content.pdf', bytes: inside })] : []
    return { ...base, signatures: judged, parts, indication: worstOf(judged) }
  } catch (fault) {
    const error = asVerifyError(fault)
    if (error.code === 'internal') throw error
    return { ...base, error: { code: error.code, message: error.message } }
  }
}

interface OpenpgpFile extends OpenpgpContent {
  /** Nothing but white space stands around it. */
  readonly alone: boolean
  readonly isText: boolean
}

function readFile(bytes: Uint8Array): OpenpgpFile | 'encrypted' {
  const kind = openpgpKind(bytes)
  if (kind === 'binary') return withAlone(readOpenpgp(bytes), true)
  const signed = kind === 'text' ? readSignedText(bytes) : null
  if (signed) {
    const { content, alone } = signed
    return { signatures: readDetachedSignatures(signed.signatures), content, alone, isText: true }
  }
  const text = latin1(bytes)
  const block = readArmor(text).find(({ label }) => label === 'PGP MESSAGE' || label === 'PGP SIGNATURE')
  const alone = block !== undefined && standsAlone(text, block)
  return withAlone(readOpenpgp(block?.bytes ?? new Uint8Array(0)), alone)
}

const withAlone = (read: OpenpgpContent | 'encrypted', alone: boolean): OpenpgpFile | 'encrypted' =>
  read === 'encrypted' ? read : { ...read, alone, isText: false }

/** What is handed in beside what a file carries must be that: else the signature is about something else. */
function withOtherContent(
  signatures: readonly SignatureReport[],
  { content, isText }: OpenpgpFile,
  evidence: Evidence,
): readonly SignatureReport[] {
  if (!content || !evidence.content) return signatures
  const handedIn = isText ? textAsSigned(evidence.content) : evidence.content
  if (sameBytes(content, handedIn) || sameBytes(withCrlf(content), withCrlf(handedIn))) return signatures
  const message = 'the content that was handed in is not the one that the signature carries'
  const finding = { code: 'message-digest-mismatch', severity: 'error' as const, message, clause: 'RFC 9580 §5.2.4' }
  return signatures.map((one) => ({
    ...{ ...one, indication: 'TOTAL-FAILED', subIndication: 'HASH_FAILURE', intact: false },
    findings: [...one.findings, finding],
  }))
}

/** What stands beside a signed text is shown with it, and signed by nobody. */
export function partly(signature: SignatureReport): SignatureReport {
  const message = 'text that is not signed stands beside the signed text'
  const finding = { code: 'signature-covers-part', severity: 'error' as const, message, clause: 'RFC 9580 §7' }
  const findings = [...signature.findings, finding]
  if (signature.indication !== 'TOTAL-PASSED') return { ...signature, findings }
  return { ...signature, indication: 'INDETERMINATE', subIndication: 'SIG_CONSTRAINTS_FAILURE', findings }
}

import { createHash } from 'node:crypto'
import type { Document } from '../model/document.ts'
import { asGatewayError, type ErrorCode, GatewayError } from '../model/errors.ts'
import { finishJob } from '../model/finish-job.ts'
import type { Job } from '../model/job.ts'
import type { MalwareScanner } from '../model/malware.ts'
import type { Log, NormalisedMessage, NormalisedPart, OpenedMail, Sandbox } from '../model/ports.ts'
import type { BlobRef, Store } from '../model/store.ts'
import type { MessageHeaders, Submission } from '../model/submission.ts'
import { type Clock, instant, type Language } from '../model/time.ts'
import type { SmimeKey } from '../verify/smime/index.ts'

export interface NormaliseParts {
  /** Null or absent: what comes in is not scanned for malware. */
  readonly scanner?: MalwareScanner | null
  readonly store: Store
  readonly sandbox: Pick<Sandbox, 'normalise'>
  readonly clock: Clock
  readonly log: Log
  /** The municipality's, armoured and unlocked: they open what citizens encrypted to it. */
  readonly openpgpPrivateKeys: () => Promise<readonly string[]>
  /** Absent: no S/MIME mail is opened. */
  readonly smimeKeys?: () => Promise<readonly SmimeKey[]>
}

/** Faults that lie in the message: it goes on with its raw bytes alone. Any other fault is ours, and is tried again. */
const FAULT_OF_THE_MESSAGE: ReadonlySet<ErrorCode> = new Set([
  'unreadable-input',
  'too-large',
  'too-deep',
  'too-many-parts',
  'malformed-mime',
  'malformed-key',
  'encrypted-input',
  'invalid-request',
  'child-timeout',
  'child-memory',
  'child-crashed',
])

interface Outcome {
  readonly message: NormalisedMessage | null
  readonly problem: ErrorCode | null
}

/**
 * The job "normalise": reads a submission's raw bytes in a child, and writes its documents, its headers, its state and
 * the job "verify" (or "scan" before it) in one commit that also finishes this job. A message that cannot be read goes on with its problem
 * and the raw bytes as its only document. May run twice and be killed anywhere: document ids follow from submission
 * and part. @throws GatewayError where the fault is ours (store, lease)
 */
export async function normaliseSubmission(job: Job, parts: NormaliseParts): Promise<void> {
  const { store, clock, log } = parts
  const id = job.payload['submissionId'] ?? job.key
  const submission = await store.submission(id)
  if (!submission) throw new GatewayError('not-found', 'the submission of this job is not there')
  const outcome = submission.state === 'received' ? await read(submission, parts) : null
  const planned = outcome ? await planDocuments(submission, outcome.message, store, instant(clock())) : []

  await store.commit(async (write) => {
    // Asked again inside: another run may have been faster.
    const now = await write.submission(id)
    if (outcome && now?.state === 'received') {
      for (const { blob, row } of planned) {
        if (blob) await write.keepBlob(blob)
        await write.addDocument(row)
      }
      await write.updateSubmission(id, {
        state: 'normalised',
        problem: outcome.problem,
        headers: outcome.message && storedHeaders(outcome.message),
        language: submission.language ?? languageOf(outcome.message),
      })
    }
    await write.addJob(parts.scanner ? 'scan' : 'verify', id, { submissionId: id })
    await finishJob(write, job)
  })
  log.info({ submissionId: id, documents: planned.length, problem: outcome?.problem ?? null }, 'A submission was read')
}

async function read(submission: Submission, parts: NormaliseParts): Promise<Outcome> {
  const { store, sandbox } = parts
  const raw = await store.blobs.get(submission.rawSha256)
  try {
    const [openpgpPrivateKeys, smimeKeys] = [await parts.openpgpPrivateKeys(), (await parts.smimeKeys?.()) ?? []]
    const message = await sandbox.normalise(raw, submission.rawMediaType, { openpgpPrivateKeys, smimeKeys })
    return { message, problem: null }
  } catch (thrown) {
    const fault = asGatewayError(thrown)
    if (!FAULT_OF_THE_MESSAGE.has(fault.code) || fault.retryable) throw fault
    return { message: null, problem: fault.code }
  }
}

interface PlannedDocument {
  /** Null where the bytes lie in the store already. */
  readonly blob: BlobRef | null
  readonly row: Document
}

async function planDocuments(
  submission: Submission,
  message: NormalisedMessage | null,
  store: Store,
  createdAt: string,
): Promise<readonly PlannedDocument[]> {
  const documents: PlannedDocument[] = []
  // A form that could be read is no paper of its own: its files and its text are.
  if (submission.rawMediaType === 'message/rfc822' || message === null) {
    documents.push({ blob: null, row: rawDocument(submission, createdAt) })
  }
  if (message?.opened) {
    const blob = await store.blobs.put(message.opened.bytes)
    documents.push({ blob, row: openedDocument(submission, message.opened, blob, createdAt) })
  }
  for (const part of message?.parts ?? []) {
    // One after the other: large parts are written to disk, and all of them at once would stand in memory twice.
    const blob = await store.blobs.put(part.bytes)
    documents.push({ blob, row: partDocument(submission, part, blob, createdAt) })
  }
  return documents
}

function rawDocument(submission: Submission, createdAt: string): Document {
  const isMail = submission.rawMediaType === 'message/rfc822'
  return {
    id: documentId(submission.id, 'raw'),
    submissionId: submission.id,
    caseId: null,
    role: 'message',
    name: isMail ? 'besked.eml' : 'formular.bin',
    originalName: null,
    mediaType: submission.rawMediaType,
    declaredMediaType: null,
    sha256: submission.rawSha256,
    size: submission.rawSize,
    partPath: null,
    derivedFrom: null,
    createdAt,
  }
}

/** What stood encrypted, as the signature inside it covers it: kept to be judged again. */
function openedDocument(submission: Submission, opened: OpenedMail, blob: BlobRef, createdAt: string): Document {
  return {
    id: documentId(submission.id, 'opened'),
    submissionId: submission.id,
    caseId: null,
    role: 'opened',
    name: 'besked-aabnet.bin',
    originalName: null,
    mediaType: (opened.bytes[0] ?? 0) >= 0x80 ? 'application/pgp-encrypted' : 'message/rfc822',
    declaredMediaType: null,
    sha256: blob.sha256,
    size: blob.size,
    partPath: null,
    derivedFrom: documentId(submission.id, 'raw'),
    createdAt,
  }
}

function partDocument(submission: Submission, part: NormalisedPart, blob: BlobRef, createdAt: string): Document {
  return {
    id: documentId(submission.id, `part:${part.path}`),
    submissionId: submission.id,
    caseId: null,
    role: part.role,
    name: part.name,
    originalName: part.originalName,
    mediaType: part.mediaType,
    declaredMediaType: part.declaredMediaType,
    sha256: blob.sha256,
    size: blob.size,
    partPath: part.path,
    derivedFrom: null,
    createdAt,
  }
}

/** The same submission and part give the same id: UUID version 8 (RFC 9562 §5.8) over their SHA-256. */
function documentId(submissionId: string, part: string): string {
  const bytes = createHash('sha256').update(`document\n${submissionId}\n${part}`).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

const storedHeaders = (message: NormalisedMessage): MessageHeaders => ({
  ...message.headers,
  caseType: message.headers.caseType ?? null,
  openpgpKeys: message.openpgpKeys,
  notes: message.notes,
})

/** What the mail says it is written in, where it says one of ours. */
function languageOf(message: NormalisedMessage | null): Language | null {
  const tag = message?.headers.contentLanguage?.slice(0, 2).toLowerCase()
  return tag === 'da' || tag === 'en' ? tag : null
}

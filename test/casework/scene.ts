import type { OpenCaseParts } from '../../src/casework/index.ts'
import type { Actor } from '../../src/model/case.ts'
import type { Document, Verification } from '../../src/model/document.ts'
import { newId, sha256Hex } from '../../src/model/ids.ts'
import type { Job, JobKind } from '../../src/model/job.ts'
import type { Log } from '../../src/model/ports.ts'
import type { VerificationReport } from '../../src/model/report.ts'
import type { Settings } from '../../src/model/settings.ts'
import type { MessageHeaders, Submission } from '../../src/model/submission.ts'
import { trustListVersion } from '../../src/model/trust-list.ts'
import { type MemoryStore, memoryStore } from '../support/memory-store.ts'

export const BEGIN = new Date('2026-11-24T09:02:00.000Z')
export const CASEWORKER: Actor = { kind: 'caseworker', id: 'account-1', name: 'Mette Holm' }

/** A clock that goes on by a second with each look, so that ids and instants follow each other. */
export function tickingClock(begin: Date = BEGIN): { clock: () => Date; advance(ms: number): void } {
  let now = begin.getTime()
  return {
    clock: () => {
      now += 1000
      return new Date(now)
    },
    advance: (ms) => {
      now += ms
    },
  }
}

export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }

export const settings: Settings = {
  dataDir: '/nowhere',
  municipality: {
    name: 'Demokøbing Kommune',
    cvr: '12345678',
    timeZone: 'Europe/Copenhagen',
    language: 'da',
    mailAddress: 'post@demokobing.example',
    phone: '70 10 20 30',
  },
  smtp: {
    host: '127.0.0.1',
    port: 0,
    recipients: ['@demokobing.example'],
    maxMessageBytes: 1_000_000,
    tls: null,
    maxClients: 10,
    maxClientsPerAddress: 10,
    greetingDelayMs: 0,
    lmtp: null,
  },
  web: {
    host: '127.0.0.1',
    port: 0,
    publicUrl: 'https://post.example',
    tls: null,
    behindProxy: false,
    maxUploadBytes: 1_000_000,
  },
  database: { engine: 'sqlite' },
  relay: null,
  receiptsPerAddressAndDay: 50,
  caseTypes: [
    {
      id: 'oil-tank',
      title: { da: 'Sløjfning af olietank', en: 'Decommissioned oil tank' },
      mailLocalPart: 'olietank',
      answerWithinWorkingDays: 5,
      kle: '09.08.16',
    },
  ],
  closingDays: [],
  folder: null,
  imap: [],
  malware: null,
  archiveDir: '/nowhere/archive',
  limits: { childMemoryBytes: 1, childTimeoutMs: 1000 },
  checkRevocation: 'require',
  validationData: { fetch: 'off', allowedNetworks: [] },
  citizenKeys: { lookUp: 'off' },
  trust: { secondAdmin: false, anchors: [], notify: { mail: [], webhook: null } },
  timestamps: null,
  seal: { kind: 'own' },
  algorithms: { digests: {}, schemes: {}, keys: {} },
  senderAuthentication: 'off',
  trustedHop: null,
  demo: false,
}

export const headers: MessageHeaders = {
  messageId: '<kai-1@example.org>',
  inReplyTo: [],
  references: [],
  subject: 'Attest for sløjfet olietank',
  date: '2026-11-24T09:01:00.000Z',
  from: [{ name: 'Kai Jensen', address: 'kai@Example.ORG' }],
  replyTo: [],
  autoSubmitted: null,
  precedence: null,
  listId: null,
  autoResponseSuppress: null,
  contentLanguage: null,
  autocrypt: null,
  encrypted: false,
  bodyText: 'Hej, vedlagt er min attest.',
}

export interface Scene {
  readonly store: MemoryStore
  readonly clock: () => Date
  advance(ms: number): void
  readonly parts: OpenCaseParts
  /** Leases the job of that kind, as a worker does; throws where there is none. */
  lease(kind: JobKind): Promise<Job>
  leaseAll(kind: JobKind): Promise<readonly Job[]>
  /** Puts a finished job back as it was leased: what a person's retry, or a store that forgot, would do. */
  again(job: Job): Job
}

export function scene(): Scene {
  const { clock, advance } = tickingClock()
  const store = memoryStore({ clock })
  const leaseAll = (kind: JobKind): Promise<readonly Job[]> => store.jobs.lease('worker', [kind], 100, 60_000)
  return {
    store,
    clock,
    advance,
    leaseAll,
    again: (job) => {
      store.tables().jobs.set(`${job.kind}:${job.key}`, job)
      return job
    },
    lease: async (kind) => {
      const [job] = await leaseAll(kind)
      if (!job) throw new Error(`there is no job ${kind}`)
      return job
    },
    parts: {
      store,
      clock,
      log: silentLog,
      settings,
      keyIsUsable: async () => true,
      lookUpKey: null,
      proveSender: async () => ({
        emailProof: 'dmarc',
        openpgpKey: null,
        openpgpFingerprint: null,
        openpgpSource: null,
        chosenChannel: null,
      }),
      mayAnswer: () => ({ mayAnswer: true, reason: null }),
      describeVerdict: (report, language) => `${language}:${report?.error?.code ?? report?.indication ?? 'none'}`,
      letterLinks: {
        tracking: (token) => `https://post.example/s/${token}`,
        genuine: (token) => `https://post.example/g/${token}`,
      },
    },
  }
}

export function report(indication: Verification['indication'], code = 'child-timeout'): VerificationReport {
  return {
    schemaVersion: 1,
    id: null,
    file: 'attest.pdf',
    mediaType: 'application/pdf',
    sha256: null,
    ...(indication === 'ERROR' ? { error: { code, message: code } } : { indication }),
    signatures: [],
    encrypted: false,
    parts: [],
    findings: [],
  }
}

export interface GivenPart {
  readonly name: string
  readonly bytes: Uint8Array
  readonly mediaType?: string
  readonly role?: Document['role']
  readonly indication?: Verification['indication']
}

export const pdf = (name = 'attest.pdf', indication: Verification['indication'] = 'TOTAL-PASSED'): GivenPart => ({
  name,
  bytes: Buffer.from(`%PDF-1.7 ${name}`),
  mediaType: 'application/pdf',
  indication,
})

/** Puts a submission into the store as the stages before left it, with its documents, verdicts and next job. */
export async function given(
  { store, clock }: Pick<Scene, 'store' | 'clock'>,
  parts: readonly GivenPart[],
  changes: Partial<Submission> = {},
): Promise<Submission> {
  const now = clock()
  const raw = Buffer.from(`From: kai@example.org\r\n\r\n${newId()}`)
  const id = newId(now.getTime())
  const submission: Submission = {
    id,
    channel: 'smtp',
    receivedAt: now.toISOString(),
    dedupKey: id,
    envelope: {
      from: 'kai@example.org',
      to: ['olietank@demokobing.example'],
      remoteAddress: '192.0.2.1',
      helo: 'mail.example.org',
      tls: true,
    },
    rawMediaType: 'message/rfc822',
    rawSha256: sha256Hex(raw),
    rawSize: raw.length,
    state: 'verified',
    caseId: null,
    language: null,
    problem: null,
    headers,
    ...changes,
  }
  const nextJob: JobKind = submission.state === 'verified' ? 'open-case' : 'verify'
  const all: readonly GivenPart[] = [
    { name: 'message.eml', bytes: raw, mediaType: 'message/rfc822', role: 'message' },
    ...parts,
  ]
  await store.commit(async (write) => {
    await write.addSubmission(submission)
    for (const [index, part] of all.entries()) {
      const blob = await store.blobs.put(part.bytes)
      await write.keepBlob(blob)
      const document: Document = {
        id: newId(now.getTime() + index),
        submissionId: id,
        caseId: null,
        role: part.role ?? 'attachment',
        name: part.name,
        originalName: part.name,
        mediaType: part.mediaType ?? 'application/octet-stream',
        declaredMediaType: null,
        sha256: blob.sha256,
        size: blob.size,
        partPath: String(index),
        derivedFrom: null,
        createdAt: now.toISOString(),
      }
      await write.addDocument(document)
      if (part.indication && submission.state === 'verified') {
        const reportBlob = await store.blobs.put(Buffer.from(JSON.stringify(report(part.indication))))
        await write.keepBlob(reportBlob)
        await write.addVerification({
          id: newId(now.getTime()),
          documentId: document.id,
          indication: part.indication,
          subIndication: null,
          validationTime: now.toISOString(),
          trustListVersion: trustListVersion([]),
          reportSha256: reportBlob.sha256,
          anchors: [],
          validationData: [],
          createdAt: now.toISOString(),
        })
      }
    }
    await write.addJob(nextJob, id, { submissionId: id })
  })
  return submission
}

/** All rows as text: two equal texts mean that a repeat changed nothing (jobs, which count attempts, left out). */
export function snapshot({ store }: Pick<Scene, 'store'>): string {
  const { jobs, blobs, ...rows } = store.tables()
  return JSON.stringify([
    [...jobs.values()].map(({ kind, key }) => [kind, key]),
    [...blobs.keys()],
    Object.entries(rows).map(([name, table]) => [name, [...table.entries()]]),
  ])
}

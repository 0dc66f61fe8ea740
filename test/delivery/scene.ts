import { generateKey } from 'openpgp'
import { createMailComposer, createOutboxRelay, type DeliveryParts } from '../../src/delivery/index.ts'
import type { Case, Party } from '../../src/model/case.ts'
import type { Document } from '../../src/model/document.ts'
import { hashToken, newId, sha256Hex } from '../../src/model/ids.ts'
import type { Job, JobKind } from '../../src/model/job.ts'
import type { Delivery, DeliveryState, Letter, LetterKind } from '../../src/model/letter.ts'
import type { HandOver, MailRelay } from '../../src/model/ports.ts'
import type { Submission } from '../../src/model/submission.ts'
import { type MemoryStore, memoryStore } from '../support/memory-store.ts'

export const NOW = new Date('2026-11-24T09:02:00.000Z')
export const DOMAIN = 'demokobing.example'
export const PUBLIC_URL = 'https://post.demokobing.example'
export const TOKEN = 'q1W2e3R4t5Y6u7I8o9P0aSdFgHj'
export const TRACKING_LINK = `${PUBLIC_URL}/t/${TOKEN}`
/** Stands only in the letter's own text: nothing unencrypted and unasked may hold it. */
export const SECRET = 'Olietanken på Strandvej 7 er godkendt'
export const ATTACHMENT = Buffer.from('%PDF-1.7 stempel 0123456789\r\n\n')

export const MUNICIPALITY = {
  name: 'Demokøbing Kommune',
  cvr: '12345678',
  timeZone: 'Europe/Copenhagen',
  language: 'da',
  mailAddress: `post@${DOMAIN}`,
  phone: '70 10 20 30',
} as const

export const settings: DeliveryParts['settings'] = {
  municipality: MUNICIPALITY,
  web: {
    host: '127.0.0.1',
    port: 0,
    publicUrl: PUBLIC_URL,
    tls: null,
    behindProxy: false,
    maxUploadBytes: 1_000_000,
  },
  receiptsPerAddressAndDay: 50,
}

const BEFORE = new Date('2026-01-01T00:00:00.000Z')

/** Makes an OpenPGP key for an address that is valid at NOW. */
export async function makeKey(
  email: string,
  more: { keyExpirationTime?: number; date?: Date } = {},
): Promise<{ privateKey: string; publicKey: string }> {
  return generateKey({ userIDs: [{ name: 'Kai Borger', email }], format: 'armored', date: BEFORE, ...more })
}

export const municipalityKey = await makeKey(`post@${DOMAIN}`)
export const kaiKey = await makeKey('kai@borger.example')
export const expiredKey = await makeKey('kai@borger.example', { keyExpirationTime: 86_400 })

export interface Scene {
  readonly store: MemoryStore
  readonly parts: DeliveryParts
  readonly party: Party
  readonly letter: Letter
  readonly settled: readonly { letterId: string; state: string; channel: string }[]
  /** Leases the one job of that kind that is due, and runs the handler over it; gives what it threw, or null. */
  run(kind: JobKind, handler: (job: Job, parts: DeliveryParts) => Promise<void>): Promise<unknown>
  deliveries(): readonly Delivery[]
  evidence(deliveryId: string): string[]
  history(): string[]
  raw(delivery: Delivery): Promise<Buffer>
}

/** A case with one party, one letter and the job that routes it. */
export async function setScene(
  options: { kind?: LetterKind; party?: Partial<Party>; relay?: MailRelay; clock?: () => Date; before?: Before } = {},
): Promise<Scene> {
  const kind = options.kind ?? 'decision'
  const clock = options.clock ?? (() => NOW)
  const store = memoryStore({ clock })
  const settled: { letterId: string; state: string; channel: string }[] = []
  const parts: DeliveryParts = {
    store,
    composer: await createMailComposer({ openpgpPrivateKeyArmored: municipalityKey.privateKey, domain: DOMAIN, clock }),
    relay: options.relay ?? createOutboxRelay(),
    settings,
    clock,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    newMessageId: () => `<${newId()}@${DOMAIN}>`,
    onLetterSettled: async (_write, letter, delivery) => {
      settled.push({ letterId: letter.id, state: delivery.state, channel: delivery.channel })
    },
  }
  const party = partyWith(options.party)
  const letter = letterOf(kind, party.id)
  await fill(store, party, letter)
  if (options.before) await tellBefore(store, options.before)
  return {
    store,
    parts,
    party,
    letter,
    settled,
    run: async (jobKind, handler) => {
      const [job] = await store.jobs.lease('test', [jobKind], 1, 60_000)
      if (!job) throw new Error(`no job ${jobKind} is due`)
      return handler(job, parts).then(
        () => null,
        async (thrown: unknown) => {
          await store.jobs.fail(job, { code: 'relay-unavailable', message: 'x', retryable: true })
          return thrown
        },
      )
    },
    deliveries: () => [...store.tables().deliveries.values()].filter((row) => row.letterId === letter.id),
    evidence: (id) =>
      [...store.tables().evidence.values()].filter((row) => row.deliveryId === id).map((row) => row.event),
    history: () => [...store.tables().history.values()].map((row) => row.event),
    raw: async (delivery) => Buffer.from(await store.blobs.get(delivery.rawSha256 ?? '')),
  }
}

async function fill(store: MemoryStore, party: Party, letter: Letter): Promise<void> {
  const blob = await store.blobs.put(ATTACHMENT)
  await store.commit(async (write) => {
    await write.addCase(aCase)
    await write.addParty(party)
    await write.keepBlob(blob)
    await write.addDocument(theDocument)
    await write.addLetter(letter)
    await write.addJob('route-letter', letter.id, { letterId: letter.id })
  })
}

/** How the party may have come by a link before: by a receipt, with what became of it, or by the page's own form. */
export type Before =
  | { readonly receipt: DeliveryState; readonly revoked?: boolean; readonly kind?: LetterKind }
  | { readonly upload: 'own-link' | 'link-of-receipt' }

const OLD_TOKEN = 'a1B2c3D4e5F6g7H8i9J0kLmNoPq'

async function tellBefore(store: MemoryStore, before: Before): Promise<void> {
  const sent = NOW.toISOString()
  const isReceipt = 'receipt' in before
  const token = {
    tokenHash: hashToken(OLD_TOKEN),
    kind: 'tracking',
    submissionId: 'submission-1',
    caseId: 'case-1',
    createdAt: !isReceipt && before.upload === 'link-of-receipt' ? '2026-11-24T09:02:01.000Z' : sent,
    expiresAt: '2028-11-24T09:02:00.000Z',
    revokedAt: isReceipt && before.revoked ? sent : null,
  } as const
  await store.commit(async (write) => {
    await write.addToken(token)
    if (!isReceipt) return write.addSubmission(anUpload)
    const kind = before.kind ?? 'receipt'
    const bodyText = `Se sagen her:\n${PUBLIC_URL}/t/${OLD_TOKEN}\n`
    await write.addLetter({ ...letterOf(kind, 'party-1'), id: 'letter-0', cause: `${kind}:0`, bodyText })
    await write.addDelivery({ ...aDelivery, state: before.receipt })
  })
}

const anUpload: Submission = {
  id: 'submission-1',
  channel: 'upload',
  receivedAt: NOW.toISOString(),
  dedupKey: 'upload:1',
  envelope: { from: null, to: [], remoteAddress: null, helo: null, tls: true },
  rawMediaType: 'multipart/form-data',
  rawSha256: '0'.repeat(64),
  rawSize: 1,
  state: 'cased',
  caseId: 'case-1',
  language: 'da',
  problem: null,
  headers: null,
}

const aDelivery: Delivery = {
  id: 'delivery-0',
  letterId: 'letter-0',
  caseId: 'case-1',
  channel: 'plain-mail',
  routeReason: 'receipt-without-documents',
  address: 'kai@borger.example',
  messageId: '<0@demokobing.example>',
  rawSha256: null,
  rawSize: null,
  state: 'accepted',
  attempts: 1,
  possiblyDoubled: 0,
  createdAt: NOW.toISOString(),
  updatedAt: NOW.toISOString(),
}

/** A party as open-case makes it of a mail that proved nothing. */
export function partyWith(change: Partial<Party> = {}): Party {
  return {
    id: 'party-1',
    caseId: 'case-1',
    role: 'sender',
    name: 'Kai Borger',
    email: 'kai@borger.example',
    emailProof: null,
    mayAnswer: true,
    mayNotAnswerReason: null,
    wroteEncrypted: false,
    openpgpKey: null,
    openpgpFingerprint: null,
    openpgpSource: null,
    chosenChannel: null,
    replyToMessageId: '<spoergsmaal@borger.example>',
    ...change,
  }
}

function letterOf(kind: LetterKind, partyId: string): Letter {
  return {
    id: 'letter-1',
    cause: `${kind}:1`,
    caseId: 'case-1',
    partyId,
    kind,
    language: 'da',
    subject: `Afgørelse: ${SECRET}`,
    bodyText: `Hej\n\n${SECRET}.\n\nEnhver kan se kopien her:\n${PUBLIC_URL}/g/ægte\n\nSe sagen her:\n${TRACKING_LINK}\n`,
    documentIds: kind === 'decision' ? ['document-1'] : [],
    createdAt: NOW.toISOString(),
  }
}

const theDocument: Document = {
  id: 'document-1',
  submissionId: null,
  caseId: 'case-1',
  role: 'approved',
  name: 'attest-godkendt.pdf',
  originalName: null,
  mediaType: 'application/pdf',
  declaredMediaType: null,
  sha256: sha256Hex(ATTACHMENT),
  size: ATTACHMENT.length,
  partPath: null,
  derivedFrom: null,
  createdAt: NOW.toISOString(),
}

const aCase: Case = {
  id: 'case-1',
  number: '2026-000123-7',
  caseType: 'olietank',
  title: 'Olietank',
  state: 'decided',
  channel: 'smtp',
  language: 'da',
  receivedAt: NOW.toISOString(),
  checkedAt: NOW.toISOString(),
  dueOn: '2026-12-08',
  indication: 'TOTAL-PASSED',
  decision: 'approved',
  decidedAt: NOW.toISOString(),
  decidedBy: 'Mette Holm',
  decisionReason: null,
  answeredAt: null,
  archivedAt: null,
}

/** A relay that answers as told, one answer after the other, and keeps what it was given. */
export function scriptedRelay(answers: readonly (HandOver | Error)[]): MailRelay & {
  readonly given: { raw: Buffer; to: string; envelopeFrom: string }[]
} {
  const given: { raw: Buffer; to: string; envelopeFrom: string }[] = []
  return {
    kind: 'smtp',
    given,
    handOver: async (mail) => {
      const answer = answers[given.length] ?? { outcome: 'accepted', response: '250 ok' }
      given.push({ raw: Buffer.from(mail.raw), to: mail.to, envelopeFrom: mail.envelopeFrom })
      if (answer instanceof Error) throw answer
      return answer
    },
  }
}

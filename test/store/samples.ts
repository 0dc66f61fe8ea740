import { randomBytes } from 'node:crypto'
import type { Case, CaseToken, Party } from '../../src/model/case.ts'
import type { Document } from '../../src/model/document.ts'
import { newId, sha256Hex } from '../../src/model/ids.ts'
import type { Delivery, Letter } from '../../src/model/letter.ts'
import type { BlobRef, Store, Writer } from '../../src/model/store.ts'
import type { Submission } from '../../src/model/submission.ts'

export const AT = '2026-11-24T10:02:00.000Z'
export const LATER = '2026-11-24T11:00:00.000Z'

/** Gives bytes and their reference, small enough to travel in the commit. */
export function smallBlob(bytes: Uint8Array = new Uint8Array(randomBytes(200))): BlobRef & { inline: Uint8Array } {
  return { sha256: sha256Hex(bytes), size: bytes.byteLength, inline: bytes }
}

/** Gives a submission of those bytes. */
export function submissionOf(raw: BlobRef, change: Partial<Submission> = {}): Submission {
  return {
    id: newId(),
    channel: 'smtp',
    receivedAt: AT,
    dedupKey: `smtp:${randomBytes(12).toString('hex')}`,
    envelope: { from: 'kai@example.dk', to: ['olietank@kommune.dk'], remoteAddress: null, helo: 'mx', tls: true },
    rawMediaType: 'message/rfc822',
    rawSha256: raw.sha256,
    rawSize: raw.size,
    state: 'received',
    caseId: null,
    language: null,
    problem: null,
    headers: null,
    ...change,
  }
}

export function sampleCase(change: Partial<Case> = {}): Case {
  const id = change.id ?? newId()
  return {
    id,
    number: `2026-${id.slice(-12)}`,
    caseType: 'oil-tank',
    title: 'Sløjfning af olietank, Ærøvej 3',
    state: 'with-caseworker',
    channel: 'smtp',
    language: 'da',
    receivedAt: AT,
    checkedAt: AT,
    dueOn: '2026-12-08',
    indication: 'TOTAL-PASSED',
    decision: null,
    decidedAt: null,
    decidedBy: null,
    decisionReason: null,
    answeredAt: null,
    archivedAt: null,
    ...change,
  }
}

export function sampleParty(caseId: string, change: Partial<Party> = {}): Party {
  return {
    id: newId(),
    caseId,
    role: 'sender',
    name: 'Kai Sørensen',
    email: 'kai@example.dk',
    emailProof: 'dmarc',
    mayAnswer: true,
    mayNotAnswerReason: null,
    wroteEncrypted: false,
    openpgpKey: null,
    openpgpFingerprint: null,
    openpgpSource: null,
    chosenChannel: null,
    replyToMessageId: '<1@example.dk>',
    ...change,
  }
}

export function sampleToken(change: Partial<CaseToken> = {}): CaseToken {
  return {
    tokenHash: randomBytes(32).toString('hex'),
    kind: 'tracking',
    submissionId: null,
    caseId: null,
    createdAt: AT,
    expiresAt: LATER,
    revokedAt: null,
    ...change,
  }
}

export function sampleDocument(blob: BlobRef, change: Partial<Document> = {}): Document {
  return {
    id: newId(),
    submissionId: null,
    caseId: null,
    role: 'attachment',
    name: 'attest.pdf',
    originalName: 'Attest æøå.pdf',
    mediaType: 'application/pdf',
    declaredMediaType: 'application/octet-stream',
    sha256: blob.sha256,
    size: blob.size,
    partPath: '1.2',
    derivedFrom: null,
    malware: null,
    createdAt: AT,
    ...change,
  }
}

export function sampleLetter(party: Party, change: Partial<Letter> = {}): Letter {
  const id = newId()
  return {
    id,
    cause: `receipt:${id}`,
    caseId: party.caseId,
    partyId: party.id,
    kind: 'receipt',
    language: 'da',
    subject: 'Kvittering',
    bodyText: 'Vi har modtaget …',
    documentIds: [],
    createdAt: AT,
    ...change,
  }
}

export function sampleDelivery(letter: Letter, change: Partial<Delivery> = {}): Delivery {
  return {
    id: newId(),
    letterId: letter.id,
    caseId: letter.caseId,
    channel: 'notice-mail',
    routeReason: 'nothing-chosen',
    address: 'kai@example.dk',
    messageId: '<2@kommune.dk>',
    rawSha256: null,
    rawSize: null,
    state: 'planned',
    attempts: 0,
    possiblyDoubled: 0,
    createdAt: AT,
    updatedAt: AT,
    ...change,
  }
}

/** Accepts one fresh submission; gives it with its bytes. */
export async function acceptOne(store: Store, change: Partial<Submission> = {}) {
  const raw = smallBlob()
  const submission = submissionOf(raw, change)
  const answer = await store.accept(submission, raw)
  return { submission, raw, answer }
}

/** Adds one case within a commit. */
export async function addCase(write: Writer, change: Partial<Case> = {}): Promise<Case> {
  const row = sampleCase(change)
  await write.addCase(row)
  return row
}

/** A clock that tests move by hand. */
export function handClock(start = AT) {
  let nowMs = Date.parse(start)
  const clock = (): Date => new Date(nowMs)
  const forward = (ms: number): void => {
    nowMs += ms
  }
  return { clock, forward }
}

import { PDFDocument } from 'pdf-lib'
import type { Case, Party } from '../../../src/model/case.ts'
import type { Document } from '../../../src/model/document.ts'
import { appendHistory } from '../../../src/model/history.ts'
import { hashToken, newId, sha256Hex } from '../../../src/model/ids.ts'
import type { Writer } from '../../../src/model/store.ts'
import type { Submission } from '../../../src/model/submission.ts'
import type { MemoryStore } from '../../support/memory-store.ts'
import { emptyReport, NOW } from './fakes.ts'

const AT = '2026-11-23T09:02:00.000Z'

/** A text that does harm wherever it is not escaped. */
export const HOSTILE = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>`

export interface SeededCase {
  readonly case: Case
  readonly token: string
  readonly genuineToken: string
  readonly document: Document
  readonly party: Party
}

/** Puts one case with all that belongs to it into the store; gives its links. */
export async function seedCase(
  store: MemoryStore,
  serial: number,
  changes: Partial<Case> & { readonly senderName?: string } = {},
): Promise<SeededCase> {
  const { senderName = 'Kai Jensen', ...caseChanges } = changes
  const id = newId(NOW.getTime() + serial)
  const one: Case = {
    id,
    number: `2026-${String(serial).padStart(6, '0')}-7`,
    caseType: 'oil-tank',
    title: `Sløjfning af olietank, Møllevej ${serial}`,
    state: 'with-caseworker',
    channel: 'smtp',
    language: 'da',
    receivedAt: AT,
    checkedAt: '2026-11-23T09:02:03.000Z',
    dueOn: '2026-11-30',
    indication: 'TOTAL-PASSED',
    decision: null,
    decidedAt: null,
    decidedBy: null,
    decisionReason: null,
    answeredAt: null,
    archivedAt: null,
    ...caseChanges,
  }
  const submission = submissionOf(one, senderName)
  const document = documentOf(one, submission, 'attest-olietank.pdf')
  const party = partyOf(one, senderName)
  const token = `tracking-${serial}-${'t'.repeat(16)}`.slice(0, 27).padEnd(27, 'x')
  const genuineToken = `genuine-${serial}-${'g'.repeat(16)}`.slice(0, 27).padEnd(27, 'x')
  const pdf = await smallPdf(one.title)
  const report = Buffer.from(JSON.stringify(reportOf(one)))
  const raw = await store.blobs.put(Buffer.from('From: kai@example.dk\r\n\r\nHej'))
  const pdfBlob = await store.blobs.put(pdf)
  const reportBlob = await store.blobs.put(report)
  await store.commit(async (write) => {
    for (const blob of [raw, pdfBlob, reportBlob]) await write.keepBlob(blob)
    await write.addSubmission({ ...submission, rawSha256: raw.sha256 })
    await write.addCase(one)
    await write.addParty(party)
    await write.addDocument({ ...document, sha256: pdfBlob.sha256, size: pdf.length })
    await write.addVerification({
      id: newId(),
      documentId: document.id,
      indication: one.indication === 'TOTAL-PASSED' ? 'TOTAL-PASSED' : 'INDETERMINATE',
      subIndication: null,
      validationTime: AT,
      trustListVersion: 'x',
      reportSha256: sha256Hex(report),
      anchors: [],
      validationData: [],
      createdAt: AT,
    })
    await addToken(write, token, 'tracking', one.id)
    await addToken(write, genuineToken, 'genuine', one.id)
    await addReceipt(write, one, party)
    await appendHistory(write, {
      caseId: id,
      at: AT,
      actor: { kind: 'citizen', id, name: null },
      event: 'received',
      payload: { channel: one.channel },
    })
    await appendHistory(write, {
      caseId: id,
      at: AT,
      actor: { kind: 'system', id: null, name: null },
      event: 'case-opened',
      payload: { number: one.number },
    })
  })
  return { case: one, token, genuineToken, document: { ...document, sha256: pdfBlob.sha256 }, party }
}

function addToken(write: Writer, token: string, kind: 'tracking' | 'genuine', caseId: string): Promise<void> {
  return write.addToken({
    tokenHash: hashToken(token),
    kind,
    submissionId: null,
    caseId,
    createdAt: AT,
    expiresAt: '2030-01-01T00:00:00.000Z',
    revokedAt: null,
  })
}

async function smallPdf(title: string): Promise<Uint8Array> {
  const pdf = await PDFDocument.create()
  pdf.addPage([300, 200]).drawText(title.replace(/[^\x20-\x7e]/g, '?').slice(0, 30), { x: 20, y: 150, size: 14 })
  return pdf.save()
}

const reportOf = (one: Case) => ({
  ...emptyReport,
  indication: one.indication,
  findings: [
    { code: 'signer', severity: 'info', message: 'Underskrevet af Kai Jensen <kai@example.dk>', clause: null },
    { code: 'path', severity: 'info', message: 'Certifikatet fører til Demo CA.', clause: null },
  ],
})

function submissionOf(one: Case, senderName: string): Submission {
  return {
    id: newId(),
    channel: one.channel,
    receivedAt: one.receivedAt,
    dedupKey: `x:${one.id}`,
    envelope: {
      from: 'kai@example.dk',
      to: ['olietank@demokobing.example'],
      remoteAddress: null,
      helo: null,
      tls: true,
    },
    rawMediaType: 'message/rfc822',
    rawSha256: '',
    rawSize: 100,
    state: 'cased',
    caseId: one.id,
    language: null,
    problem: null,
    headers: {
      messageId: '<a@example.dk>',
      inReplyTo: [],
      references: [],
      subject: one.title,
      date: AT,
      from: [{ name: senderName, address: 'kai@example.dk' }],
      replyTo: [],
      autoSubmitted: null,
      precedence: null,
      listId: null,
      autoResponseSuppress: null,
      contentLanguage: null,
      autocrypt: null,
      encrypted: false,
      bodyText:
        'Kære kommune\n\nHermed attest for den sløjfede olietank på vores grund. Tanken er tømt og fyldt med sand.\n\nVenlig hilsen\nKai',
    },
  }
}

function documentOf(one: Case, submission: Submission, name: string): Document {
  return {
    id: newId(),
    submissionId: submission.id,
    caseId: one.id,
    role: 'attachment',
    name,
    originalName: name,
    mediaType: 'application/pdf',
    declaredMediaType: 'application/pdf',
    sha256: '',
    size: 0,
    partPath: '2',
    derivedFrom: null,
    createdAt: AT,
  }
}

const partyOf = (one: Case, name: string): Party => ({
  id: newId(),
  caseId: one.id,
  role: 'sender',
  name,
  email: 'kai@example.dk',
  emailProof: 'dmarc',
  mayAnswer: true,
  mayNotAnswerReason: null,
  wroteEncrypted: false,
  openpgpKey: null,
  openpgpFingerprint: '0123456789abcdef0123456789abcdef01234567',
  openpgpSource: 'attached',
  chosenChannel: null,
  replyToMessageId: '<a@example.dk>',
})

async function addReceipt(write: Writer, one: Case, party: Party): Promise<void> {
  const letterId = newId()
  const deliveryId = newId()
  const raw = Buffer.from('Subject: Kvittering\r\n\r\nTak')
  await write.keepBlob({ sha256: sha256Hex(raw), size: raw.length, inline: raw })
  await write.addLetter({
    id: letterId,
    cause: `receipt:${one.id}`,
    caseId: one.id,
    partyId: party.id,
    kind: 'receipt',
    language: 'da',
    subject: `Kvittering: sag ${one.number}`,
    bodyText: `Hej\n\nVi har modtaget din henvendelse. Din sag har nummer ${one.number}.\n\nVenlig hilsen\nDemokøbing Kommune`,
    documentIds: [],
    createdAt: AT,
  })
  const failed = one.state === 'decided'
  await write.addDelivery({
    id: deliveryId,
    letterId,
    caseId: one.id,
    channel: 'openpgp-mail',
    routeReason: 'key-from-sender',
    address: 'kai@example.dk',
    messageId: `<${deliveryId}@demokobing.example>`,
    rawSha256: sha256Hex(raw),
    rawSize: raw.length,
    state: failed ? 'refused' : 'kept',
    attempts: 1,
    possiblyDoubled: 0,
    createdAt: AT,
    updatedAt: AT,
  })
  for (const event of ['planned', 'composed', failed ? 'refused' : 'kept'] as const) {
    await write.addEvidence({
      id: newId(),
      deliveryId,
      at: AT,
      event,
      detail: event === 'planned' ? { channel: 'openpgp-mail' } : {},
    })
  }
}

import type { Case } from '../model/case.ts'
import { GatewayError } from '../model/errors.ts'
import { finishJob } from '../model/finish-job.ts'
import { appendHistory } from '../model/history.ts'
import { newId } from '../model/ids.ts'
import { worstIndication } from '../model/indication.ts'
import type { Job } from '../model/job.ts'
import type { Log } from '../model/ports.ts'
import type { Settings } from '../model/settings.ts'
import type { Store, Writer } from '../model/store.ts'
import type { Submission } from '../model/submission.ts'
import { type Clock, instant } from '../model/time.ts'
import { addRejudgeJob, enabledAnchors, trustListVersion, trustStamp } from '../model/trust-list.ts'
import { citizenOf, SYSTEM } from './actors.ts'
import { addWorkingDays, closingDaysInForce, localTime, workingDayOf } from './calendar.ts'
import { caseTypeOf, languageOf, titleFrom } from './case-facts.ts'
import { formatCaseNumber } from './case-number.ts'
import { isJudgedAttachment, type JudgedDocument, judgedDocuments } from './judged.ts'
import { receiptText } from './letter-texts.ts'
import type { DescribeVerdict, LetterLinks, MayAnswer, ProveSender, SenderProof } from './ports.ts'
import { senderParty } from './sender.ts'
import { mintToken } from './tokens.ts'

export interface OpenCaseParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly settings: Pick<Settings, 'municipality' | 'caseTypes' | 'closingDays'>
  readonly proveSender: ProveSender
  readonly mayAnswer: MayAnswer
  readonly describeVerdict: DescribeVerdict
  readonly letterLinks: LetterLinks
}

/** What is known before the commit begins: all that is slow or comes from outside. */
interface Facts {
  readonly submission: Submission
  readonly documents: readonly JudgedDocument[]
  readonly proof: SenderProof
  readonly now: Date
}

/**
 * Job "open-case", key: submission id. Opens the case of a verified submission: number, party, tokens, documents,
 * history, and the receipt with its job, all in the commit that finishes the job. A repeat only finishes.
 */
export async function openCase(job: Job, parts: OpenCaseParts): Promise<void> {
  const { store, clock, log } = parts
  const submission = await store.submission(job.key)
  if (!submission) throw new GatewayError('not-found', 'There is no such submission', { facts: { id: job.key } })
  if (submission.state === 'cased') return store.commit((write) => finishJob(write, job))
  if (submission.state !== 'verified') {
    throw new GatewayError('wrong-state', 'The submission is not verified yet', { retryable: true })
  }
  const documents = await judgedDocuments(store, await store.documentsOfSubmission(submission.id))
  const reports = documents.flatMap(({ report }) => report ?? [])
  const proof = await parts.proveSender(submission, await store.blobs.get(submission.rawSha256), reports)
  const facts: Facts = { submission, documents, proof, now: clock() }

  const opened = await store.commit(async (write) => {
    const isOpen = (await write.submission(submission.id))?.state === 'cased'
    const row = isOpen ? null : await addCaseOf(write, facts, parts)
    await finishJob(write, job)
    return row
  })
  if (opened) log.info({ caseId: opened.id, number: opened.number, submissionId: submission.id }, 'case opened')
}

async function addCaseOf(write: Writer, facts: Facts, parts: OpenCaseParts): Promise<Case> {
  const { submission, documents, proof, now } = facts
  const row = await caseRow(write, facts, parts)
  await write.addCase(row)
  const party = senderParty(submission, row.id, proof, parts.mayAnswer(submission), now.getTime())
  await write.addParty(party)
  for (const { document } of documents) await write.updateDocument(document.id, { caseId: row.id })
  for (const token of await write.tokensOfSubmission(submission.id)) {
    await write.updateToken(token.tokenHash, { caseId: row.id })
  }
  await write.updateSubmission(submission.id, { state: 'cased', caseId: row.id })
  await addBeginningOfHistory(write, row, facts)
  await addReceipt(write, row, party.id, facts, parts)
  await followTrust(write, row.id, documents)
  return row
}

async function caseRow(write: Writer, facts: Facts, { settings }: OpenCaseParts): Promise<Case> {
  const { submission, documents, now } = facts
  const { timeZone, language } = settings.municipality
  const type = caseTypeOf(submission, settings)
  const caseLanguage = languageOf(submission, language)
  const closingDays = await closingDaysInForce(write, settings.closingDays)
  const countsFrom = workingDayOf(submission.receivedAt, timeZone, closingDays)
  const year = Number(localTime(submission.receivedAt, timeZone).day.slice(0, 4))
  const judged = documents.filter(isJudgedAttachment).flatMap(({ verification }) => verification ?? [])
  const checkedAt = judged.map((verification) => verification.createdAt).sort()
  const unread = submission.problem !== null && judged.length === 0
  return {
    id: newId(now.getTime()),
    number: formatCaseNumber(year, await write.nextCaseSerial(year)),
    caseType: type.id,
    title: titleFrom(submission.headers?.subject ?? '', type.title[caseLanguage]),
    state: 'with-caseworker',
    channel: submission.channel,
    language: caseLanguage,
    receivedAt: submission.receivedAt,
    checkedAt: checkedAt.at(-1) ?? instant(now),
    dueOn: addWorkingDays(countsFrom, type.answerWithinWorkingDays, closingDays),
    // What nobody could read was not judged: that is no "unsigned".
    indication: unread ? 'ERROR' : worstIndication(judged.map(({ indication }) => indication)),
    decision: null,
    decidedAt: null,
    decidedBy: null,
    decisionReason: null,
    answeredAt: null,
    archivedAt: null,
  }
}

async function addBeginningOfHistory(write: Writer, row: Case, { submission, documents, now }: Facts): Promise<void> {
  const caseId = row.id
  await appendHistory(write, {
    caseId,
    at: submission.receivedAt,
    actor: citizenOf(caseId),
    event: 'received',
    payload: {
      submissionId: submission.id,
      channel: submission.channel,
      rawSha256: submission.rawSha256,
      rawSize: submission.rawSize,
      problem: submission.problem,
    },
  })
  await appendHistory(write, {
    caseId,
    at: row.checkedAt,
    actor: SYSTEM,
    event: 'checked',
    payload: {
      indication: row.indication,
      documents: documents.flatMap(({ document, verification }) =>
        verification
          ? [
              {
                documentId: document.id,
                sha256: document.sha256,
                indication: verification.indication,
                subIndication: verification.subIndication,
                trustListVersion: verification.trustListVersion,
                reportSha256: verification.reportSha256,
              },
            ]
          : [],
      ),
    },
  })
  await appendHistory(write, {
    caseId,
    at: instant(now),
    actor: SYSTEM,
    event: 'case-opened',
    payload: { number: row.number, caseType: row.caseType, dueOn: row.dueOn },
  })
}

async function addReceipt(
  write: Writer,
  row: Case,
  partyId: string,
  { submission, documents, now }: Facts,
  { settings, describeVerdict, letterLinks }: OpenCaseParts,
): Promise<void> {
  const token = await mintToken(write, { kind: 'tracking', caseId: row.id, submissionId: submission.id, now })
  const text = receiptText(row.language, {
    caseNumber: row.number,
    municipality: settings.municipality,
    trackingUrl: letterLinks.tracking(token),
    dueOn: row.dueOn,
    fileCount: documents.filter(({ document }) => document.role === 'attachment').length,
    verdicts: documents.filter(isJudgedAttachment).map(({ report }) => describeVerdict(report, row.language)),
    unreadable: submission.problem !== null,
  })
  const id = newId(now.getTime())
  const isNew = await write.addLetter({
    id,
    cause: `receipt:${submission.id}`,
    caseId: row.id,
    partyId,
    kind: 'receipt',
    language: row.language,
    subject: text.subject,
    bodyText: text.body,
    documentIds: [],
    createdAt: instant(now),
  })
  if (isNew) await write.addJob('route-letter', id, { letterId: id })
}

/** Trust that changed after the documents were judged found no case to judge again; so it is done now. */
async function followTrust(write: Writer, caseId: string, documents: readonly JudgedDocument[]): Promise<void> {
  const version = trustListVersion(await enabledAnchors(write, 'document'))
  const isOld = documents.some(
    (judged) => isJudgedAttachment(judged) && judged.verification?.trustListVersion !== version,
  )
  if (isOld) await addRejudgeJob(write, caseId, await trustStamp(write))
}

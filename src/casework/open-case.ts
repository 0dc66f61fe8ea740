import type { Case, Party } from '../model/case.ts'
import { GatewayError } from '../model/errors.ts'
import { finishJob } from '../model/finish-job.ts'
import { appendHistory } from '../model/history.ts'
import { newId } from '../model/ids.ts'
import { countedIndications, worstIndication } from '../model/indication.ts'
import type { Job } from '../model/job.ts'
import type { Log } from '../model/ports.ts'
import type { Settings } from '../model/settings.ts'
import type { Store, Writer } from '../model/store.ts'
import type { Submission } from '../model/submission.ts'
import { type Clock, instant } from '../model/time.ts'
import { addRejudgeJob, trustListVersions, trustStamp } from '../model/trust-list.ts'
import { citizenOf, SYSTEM } from './actors.ts'
import { addToCase } from './add-to-case.ts'
import { addWorkingDays, closingDaysInForce, localTime, workingDayOf } from './calendar.ts'
import { caseTypeById, caseTypeOf, languageOf, titleFrom } from './case-facts.ts'
import { formatCaseNumber } from './case-number.ts'
import { judgeAnew, type KeyInForce, type KeyIsUsable, keyInForce, settleKey } from './citizen-keys.ts'
import { isByOldTrust, isJudgedAttachment, type JudgedDocument, judgedDocuments } from './judged.ts'
import { receiptText } from './letter-texts.ts'
import type { LookUpKey } from './look-up-key.ts'
import { noteMailCertificates } from './mail-certificates.ts'
import type { DescribeVerdict, LetterLinks, MayAnswer, ProveSender, SenderProof } from './ports.ts'
import { addReceipt, handedIn, receiptFacts, verdictsOf } from './receipt.ts'
import { senderParty } from './sender.ts'
import { settleRepeat, settleReport } from './set-aside.ts'
import { addProposal, findThread } from './thread.ts'

export interface OpenCaseParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly settings: Pick<Settings, 'municipality' | 'caseTypes' | 'closingDays'>
  readonly proveSender: ProveSender
  readonly mayAnswer: MayAnswer
  readonly keyIsUsable: KeyIsUsable
  /** Null: no key is looked up. */
  readonly lookUpKey: LookUpKey | null
  readonly describeVerdict: DescribeVerdict
  readonly letterLinks: LetterLinks
}

/** What is known before the commit begins: all that is slow or comes from outside. */
export interface Facts {
  readonly submission: Submission
  readonly documents: readonly JudgedDocument[]
  readonly proof: SenderProof
  /** The key that counts for the sender's address. */
  readonly keyBefore: KeyInForce | null
  readonly now: Date
  /** A person said that it is one, though a program may have sent it. */
  readonly isErrand: boolean
}

/**
 * Job "open-case", key: submission id. Opens the case of a verified submission: number, party, tokens, documents,
 * history, and the receipt with its job, all in the commit that finishes the job. A repeat only finishes. What a
 * citizen added to a case joins it, or, where that was decided meanwhile, becomes a case of its own.
 */
export async function openCase(job: Job, parts: OpenCaseParts): Promise<void> {
  const { store, clock, log } = parts
  const id = job.payload['submissionId'] ?? job.key
  const submission = await store.submission(id)
  if (!submission) throw new GatewayError('not-found', 'There is no such submission', { facts: { id } })
  if (isSettled(submission)) return store.commit((write) => finishJob(write, job))
  if (submission.state !== 'verified') {
    throw new GatewayError('wrong-state', 'The submission is not verified yet', { retryable: true })
  }
  const documents = await judgedDocuments(store, await store.documentsOfSubmission(submission.id))
  const raw = await store.blobs.get(submission.rawSha256)
  const proof = await parts.proveSender(submission, raw, reportsOf(documents))
  const now = clock()
  const keyBefore = await keyInForce(store, senderOf(submission), parts.keyIsUsable, now)
  const isErrand = job.payload['asErrand'] !== undefined
  const facts: Facts = { submission, documents, proof, keyBefore, now, isErrand }

  const outcome = await store.commit(async (write) => {
    const before = await write.submission(submission.id)
    const done = before && isSettled(before) ? null : await putIntoCase(write, facts, parts)
    await finishJob(write, job)
    return done
  })
  if (!outcome) return
  const { row, joined } = outcome
  log.info({ caseId: row.id, number: row.number, submissionId: submission.id, joined }, 'submission stands in a case')
}

const isSettled = ({ state }: Submission): boolean => state === 'cased' || state === 'set-aside'

/** Null: it is no errand of its own, and was set aside. */
async function putIntoCase(
  write: Writer,
  facts: Facts,
  parts: OpenCaseParts,
): Promise<{ readonly row: Case; readonly joined: boolean } | null> {
  const { isErrand } = facts
  if (!isErrand && ((await settleReport(write, facts)) || (await settleRepeat(write, facts)))) return null
  if (facts.submission.caseId === null) return putByThread(write, facts, parts)
  const meant = await write.case(facts.submission.caseId)
  // Asked within the commit: a decision that came first was made without these documents, and must not cover them.
  if (meant?.state === 'with-caseworker') return { row: await addToCase(write, meant, facts, parts), joined: true }
  return { row: await addCaseOf(write, facts, meant, parts), joined: false }
}

/** A reply joins its case where its sender is proven to be in it; else it is a case of its own, and says what it may belong to. */
async function putByThread(
  write: Writer,
  facts: Facts,
  parts: OpenCaseParts,
): Promise<{ readonly row: Case; readonly joined: boolean }> {
  const thread = await findThread(write, facts.submission, facts.proof)
  if (!thread?.party) {
    const row = await addCaseOf(write, facts, null, parts)
    if (thread) await addProposal(write, row, thread, facts.now)
    return { row, joined: false }
  }
  if (thread.row.state !== 'with-caseworker') {
    return { row: await addCaseOf(write, facts, thread.row, parts), joined: false }
  }
  return { row: await addToCase(write, thread.row, facts, parts, thread.party.emailProof ?? 'mail'), joined: true }
}

/** @param continues the decided case that this was meant for; null where it was meant for none */
async function addCaseOf(write: Writer, facts: Facts, continues: Case | null, parts: OpenCaseParts): Promise<Case> {
  const { submission, documents } = facts
  const row = await caseRow(write, facts, continues, parts)
  await write.addCase(row)
  await noteMailCertificates(write, senderOf(submission), reportsOf(documents), instant(facts.now))
  const { party, otherKey } = await partyFor(write, row, facts, continues, parts)
  await write.addParty(party)
  for (const { document } of documents) await write.updateDocument(document.id, { caseId: row.id })
  for (const token of await write.tokensOfSubmission(submission.id)) {
    await write.updateToken(token.tokenHash, { caseId: row.id })
  }
  await write.updateSubmission(submission.id, { state: 'cased', caseId: row.id })
  await addBeginningOfHistory(write, row, facts)
  if (otherKey) await addOtherKey(write, row, otherKey, party, facts)
  if (continues) await addContinuation(write, row, continues, facts)
  if (submission.channel !== 'folder') await addFirstReceipt(write, row, party, continues, facts, parts)
  await followTrust(write, row.id, facts)
  // Only of a proven address: else whoever writes in somebody's name would have us ask that domain.
  if (parts.lookUpKey && party.openpgpKey === null && party.email !== null && party.emailProof !== null) {
    await write.addJob('look-up-key', row.id, { caseId: row.id })
  }
  return row
}

/** Not for what a scanner brought: it names nobody, and a letter to nobody would seem to wait for somebody. */
async function addFirstReceipt(
  write: Writer,
  row: Case,
  party: Party,
  continues: Case | null,
  facts: Facts,
  parts: OpenCaseParts,
): Promise<void> {
  const receipt = receiptText(row.language, {
    ...(await receiptFacts(write, row, facts, parts)),
    continues: continues?.number ?? null,
  })
  await addReceipt(write, row, party.id, receipt, facts)
}

/** Who adds to a case gave a code for it: they are its sender, in the case that comes of it as well. */
async function partyFor(
  write: Writer,
  row: Case,
  { submission, documents, proof, keyBefore, now }: Facts,
  continues: Case | null,
  parts: OpenCaseParts,
): Promise<{ readonly party: Party; readonly otherKey: string | null }> {
  const before = continues ? (await write.partiesOfCase(continues.id)).find(({ role }) => role === 'sender') : undefined
  if (before) return { party: { ...before, id: newId(now.getTime()), caseId: row.id }, otherKey: null }
  const { key, isOther, isNew } = await settleKey(write, senderOf(submission), proof, keyBefore, now)
  const isMailJudged = documents.some((one) => one.document.role === 'message' && one.verification !== null)
  if (isNew && isMailJudged) await judgeAnew(write, row.id, { fingerprint: key.openpgpFingerprint ?? '' }, instant(now))
  const party = senderParty(submission, row.id, { ...proof, ...key }, parts.mayAnswer(submission), now.getTime())
  return { party, otherKey: isOther ? proof.openpgpFingerprint : null }
}

/** A citizen has a new key, or somebody else writes in their name: a person should know. */
async function addOtherKey(write: Writer, row: Case, came: string, party: Party, { now }: Facts): Promise<void> {
  await appendHistory(write, {
    caseId: row.id,
    at: instant(now),
    actor: SYSTEM,
    event: 'other-key-came',
    payload: { fingerprint: came, usedFingerprint: party.openpgpFingerprint },
  })
}

const reportsOf = (documents: readonly JudgedDocument[]) => documents.flatMap(({ report }) => report ?? [])

/** The one address that a submission comes from; null where it names none, or several. */
function senderOf({ headers }: Submission): string | null {
  const [one, ...others] = headers?.from ?? []
  return one && others.length === 0 ? one.address : null
}

async function addContinuation(write: Writer, row: Case, continues: Case, { submission, now }: Facts): Promise<void> {
  await appendHistory(write, {
    caseId: continues.id,
    at: instant(now),
    actor: SYSTEM,
    event: 'addition-became-case',
    payload: { submissionId: submission.id, number: row.number },
  })
  await appendHistory(write, {
    caseId: row.id,
    at: instant(now),
    actor: SYSTEM,
    event: 'continues-case',
    payload: { number: continues.number },
  })
}

async function caseRow(
  write: Writer,
  facts: Facts,
  continues: Case | null,
  { settings }: OpenCaseParts,
): Promise<Case> {
  const { submission, documents, now } = facts
  const { timeZone, language } = settings.municipality
  const type = continues ? caseTypeById(continues.caseType, settings) : caseTypeOf(submission, settings)
  const caseLanguage = continues?.language ?? languageOf(submission, language)
  const closingDays = await closingDaysInForce(write, settings.closingDays)
  const countsFrom = workingDayOf(submission.receivedAt, timeZone, closingDays)
  const year = Number(localTime(submission.receivedAt, timeZone).day.slice(0, 4))
  const judged = documents.filter(isJudgedAttachment).flatMap(({ verification }) => verification ?? [])
  const checkedAt = judged.map((verification) => verification.createdAt).sort()
  return {
    id: newId(now.getTime()),
    number: formatCaseNumber(year, await write.nextCaseSerial(year)),
    caseType: type.id,
    title: titleFrom(submission.headers?.subject ?? '', continues?.title ?? type.title[caseLanguage]),
    state: 'with-caseworker',
    channel: submission.channel,
    language: caseLanguage,
    receivedAt: submission.receivedAt,
    checkedAt: checkedAt.at(-1) ?? instant(now),
    dueOn: addWorkingDays(countsFrom, type.answerWithinWorkingDays, closingDays),
    indication: worstIndication(
      countedIndications(
        submission,
        documents
          .filter(({ document }) => document.role === 'attachment')
          .map(({ document, verification }) => ({ document, indication: verification?.indication ?? null })),
      ),
    ),
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
    payload: handedIn(submission),
  })
  await appendHistory(write, {
    caseId,
    at: row.checkedAt,
    actor: SYSTEM,
    event: 'checked',
    payload: {
      indication: row.indication,
      documents: verdictsOf(documents),
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

/** Trust that changed after the documents were judged found no case to judge again; so it is done now. */
async function followTrust(write: Writer, caseId: string, { documents, now }: Facts): Promise<void> {
  const versions = await trustListVersions(write, instant(now))
  const isOld = documents.some((judged) => isByOldTrust(judged, versions))
  if (isOld) await addRejudgeJob(write, caseId, await trustStamp(write, instant(now)))
}

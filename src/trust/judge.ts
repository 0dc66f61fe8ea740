import type { Document } from '../model/document.ts'
import { GatewayError } from '../model/errors.ts'
import { finishJob } from '../model/finish-job.ts'
import { appendHistory } from '../model/history.ts'
import { caseIndication } from '../model/indication.ts'
import type { Job } from '../model/job.ts'
import type { Writer } from '../model/store.ts'
import { type Instant, instant } from '../model/time.ts'
import { addRejudgeJob, type JudgedPurpose, trustListVersions, trustStamp } from '../model/trust-list.ts'
import { type Judgement, type JudgeParts, judgeDocument } from './judge-document.ts'
import { isSignedInside, isSignedMail } from './signed-mail.ts'

/**
 * Job "verify", key: submission id. Judges every document of the submission that can carry a signature and hands it
 * on to "open-case", all in the commit that finishes the job. A repeat finds the work done and only finishes.
 */
export async function verifySubmission(job: Job, parts: JudgeParts): Promise<void> {
  const { store, log } = parts
  const submission = await store.submission(job.key)
  if (!submission) throw new GatewayError('not-found', 'There is no such submission', { facts: { id: job.key } })
  if (submission.state === 'received') {
    throw new GatewayError('wrong-state', 'The submission is not normalised yet', { retryable: true })
  }
  const judgements =
    submission.state === 'normalised'
      ? await judgeAll(
          job,
          await whatCanBeSigned(await store.documentsOfSubmission(submission.id), parts),
          () => submission.receivedAt,
          parts,
        )
      : []
  await store.commit(async (write) => {
    const now = await write.submission(submission.id)
    if (now?.state === 'normalised') {
      await keep(write, judgements)
      await judgeLater(write, { submissionId: submission.id }, judgements, job, parts)
      await write.updateSubmission(submission.id, { state: 'verified' })
    }
    await write.addJob('open-case', submission.id, { submissionId: submission.id })
    await finishJob(write, job)
  })
  log.info({ submissionId: submission.id, documents: judgements.length }, 'submission judged')
}

/**
 * Job "rejudge", payload caseId, or submissionId where the case was not there yet. Judges an open case's PDFs and signed
 * mails again with the anchors now in force, what can be fetched now, and the time of receipt as proof of existence.
 * Where the case's worst verdict changes, the case and its history say so.
 */
export async function rejudgeCase(job: Job, parts: JudgeParts): Promise<void> {
  const { store, clock, log } = parts
  const caseId = await caseOf(job, store)
  const open = await store.case(caseId)
  if (!open) throw new GatewayError('not-found', 'There is no such case', { facts: { caseId } })
  const receivedAt = new Map((await store.submissionsOfCase(caseId)).map((row) => [row.id, row.receivedAt]))
  const documents = open.state === 'with-caseworker' ? await store.documentsOfCase(caseId) : []
  const poeOf = (document: Document): string => receivedAt.get(document.submissionId ?? '') ?? document.createdAt
  const judgements = await judgeAll(job, await whatCanBeSigned(documents, parts), poeOf, parts)

  await store.commit(async (write) => {
    const before = await write.case(caseId)
    const now = instant(clock())
    // A verdict that somebody decided on does not change behind their back.
    if (before?.state === 'with-caseworker' && judgements.length > 0) {
      if (await trustChangedSince(write, judgements, now)) {
        await addRejudgeJob(write, caseId, await trustStamp(write, now))
      } else {
        await keep(write, judgements)
        await judgeLater(write, { caseId }, judgements, job, parts)
        // Over all that was handed in: what joined meanwhile, and what nobody could read, counts too.
        const after = await caseIndication(write, caseId)
        if (after !== before.indication) {
          await write.updateCase(caseId, { indication: after })
          await appendHistory(write, {
            caseId,
            at: now,
            actor: { kind: 'system', id: null, name: null },
            event: 'verdict-changed',
            payload: {
              before: before.indication,
              after,
              trustListVersion: (await trustListVersions(write, now)).document,
              documents: judgements.map(({ verification: v }) => ({
                documentId: v.documentId,
                indication: v.indication,
                subIndication: v.subIndication,
              })),
            },
          })
        }
      }
    }
    await finishJob(write, job)
  })
  log.info({ caseId, documents: judgements.length }, 'case judged again')
}

async function caseOf({ payload }: Job, store: JudgeParts['store']): Promise<string> {
  const submissionId = payload['submissionId']
  if (submissionId === undefined) return payload['caseId'] ?? ''
  const submission = await store.submission(submissionId)
  if (submission?.caseId) return submission.caseId
  throw new GatewayError('wrong-state', 'The submission has no case yet', { retryable: true, facts: { submissionId } })
}

/** When what could not be fetched is tried again (EN 319 102-1: TRY_LATER), in minutes; after two weeks no more. */
const LATER_MINUTES = [5, 30, 2 * 60, 12 * 60, ...Array.from({ length: 13 }, () => 24 * 60)]

async function judgeLater(
  write: Writer,
  what: { readonly submissionId: string } | { readonly caseId: string },
  judgements: readonly Judgement[],
  job: Job,
  { clock }: JudgeParts,
): Promise<void> {
  const lacking = judgements.find((one) => one.lacking)
  const tries = Number(job.payload['tries'] ?? 0)
  const minutes = LATER_MINUTES[tries]
  if (!lacking || minutes === undefined) return
  const at = instant(new Date(clock().getTime() + minutes * 60_000))
  // One chain of tries for each case, whatever had it judged meanwhile.
  const key = `lacking:${Object.values(what).join()}:${at.slice(0, 13)}`
  await write.addJob('rejudge', key, { ...what, tries: String(tries + 1) }, at)
}

/** A document with what its signer must be trusted for. */
export interface ToJudge {
  readonly document: Document
  readonly purpose: JudgedPurpose
}

type JudgedByPurpose = Judgement & Pick<ToJudge, 'purpose'>

/** An empty file holds nothing to tell it by but its name: a PDF that was lost on the way has its verdict too. */
const isSubmittedPdf = ({ role, mediaType, name }: Document): boolean =>
  role === 'attachment' &&
  (mediaType === 'application/pdf' || (mediaType === 'application/x-empty' && /\.pdf$/i.test(name)))

/** The PDFs among what was handed in, and the mails that claim a signature of their own, or may hold one that was encrypted. */
export async function whatCanBeSigned(
  documents: readonly Document[],
  { store }: Pick<JudgeParts, 'store'>,
): Promise<readonly ToJudge[]> {
  const found: ToJudge[] = []
  for (const document of documents) {
    if (isSubmittedPdf(document)) found.push({ document, purpose: 'document' })
    const isMail = document.role === 'message' && document.mediaType === 'message/rfc822'
    const claims = isMail && (await claimsSignature(document, documents, store))
    if (claims) found.push({ document, purpose: 'mail' })
  }
  return found
}

/** What a mail held encrypted may be signed as well as the mail itself. */
async function claimsSignature(
  mail: Document,
  documents: readonly Document[],
  { blobs }: JudgeParts['store'],
): Promise<boolean> {
  if (isSignedMail(await blobs.get(mail.sha256))) return true
  const opened = documents.find(({ role, derivedFrom }) => role === 'opened' && derivedFrom === mail.id)
  return opened !== undefined && isSignedInside(await blobs.get(opened.sha256))
}

async function judgeAll(
  job: Job,
  documents: readonly ToJudge[],
  poeOf: (document: Document) => string,
  parts: JudgeParts,
): Promise<readonly JudgedByPurpose[]> {
  const judgements: JudgedByPurpose[] = []
  for (const { document, purpose } of documents) {
    // One slow document may take all its time; the lease must outlast it, or another worker begins anew.
    const leaseMs = 2 * parts.settings.limits.childTimeoutMs + 30_000
    if (!(await parts.store.jobs.extend(job, leaseMs))) {
      throw new GatewayError('internal', 'The lease of this job ran out', { retryable: true })
    }
    judgements.push({ ...(await judgeDocument(document, poeOf(document), purpose, parts)), purpose })
  }
  return judgements
}

async function keep(write: Writer, judgements: readonly Judgement[]): Promise<void> {
  for (const { verification, report, fetched, brought } of judgements) {
    await write.keepBlob(report)
    for (const { data, blob } of fetched) {
      await write.keepBlob(blob)
      await write.addValidationData(data)
    }
    await write.addVerification(verification)
    await write.addBroughtCertificates(verification.documentId, brought)
  }
}

async function trustChangedSince(
  write: Writer,
  judgements: readonly JudgedByPurpose[],
  now: Instant,
): Promise<boolean> {
  const versions = await trustListVersions(write, now)
  return judgements.some(({ verification, purpose }) => verification.trustListVersion !== versions[purpose])
}

import type { Actor } from '../model/case.ts'
import { GatewayError } from '../model/errors.ts'
import { appendAdminHistory, appendHistory } from '../model/history.ts'
import type { Store, Writer } from '../model/store.ts'
import { type Clock, instant } from '../model/time.ts'
import { SYSTEM } from './actors.ts'
import type { HandedIn } from './receipt.ts'
import { whereItWent } from './thread.ts'

/**
 * Settles, within the caller's commit, what a program sent about a mail of ours; says whether it did. A report opens no case and is never
 * answered, whatever it is about: else two robots would write to each other for ever. Where it names a letter of ours, that letter gets
 * the evidence, and its case's history says so; the Message-ID is known to who got the letter, and to nobody else.
 */
export async function settleReport(write: Writer, { submission, now }: HandedIn): Promise<boolean> {
  const report = submission.headers?.report
  if (!report || (submission.channel !== 'smtp' && submission.channel !== 'imap')) return false
  for (const id of report.about) {
    const delivery = await write.deliveryByMessageId(id)
    if (!delivery) continue
    const { kind, outcome, status } = report
    await appendHistory(write, {
      caseId: delivery.caseId,
      at: instant(now),
      actor: SYSTEM,
      event: kind === 'auto-reply' ? 'auto-reply-came' : 'report-came',
      payload: {
        submissionId: submission.id,
        letterId: delivery.letterId,
        deliveryId: delivery.id,
        kind,
        outcome,
        status,
      },
    })
    await write.addJob('note-report', submission.id, { submissionId: submission.id, deliveryId: delivery.id })
    await write.updateSubmission(submission.id, { state: 'set-aside' })
    return true
  }
  // Somebody's program answers to something else: that may be an errand, so a person looks.
  if (report.kind === 'auto-reply') return false
  await write.updateSubmission(submission.id, { state: 'set-aside' })
  return true
}

/**
 * Settles a mail that came before, to another address or through another mailbox: the same Message-ID from the same sender with the same
 * papers and text. It joins the case of the first, without a second receipt. Says whether it did.
 */
export async function settleRepeat(write: Writer, { submission, documents, now }: HandedIn): Promise<boolean> {
  const { headers, channel } = submission
  if (!headers?.messageId || (channel !== 'smtp' && channel !== 'imap')) return false
  const from = headers.from[0]?.address.toLowerCase()
  for (const party of await write.partiesByMessageId(headers.messageId)) {
    if (party.email === null || party.email.toLowerCase() !== from) continue
    const first = await write.case(party.caseId)
    if (!first) continue
    const { id: caseId } = await whereItWent(write, first)
    const before = (await write.documentsOfCase(caseId)).filter(({ role }) => role === 'attachment' || role === 'body')
    const known = new Set(before.map(({ sha256 }) => sha256))
    const papers = documents.filter(({ document }) => document.role === 'attachment' || document.role === 'body')
    if (papers.length === 0 || papers.some(({ document }) => !known.has(document.sha256))) continue
    await appendHistory(write, {
      caseId,
      at: instant(now),
      actor: SYSTEM,
      event: 'repeat-came',
      payload: { submissionId: submission.id, channel, rawSha256: submission.rawSha256 },
    })
    await write.updateSubmission(submission.id, { state: 'set-aside' })
    return true
  }
  return false
}

/**
 * A person finds that what was set aside is an errand all the same: it becomes a case, on record with who said so.
 * @throws GatewayError wrong-state where it is not set aside (any more)
 */
export async function takeUp(
  wanted: { readonly submissionId: string; readonly actor: Actor },
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): Promise<void> {
  const { submissionId, actor } = wanted
  await store.commit(async (write) => {
    const submission = await write.submission(submissionId)
    if (submission?.state !== 'set-aside') {
      throw new GatewayError('wrong-state', 'This is not set aside', { facts: { submissionId } })
    }
    await write.updateSubmission(submissionId, { state: 'verified' })
    await write.addJob('open-case', `${submissionId}:errand`, { submissionId, asErrand: 'yes' })
    await appendAdminHistory(write, {
      at: instant(clock()),
      actor,
      event: 'submission-taken-up',
      payload: { submissionId },
    })
  })
}

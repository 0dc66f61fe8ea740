import type { Actor, Case } from '../model/case.ts'
import { appendHistory } from '../model/history.ts'
import { caseIndication } from '../model/indication.ts'
import type { Writer } from '../model/store.ts'
import { instant } from '../model/time.ts'
import { trustListVersions, trustStamp } from '../model/trust-list.ts'
import { citizenOf, SYSTEM } from './actors.ts'
import { isByOldTrust } from './judged.ts'
import { additionText } from './letter-texts.ts'
import { addReceipt, type HandedIn, handedIn, type ReceiptParts, receiptFacts, verdictsOf } from './receipt.ts'

/**
 * Puts what a citizen added into their open case, within the commit that found it open: documents, history, the worst
 * verdict, and a receipt. Its place in the queue and the day of its answer stay. Gives the case as it is now.
 * @param means by what it is known to be a citizen of the case: the code on the page, or what proved the mail's sender
 */
export async function addToCase(
  write: Writer,
  row: Case,
  added: HandedIn,
  parts: ReceiptParts,
  means = 'one-time-code',
): Promise<Case> {
  const now = await putDocuments(write, row, added, { actor: citizenOf(row.id), means })
  const sender = (await write.partiesOfCase(row.id)).find(({ role }) => role === 'sender')
  const text = additionText(row.language, await receiptFacts(write, row, added, parts))
  if (sender) await addReceipt(write, row, sender.id, text, added)
  return now
}

/** The same without a receipt, whoever does it: documents, history, the worst verdict. Gives the case as it is now. */
export async function putDocuments(
  write: Writer,
  row: Case,
  added: HandedIn,
  by: { readonly actor: Actor; readonly means: string },
): Promise<Case> {
  const { submission, documents, now } = added
  const caseId = row.id
  for (const { document } of documents) await write.updateDocument(document.id, { caseId })
  await write.updateSubmission(submission.id, { state: 'cased', caseId })
  await appendHistory(write, {
    caseId,
    at: by.actor.kind === 'citizen' ? submission.receivedAt : instant(now),
    actor: by.actor,
    event: 'documents-added',
    payload: { ...handedIn(submission), means: by.means, documents: verdictsOf(documents) },
  })
  const indication = await caseIndication(write, caseId)
  if (indication !== row.indication) {
    await write.updateCase(caseId, { indication })
    await appendHistory(write, {
      caseId,
      at: instant(now),
      actor: SYSTEM,
      event: 'verdict-changed',
      payload: { before: row.indication, after: indication, submissionId: submission.id },
    })
  }
  await followTrust(write, caseId, added)
  return { ...row, indication }
}

/**
 * Judges the case again where trust changed since these documents were judged, or where it is being judged again right
 * now, without them. The key is the submission's own: the case's job for this state of trust may be done already.
 */
async function followTrust(write: Writer, caseId: string, { submission, documents, now }: HandedIn): Promise<void> {
  const versions = await trustListVersions(write, instant(now))
  const isOld = documents.some((one) => isByOldTrust(one, versions))
  const underWay = await write.listJobs({ kinds: ['rejudge'], states: ['ready', 'leased'] })
  // One that is to come later, for what could not be had before, is not under way.
  const isUnderWay = underWay.some(({ payload, runAt }) => payload['caseId'] === caseId && runAt <= instant(now))
  if (!isOld && !isUnderWay) return
  await write.addJob('rejudge', `case:${caseId}:${await trustStamp(write, instant(now))}:${submission.id}`, { caseId })
}

import { GatewayError } from '../model/errors.ts'
import { finishJob } from '../model/finish-job.ts'
import { appendHistory } from '../model/history.ts'
import type { Job } from '../model/job.ts'
import type { Delivery, Letter } from '../model/letter.ts'
import type { Writer } from '../model/store.ts'
import type { MailReport } from '../model/submission.ts'
import { planAfterRefusal } from './after-refusal.ts'
import { addEvidence, type DeliveryParts, GATEWAY } from './delivery-parts.ts'

/**
 * Job "note-report", payload submissionId and deliveryId: what came back about a letter becomes evidence of its delivery (EN 319 522). That it
 * could not be delivered, permanently, is a definite no: a decision gets its next way there, as where the next hop had refused it.
 * That it was delivered or shown proves no more than that a program said so, and changes nothing.
 */
export async function noteReport(job: Job, parts: DeliveryParts): Promise<void> {
  const { store, log } = parts
  const submission = await store.submission(job.payload['submissionId'] ?? job.key)
  const report = submission?.headers?.report
  const delivery = await store.delivery(job.payload['deliveryId'] ?? '')
  const letter = delivery && (await store.letter(delivery.letterId))
  if (!report || !delivery || !letter) {
    throw new GatewayError('not-found', 'There is no such report or letter', { facts: { submissionId: job.key } })
  }
  await store.commit(async (write) => {
    await settle(write, { delivery, letter, report }, parts)
    await finishJob(write, job)
  })
  log.info({ deliveryId: delivery.id, kind: report.kind, outcome: report.outcome }, 'a report on a letter was noted')
}

async function settle(
  write: Writer,
  { delivery, letter, report }: { delivery: Delivery; letter: Letter; report: MailReport },
  parts: DeliveryParts,
): Promise<void> {
  const now = parts.clock()
  const { kind, outcome, status } = report
  const isNo = outcome === 'failed' && !(status ?? '5').startsWith('4')
  const known = await write.evidenceOf(delivery.id)
  // Each recipient's server may report once more; one no is enough.
  const isFirstNo = isNo && !known.some(({ event }) => event === 'bounced')
  const detail = { kind, ...(outcome === null ? {} : { outcome }), ...(status === null ? {} : { status }) }
  await addEvidence(write, delivery, now, isNo ? 'bounced' : 'reported', detail)
  if (!isFirstNo) return
  const changed: Delivery = { ...delivery, state: 'refused', updatedAt: now.toISOString() }
  await write.updateDelivery(delivery.id, { state: 'refused', updatedAt: changed.updatedAt })
  await appendHistory(write, {
    caseId: letter.caseId,
    at: now.toISOString(),
    actor: GATEWAY,
    event: 'delivery-refused',
    payload: { letterId: letter.id, kind: letter.kind, deliveryId: delivery.id, channel: delivery.channel, status },
  })
  const refusal = { outcome: 'refused', smtpCode: null, response: status ?? 'reported' } as const
  await planAfterRefusal(write, { delivery: changed, letter }, refusal, parts)
}

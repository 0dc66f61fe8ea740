import { finishJob } from '../model/finish-job.ts'
import { appendHistory } from '../model/history.ts'
import type { Job } from '../model/job.ts'
import {
  bearsCode,
  type Delivery,
  type DeliveryEvidence,
  type DeliveryState,
  type Letter,
  type LetterKind,
} from '../model/letter.ts'
import type { HandOver } from '../model/ports.ts'
import type { Writer } from '../model/store.ts'
import { planAfterRefusal } from './after-refusal.ts'
import { pickup } from './choose-route.ts'
import { addEvidence, type DeliveryParts, forgetKeyCode, GATEWAY, settleWhereReached } from './delivery-parts.ts'
import { writeDelivery } from './planned-delivery.ts'
import { hasWayIn } from './way-in.ts'

interface Task {
  readonly delivery: Delivery
  readonly letter: Letter
}

/** What each answer of the next hop makes of a delivery. "unknown" waits too, but may have been taken (RFC 1047). */
const OUTCOMES: Readonly<
  Record<HandOver['outcome'], { state: DeliveryState; evidence: DeliveryEvidence['event']; final: boolean }>
> = {
  accepted: { state: 'accepted', evidence: 'accepted', final: true },
  kept: { state: 'kept', evidence: 'kept', final: true },
  refused: { state: 'refused', evidence: 'refused', final: true },
  deferred: { state: 'waiting', evidence: 'deferred', final: false },
  unknown: { state: 'waiting', evidence: 'interrupted', final: false },
}

const SENT: Readonly<Record<LetterKind, string>> = {
  receipt: 'receipt-sent',
  decision: 'answer-sent',
  'one-time-code': 'code-sent',
  'key-code': 'key-code-sent',
  notice: 'notice-sent',
}

/**
 * Stores what the next hop answered: state, evidence, history, and where it is final, the end of the job; a decision
 * that reached its recipient moves its case on in the same commit, and one that was refused gets its next way there.
 */
export async function recordOutcome(job: Job, task: Task, answer: HandOver, parts: DeliveryParts): Promise<void> {
  const now = parts.clock()
  const { state, evidence, final } = OUTCOMES[answer.outcome]
  const possiblyDoubled = task.delivery.possiblyDoubled + (answer.outcome === 'unknown' ? 1 : 0)
  const changed: Delivery = { ...task.delivery, state, possiblyDoubled, updatedAt: now.toISOString() }
  await parts.store.commit(async (write) => {
    await write.updateDelivery(changed.id, { state, possiblyDoubled, updatedAt: changed.updatedAt })
    await addEvidence(write, changed, now, evidence, outcomeFacts(changed, answer))
    await appendOutcome(write, { ...task, delivery: changed }, answer, now)
    await settleWhereReached(write, task.letter, changed, parts)
    if ('smtpCode' in answer && answer.outcome === 'refused')
      await planAfterRefusal(write, { ...task, delivery: changed }, answer, parts)
    if (final) await finishJob(write, job)
  })
}

function outcomeFacts(delivery: Delivery, answer: HandOver): DeliveryEvidence['detail'] {
  const facts = { attempt: delivery.attempts, response: answer.response }
  if (!('smtpCode' in answer)) return facts
  const code = answer.smtpCode === null ? {} : { smtpCode: answer.smtpCode }
  const doubled = answer.outcome === 'unknown' ? { cause: 'no-answer-after-data', possiblyDoubled: true } : {}
  const about = answer.refusedAt === undefined ? {} : { refusedAt: answer.refusedAt }
  return { ...facts, ...code, ...about, ...doubled }
}

async function appendOutcome(write: Writer, { delivery, letter }: Task, answer: HandOver, now: Date): Promise<void> {
  // A passing no is evidence enough; the history says what was decided and what people were told.
  if (answer.outcome === 'deferred') return
  const event = {
    accepted: SENT[letter.kind],
    kept: 'letter-kept',
    refused: 'delivery-refused',
    unknown: 'delivery-possibly-doubled',
  }[answer.outcome]
  const code = 'smtpCode' in answer && answer.smtpCode !== null ? { smtpCode: answer.smtpCode } : {}
  await appendHistory(write, {
    caseId: letter.caseId,
    at: now.toISOString(),
    actor: GATEWAY,
    event,
    payload: {
      letterId: letter.id,
      kind: letter.kind,
      deliveryId: delivery.id,
      channel: delivery.channel,
      attempt: delivery.attempts,
      ...code,
    },
  })
}

/**
 * Stores that a mail cannot be sent as it would have to be, with the reason; nothing of it goes out. What was to be
 * sent can be picked up on the page instead, but for codes, by whoever has a link to it.
 */
export async function recordUnsendable(job: Job, task: Task, reason: string, parts: DeliveryParts): Promise<void> {
  const { delivery, letter } = task
  const now = parts.clock()
  await parts.store.commit(async (write) => {
    await write.updateDelivery(delivery.id, { state: 'unsendable', updatedAt: now.toISOString() })
    await addEvidence(write, delivery, now, 'unsendable', { reason })
    await forgetKeyCode(write, letter)
    await appendHistory(write, {
      caseId: letter.caseId,
      at: now.toISOString(),
      actor: GATEWAY,
      event: 'delivery-unsendable',
      payload: { letterId: letter.id, kind: letter.kind, deliveryId: delivery.id, reason },
    })
    const others = await write.deliveriesOfLetter(letter.id)
    if (!bearsCode(letter.kind) && !others.some((other) => other.channel === 'pickup')) {
      const wayIn = letter.kind === 'receipt' || (await hasWayIn(write, letter, parts.settings.web.publicUrl, now))
      await writeDelivery(write, letter, pickup(reason, wayIn), parts)
    }
    await finishJob(write, job)
  })
  parts.log.warn({ deliveryId: delivery.id, reason }, 'mail cannot be sent')
}

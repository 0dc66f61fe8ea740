import type { Party } from '../model/case.ts'
import { asGatewayError, GatewayError } from '../model/errors.ts'
import { finishJob } from '../model/finish-job.ts'
import { appendHistory } from '../model/history.ts'
import type { Job } from '../model/job.ts'
import type { Delivery, DeliveryState, Letter } from '../model/letter.ts'
import type { HandOver } from '../model/ports.ts'
import type { Writer } from '../model/store.ts'
import { recordOutcome, recordUnsendable } from './delivery-outcome.ts'
import { addEvidence, type DeliveryParts, forgetKeyCode, GATEWAY } from './delivery-parts.ts'
import { outgoingLetter } from './outgoing-letter.ts'

/**
 * Longer than any hand-over may take: where this process hangs, or cannot reach the store to say that it lives, nobody
 * else takes the job up and hands over beside us. What else extends the lease never shortens it.
 */
const LEASE_MS = 15 * 60_000
const TO_BE_SENT: ReadonlySet<DeliveryState> = new Set(['planned', 'handing-over', 'waiting'])
/** What no repeat will mend: a person must act, and nothing goes out. */
const UNSENDABLE = new Set(['key-unusable', 'encryption-impossible', 'invalid-request'])

interface Task {
  readonly delivery: Delivery
  readonly letter: Letter
  readonly party: Party
}

/**
 * The job "deliver" (payload: deliveryId): composes the mail and stores its bytes, says that it hands over, hands over,
 * and stores what came of it, each in its own commit. A repeat sends the stored bytes, so that it can be recognised.
 * @throws GatewayError relay-unavailable (retryable) where the next hop said "later" or gave no clear answer
 */
export async function deliverMail(job: Job, parts: DeliveryParts): Promise<void> {
  const task = await readTask(job, parts)
  if (!TO_BE_SENT.has(task.delivery.state)) return parts.store.commit((write) => finishJob(write, job))
  if (isPlaintextForbidden(task)) {
    return recordUnsendable(job, task, 'wrote-encrypted-no-key', parts)
  }
  const composed = await composeOnce(job, task, parts)
  if (composed === null) return
  const raw = await parts.store.blobs.get(composed.rawSha256)
  if (!(await parts.store.jobs.extend(job, LEASE_MS))) {
    throw new GatewayError('internal', 'The lease of this job ran out before the hand-over', { retryable: true })
  }
  const attempted = await recordAttempt(composed.delivery, parts)
  const answer = await parts.relay.handOver({
    envelopeFrom: parts.settings.municipality.mailAddress,
    to: composed.address,
    raw,
  })
  await recordOutcome(job, { ...task, delivery: attempted }, answer, parts)
  parts.log.info({ deliveryId: attempted.id, outcome: answer.outcome, attempt: attempted.attempts }, 'mail handed over')
  throwWherePassing(answer, attempted)
}

async function readTask(job: Job, { store }: DeliveryParts): Promise<Task> {
  const deliveryId = job.payload['deliveryId'] ?? job.key
  const delivery = await store.delivery(deliveryId)
  const letter = delivery && (await store.letter(delivery.letterId))
  const party = letter && (await store.party(letter.partyId))
  if (!delivery || !letter || !party) {
    throw new GatewayError('not-found', 'There is no such delivery', { facts: { deliveryId } })
  }
  return { delivery, letter, party }
}

/** They may have written encrypted after this was planned, and even after its bytes were made. */
function isPlaintextForbidden({ delivery, party }: Task): boolean {
  return party.wroteEncrypted && delivery.channel !== 'openpgp-mail'
}

interface Composed {
  readonly delivery: Delivery
  readonly rawSha256: string
  readonly address: string
}

/** Makes the bytes once, and stores them with their Message-ID before anybody sees them; null where it is unsendable. */
async function composeOnce(job: Job, task: Task, parts: DeliveryParts): Promise<Composed | null> {
  const { delivery } = task
  if (delivery.address === null) {
    await recordUnsendable(job, task, 'no-address', parts)
    return null
  }
  if (delivery.rawSha256 !== null) return { delivery, rawSha256: delivery.rawSha256, address: delivery.address }
  const named = { ...delivery, messageId: delivery.messageId ?? parts.newMessageId() }
  try {
    const raw = await parts.composer.compose(await outgoingLetter(task.letter, named, task.party, parts))
    const blob = await parts.store.blobs.put(raw)
    const change = { messageId: named.messageId, rawSha256: blob.sha256, rawSize: blob.size }
    const now = parts.clock()
    await parts.store.commit(async (write) => {
      await write.keepBlob(blob)
      await write.updateDelivery(delivery.id, { ...change, updatedAt: now.toISOString() })
      await forgetKeyCode(write, task.letter)
      await addEvidence(write, delivery, now, 'composed', { size: blob.size, sha256: blob.sha256 })
    })
    return { delivery: { ...named, ...change }, rawSha256: blob.sha256, address: delivery.address }
  } catch (thrown) {
    const fault = asGatewayError(thrown)
    if (!UNSENDABLE.has(fault.code)) throw fault
    await recordUnsendable(job, task, String(fault.facts['reason'] ?? fault.code), parts)
    return null
  }
}

/** Says that an attempt begins; where one was begun and never ended, that it may have reached the next hop. */
async function recordAttempt(delivery: Delivery, parts: DeliveryParts): Promise<Delivery> {
  const now = parts.clock()
  const wasInterrupted = delivery.state === 'handing-over'
  const attempted: Delivery = {
    ...delivery,
    state: 'handing-over',
    attempts: delivery.attempts + 1,
    possiblyDoubled: delivery.possiblyDoubled + (wasInterrupted ? 1 : 0),
    updatedAt: now.toISOString(),
  }
  await parts.store.commit(async (write) => {
    if (wasInterrupted) await recordInterruption(write, delivery, now)
    const { state, attempts, possiblyDoubled, updatedAt } = attempted
    await write.updateDelivery(delivery.id, { state, attempts, possiblyDoubled, updatedAt })
    await addEvidence(write, delivery, now, 'attempted', { attempt: attempts, relay: parts.relay.kind })
  })
  return attempted
}

async function recordInterruption(write: Writer, delivery: Delivery, now: Date): Promise<void> {
  const detail = { attempt: delivery.attempts, cause: 'ended-during-hand-over', possiblyDoubled: true }
  await addEvidence(write, delivery, now, 'interrupted', detail)
  await appendHistory(write, {
    caseId: delivery.caseId,
    at: now.toISOString(),
    actor: GATEWAY,
    event: 'delivery-possibly-doubled',
    payload: { deliveryId: delivery.id, attempt: delivery.attempts },
  })
}

function throwWherePassing(answer: HandOver, delivery: Delivery): void {
  if (answer.outcome !== 'deferred' && answer.outcome !== 'unknown') return
  throw new GatewayError('relay-unavailable', `The next hop gave no final answer (${answer.outcome})`, {
    retryable: true,
    facts: { deliveryId: delivery.id, attempt: delivery.attempts, smtpCode: answer.smtpCode ?? 0 },
  })
}

import { appendHistory } from '../model/history.ts'
import type { Delivery, DeliveryState, Letter } from '../model/letter.ts'
import type { Writer } from '../model/store.ts'
import type { Instant } from '../model/time.ts'
import { SYSTEM } from './actors.ts'

/** Taken by the next hop, standing in the outbox, or ready to be picked up: the citizen can have it. */
const REACHED: ReadonlySet<DeliveryState> = new Set(['accepted', 'kept', 'available'])

/**
 * Called in the commit in which a delivery changed. Where a decision letter reached its citizen, the case is answered
 * and goes to the archive; anything else, and every repeat, changes nothing. Gives whether the case became answered.
 */
export async function settleLetter(write: Writer, letter: Letter, delivery: Delivery, at: Instant): Promise<boolean> {
  if (letter.kind !== 'decision' || !REACHED.has(delivery.state)) return false
  const decided = await write.case(letter.caseId)
  if (decided?.state !== 'decided') return false
  const { channel, state } = delivery
  await answerCase(write, decided.id, at, { letterId: letter.id, deliveryId: delivery.id, channel, state })
  return true
}

/** Moves a decided case on: answered, with the history that says by what, and with the job that archives it. */
export async function answerCase(
  write: Writer,
  caseId: string,
  at: Instant,
  payload: Readonly<Record<string, string>>,
): Promise<void> {
  await write.updateCase(caseId, { state: 'answered', answeredAt: at })
  await appendHistory(write, { caseId, at, actor: SYSTEM, event: 'answered', payload })
  await write.addJob('archive', caseId, { caseId })
}

import { appendHistory } from '../model/history.ts'
import { newId } from '../model/ids.ts'
import type { Delivery, Letter } from '../model/letter.ts'
import type { Writer } from '../model/store.ts'
import type { PlannedDelivery } from './choose-route.ts'
import { addEvidence, type DeliveryParts, GATEWAY, settleWhereReached } from './delivery-parts.ts'

/**
 * Writes one planned delivery within a commit: row, evidence, history, and where it is to be sent, its job. The
 * Message-ID is minted here, once, and never again.
 * @param facts more for the evidence, e.g. why a key cannot be used
 */
export async function writeDelivery(
  write: Writer,
  letter: Letter,
  plan: PlannedDelivery,
  parts: Pick<DeliveryParts, 'clock' | 'newMessageId' | 'onLetterSettled'>,
  facts: Readonly<Record<string, string>> = {},
): Promise<Delivery> {
  const now = parts.clock()
  const delivery: Delivery = {
    id: newId(now.getTime()),
    letterId: letter.id,
    caseId: letter.caseId,
    channel: plan.channel,
    routeReason: plan.routeReason,
    address: plan.address,
    messageId: plan.state === 'planned' ? parts.newMessageId() : null,
    rawSha256: null,
    rawSize: null,
    state: plan.state,
    attempts: 0,
    possiblyDoubled: 0,
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
  }
  await write.addDelivery(delivery)
  const route = { channel: plan.channel, routeReason: plan.routeReason, ...facts }
  await addEvidence(write, delivery, now, plan.state === 'unsendable' ? 'unsendable' : 'planned', route)
  await appendHistory(write, {
    caseId: letter.caseId,
    at: now.toISOString(),
    actor: GATEWAY,
    event: 'letter-planned',
    payload: { letterId: letter.id, kind: letter.kind, deliveryId: delivery.id, state: plan.state, ...route },
  })
  if (plan.state === 'planned') await write.addJob('deliver', delivery.id, { deliveryId: delivery.id })
  await settleWhereReached(write, letter, delivery, parts)
  return delivery
}

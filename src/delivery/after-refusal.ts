import type { Party } from '../model/case.ts'
import type { Delivery, Letter } from '../model/letter.ts'
import type { HandOver } from '../model/ports.ts'
import type { Writer } from '../model/store.ts'
import { type PlannedDelivery, pickup } from './choose-route.ts'
import type { DeliveryParts } from './delivery-parts.ts'
import { isSendableAddress } from './mail-address.ts'
import { writeDelivery } from './planned-delivery.ts'
import { hasWayIn } from './way-in.ts'

type Refusal = Extract<HandOver, { readonly smtpCode: number | null }>

/**
 * Plans, in the commit that records a definite no, the way that a decision or a notice goes instead: a mail without
 * the documents where those may be what was refused, else pickup, or what a person must do. Receipts and codes end.
 */
export async function planAfterRefusal(
  write: Writer,
  task: { readonly delivery: Delivery; readonly letter: Letter },
  refusal: Refusal,
  parts: Pick<DeliveryParts, 'clock' | 'newMessageId' | 'onLetterSettled' | 'settings'>,
): Promise<void> {
  const { delivery, letter } = task
  if (letter.kind !== 'decision' && letter.kind !== 'notice') return
  const party = await write.party(letter.partyId)
  const others = await write.deliveriesOfLetter(letter.id)
  if (others.some((other) => other.channel === 'pickup')) return
  const notice = party && noticeInstead(delivery, party, refusal)
  const plan =
    notice ?? pickup('mail-refused', await hasWayIn(write, letter, parts.settings.web.publicUrl, parts.clock()))
  await writeDelivery(write, letter, plan, parts, { insteadOf: delivery.id })
}

/** Number and link alone, in clear: to nobody who wrote encrypted or chose otherwise, nor to an address that was refused. */
function noticeInstead(delivery: Delivery, party: Party, refusal: Refusal): PlannedDelivery | null {
  const hadDocuments = delivery.channel === 'plain-mail' || delivery.channel === 'openpgp-mail'
  const isAddressRefused = refusal.refusedAt === undefined || refusal.refusedAt === 'recipient'
  const mayBeInClear = party.chosenChannel === null || party.chosenChannel === 'plain-mail'
  const { address } = delivery
  if (!hadDocuments || isAddressRefused || party.wroteEncrypted || !mayBeInClear) return null
  if (address === null || address !== party.email || !isSendableAddress(address)) return null
  return { channel: 'notice-mail', routeReason: 'mail-refused-with-documents', address, state: 'planned' }
}

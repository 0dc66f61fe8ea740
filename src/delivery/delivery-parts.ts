import type { Actor } from '../model/case.ts'
import { newId } from '../model/ids.ts'
import type { Delivery, DeliveryEvidence, Letter } from '../model/letter.ts'
import type { Log, MailComposer, MailRelay } from '../model/ports.ts'
import type { Settings } from '../model/settings.ts'
import type { Store, Writer } from '../model/store.ts'
import type { Clock } from '../model/time.ts'

/** What the jobs "route-letter" and "deliver" get handed in. */
export interface DeliveryParts {
  readonly store: Store
  readonly composer: MailComposer
  readonly relay: MailRelay
  readonly settings: Pick<Settings, 'municipality' | 'web' | 'receiptsPerAddressAndDay'>
  readonly clock: Clock
  readonly log: Log
  /** Gives a new Message-ID with its angle brackets, in our own domain. */
  readonly newMessageId: () => string
  /** Called in the commit in which a decision letter reached its recipient: moves the case on. */
  readonly onLetterSettled: (write: Writer, letter: Letter, delivery: Delivery) => Promise<void>
}

/** The gateway itself, in a case's history. */
export const GATEWAY: Actor = { kind: 'system', id: null, name: null }

/** Takes an event and its facts (never contents); adds it to the delivery's evidence within the commit. */
export async function addEvidence(
  write: Writer,
  delivery: Pick<Delivery, 'id'>,
  now: Date,
  event: DeliveryEvidence['event'],
  detail: DeliveryEvidence['detail'],
): Promise<void> {
  await write.addEvidence({ id: newId(now.getTime()), deliveryId: delivery.id, at: now.toISOString(), event, detail })
}

/** Calls onLetterSettled where the letter is a decision and can now be had by its recipient. */
export async function settleWhereReached(
  write: Writer,
  letter: Letter,
  delivery: Delivery,
  parts: Pick<DeliveryParts, 'onLetterSettled'>,
): Promise<void> {
  const reached = delivery.state === 'accepted' || delivery.state === 'kept' || delivery.state === 'available'
  if (letter.kind === 'decision' && reached) await parts.onLetterSettled(write, letter, delivery)
}

/**
 * Takes the code for a citizen's key out of its letter, within the caller's commit: from when the mail is made it stands encrypted
 * alone. Whoever reads the store, or the outbox, could else prove a key of their own for somebody else's address.
 */
export async function forgetKeyCode(write: Writer, letter: Letter): Promise<void> {
  if (letter.kind === 'key-code') await write.updateLetter(letter.id, { bodyText: '' })
}

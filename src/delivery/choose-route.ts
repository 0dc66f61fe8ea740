import type { Party } from '../model/case.ts'
import { bearsCode, type Delivery, type DeliveryChannel, type LetterKind } from '../model/letter.ts'
import { isSendableAddress } from './mail-address.ts'

/** One way that a letter goes, or is held back. */
export interface PlannedDelivery {
  readonly channel: DeliveryChannel
  /** Stable code; describeRoute puts it in words. */
  readonly routeReason: string
  readonly address: string | null
  readonly state: Extract<Delivery['state'], 'planned' | 'available' | 'unsendable'>
}

type Recipient = Pick<
  Party,
  | 'email'
  | 'emailProof'
  | 'mayAnswer'
  | 'mayNotAnswerReason'
  | 'wroteEncrypted'
  | 'openpgpKey'
  | 'openpgpSource'
  | 'chosenChannel'
>

/**
 * RFC 3834 is about what goes out by itself. A return path that is not the sender's (mail that was forwarded, or sent
 * by a service) stops receipts: a forged From would make us write to somebody who never wrote (§2, §4). It does not
 * stop a decision, which a person made, nor a code, which somebody who holds the link asked for.
 */
const STOPS_RECEIPTS_ALONE: ReadonlySet<string> = new Set(['return-path-differs'])

/**
 * Takes the kind of a letter, its recipient, whether mail can be encrypted to the recipient's certificate now, and
 * whether the recipient has a link to where letters are picked up; gives the plan. What the recipient chose goes before what we would choose; but who wrote encrypted gets plaintext by
 * no path through here, whatever is chosen.
 */
export function chooseRoute(
  kind: LetterKind,
  party: Recipient,
  given: { readonly keyUsable: boolean; readonly wayIn: boolean },
): readonly PlannedDelivery[] {
  // A receipt that nobody fetches is no harm: what it says stands on the page for whoever gets there.
  const wayIn = given.wayIn || kind === 'receipt'
  const { email } = party
  if (email === null) return withoutMail(kind, null, 'no-address', wayIn)
  if (!mayMail(kind, party)) return withoutMail(kind, email, party.mayNotAnswerReason ?? 'may-not-answer', wayIn)
  if (!isSendableAddress(email)) return withoutMail(kind, email, 'bad-address', wayIn)
  // It proves the key that it is encrypted to: that is another than the one that counts, if any does.
  if (kind === 'key-code') return [byMail('openpgp-mail', 'key-to-be-proven', email)]
  // A code is asked for on the page and is of use only by mail.
  if (party.chosenChannel === 'pickup' && !bearsCode(kind)) return [pickup('chosen-pickup', wayIn)]
  const mayBePlain = party.chosenChannel === 'plain-mail' && !party.wroteEncrypted
  if (given.keyUsable && mayEncrypt(party) && !mayBePlain) return [byMail('openpgp-mail', keyReason(party), email)]
  if (party.wroteEncrypted) return heldBack(kind, email, 'wrote-encrypted-no-key', wayIn)
  if (party.chosenChannel === 'openpgp-mail') return heldBack(kind, email, 'chosen-openpgp-no-key', wayIn)
  return [inClear(kind, party, email)]
}

/** A decision follows a From that is not the return path only where the address is proven to be the sender's. */
function mayMail(kind: LetterKind, party: Recipient): boolean {
  if (party.mayAnswer) return true
  if (!STOPS_RECEIPTS_ALONE.has(party.mayNotAnswerReason ?? '')) return false
  return bearsCode(kind) || (kind !== 'receipt' && party.emailProof !== null)
}

/** Proven by the mail that brought it, chosen in writing, or the only way to answer somebody who wrote encrypted. */
function mayEncrypt(party: Recipient): boolean {
  if (party.openpgpKey === null) return false
  return party.wroteEncrypted || party.emailProof !== null || party.chosenChannel === 'openpgp-mail'
}

function keyReason(party: Recipient): string {
  if (party.openpgpSource === 'wkd') return 'key-from-directory'
  return party.openpgpSource === 'uploaded' ? 'key-uploaded' : 'key-from-sender'
}

/** Receipts and codes carry no documents; of a decision only the case number and the link go out unasked. */
function inClear(kind: LetterKind, party: Recipient, email: string): PlannedDelivery {
  if (kind === 'receipt') return byMail('plain-mail', 'receipt-without-documents', email)
  if (kind === 'one-time-code') return byMail('plain-mail', 'code-to-address', email)
  if (party.chosenChannel === 'plain-mail') return byMail('plain-mail', 'chosen-plain', email)
  return byMail('notice-mail', party.openpgpKey === null ? 'nothing-chosen' : 'key-unusable', email)
}

function heldBack(kind: LetterKind, email: string, reason: string, wayIn: boolean): readonly PlannedDelivery[] {
  const mail: PlannedDelivery = {
    channel: 'openpgp-mail',
    routeReason: reason,
    address: email,
    state: 'unsendable',
  }
  return bearsCode(kind) ? [mail] : [mail, pickup(reason, wayIn)]
}

/** A code cannot be picked up on the page that it opens. */
function withoutMail(
  kind: LetterKind,
  email: string | null,
  reason: string,
  wayIn: boolean,
): readonly PlannedDelivery[] {
  if (!bearsCode(kind)) return [pickup(reason, wayIn)]
  return [{ channel: 'plain-mail', routeReason: reason, address: email, state: 'unsendable' }]
}

/** What lies ready for somebody who has no link to it reaches nobody: then a person must tell them. */
export const pickup = (routeReason: string, wayIn: boolean): PlannedDelivery => ({
  channel: 'pickup',
  routeReason,
  address: null,
  state: wayIn ? 'available' : 'unsendable',
})

const byMail = (channel: DeliveryChannel, routeReason: string, address: string): PlannedDelivery => ({
  channel,
  routeReason,
  address,
  state: 'planned',
})

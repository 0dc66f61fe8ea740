import type { Party } from '../model/case.ts'
import { GatewayError } from '../model/errors.ts'
import { finishJob } from '../model/finish-job.ts'
import type { Job } from '../model/job.ts'
import type { Letter } from '../model/letter.ts'
import type { Writer } from '../model/store.ts'
import { instant } from '../model/time.ts'
import { chooseRoute, type PlannedDelivery, pickup } from './choose-route.ts'
import { type DeliveryParts, forgetKeyCode } from './delivery-parts.ts'
import { usableEncryptionKey } from './openpgp-key.ts'
import { writeDelivery } from './planned-delivery.ts'
import { hasWayIn } from './way-in.ts'

/**
 * The job "route-letter" (payload: letterId): writes down how the letter goes to its party, before anything is sent.
 * A letter that has deliveries already keeps them, so the job may run any number of times.
 * @throws GatewayError not-found
 */
export async function routeLetter(job: Job, parts: DeliveryParts): Promise<void> {
  const letterId = job.payload['letterId'] ?? job.key
  const letter = await parts.store.letter(letterId)
  if (!letter) throw new GatewayError('not-found', 'There is no such letter', { facts: { letterId } })
  const party = await parts.store.party(letter.partyId)
  if (!party) throw new GatewayError('not-found', 'The letter has no party', { facts: { letterId } })
  const keyProblem = await findKeyProblem(party, parts.clock())
  await parts.store.commit(async (write) => {
    if ((await write.deliveriesOfLetter(letter.id)).length === 0) {
      const facts: Record<string, string> = keyProblem === null || party.openpgpKey === null ? {} : { keyProblem }
      const wayIn = await hasWayIn(write, letter, parts.settings.web.publicUrl, parts.clock())
      const chosen = chooseRoute(letter.kind, party, { keyUsable: keyProblem === null, wayIn })
      const plans = (await isOneTooMany(write, letter, chosen, parts)) ? [pickup('answered-often', true)] : chosen
      for (const plan of plans) await writeDelivery(write, letter, plan, parts, facts)
      if (plans.every(({ state }) => state === 'unsendable')) await forgetKeyCode(write, letter)
    }
    await finishJob(write, job)
  })
  parts.log.info({ letterId, kind: letter.kind }, 'letter routed')
}

const DAY_MS = 86_400_000

/** Receipts go out by themselves: a robot that answers them would get one for each answer (RFC 3834 §2). What people ask for or decide goes out. */
async function isOneTooMany(
  write: Writer,
  { kind }: Letter,
  [plan]: readonly PlannedDelivery[],
  { settings, clock }: DeliveryParts,
): Promise<boolean> {
  if (kind !== 'receipt' || plan?.state !== 'planned' || plan.address === null) return false
  const since = instant(new Date(clock().getTime() - DAY_MS))
  return (await write.countMailsTo(plan.address, since)) >= settings.receiptsPerAddressAndDay
}

/** Why mail cannot be encrypted to this party now; null where it can. */
async function findKeyProblem(party: Party, at: Date): Promise<string | null> {
  if (party.openpgpKey === null) return 'no-key'
  const check = await usableEncryptionKey(party.openpgpKey, at)
  return check.usable ? null : check.reason
}

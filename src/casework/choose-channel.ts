import type { Party } from '../model/case.ts'
import { GatewayError } from '../model/errors.ts'
import { appendHistory } from '../model/history.ts'
import type { Reader, Store } from '../model/store.ts'
import { type Clock, instant } from '../model/time.ts'
import { citizenOf } from './actors.ts'

/** Null: nothing chosen, so that a mail says no more than that there is an answer. */
export type ChosenChannel = Party['chosenChannel']

/** How a citizen gets the answer, and how else they may have it. */
export interface ChannelChoice {
  readonly partyId: string
  readonly chosen: ChosenChannel
  readonly offered: readonly ChosenChannel[]
}

/**
 * Gives what the one party of an open case may choose; null where there is nothing to choose: the answer was decided
 * on, and may be on its way, or there are several parties, of whom a session does not tell which one it is.
 */
export async function channelChoice(read: Reader, caseId: string): Promise<ChannelChoice | null> {
  if ((await read.case(caseId))?.state !== 'with-caseworker') return null
  const [party, ...others] = await read.partiesOfCase(caseId)
  if (!party || party.email === null || others.length > 0) return null
  return { partyId: party.id, chosen: party.chosenChannel, offered: offeredTo(party) }
}

/** Who wrote encrypted is offered nothing in clear, not even a notice. Plain mail goes to a proven address alone. */
function offeredTo(party: Party): readonly ChosenChannel[] {
  const hasKey = party.openpgpKey !== null
  const unencrypted: readonly ChosenChannel[] = hasKey ? [] : [null]
  return [
    ...(hasKey ? (['openpgp-mail'] as const) : []),
    ...(party.wroteEncrypted ? [] : unencrypted),
    ...(party.wroteEncrypted || party.emailProof === null ? [] : (['plain-mail'] as const)),
    'pickup',
  ]
}

/**
 * Records what a citizen chose who had just given a one-time code, with when and by what; the same again changes
 * nothing. @throws GatewayError wrong-state where nothing can be chosen (any more); forbidden for what is not offered
 */
export async function chooseChannel(
  choice: { readonly caseId: string; readonly channel: ChosenChannel },
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): Promise<void> {
  const { caseId, channel } = choice
  await store.commit(async (write) => {
    const now = await channelChoice(write, caseId)
    if (!now) throw new GatewayError('wrong-state', 'There is nothing to choose in this case', { facts: { caseId } })
    if (!now.offered.includes(channel)) {
      throw new GatewayError('forbidden', 'This way is not offered to this party', { facts: { caseId } })
    }
    if (now.chosen === channel) return
    await write.updateParty(now.partyId, { chosenChannel: channel })
    await appendHistory(write, {
      caseId,
      at: instant(clock()),
      actor: citizenOf(caseId),
      event: 'channel-chosen',
      payload: { partyId: now.partyId, channel, channelBefore: now.chosen, means: 'one-time-code' },
    })
  })
}

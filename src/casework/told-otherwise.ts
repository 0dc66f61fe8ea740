import type { Actor } from '../model/case.ts'
import { GatewayError } from '../model/errors.ts'
import { appendHistory } from '../model/history.ts'
import type { DeliveryState, Letter } from '../model/letter.ts'
import type { Reader, Store } from '../model/store.ts'
import { type Clock, instant } from '../model/time.ts'
import { answerCase } from './settle-letter.ts'

const MAX_NOTE = 4000
const UNDER_WAY: ReadonlySet<DeliveryState> = new Set(['planned', 'handing-over', 'waiting'])

/**
 * Takes a case; gives its decision letter where that reached nobody and no way is left that the gateway could go by
 * itself: a person must tell the citizen. Null in every other case.
 */
export async function findUntold(read: Reader, caseId: string): Promise<Letter | null> {
  if ((await read.case(caseId))?.state !== 'decided') return null
  const letter = await read.letterByCause(`decision:${caseId}`)
  const deliveries = letter ? await read.deliveriesOfLetter(letter.id) : []
  if (!letter || deliveries.length === 0) return null
  const underWay = deliveries.filter(({ state }) => UNDER_WAY.has(state))
  if (underWay.length === 0) return letter
  // What was given up after days of waiting goes nowhere either, unless an admin has it tried again.
  const dead = new Set((await read.listJobs({ kinds: ['deliver'], states: ['dead'] })).map(({ key }) => key))
  return underWay.every(({ id }) => dead.has(id)) ? letter : null
}

/**
 * A person says that the citizen was told of the decision by other means, by letter or telephone, and how: the case
 * is answered, with that in its history. @throws GatewayError wrong-state where the gateway told them, or still may;
 * invalid-request without a note; forbidden unless a person says so
 */
export async function settleToldOtherwise(
  told: { readonly caseId: string; readonly actor: Actor; readonly note: string },
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): Promise<void> {
  const { caseId, actor } = told
  const note = told.note.trim()
  if (actor.kind !== 'caseworker' && actor.kind !== 'admin') {
    throw new GatewayError('forbidden', 'Only a caseworker says that the citizen was told')
  }
  if (note === '' || note.length > MAX_NOTE) {
    throw new GatewayError('invalid-request', `A note of at most ${MAX_NOTE} characters is needed`)
  }
  await store.commit(async (write) => {
    const letter = await findUntold(write, caseId)
    if (!letter) {
      throw new GatewayError('wrong-state', 'This decision is not one that reached nobody', { facts: { caseId } })
    }
    const at = instant(clock())
    const payload = { letterId: letter.id, note }
    await appendHistory(write, { caseId, at, actor, event: 'told-otherwise', payload })
    await answerCase(write, caseId, at, { letterId: letter.id, means: 'told-otherwise' })
  })
}

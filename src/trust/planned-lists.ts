import type { Reader } from '../model/store.ts'
import type { Instant } from '../model/time.ts'
import { anchorsFor, type CountingAnchor, enabledAnchors, type JudgedPurpose } from '../model/trust-list.ts'
import type { TrustStep } from '../model/trust-proposal.ts'
import { anchorsAfter } from './steps.ts'

/** What counts for a purpose now, and what would count after a change. */
export interface PresentAndPlanned {
  readonly present: readonly CountingAnchor[]
  readonly planned: readonly CountingAnchor[]
}

/** Gives the lists as they are and as they would be after the steps. @throws GatewayError malformed-der */
export async function plannedLists(
  steps: readonly TrustStep[],
  read: Reader,
  at: Instant,
): Promise<Readonly<Record<JudgedPurpose, PresentAndPlanned>>> {
  const present = await read.listAnchors()
  const after = anchorsAfter(present, steps, at)
  const own = new Set([...present, ...after].map(({ sha256 }) => sha256))
  const listsFor = async (purpose: JudgedPurpose): Promise<PresentAndPlanned> => {
    const counting = await enabledAnchors(read, purpose, at)
    // What counts by other means than by an anchor of ours stays as it is.
    return {
      present: counting,
      planned: [...counting.filter(({ sha256 }) => !own.has(sha256)), ...anchorsFor(after, purpose, at)],
    }
  }
  return { document: await listsFor('document'), mail: await listsFor('mail') }
}

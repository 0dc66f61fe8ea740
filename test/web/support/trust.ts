import type { Settings } from '../../../src/model/settings.ts'
import {
  concernedBy,
  confirmChange,
  declineChange,
  draftChange,
  listSteps,
  listsIn,
  lookAtProposal,
  obstacleTo,
  type ProposalParts,
  stepOf,
} from '../../../src/trust/index.ts'
import type { WebDeps } from '../../../src/web/index.ts'
import { silentLog } from '../../casework/scene.ts'
import type { MemoryStore } from '../../support/memory-store.ts'
import type { Called } from './fakes.ts'

type OfTrust = 'planTrust' | 'planLists' | 'plannedTrust' | 'openProposals' | 'confirmTrust' | 'declineTrust'

const noListOfLists = async () => ({ url: 'https://lists.example/lotl.xml', signers: [] })

/** Changes of trust as they are, over a store in memory in which no case waits; each call is noted. */
export function trustOver(
  store: MemoryStore,
  clock: () => Date,
  settings: Settings,
  called: Called[],
): Pick<WebDeps, OfTrust> {
  const verify = async () => {
    throw new Error('nothing waits here')
  }
  const parts: ProposalParts = { store, clock, settings, fetcher: null, log: silentLog, sandbox: { verify } }
  const places = { candidateAnchors: async () => ({ anchors: [], missing: [] }), catalogue: async () => [] }
  return {
    planTrust: async (ask) => {
      called.push({ name: 'planTrust', with: ask })
      const steps = [await stepOf(ask.wanted, places)]
      return (await draftChange({ steps, reason: ask.reason, by: ask.actor }, parts)).id
    },
    planLists: async (ask) => {
      called.push({ name: 'planLists', with: ask })
      const steps = await listSteps(ask.wanted, { store, clock, fetcher: null, listOfLists: noListOfLists })
      return (await draftChange({ steps, reason: ask.reason, by: ask.actor }, parts)).id
    },
    plannedTrust: async ({ id, actor }) => {
      const proposal = await lookAtProposal(id, actor, parts)
      const concerned = await concernedBy(proposal.steps, store)
      const anchors = concerned.map(({ anchor, ...about }) => ({ ...about, ...anchor, words: null }))
      const [lists, obstacle] = [await listsIn(proposal.steps, store), await obstacleTo(proposal, parts)]
      return { proposal, anchors, lists, obstacle }
    },
    openProposals: () => store.listProposals(['open']),
    confirmTrust: ({ id, seen, actor }) => {
      called.push({ name: 'confirmTrust', with: id })
      return confirmChange({ id, seen, by: actor }, parts)
    },
    declineTrust: ({ id, reason, actor }) => {
      called.push({ name: 'declineTrust', with: id })
      return declineChange({ id, reason, by: actor }, parts)
    },
  }
}

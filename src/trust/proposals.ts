import type { Actor } from '../model/case.ts'
import { asGatewayError, GatewayError } from '../model/errors.ts'
import { newId } from '../model/ids.ts'
import type { Settings } from '../model/settings.ts'
import type { Writer } from '../model/store.ts'
import { type Instant, instant } from '../model/time.ts'
import { trustStamp } from '../model/trust-list.ts'
import type { Effects, TrustProposal, TrustStep } from '../model/trust-proposal.ts'
import { planRejudge } from './anchors.ts'
import { effectsOf } from './effects.ts'
import type { JudgeParts } from './judge-document.ts'
import { recordedListFacts } from './lists/use-list.ts'
import { policyReview } from './policy-review.ts'
import { putOnRecord } from './record-change.ts'
import { mayBeOneHand } from './same-hand.ts'
import { carryOut, certificatesOf } from './steps.ts'

export interface ProposalParts extends JudgeParts {
  readonly settings: JudgeParts['settings'] & Pick<Settings, 'trust'>
}

/** Somebody looks at it and goes away: nobody confirmed it, and it is removed. */
const DRAFT_MS = 60 * 60 * 1000
/** The other admin may be on holiday. */
const OPEN_MS = 14 * 24 * 60 * 60 * 1000

/**
 * Keeps a change of trust that an admin thinks of, after trying that it would not be refused. Nothing of trust changes.
 * @throws GatewayError what carryOut throws
 */
export async function draftChange(
  wanted: { readonly steps: readonly TrustStep[]; readonly reason: string; readonly by: Actor },
  parts: ProposalParts,
): Promise<TrustProposal> {
  const { store, clock } = parts
  mustBeAdmin(wanted.by)
  const draft = await newProposal(wanted, 'draft', DRAFT_MS, parts)
  await tryOut(draft, parts)
  await store.commit(async (write) => {
    await write.removeDrafts(instant(clock()))
    await write.addProposal(draft)
  })
  return draft
}

/**
 * Keeps a change as proposed by somebody who has no account (the command line), for an admin to confirm.
 * @throws GatewayError what carryOut throws
 */
export async function proposeChange(
  wanted: { readonly steps: readonly TrustStep[]; readonly reason: string; readonly by: Actor },
  parts: Pick<ProposalParts, 'store' | 'clock'>,
): Promise<TrustProposal> {
  const proposal = await newProposal(wanted, 'open', OPEN_MS, parts)
  await tryOut(proposal, parts)
  await parts.store.commit(async (write) => {
    await write.addProposal(proposal)
    await recordProposal(write, 'trust-proposed', proposal, wanted.by, instant(parts.clock()))
  })
  return proposal
}

async function newProposal(
  { steps, reason, by }: { readonly steps: readonly TrustStep[]; readonly reason: string; readonly by: Actor },
  state: TrustProposal['state'],
  ms: number,
  { store, clock }: Pick<ProposalParts, 'store' | 'clock'>,
): Promise<TrustProposal> {
  if (reason.trim() === '') throw new GatewayError('invalid-request', 'A change of trust needs its reason')
  const now = clock()
  return {
    id: newId(now.getTime()),
    state,
    steps,
    reason,
    proposedBy: by,
    madeAt: instant(now),
    expiresAt: instant(new Date(now.getTime() + ms)),
    trustStamp: await trustStamp(store, instant(now)),
    effects: null,
    settledAt: null,
    settledBy: null,
    settledReason: null,
  }
}

const UNDO = Symbol('undo')

/** Does it in a commit that is undone: what is refused is said before anybody is asked to confirm it. */
async function tryOut(proposal: TrustProposal, { store }: Pick<ProposalParts, 'store'>): Promise<void> {
  const { steps, reason, proposedBy: actor, madeAt: at } = proposal
  try {
    await store.commit(async (write) => {
      await carryOut(write, steps, { actor, reason, at })
      throw UNDO
    })
  } catch (thrown) {
    if (thrown !== UNDO) throw thrown
  }
}

/** Says why a change would be refused now, though it was not when it was planned: another one came before it. Null: it would not be. */
export async function obstacleTo(
  proposal: TrustProposal,
  parts: Pick<ProposalParts, 'store'>,
): Promise<GatewayError | null> {
  try {
    await tryOut(proposal, parts)
    return null
  } catch (thrown) {
    const fault = asGatewayError(thrown)
    if (fault.code === 'internal' || fault.retryable || fault.code.startsWith('storage-')) throw thrown
    return fault
  }
}

/**
 * Gives a draft or an open proposal with its effects by the present state of trust; they are told anew where that changed.
 * @throws GatewayError not-found (none, or another's draft), gone (settled, or too late)
 */
export async function lookAtProposal(id: string, by: Actor, parts: ProposalParts): Promise<TrustProposal> {
  const { store, clock } = parts
  const found = await mustBeUsable(await store.proposal(id), by, instant(clock()))
  const stamp = await trustStamp(store, instant(clock()))
  if (found.effects !== null && found.trustStamp === stamp) return found
  const told = { trustStamp: stamp, effects: await effectsOfSteps(found.steps, parts) }
  await store.commit(async (write) => {
    const now = await write.proposal(id)
    if (now && (now.state === 'draft' || now.state === 'open')) await write.updateProposal(id, told)
  })
  return { ...found, ...told }
}

/** Of a change of policy a job has told them already: it is about every document of every open case. */
async function effectsOfSteps(steps: readonly TrustStep[], parts: ProposalParts): Promise<Effects> {
  const policy = steps.find((step) => step.do === 'apply-policy')
  const review = policy ? await policyReview(parts.store) : null
  return review?.effects ?? (await effectsOf(steps, parts))
}

/** Who sees a proposal at all. */
function mustBeUsable(found: TrustProposal | null, by: Actor, now: Instant): TrustProposal {
  if (!found || (found.state === 'draft' && found.proposedBy.id !== by.id)) {
    throw new GatewayError('not-found', 'There is no such change')
  }
  if ((found.state !== 'draft' && found.state !== 'open') || found.expiresAt <= now) {
    throw new GatewayError('gone', 'This change is settled, or it is too late for it', { facts: { what: 'proposal' } })
  }
  return found
}

export type Confirmed = 'carried-out' | 'proposed' | 'changed-meanwhile'

/**
 * An admin confirms what they were shown (SEEN: the state of trust by which its effects were told). Where a second admin
 * is asked for, a draft becomes a proposal, and only another account can make it a change.
 * @throws GatewayError not-found, gone, forbidden (no admin; the same account; an account that the same hand may hold), and
 * what carryOut throws
 */
export async function confirmChange(
  ask: { readonly id: string; readonly seen: string; readonly by: Actor },
  parts: ProposalParts,
): Promise<Confirmed> {
  const { store, clock, settings } = parts
  mustBeAdmin(ask.by)
  return store.commit(async (write) => {
    const at = instant(clock())
    const found = mustBeUsable(await write.proposal(ask.id), ask.by, at)
    if ((await trustStamp(write, at)) !== ask.seen) return 'changed-meanwhile'
    if (settings.trust.secondAdmin && found.state === 'draft') {
      const expiresAt = instant(new Date(clock().getTime() + OPEN_MS))
      await write.updateProposal(found.id, { state: 'open', expiresAt })
      await recordProposal(write, 'trust-proposed', found, ask.by, at)
      return 'proposed'
    }
    if (settings.trust.secondAdmin) await mustBeAnother(write, found, ask.by, at)
    const { steps, reason, proposedBy } = found
    const proposed = found.state === 'open' ? { proposedBy } : {}
    await carryOut(write, steps, { actor: ask.by, reason, at, ...proposed })
    if (steps.some((step) => step.do !== 'apply-policy')) await planRejudge(write, at)
    await write.updateProposal(found.id, { state: 'carried-out', settledAt: at, settledBy: ask.by })
    return 'carried-out'
  })
}

/** An admin says no to an open proposal, or takes their own back. @throws GatewayError as confirmChange, invalid-request */
export async function declineChange(
  ask: { readonly id: string; readonly reason: string; readonly by: Actor },
  { store, clock }: Pick<ProposalParts, 'store' | 'clock'>,
): Promise<void> {
  mustBeAdmin(ask.by)
  if (ask.reason.trim() === '') throw new GatewayError('invalid-request', 'A no needs its reason')
  await store.commit(async (write) => {
    const at = instant(clock())
    const found = mustBeUsable(await write.proposal(ask.id), ask.by, at)
    const settled = { settledAt: at, settledBy: ask.by, settledReason: ask.reason }
    await write.updateProposal(found.id, { state: 'declined', ...settled })
    // A draft was nobody's business yet.
    if (found.state === 'open') await recordProposal(write, 'trust-proposal-declined', found, ask.by, at, ask.reason)
  })
}

/** Ends the proposals whose time is over, each on record. */
export async function expireProposals(write: Writer, at: Instant): Promise<void> {
  await write.removeDrafts(at)
  const open = await write.listProposals(['open'])
  for (const found of open.filter(({ expiresAt }) => expiresAt <= at)) {
    const by: Actor = { kind: 'system', id: null, name: null }
    await write.updateProposal(found.id, { state: 'expired', settledAt: at, settledBy: by })
    await recordProposal(write, 'trust-proposal-expired', found, by, at)
  }
}

function mustBeAdmin(by: Actor): void {
  if (by.kind !== 'admin') throw new GatewayError('forbidden', 'Only an admin changes trust')
}

/**
 * Four eyes: never the account that proposed, nor one that was made, or given a new link to its password, since then:
 * whoever proposed could hold it. For a week, that goes for one made before, too, where the same hand may be behind both.
 */
async function mustBeAnother(write: Writer, found: TrustProposal, by: Actor, now: Instant): Promise<void> {
  const account = by.id === null ? null : await write.account(by.id)
  const history = await write.adminHistory()
  const since = history.filter(({ at }) => at >= found.madeAt)
  const renewed = since.some(
    ({ event, payload }) =>
      (event === 'account-invited' || event === 'account-link-renewed') && payload?.['account'] === by.id,
  )
  if (account?.role === 'admin' && !renewed && !mayBeOneHand(found.proposedBy, by, history, now)) return
  throw new GatewayError('forbidden', 'Another admin must confirm this', { facts: { what: 'second-admin' } })
}

type ProposalEvent = 'trust-proposed' | 'trust-proposal-declined' | 'trust-proposal-expired'

async function recordProposal(
  write: Writer,
  event: ProposalEvent,
  { id, steps, reason, proposedBy }: TrustProposal,
  actor: Actor,
  at: Instant,
  why?: string,
): Promise<void> {
  const payload = { proposal: id, reason, proposedBy, steps: steps.map(inBrief), ...(why ? { why } : {}) }
  await putOnRecord(write, { at, actor, event, payload })
}

/** The step as the record tells it: fingerprints, not bytes. */
function inBrief(step: TrustStep): Readonly<Record<string, unknown>> {
  if (step.do === 'add') {
    return { ...step, certificates: certificatesOf(step).map(({ sha256, subject }) => ({ sha256, subject })) }
  }
  if (step.do !== 'use-list') return step
  const { territory } = step.list
  return { do: step.do, territory, list: recordedListFacts(step.list), certificates: step.entries.length }
}

import type { Actor, Case, Decision } from '../model/case.ts'
import { GatewayError } from '../model/errors.ts'
import { appendHistory } from '../model/history.ts'
import { nameSeenDocuments } from '../model/seen-documents.ts'
import type { Store } from '../model/store.ts'
import { type Clock, instant } from '../model/time.ts'

const MAX_REASON = 10_000

export interface DecideParts {
  readonly store: Store
  readonly clock: Clock
}

interface Decide {
  readonly caseId: string
  readonly actor: Actor
  /** nameSeenDocuments of what the person had before them; where it is given, nothing unseen is decided on. */
  readonly seen?: string
}

/**
 * Approves a case: decision, history and the job that carries it out are one commit. Gives the case as decided.
 * @throws GatewayError not-found; wrong-state where somebody decided it already, or (fact documentsChanged) where
 * documents came in since it was looked at; forbidden unless a person decides
 */
export function approveCase(decision: Decide & { readonly reason?: string }, parts: DecideParts): Promise<Case> {
  return decide('approved', decision, decision.reason?.trim() || null, parts)
}

/**
 * Rejects a case, with the reason that the citizen reads. Gives the case as decided.
 * @throws GatewayError as approveCase; invalid-request without a reason (forvaltningsloven § 22)
 */
export async function rejectCase(decision: Decide & { readonly reason: string }, parts: DecideParts): Promise<Case> {
  const reason = decision.reason.trim()
  if (!reason) throw new GatewayError('invalid-request', 'A rejection needs a reason')
  return decide('rejected', decision, reason, parts)
}

async function decide(
  decision: Decision,
  { caseId, actor, seen }: Decide,
  reason: string | null,
  { store, clock }: DecideParts,
): Promise<Case> {
  if (actor.kind !== 'caseworker' && actor.kind !== 'admin') {
    throw new GatewayError('forbidden', 'Only a caseworker decides')
  }
  if (reason !== null && reason.length > MAX_REASON) {
    throw new GatewayError('invalid-request', `A reason has at most ${MAX_REASON} characters`)
  }
  return store.commit(async (write) => {
    const before = await write.case(caseId)
    if (!before) throw new GatewayError('not-found', 'There is no such case', { facts: { caseId } })
    if (before.state !== 'with-caseworker') {
      throw new GatewayError('wrong-state', 'This case is decided already', { facts: { caseId, state: before.state } })
    }
    // Approval stamps every document of the case: one that came in unseen must not be among them.
    if (seen !== undefined && seen !== nameSeenDocuments(await write.documentsOfCase(caseId))) {
      throw new GatewayError('wrong-state', 'Documents came in since this case was looked at', {
        facts: { caseId, documentsChanged: true },
      })
    }
    const decidedAt = instant(clock())
    const change = {
      state: 'decided',
      decision,
      decidedAt,
      decidedBy: actor.name ?? actor.id,
      decisionReason: reason,
    } as const
    await write.updateCase(caseId, change)
    await appendHistory(write, {
      caseId,
      at: decidedAt,
      actor,
      event: decision,
      payload: { reason, indication: before.indication },
    })
    await write.addJob(decision === 'approved' ? 'approve' : 'reject', caseId, { caseId })
    return { ...before, ...change }
  })
}

import type { Actor, Case } from '../model/case.ts'
import { GatewayError } from '../model/errors.ts'
import { appendHistory } from '../model/history.ts'
import { nameSeenDocuments } from '../model/seen-documents.ts'
import type { Store } from '../model/store.ts'
import { type Clock, instant } from '../model/time.ts'
import { putDocuments } from './add-to-case.ts'
import { judgedDocuments } from './judged.ts'

/**
 * A person puts a case into another that it belongs to, as where a reply came from an address that nothing proves: what was handed in stands
 * in the other case from then on, and this one is joined, which is the end of it. Its tracking links go on saying so, and
 * no more: its sender is not known to be a party of the other. Gives the case that goes on.
 * @param join.seen nameSeenDocuments of what the person had before them
 * @throws GatewayError not-found, with the fact number where there is no such other case; invalid-request for the case itself; wrong-state
 * where one of them is decided, or where something came in meanwhile (fact documentsChanged) or is still being checked (stillChecking);
 * forbidden unless a person joins them
 */
export async function joinCases(
  join: { readonly caseId: string; readonly into: string; readonly seen: string; readonly actor: Actor },
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): Promise<Case> {
  const { caseId, into, actor } = join
  if (actor.kind !== 'caseworker' && actor.kind !== 'admin') {
    throw new GatewayError('forbidden', 'Only a caseworker joins cases')
  }
  const submissions = await store.submissionsOfCase(caseId)
  const judged = await Promise.all(
    submissions.map(async (submission) => ({
      submission,
      documents: await judgedDocuments(store, await store.documentsOfSubmission(submission.id)),
    })),
  )
  return store.commit(async (write) => {
    const row = await write.case(caseId)
    if (!row) throw new GatewayError('not-found', 'There is no such case', { facts: { caseId } })
    let other = await write.caseByNumber(into)
    if (!other) throw new GatewayError('not-found', 'There is no case with this number', { facts: { number: into } })
    if (other.id === row.id) throw new GatewayError('invalid-request', 'A case cannot be joined with itself')
    for (const one of [row, other]) {
      if (one.state !== 'with-caseworker') {
        throw new GatewayError('wrong-state', 'A case that is decided joins no other', {
          facts: { caseId: one.id, state: one.state },
        })
      }
    }
    const now = await write.submissionsOfCase(caseId)
    if (now.some(({ state }) => state !== 'cased')) {
      throw new GatewayError('wrong-state', 'Something of this case is still being checked', {
        facts: { caseId, stillChecking: true },
      })
    }
    if (join.seen !== nameSeenDocuments(await write.documentsOfCase(caseId)) || now.length !== submissions.length) {
      throw new GatewayError('wrong-state', 'Documents came in since this case was looked at', {
        facts: { caseId, documentsChanged: true },
      })
    }
    const at = clock()
    await appendHistory(write, {
      ...{ caseId: other.id, at: instant(at), actor, event: 'case-joined' },
      payload: { number: row.number, submissionIds: submissions.map(({ id }) => id) },
    })
    for (const { submission, documents } of judged) {
      other = await putDocuments(write, other, { submission, documents, now: at }, { actor, means: 'joined-by-hand' })
    }
    // What could not be fetched yet, or waits to be judged anew, does so for the documents where they stand now.
    for (const { key, payload, runAt } of await write.listJobs({ kinds: ['rejudge'], states: ['ready', 'leased'] })) {
      if (payload['caseId'] !== caseId) continue
      await write.addJob('rejudge', `${key}:${other.id}`, { ...payload, caseId: other.id }, runAt)
    }
    await write.updateCase(caseId, { state: 'joined' })
    await appendHistory(write, {
      ...{ caseId, at: instant(at), actor, event: 'joined-into' },
      payload: { number: other.number },
    })
    return other
  })
}

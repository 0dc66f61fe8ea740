import type { Case, Decision, Party } from '../model/case.ts'
import { GatewayError } from '../model/errors.ts'
import { finishJob } from '../model/finish-job.ts'
import { appendHistory } from '../model/history.ts'
import { hashToken, newId, newToken } from '../model/ids.ts'
import type { Job } from '../model/job.ts'
import type { Log } from '../model/ports.ts'
import type { Settings } from '../model/settings.ts'
import type { Store, Writer } from '../model/store.ts'
import { type Clock, instant } from '../model/time.ts'
import { SYSTEM } from './actors.ts'
import { type ApprovedCopy, type ApprovedCopyParts, makeApprovedCopies } from './approved-copy.ts'
import { decisionText } from './letter-texts.ts'
import type { LetterLinks } from './ports.ts'
import { mintToken, storeToken } from './tokens.ts'

export interface CarryOutParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly settings: Pick<Settings, 'municipality'>
  readonly letterLinks: LetterLinks
}

/**
 * Job "approve", key: case id. Makes the stamped and sealed copies, the genuineness token and the decision letter.
 * All of it becomes true in the commit that finishes the job: killed before, a repeat begins anew with a token of its
 * own; killed after, it finds the letter there and only finishes.
 */
export async function carryOutApproval(job: Job, parts: CarryOutParts & ApprovedCopyParts): Promise<void> {
  const decided = await mustBeDecided(job.key, 'approved', parts.store)
  if (await parts.store.letterByCause(`decision:${decided.id}`)) {
    return parts.store.commit((write) => finishJob(write, job))
  }
  const token = newToken()
  const genuineUrl = parts.letterLinks.genuine(token)
  const copies = await makeApprovedCopies(decided, genuineUrl, parts)
  await parts.store.commit(async (write) => {
    if (!(await write.letterByCause(`decision:${decided.id}`))) {
      await storeToken(write, token, { kind: 'genuine', caseId: decided.id, submissionId: null, now: parts.clock() })
      for (const { document, blob } of copies) {
        await write.keepBlob(blob)
        await write.addDocument(document)
      }
      await addHistoryOfCopies(write, decided, copies, token, parts)
      await addDecisionLetter(write, decided, copies, copies.length > 0 ? genuineUrl : null, parts)
    }
    await finishJob(write, job)
  })
  parts.log.info({ caseId: decided.id, copies: copies.length }, 'approval carried out')
}

/** Job "reject", key: case id. Writes the decision letter with its reason, in the commit that finishes the job. */
export async function carryOutRejection(job: Job, parts: CarryOutParts): Promise<void> {
  const decided = await mustBeDecided(job.key, 'rejected', parts.store)
  await parts.store.commit(async (write) => {
    if (!(await write.letterByCause(`decision:${decided.id}`))) {
      await addDecisionLetter(write, decided, [], null, parts)
    }
    await finishJob(write, job)
  })
  parts.log.info({ caseId: decided.id }, 'rejection carried out')
}

async function mustBeDecided(caseId: string, decision: Decision, store: Store): Promise<Case> {
  const decided = await store.case(caseId)
  if (!decided) throw new GatewayError('not-found', 'There is no such case', { facts: { caseId } })
  if (decided.decision !== decision) {
    throw new GatewayError('wrong-state', `This case is not ${decision}`, { facts: { caseId, state: decided.state } })
  }
  return decided
}

async function addHistoryOfCopies(
  write: Writer,
  decided: Case,
  copies: readonly ApprovedCopy[],
  token: string,
  { clock }: CarryOutParts,
): Promise<void> {
  await appendHistory(write, {
    caseId: decided.id,
    at: instant(clock()),
    actor: SYSTEM,
    event: 'sealed',
    payload: {
      genuineTokenHash: hashToken(token),
      copies: copies.map(({ document }) => ({
        documentId: document.id,
        sha256: document.sha256,
        derivedFrom: document.derivedFrom,
      })),
    },
  })
}

async function addDecisionLetter(
  write: Writer,
  decided: Case,
  copies: readonly ApprovedCopy[],
  genuineUrl: string | null,
  { clock, settings, letterLinks }: CarryOutParts,
): Promise<void> {
  const now = clock()
  const sender = await senderOf(write, decided.id)
  const token = await mintToken(write, { kind: 'tracking', caseId: decided.id, submissionId: null, now })
  const text = decisionText(decided.language, {
    caseNumber: decided.number,
    municipality: settings.municipality,
    trackingUrl: letterLinks.tracking(token),
    decision: decided.decision ?? 'rejected',
    reason: decided.decisionReason,
    decidedBy: decided.decidedBy ?? settings.municipality.name,
    genuineUrl,
    copies: copies.length,
  })
  const id = newId(now.getTime())
  await write.addLetter({
    id,
    cause: `decision:${decided.id}`,
    caseId: decided.id,
    partyId: sender.id,
    kind: 'decision',
    language: decided.language,
    subject: text.subject,
    bodyText: text.body,
    documentIds: copies.map(({ document }) => document.id),
    createdAt: instant(now),
  })
  await write.addJob('route-letter', id, { letterId: id })
}

async function senderOf(write: Writer, caseId: string): Promise<Party> {
  const sender = (await write.partiesOfCase(caseId)).find((party) => party.role === 'sender')
  if (!sender) throw new GatewayError('internal', 'This case has no sender', { facts: { caseId } })
  return sender
}

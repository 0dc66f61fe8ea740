import type { Case, HistoryEntry, Party } from '../model/case.ts'
import type { Document, Verification } from '../model/document.ts'
import { GatewayError } from '../model/errors.ts'
import type { Delivery, DeliveryEvidence, Letter } from '../model/letter.ts'
import type { Preservation } from '../model/preservation.ts'
import type { Reader } from '../model/store.ts'
import type { Submission } from '../model/submission.ts'
import type { Instant } from '../model/time.ts'
import type { ValidationData } from '../model/validation-data.ts'

/** Where a package's view of its case ends: what happened later is no part of it, so that a repeat sees the same. */
export interface Cutoff {
  readonly at: Instant
  /** The last entry of the history that belongs in the package. */
  readonly historySeq: number
}

/** A case with all that is kept of it, as rows; bytes stay in the store until they are written. */
export interface Dossier {
  readonly case: Case
  readonly parties: readonly Party[]
  readonly submissions: readonly Submission[]
  readonly documents: readonly { readonly document: Document; readonly verification: Verification | null }[]
  /** Archive time-stamps over what is kept, oldest first. */
  readonly preservations: readonly Preservation[]
  /** What was fetched for the verdicts on its documents, and for its time-stamps. */
  readonly validationData: readonly ValidationData[]
  readonly history: readonly HistoryEntry[]
  readonly letters: readonly {
    readonly letter: Letter
    readonly deliveries: readonly { readonly delivery: Delivery; readonly evidence: readonly DeliveryEvidence[] }[]
  }[]
}

/** Gathers a case's rows as they stood at the cutoff. @throws GatewayError not-found */
export async function gatherDossier(read: Reader, caseId: string, cutoff: Cutoff): Promise<Dossier> {
  const row = await read.case(caseId)
  if (!row) throw new GatewayError('not-found', 'There is no such case', { facts: { caseId } })
  const documents = (await read.documentsOfCase(caseId)).filter(({ createdAt }) => createdAt <= cutoff.at)
  const verifications = await read.verificationsOf(documents.map(({ id }) => id))
  const preservations = (await read.preservationsOfCase(caseId)).filter(({ createdAt }) => createdAt <= cutoff.at)
  const letters = (await read.lettersOfCase(caseId)).filter(({ createdAt }) => createdAt <= cutoff.at)
  return {
    case: row,
    parties: byId(await read.partiesOfCase(caseId)),
    // What has not joined the case yet belongs to no package of it.
    submissions: byId(
      (await read.submissionsOfCase(caseId)).filter(
        ({ receivedAt, state }) => receivedAt <= cutoff.at && state === 'cased',
      ),
    ),
    documents: byId(documents).map((document) => ({
      document,
      verification: verifications.find(({ documentId }) => documentId === document.id) ?? null,
    })),
    preservations,
    validationData: byId(
      await read.validationData([...verifications, ...preservations].flatMap((one) => one.validationData)),
    ),
    history: (await read.history(caseId)).filter(({ seq }) => seq <= cutoff.historySeq),
    letters: await Promise.all(byId(letters).map((letter) => withDeliveries(read, letter, cutoff))),
  }
}

async function withDeliveries(read: Reader, letter: Letter, cutoff: Cutoff): Promise<Dossier['letters'][number]> {
  const deliveries = (await read.deliveriesOfLetter(letter.id)).filter(({ createdAt }) => createdAt <= cutoff.at)
  return {
    letter,
    deliveries: await Promise.all(
      byId(deliveries).map(async (delivery) => ({
        delivery,
        evidence: byId((await read.evidenceOf(delivery.id)).filter(({ at }) => at <= cutoff.at)),
      })),
    ),
  }
}

/** Ids sort by time of making, and the same everywhere: the order in which a store lists rows must not matter. */
const byId = <T extends { readonly id: string }>(rows: readonly T[]): readonly T[] =>
  rows.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))

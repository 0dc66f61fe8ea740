import { GatewayError } from '../model/errors.ts'
import type { DocumentIndication } from '../model/indication.ts'
import { instant } from '../model/time.ts'
import type { AnchorPurpose } from '../model/trust-anchor.ts'
import { type CountingAnchor, enabledAnchors, type JudgedPurpose, trustListVersion } from '../model/trust-list.ts'
import type { AnchorUse } from '../verify/index.ts'
import { type AnchorCandidate, readCertificate } from './anchor-file.ts'
import { whatCanBeSigned } from './judge.ts'
import { type JudgeParts, judgeWithEvidence } from './judge-document.ts'

/** A change of trust that somebody thinks of. */
export type PlannedChange =
  | { readonly add: readonly Uint8Array[]; readonly purposes: readonly AnchorPurpose[] }
  | { readonly disable: string }

/** A document of an open case whose verdict would be another. */
export interface VerdictEffect {
  readonly caseNumber: string
  readonly caseTitle: string
  readonly document: string
  readonly before: DocumentIndication
  readonly after: DocumentIndication
}

export interface Effects {
  readonly changed: readonly VerdictEffect[]
  /** Documents of open cases that were judged for it. */
  readonly examined: number
  /** False where there was no time for all of them. */
  readonly complete: boolean
}

/** The admin waits for the page meanwhile. */
const MAX_MS = 8_000
const CASES_A_PAGE = 100

/**
 * Judges the signed documents of open cases by the list of anchors as it would be after a change, and by the present
 * one, with the evidence at hand; gives those whose verdict would be another, in the order of the queue. Changes nothing.
 * @throws GatewayError malformed-der, private-key-refused; not-found (no such anchor)
 */
export async function effectsOf(change: PlannedChange, parts: JudgeParts): Promise<Effects> {
  const { store, clock } = parts
  // Nobody is asked: the admin waits, and what was fetched for the verdicts is at hand.
  const judging = { ...parts, fetcher: null }
  const plan = await planOf(change, parts)
  const until = clock().getTime() + MAX_MS
  const changed: VerdictEffect[] = []
  let examined = 0
  for (let offset = 0; ; offset += CASES_A_PAGE) {
    const cases = await store.queue({ limit: CASES_A_PAGE, offset })
    for (const open of cases) {
      const received = new Map((await store.submissionsOfCase(open.id)).map((row) => [row.id, row.receivedAt]))
      for (const { document, purpose } of await whatCanBeSigned(await store.documentsOfCase(open.id), parts)) {
        const [present, planned] = [plan.present[purpose], plan.planned[purpose]]
        if (present.version === planned.version) continue
        if (clock().getTime() > until) return { changed, examined, complete: false }
        const poe = received.get(document.submissionId ?? '') ?? document.createdAt
        const judge = async ({ anchors: trustAnchors }: List): Promise<DocumentIndication> => {
          const { report } = await judgeWithEvidence(document, { poe, trustAnchors }, judging)
          return report.error ? 'ERROR' : (report.indication ?? 'ERROR')
        }
        const [before, after] = [await judge(present), await judge(planned)]
        examined += 1
        const { number: caseNumber, title: caseTitle } = open
        if (before !== after) changed.push({ caseNumber, caseTitle, document: document.name, before, after })
      }
    }
    if (cases.length < CASES_A_PAGE) return { changed, examined, complete: true }
  }
}

interface List {
  readonly anchors: readonly CountingAnchor[]
  readonly version: string
}
type Lists = Readonly<Record<JudgedPurpose, List>>

async function planOf(
  change: PlannedChange,
  { store, clock }: JudgeParts,
): Promise<{ readonly present: Lists; readonly planned: Lists }> {
  const at = instant(clock())
  const document = await enabledAnchors(store, 'document', at)
  const mail = await enabledAnchors(store, 'mail', at)
  const present = { document: listOf(document), mail: listOf(mail) }
  if ('disable' in change) {
    if (!(await store.anchor(change.disable))) throw new GatewayError('not-found', 'There is no such anchor')
    const without = (anchors: readonly CountingAnchor[]) =>
      listOf(anchors.filter(({ sha256 }) => sha256 !== change.disable))
    return { present, planned: { document: without(document), mail: without(mail) } }
  }
  const added: readonly AnchorCandidate[] = change.add.map(readCertificate)
  const withThem = (purpose: JudgedPurpose, anchors: readonly CountingAnchor[]): List => {
    const known = new Set(anchors.map(({ sha256 }) => sha256))
    const fresh = added.filter(({ sha256 }) => !known.has(sha256))
    return listOf([...anchors, ...plannedAnchors(fresh, change.purposes, purpose)])
  }
  return { present, planned: { document: withThem('document', document), mail: withThem('mail', mail) } }
}

const listOf = (anchors: readonly CountingAnchor[]): List => ({ anchors, version: trustListVersion(anchors) })

/** Gives certificates as they would count in judging for a purpose if they were taken in for the given ones. */
export function plannedAnchors(
  added: readonly AnchorCandidate[],
  purposes: readonly AnchorPurpose[],
  purpose: JudgedPurpose,
): readonly CountingAnchor[] {
  const uses: AnchorUse[] = []
  if (purposes.includes(purpose)) uses.push('signature')
  if (purposes.includes('timestamp')) uses.push('timestamp')
  return uses.length === 0 ? [] : added.map(({ sha256, der }) => ({ sha256, der, uses }))
}

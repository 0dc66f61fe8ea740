import type { Document } from '../model/document.ts'
import type { DocumentIndication } from '../model/indication.ts'
import type { VerifyInput } from '../model/ports.ts'
import { type Instant, instant } from '../model/time.ts'
import { anchorsFor, enabledAnchors, type JudgedPurpose, trustListVersion } from '../model/trust-list.ts'
import type { Effects, TrustStep, VerdictEffect } from '../model/trust-proposal.ts'
import { whatCanBeSigned } from './judge.ts'
import { type JudgeParts, judgeWithEvidence } from './judge-document.ts'
import { anchorsAfter } from './steps.ts'

/** The admin waits for the page meanwhile. */
const MAX_MS = 8_000
const CASES_A_PAGE = 100

/**
 * Judges the signed documents of open cases by the list of anchors as it would be after a change, and by the present
 * one, with the evidence at hand; gives those whose verdict would be another, in the order of the queue. Changes nothing.
 * @throws GatewayError malformed-der, private-key-refused
 */
export async function effectsOf(steps: readonly TrustStep[], parts: JudgeParts): Promise<Effects> {
  const at = instant(parts.clock())
  const present = await parts.store.listAnchors()
  const planned = anchorsAfter(present, steps, at)
  const own = new Set([...present, ...planned].map(({ sha256 }) => sha256))
  const listsFor = async (purpose: JudgedPurpose) => {
    const before = await enabledAnchors(parts.store, purpose, at)
    // What counts by other means than by an anchor of ours stays as it is.
    const after = [...before.filter(({ sha256 }) => !own.has(sha256)), ...anchorsFor(planned, purpose, at)]
    return trustListVersion(before) === trustListVersion(after) ? null : [before, after]
  }
  const lists = { document: await listsFor('document'), mail: await listsFor('mail') }
  return compareVerdicts(parts, MAX_MS, async (signed, judge) => {
    const [before, after] = lists[signed.purpose] ?? []
    return before && after ? [await judge(before), await judge(after)] : null
  })
}

/** A document that can carry a signature, and what its signer must be trusted for. */
interface Signed {
  readonly document: Document
  readonly purpose: JudgedPurpose
}

/** Gives the two verdicts to compare; null: this document is not concerned. */
type Compare = (
  signed: Signed,
  judge: (trustAnchors: VerifyInput['trustAnchors']) => Promise<DocumentIndication>,
) => Promise<readonly [DocumentIndication, DocumentIndication] | null>

/** Walks the signed documents of open cases in the queue's order, for so long at most. Nothing is fetched or stored. */
export async function compareVerdicts(parts: JudgeParts, maxMs: number, compare: Compare): Promise<Effects> {
  const { store, clock } = parts
  // Nobody is asked: the admin waits, and what was fetched for the verdicts is at hand.
  const judging = { ...parts, fetcher: null }
  const until = clock().getTime() + maxMs
  const changed: VerdictEffect[] = []
  let examined = 0
  for (let offset = 0; ; offset += CASES_A_PAGE) {
    const cases = await store.queue({ limit: CASES_A_PAGE, offset })
    for (const open of cases) {
      const received = new Map((await store.submissionsOfCase(open.id)).map((row) => [row.id, row.receivedAt]))
      for (const signed of await whatCanBeSigned(await store.documentsOfCase(open.id), parts)) {
        const { document } = signed
        if (clock().getTime() > until) return { changed, examined, complete: false }
        const poe: Instant = received.get(document.submissionId ?? '') ?? document.createdAt
        const verdicts = await compare(signed, async (trustAnchors) => {
          const { report } = await judgeWithEvidence(document, { poe, trustAnchors }, judging)
          return report.error ? 'ERROR' : (report.indication ?? 'ERROR')
        })
        if (verdicts === null) continue
        examined += 1
        const [before, after] = verdicts
        const { number: caseNumber, title: caseTitle } = open
        if (before !== after) changed.push({ caseNumber, caseTitle, document: document.name, before, after })
      }
    }
    if (cases.length < CASES_A_PAGE) return { changed, examined, complete: true }
  }
}

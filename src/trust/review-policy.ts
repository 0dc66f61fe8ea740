import { finishJob } from '../model/finish-job.ts'
import type { Job } from '../model/job.ts'
import type { Writer } from '../model/store.ts'
import { instant } from '../model/time.ts'
import { enabledAnchors } from '../model/trust-list.ts'
import type { Effects, PolicyReview } from '../model/trust-proposal.ts'
import { compareVerdicts } from './effects.ts'
import type { JudgeParts } from './judge-document.ts'
import { policyReview, REVIEW, settlePolicy } from './policy-review.ts'

/** A job's time, not a page's: the queue of a large municipality, a document after the other. */
const MAX_MS = 20 * 60_000
/** What is shown and kept; how many there are is told beside. */
const LISTED_AT_MOST = 500

/**
 * Job "review-policy": judges the signed documents of open cases by the policy that is in force now, with the evidence at
 * hand, and keeps which verdicts would be others than those that stand. Where none would, nobody need be asked.
 */
export async function reviewPolicy(job: Job, parts: JudgeParts): Promise<void> {
  const { store, log } = parts
  const found = await policyReview(store)
  if (found?.after.name !== job.payload['policy']) return store.commit((write) => finishJob(write, job))
  const effects = await effectsOfPolicy(parts)
  await store.commit(async (write) => {
    const review = await policyReview(write)
    if (review && review.after.name === job.payload['policy']) await keep(write, review, effects)
    await finishJob(write, job)
  })
  log.info({ examined: effects.examined, changed: effects.changed.length }, 'a change of policy was looked at')
}

async function keep(write: Writer, review: PolicyReview, found: Effects): Promise<void> {
  if (found.complete && found.changed.length === 0) return settlePolicy(write, review)
  const listed = { ...found, changed: found.changed.slice(0, LISTED_AT_MOST) }
  await write.setSetting(REVIEW, { ...review, effects: listed })
}

/** What stands, beside what would come out now. A document that nobody judged yet has no verdict to change. */
async function effectsOfPolicy(parts: JudgeParts): Promise<Effects> {
  const { store, clock } = parts
  const at = instant(clock())
  const lists = {
    document: await enabledAnchors(store, 'document', at),
    mail: await enabledAnchors(store, 'mail', at),
  }
  return compareVerdicts(parts, MAX_MS, async ({ document, purpose }, judge) => {
    const [standing] = await store.verificationsOf([document.id])
    return standing ? [standing.indication, await judge(lists[purpose])] : null
  })
}

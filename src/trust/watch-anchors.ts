import { finishJob } from '../model/finish-job.ts'
import type { Job } from '../model/job.ts'
import type { Log } from '../model/ports.ts'
import type { Reader, Store } from '../model/store.ts'
import { type Clock, type Instant, instant } from '../model/time.ts'
import { planRejudge } from './anchors.ts'
import { warnOfEnds } from './ending-anchors.ts'
import { expireProposals } from './proposals.ts'
import { reportUnrecorded } from './unrecorded.ts'

/**
 * Job "watch-anchors", once a day. An anchor that began or ceased to count by its dates changed what open cases' verdicts
 * rest on without anybody's hand: they are judged again, each once for the same state of trust. Of what ends soon others
 * are warned, and proposals that nobody confirmed end. Anchors that are not as the history says are told of.
 */
export async function watchAnchors(
  job: Job,
  { store, clock, log }: { readonly store: Store; readonly clock: Clock; readonly log: Log },
): Promise<void> {
  const now = instant(clock())
  const cases = await store.commit(async (write) => {
    const changed = await dateCameSince(write, job, now)
    const planned = changed ? await planRejudge(write, now) : 0
    await expireProposals(write, now)
    await warnOfEnds(write, now)
    await finishJob(write, job)
    return planned
  })
  await reportUnrecorded({ store, clock, log })
  log.info({ cases }, 'the dates of the anchors were looked at')
}

/** Since the job was planned, which is a day ago, or longer where the gateway was off. */
async function dateCameSince(read: Reader, { createdAt }: Job, now: Instant): Promise<boolean> {
  const dates = (await read.listAnchors()).flatMap(({ countsFrom, countsUntil }) => [countsFrom, countsUntil])
  return dates.some((date) => date !== null && createdAt < date && date <= now)
}

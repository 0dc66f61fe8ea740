import { GatewayError } from './errors.ts'
import type { Job } from './job.ts'
import type { Writer } from './store.ts'

/**
 * Marks the job done as the last write of the commit that did its work.
 * @throws GatewayError internal (retryable) where the lease is no longer ours: somebody else does the work, so this
 * commit must leave nothing behind.
 */
export async function finishJob(write: Writer, job: Job): Promise<void> {
  if (await write.finishJob(job)) return
  throw new GatewayError('internal', 'The lease of this job ran out while it was worked on', {
    retryable: true,
    facts: { kind: job.kind, jobId: job.id },
  })
}

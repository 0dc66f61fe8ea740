import { GatewayError } from '../model/errors.ts'
import type { Job } from '../model/job.ts'
import type { Store } from '../model/store.ts'

const LEASE_MS = 10 * 60_000

/** Keeps a job for as long as a case of any size may take. @throws GatewayError internal where somebody else has it now */
export async function holdLease(job: Job, { jobs }: Pick<Store, 'jobs'>): Promise<void> {
  if (await jobs.extend(job, LEASE_MS)) return
  throw new GatewayError('internal', 'The lease of this job ran out', { retryable: true })
}

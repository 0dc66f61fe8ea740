import type { Job, JobKind } from '../../model/job.ts'
import type { Reader, Writer } from '../../model/store.ts'
import type { Instant } from '../../model/time.ts'
import { decode, encode } from '../codec.ts'
import { jobColumns } from '../columns.ts'
import type { Db } from '../schema.ts'
import { paged } from './rows.ts'

export const toJob = (row: object): Job => decode<Job>(jobColumns, row)

/** Gives the row of a job that is ready at that time. */
export function readyJob(parts: {
  readonly id: string
  readonly kind: JobKind
  readonly key: string
  readonly payload: Job['payload']
  readonly runAt: Instant
  readonly createdAt: Instant
}) {
  const job: Job = {
    ...parts,
    state: 'ready',
    attempts: 0,
    leaseUntil: null,
    leaseOwner: null,
    lastError: null,
  }
  return { ...encode(jobColumns, job), dueAt: parts.runAt, triedSince: parts.createdAt, tries: 0, strikes: 0 }
}

/** Reads of jobs. */
export function jobReads(db: Db): Pick<Reader, 'listJobs'> {
  return {
    listJobs: async (filter) => {
      const { states, kinds } = filter ?? {}
      if (states?.length === 0 || kinds?.length === 0) return []
      let jobs = db.selectFrom('jobs').selectAll().orderBy('made')
      if (states !== undefined) jobs = jobs.where('state', 'in', states)
      if (kinds !== undefined) jobs = jobs.where('kind', 'in', kinds)
      return (await paged(jobs, filter).execute()).map(toJob)
    },
  }
}

/** Writes of jobs; onAdded is called for each that was not there yet. */
export function jobWrites(
  db: Db,
  parts: { readonly now: () => Instant; readonly newId: () => string; readonly onAdded: () => void },
): Pick<Writer, 'addJob' | 'finishJob'> {
  return {
    addJob: async (kind, key, payload, runAt) => {
      const createdAt = parts.now()
      const row = readyJob({ id: parts.newId(), kind, key, payload, runAt: runAt ?? createdAt, createdAt })
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('jobs')
        .values(row)
        .onConflict((it) => it.columns(['kind', 'key']).doNothing())
        .executeTakeFirst()
      if (numInsertedOrUpdatedRows === 1n) parts.onAdded()
    },
    finishJob: async (job) => {
      const { numUpdatedRows } = await heldBy(db, job)
        .set({ state: 'done', leaseUntil: null, leaseOwner: null, dueAt: null })
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },
  }
}

/** An update of a job as far as it is still leased by this very attempt, of which there never is a second. */
export const heldBy = (db: Db, job: Job) =>
  db
    .updateTable('jobs')
    .where('id', '=', job.id)
    .where('state', '=', 'leased')
    .where('leaseOwner', '=', job.leaseOwner)
    .where('attempts', '=', job.attempts)

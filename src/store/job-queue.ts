import type { JobKind } from '../model/job.ts'
import type { JobQueue } from '../model/store.ts'
import { type Clock, instant } from '../model/time.ts'
import { backoffMs, MAX_ATTEMPTS } from './backoff.ts'
import type { Engine } from './engine.ts'
import type { Listeners } from './listeners.ts'
import type { CommitGuard } from './mutex.ts'
import type { Db } from './schema.ts'
import { heldBy, toJob } from './tables/jobs.ts'

const MAX_ERROR_LENGTH = 500
const FREE = { leaseUntil: null, leaseOwner: null }

/** Gives the queue over the table of jobs. Each call is a commit of its own. */
export function createJobQueue(parts: {
  readonly engine: Engine
  readonly clock: Clock
  readonly random: () => number
  readonly guard: CommitGuard
  readonly work: Listeners
}): JobQueue {
  const { engine, clock, random, guard, work } = parts
  const db = engine.writer
  const now = () => instant(clock())
  const later = (ms: number) => instant(new Date(clock().getTime() + ms))

  return {
    async lease(owner, kinds, limit, leaseMs) {
      guard.refuseInside('jobs.lease')
      // Looking costs no write: a queue with nothing due is asked often.
      if (kinds.length === 0 || limit < 1 || !(await isAnyDue(engine.reader, kinds, now()))) return []
      await buryLost(engine, now())
      const due = dueJobs(db, kinds, now()).orderBy('dueAt').orderBy('made').limit(limit)
      const leaseUntil = later(leaseMs)
      const rows = await db
        .updateTable('jobs')
        .set((it) => ({
          state: 'leased' as const,
          attempts: it('attempts', '+', 1),
          leaseOwner: owner,
          leaseUntil,
          dueAt: leaseUntil,
        }))
        // Two nodes on PostgreSQL pass over each other's rows; SQLite has one writer.
        .where('id', 'in', engine.kind === 'postgres' ? due.forUpdate().skipLocked() : due)
        .returningAll()
        .execute()
      return rows.sort((a, b) => compare(a.runAt, b.runAt) || a.made - b.made).map(toJob)
    },
    async extend(job, leaseMs) {
      guard.refuseInside('jobs.extend')
      const leaseUntil = later(leaseMs)
      const { numUpdatedRows } = await heldBy(db, job).set({ leaseUntil, dueAt: leaseUntil }).executeTakeFirst()
      return numUpdatedRows === 1n
    },
    async fail(job, fault) {
      guard.refuseInside('jobs.fail')
      const lastError = `${fault.code}: ${fault.message}`.slice(0, MAX_ERROR_LENGTH)
      const again = fault.retryable && job.attempts < MAX_ATTEMPTS
      const runAt = later(backoffMs(job.attempts, random()))
      const set = again
        ? { state: 'ready' as const, runAt, dueAt: runAt, lastError, ...FREE }
        : { state: 'dead' as const, dueAt: null, lastError, ...FREE }
      const { numUpdatedRows } = await heldBy(db, job).set(set).executeTakeFirst()
      if (numUpdatedRows === 1n) return set.state
      // The lease was lost: whoever has the job now decides.
      const row = await engine.reader.selectFrom('jobs').select('state').where('id', '=', job.id).executeTakeFirst()
      return row?.state === 'dead' ? 'dead' : 'ready'
    },
    async retry(jobId) {
      guard.refuseInside('jobs.retry')
      const { numUpdatedRows } = await db
        .updateTable('jobs')
        .set({ state: 'ready', attempts: 0, runAt: now(), dueAt: now(), ...FREE })
        .where('id', '=', jobId)
        .where('state', '=', 'dead')
        .executeTakeFirst()
      if (numUpdatedRows === 1n) work.tell()
      return numUpdatedRows === 1n
    },
    async release(owner) {
      guard.refuseInside('jobs.release')
      const { numUpdatedRows } = await db
        .updateTable('jobs')
        .set({ state: 'ready', dueAt: now(), ...FREE })
        .where('state', '=', 'leased')
        .where('leaseOwner', '=', owner)
        .executeTakeFirst()
      if (numUpdatedRows > 0n) work.tell()
      return Number(numUpdatedRows)
    },
    onWork: (listener) => work.add(listener),
  }
}

const dueJobs = (db: Db, kinds: readonly JobKind[], now: string) =>
  db.selectFrom('jobs').select('id').where('dueAt', '<=', now).where('kind', 'in', kinds)

async function isAnyDue(db: Db, kinds: readonly JobKind[], now: string): Promise<boolean> {
  return (await dueJobs(db, kinds, now).limit(1).executeTakeFirst()) !== undefined
}

/** A job whose every attempt ended without a word (it kills the process, say) must not go on for ever. */
async function buryLost({ reader, writer }: Engine, now: string): Promise<void> {
  const lost = reader.selectFrom('jobs').select('id').where('dueAt', '<=', now).where('attempts', '>=', MAX_ATTEMPTS)
  if ((await lost.limit(1).executeTakeFirst()) === undefined) return
  await writer
    .updateTable('jobs')
    .set({ state: 'dead', dueAt: null, lastError: 'internal: the last attempt ended without a word', ...FREE })
    .where('dueAt', '<=', now)
    .where('attempts', '>=', MAX_ATTEMPTS)
    .execute()
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

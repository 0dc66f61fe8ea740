import type { JobKind } from '../model/job.ts'
import type { JobQueue } from '../model/store.ts'
import { type Clock, instant } from '../model/time.ts'
import { backoffMs, isAway, isTriedAgain, MAX_TRIES } from './backoff.ts'
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
          tries: it('tries', '+', 1),
          // Counts until it is known to have ended otherwise: what kills the process cannot say so.
          strikes: it('strikes', '+', 1),
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
      const { numUpdatedRows } = await heldBy(db, job)
        // Never shorter: whoever took the job for long relies on it, and the sign of life that comes by the way is short.
        .set((it) => {
          const latest = it.case().when('leaseUntil', '>', leaseUntil).then(it.ref('leaseUntil')).else(leaseUntil).end()
          return { leaseUntil: latest, dueAt: latest }
        })
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },
    async fail(job, fault) {
      guard.refuseInside('jobs.fail')
      const lastError = `${fault.code}: ${fault.message}`.slice(0, MAX_ERROR_LENGTH)
      // While the lease is ours nobody else changes these; where it is not, nothing of this is written.
      const row = await db.selectFrom('jobs').selectAll().where('id', '=', job.id).executeTakeFirst()
      if (!row) return 'dead'
      const runAt = later(backoffMs(row.tries, random()))
      const strikes = row.strikes - (isAway(fault) ? 1 : 0)
      const set = isTriedAgain(fault, row.strikes, clock().getTime() - Date.parse(row.triedSince))
        ? { state: 'ready' as const, runAt, dueAt: runAt, strikes, lastError, ...FREE }
        : { state: 'dead' as const, dueAt: null, strikes, lastError, ...FREE }
      const { numUpdatedRows } = await heldBy(db, job).set(set).executeTakeFirst()
      if (numUpdatedRows === 1n) return set.state
      // The lease was lost: whoever has the job now decides.
      const taken = await engine.reader.selectFrom('jobs').select('state').where('id', '=', job.id).executeTakeFirst()
      return taken?.state === 'dead' ? 'dead' : 'ready'
    },
    async retry(jobId) {
      guard.refuseInside('jobs.retry')
      const { numUpdatedRows } = await db
        .updateTable('jobs')
        // The attempts go on: a count that came again would let whoever lost the job before finish it now.
        .set({ state: 'ready', tries: 0, strikes: 0, triedSince: now(), runAt: now(), dueAt: now(), ...FREE })
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

/** A job whose tries ended without a word (it kills the process, say) must not go on for ever. */
async function buryLost({ reader, writer }: Engine, now: string): Promise<void> {
  const lost = reader.selectFrom('jobs').select('id').where('dueAt', '<=', now).where('strikes', '>=', MAX_TRIES)
  if ((await lost.limit(1).executeTakeFirst()) === undefined) return
  await writer
    .updateTable('jobs')
    .set({ state: 'dead', dueAt: null, lastError: 'internal: the last attempt ended without a word', ...FREE })
    .where('dueAt', '<=', now)
    .where('strikes', '>=', MAX_TRIES)
    .execute()
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

import { asGatewayError, type GatewayError } from '../model/errors.ts'
import { finishJob } from '../model/finish-job.ts'
import type { Job } from '../model/job.ts'
import { LAST_RENEWAL_SETTING, type RenewalRun, type RenewalTime } from '../model/preservation.ts'
import type { Reader } from '../model/store.ts'
import { type Instant, instant } from '../model/time.ts'
import { holdLease } from './hold-lease.ts'
import { type PreserveCaseParts, preserveCase } from './preserve-case.ts'

export interface RenewParts extends PreserveCaseParts {
  /** Of one run; more are for the next. */
  readonly maxCases?: number
}

const MAX_CASES = 500
const DAY_MS = 24 * 60 * 60 * 1000
/** An algorithm's end is told years before; an authority is not exchanged in a week. */
const ALGORITHM_AHEAD_MS = 180 * DAY_MS
/** Where the authority has no better algorithm, a new time-stamp would be due again at once. */
const SAME_AGAIN_MS = 30 * DAY_MS

/** Faults of the authority, or of the store: the next case would meet the same, and each costs tokens. */
const OF_ALL_CASES: ReadonlySet<string> = new Set([
  'timestamp-unavailable',
  'timestamp-refused',
  'storage-unavailable',
  'storage-full',
])

/**
 * Job "renew-timestamps", once a day: renews the archive time-stamps whose end comes near, and gives answered cases one
 * that have none. Each case is a commit of its own, so that a kill costs one case at most; what one run leaves is for the next,
 * at once. A fault of one case stops no other; how the run went is kept for the admin's page. While the run of an earlier day
 * is still tried again, there is no second one beside it: both would have the same cases stamped.
 * @throws GatewayError timestamp-unavailable, timestamp-refused, storage-unavailable, storage-full: what is left is tried
 * again
 */
export async function renewTimestamps(job: Job, parts: RenewParts): Promise<void> {
  const { store, timestamps, clock, log, maxCases = MAX_CASES } = parts
  if (!timestamps || (await isTriedStill(job, store))) return store.commit((write) => finishJob(write, job))
  const before = await lastRun(store)
  // Those that failed stand in front again: they must not keep the others out for good.
  const limit = maxCases + (before?.failed.length ?? 0)
  const due = await store.preservationsDue(await renewalTime(store, parts), limit)
  const without = await store.casesWithoutPreservation(limit - due.length)
  const run = await stampEach(job, [...due, ...without], parts)
  await store.commit((write) => write.setSetting(LAST_RENEWAL_SETTING, { ...run, at: instant(clock()) }))
  log.info({ stamped: run.stamped, failed: run.failed.length, fault: run.fault }, 'archive time-stamps were renewed')
  if (run.thrown) throw run.thrown
  await store.commit(async (write) => {
    if (due.length + without.length >= limit && run.stamped > 0) {
      await write.addJob('renew-timestamps', `${job.key}+`, {}, instant(clock()))
    }
    await finishJob(write, job)
  })
}

/** Keys are days, and sort as they do. */
async function isTriedStill({ kind, key }: Job, read: Reader): Promise<boolean> {
  const unfinished = await read.listJobs({ kinds: [kind], states: ['ready', 'leased'] })
  return unfinished.some((other) => other.key < key)
}

type Run = Omit<RenewalRun, 'at'> & { readonly thrown?: GatewayError }

async function stampEach(job: Job, caseIds: readonly string[], parts: RenewParts): Promise<Run> {
  const failed: RenewalRun['failed'][number][] = []
  let stamped = 0
  for (const caseId of caseIds) {
    await holdLease(job, parts.store)
    try {
      if (await preserveCase(caseId, parts)) stamped += 1
    } catch (thrown) {
      const fault = asGatewayError(thrown)
      if (OF_ALL_CASES.has(fault.code)) return { stamped, failed, fault: fault.message, thrown: fault }
      parts.log.warn({ caseId, code: fault.code }, 'case could not be time-stamped')
      failed.push({ caseId, code: fault.code })
    }
  }
  return { stamped, failed, fault: null }
}

/** Gives what is due now: by its time, or by an algorithm that is about to end. */
export async function renewalTime(
  read: Reader,
  { clock, endOfAlgorithm }: Pick<RenewParts, 'clock' | 'endOfAlgorithm'>,
): Promise<RenewalTime> {
  const now = clock()
  const ahead = instant(new Date(now.getTime() + ALGORITHM_AHEAD_MS))
  const endsSoon = (name: string): boolean => {
    const end = endOfAlgorithm(name)
    return end !== null && instantOf(end) <= ahead
  }
  const weak = (await read.preservationAlgorithms()).filter((names) => names.some(endsSoon))
  return { now: instant(now), weak, weakMadeBefore: instant(new Date(now.getTime() - SAME_AGAIN_MS)) }
}

const instantOf = (text: string): Instant => instant(new Date(text))

/** Gives how the last run went; null where there was none. */
export async function lastRun(read: Reader): Promise<RenewalRun | null> {
  const value = await read.setting(LAST_RENEWAL_SETTING)
  return isRun(value) ? value : null
}

const isRun = (value: unknown): value is RenewalRun =>
  typeof value === 'object' && value !== null && 'failed' in value && Array.isArray(value.failed)

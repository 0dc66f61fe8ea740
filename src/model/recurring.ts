import type { Job, RecurringJobKind } from './job.ts'
import type { Store, Writer } from './store.ts'
import { type Clock, type Instant, instant } from './time.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/**
 * Adds the day's job of each kind where it was not added yet: at every start of the gateway. Days are counted in UTC; a
 * gateway that was off for a week does what is due once.
 */
export async function planToday(write: Writer, kinds: readonly RecurringJobKind[], now: Instant): Promise<void> {
  for (const kind of kinds) await write.addJob(kind, dayOf(now), {}, now)
}

/**
 * Gives the handler of a recurring job: tomorrow's job is planned before today's work begins, so that a day on which it
 * fails for good ends nothing but that day.
 */
export function eachDay(
  work: (job: Job) => Promise<void>,
  { store, clock }: { readonly store: Pick<Store, 'commit'>; readonly clock: Clock },
): (job: Job) => Promise<void> {
  return async (job) => {
    const tomorrow = instant(new Date(clock().getTime() + DAY_MS))
    await store.commit((write) => write.addJob(job.kind, dayOf(tomorrow), {}, tomorrow))
    await work(job)
  }
}

const dayOf = (at: Instant): string => at.slice(0, 10)

import { asGatewayError, GatewayError } from '../model/errors.ts'
import type { Job } from '../model/job.ts'
import { LAST_RENEWAL_SETTING, type RenewalRun } from '../model/preservation.ts'
import { instant } from '../model/time.ts'
import { holdLease } from './hold-lease.ts'
import { type PreserveCaseParts, preserveCase } from './preserve-case.ts'
import { lastRun } from './renew-timestamps.ts'

/** So long a case waits for its first time-stamp before it is packed without: archives get it as a later version then. */
const WAIT_MS = 6 * 60 * 60 * 1000

/**
 * Gives a case its first archive time-stamp before its package is made, so that it is packed once. An authority that stays
 * away holds up nobody for long: the daily job makes good what is missing here.
 * @throws GatewayError timestamp-unavailable: the job is tried again, for some hours
 */
export async function stampBeforeArchiving(job: Job, parts: PreserveCaseParts): Promise<void> {
  const { key } = job
  const { store, timestamps, clock, log } = parts
  const answered = await store.case(key)
  if (!timestamps || answered?.state !== 'answered') return
  if ((await store.preservationsOfCase(key)).length > 0 || (await store.packagesOfCase(key)).length > 0) return
  await holdLease(job, store)
  try {
    await preserveCase(key, parts)
    await sayHow(parts, null)
  } catch (thrown) {
    const { code, message } = asGatewayError(thrown)
    const isOver = clock().getTime() - Date.parse(answered.answeredAt ?? '') > WAIT_MS
    const isOfTheAuthority = code === 'timestamp-unavailable' || code === 'timestamp-refused'
    if (!isOfTheAuthority) throw thrown
    await sayHow(parts, message)
    // A refusal, too, is waited for by the clock: its few tries would be over before the hours are, and the case stuck.
    if (!isOver) throw new GatewayError('timestamp-unavailable', message, { retryable: true, cause: thrown })
    log.warn({ caseId: key, code, reason: message }, 'case is archived without a time-stamp; it gets one later')
  }
}

/** The admin's page says at once why nothing is stamped, and not first after the night; and that it is over. */
async function sayHow({ store, clock }: PreserveCaseParts, fault: string | null): Promise<void> {
  const before = await lastRun(store)
  if (fault === null && !before?.fault) return
  const run: RenewalRun = { at: instant(clock()), stamped: fault === null ? 1 : 0, failed: before?.failed ?? [], fault }
  await store.commit((write) => write.setSetting(LAST_RENEWAL_SETTING, run))
}

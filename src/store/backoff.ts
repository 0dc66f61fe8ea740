/** After so many tries a job is a dead letter, which a person sees and can retry. */
export const MAX_TRIES = 12
/** A fault that nobody named may be a bug, or a passing trouble that we do not know yet: a few tries tell. */
export const MAX_UNNAMED_TRIES = 5
/** RFC 5321 §4.5.4.1: who hands over mail goes on for at least four to five days. */
export const GIVE_UP_AFTER_MS = 5 * 24 * 60 * 60 * 1000

const FIRST_MS = 1000
const LONGEST_MS = 60 * 60 * 1000
/** What is away and comes back by itself, or by somebody who does not know of us: time decides, not the number of tries. */
const AWAY: ReadonlySet<string> = new Set([
  'relay-unavailable',
  'archive-unavailable',
  'timestamp-unavailable',
  'seal-unavailable',
  'scanner-unavailable',
  'storage-unavailable',
  'storage-full',
])

/**
 * Takes how many tries have failed (from 1) and a random number in [0, 1); gives the milliseconds to wait.
 * The ceiling doubles from 2 s to 1 h; the upper half is random, so that what failed together does not come back together.
 */
export function backoffMs(failedTries: number, random: number): number {
  const ceiling = Math.min(LONGEST_MS, 2 * FIRST_MS * 2 ** (failedTries - 1))
  return Math.round(ceiling / 2 + (ceiling / 2) * random)
}

/** Says whether a fault is given up by age alone, so that its try counts for nothing. */
export const isAway = (fault: { readonly code: string; readonly retryable: boolean }): boolean =>
  fault.retryable && AWAY.has(fault.code)

/**
 * Takes a fault, how many tries count against the job (this one included) and the job's age in milliseconds; says
 * whether it is tried again.
 */
export function isTriedAgain(
  fault: { readonly code: string; readonly retryable: boolean },
  strikes: number,
  ageMs: number,
): boolean {
  if (isAway(fault)) return ageMs < GIVE_UP_AFTER_MS
  if (fault.retryable) return strikes < MAX_TRIES
  return fault.code === 'internal' && strikes < MAX_UNNAMED_TRIES
}

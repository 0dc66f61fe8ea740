/** After so many attempts a job is a dead letter, which a person sees and can retry. */
export const MAX_ATTEMPTS = 12

const FIRST_MS = 1000
const LONGEST_MS = 60 * 60 * 1000

/**
 * Takes how many attempts have failed (from 1) and a random number in [0, 1); gives the milliseconds to wait.
 * The ceiling doubles from 2 s to 1 h; the upper half is random, so that what failed together does not come back together.
 */
export function backoffMs(failedAttempts: number, random: number): number {
  const ceiling = Math.min(LONGEST_MS, 2 * FIRST_MS * 2 ** (failedAttempts - 1))
  return Math.round(ceiling / 2 + (ceiling / 2) * random)
}

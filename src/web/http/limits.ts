import type { Clock } from '../../model/time.ts'
import { type RateLimit, rateLimit } from '../sign-in/rate-limit.ts'
import { type Places, places } from './places.ts'

const MINUTE = 60_000

/** How often strangers may try things. */
export interface Limits {
  /** By account and place together, so that nobody locks another person out. */
  readonly signInOfAccount: RateLimit
  readonly signInFromPlace: RateLimit
  readonly codeFromPlace: RateLimit
  readonly verifyFromPlace: RateLimit
  /** Strangers' files stand whole in memory, up to 25 MB each, until they are judged. */
  readonly strangersFiles: Places
}

/** Gives fresh counters of one server. */
export function webLimits(clock: Clock): Limits {
  return {
    signInOfAccount: rateLimit(5, 15 * MINUTE, clock),
    signInFromPlace: rateLimit(40, 15 * MINUTE, clock),
    codeFromPlace: rateLimit(30, 60 * MINUTE, clock),
    verifyFromPlace: rateLimit(30, 10 * MINUTE, clock),
    strangersFiles: places(4, 3),
  }
}

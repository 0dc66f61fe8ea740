import type { Instant } from './time.ts'

export type JobKind =
  | 'normalise'
  | 'scan'
  | 'verify'
  | 'open-case'
  | 'approve'
  | 'reject'
  | 'route-letter'
  | 'deliver'
  | 'look-up-key'
  | 'note-report'
  | 'archive'
  | 'rejudge'
  | 'tell-trust-change'
  | 'review-policy'
  | RecurringJobKind

/** Jobs that no cause makes: each day has its own. */
export type RecurringJobKind = 'watch-anchors' | 'renew-timestamps' | 'refresh-lists'

/** ready → leased → done, or back to ready with backoff, or dead: then a person sees it and can retry. */
export type JobState = 'ready' | 'leased' | 'done' | 'dead'

export interface Job {
  readonly id: string
  readonly kind: JobKind
  /** Unique with kind: a cause makes one job, however often it is reported. */
  readonly key: string
  readonly payload: Readonly<Record<string, string>>
  readonly state: JobState
  /** How often it was leased; never begins anew, so that it tells each lease from the others. */
  readonly attempts: number
  readonly runAt: Instant
  readonly leaseUntil: Instant | null
  readonly leaseOwner: string | null
  /** Code and message of the last fault; never contents. */
  readonly lastError: string | null
  readonly createdAt: Instant
}

import type { Instant } from './time.ts'

export type AnchorPurpose = 'document' | 'mail' | 'timestamp'

/** A CA that this municipality's admin trusts, with who took it in and why. */
export interface TrustAnchor {
  /** SHA-256 of the DER certificate, lower-case hex: the anchor's name everywhere. */
  readonly sha256: string
  readonly der: Uint8Array
  readonly subject: string
  readonly purposes: readonly AnchorPurpose[]
  /** catalogue:<id>, file, demo, submission:<id> */
  readonly source: string
  readonly note: string
  readonly addedAt: Instant
  readonly addedBy: string
  readonly disabledAt: Instant | null
  /** It counts in what is judged from then on; null: from when it was added. */
  readonly countsFrom: Instant | null
  /** It counts no more in what is judged from then on; null: without end. */
  readonly countsUntil: Instant | null
}

/** One change of trust, on record: who, when, why, and what it changed. */
export interface TrustChange {
  readonly id: string
  readonly at: Instant
  readonly actor: string
  readonly action: 'added' | 'disabled' | 'enabled' | 'removed'
  readonly sha256: string
  readonly reason: string
}

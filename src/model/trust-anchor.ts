import type { AnchorConstraints } from '../verify/x509/anchor-terms.ts'
import type { ListedService } from '../verify/x509/listed-service.ts'
import type { Actor } from './case.ts'
import type { Instant } from './time.ts'
import type { StatedPeriod } from './trusted-list.ts'

export type { AnchorConstraints }

/** Whose signatures an anchor is to vouch for, as somebody wrote it; empty lists bound nothing. */
export type WrittenConstraints = Readonly<
  Record<'emails' | 'organizations' | 'policies' | 'permitted' | 'excluded', readonly string[]>
>

/** It vouches for everybody below it. */
export const UNBOUND: WrittenConstraints = { emails: [], organizations: [], policies: [], permitted: [], excluded: [] }

export type AnchorPurpose = 'document' | 'mail' | 'timestamp'

/** A CA that this municipality's admin trusts, with who took it in and why. */
export interface TrustAnchor {
  /** SHA-256 of the DER certificate, lower-case hex: the anchor's name everywhere. */
  readonly sha256: string
  readonly der: Uint8Array
  readonly subject: string
  readonly purposes: readonly AnchorPurpose[]
  /** catalogue:<id>, file, demo, submission:<id>, trusted-list:<territory> */
  readonly source: string
  readonly note: string
  readonly addedAt: Instant
  readonly addedBy: string
  readonly disabledAt: Instant | null
  /** It counts in what is judged from then on; null: from when it was added. */
  readonly countsFrom: Instant | null
  /** It counts no more in what is judged from then on; null: without end. */
  readonly countsUntil: Instant | null
  /** Whose signatures it vouches for; null: everybody's below it. */
  readonly constraints: AnchorConstraints | null
  /** When a trusted list's supervisor vouched for it, by the time that is asked about; null: that is not bounded. */
  readonly periods: readonly StatedPeriod[] | null
  /** What its trusted list says of certificates below it; null: it came from none. */
  readonly listed: readonly ListedService[] | null
}

export type TrustAction = 'added' | 'disabled' | 'enabled' | 'removed' | 'changed'

/**
 * One anchor's part in a change of trust: what pages and commands look up by anchor. The proof of it, with what was in
 * force before and after, is the entry of the administration's history that it names.
 */
export interface TrustChange {
  readonly id: string
  readonly at: Instant
  readonly actor: string
  readonly action: TrustAction
  readonly sha256: string
  readonly reason: string
  /** The number of the history's entry; null for what was changed before there were such entries. */
  readonly seq: number | null
}

/** Who changes trust, why, and when: stands in the record of changes. */
export interface ChangeOfTrust {
  /** The admin; or the name under which it stands on record: "cli:ida", "configuration", "demo". */
  readonly actor: Actor | string
  readonly reason: string
  readonly at: Instant
  /** Where one admin proposed it and another confirms it: who proposed. */
  readonly proposedBy?: Actor
}

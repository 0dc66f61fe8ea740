import type { Actor } from './case.ts'
import type { DocumentIndication } from './indication.ts'
import type { Settings } from './settings.ts'
import type { Instant } from './time.ts'
import type { AnchorConstraints, AnchorPurpose } from './trust-anchor.ts'
import type { ListEntry, ListFacts, ListVouching, StatedPeriod } from './trusted-list.ts'

/** One thing that a change of trust does. A new kind of change is a new member, with its hand in trust/steps.ts. */
export type TrustStep =
  | {
      readonly do: 'add'
      /** DER, base64; those that are anchors already stay as they are. */
      readonly certificates: readonly string[]
      readonly purposes: readonly AnchorPurpose[]
      readonly source: string
      readonly countsFrom: Instant | null
      readonly countsUntil: Instant | null
      readonly constraints: AnchorConstraints | null
      /** Asked for where a certificate came with a submission; several stand one a line. */
      readonly typedFingerprint?: string
      /** SHA-256 of the files that they were read from. */
      readonly files?: readonly string[]
    }
  | { readonly do: 'disable' | 'enable' | 'remove'; readonly sha256: string }
  /** Agrees to a change of the policy, see PolicyReview. */
  | { readonly do: 'apply-policy'; readonly policy: string }
  /** Puts a trusted list in force, or in place of the one before. */
  | { readonly do: 'use-list'; readonly list: ListFacts; readonly entries: readonly ListEntry[] }
  | { readonly do: 'drop-list'; readonly territory: string }
  | { readonly do: 'limit'; readonly sha256: string; readonly constraints: AnchorConstraints | null }

/** A trusted list that a change is about, and what would become of its certificates. */
export interface PlannedList {
  readonly does: 'use' | 'drop'
  /** As it would be, or as it was. */
  readonly list: ListFacts
  /** Null where it goes. */
  readonly vouched: ListVouching | null
  /** Number of the list that is in force now; null where none is. */
  readonly inForce: number | null
  /** Certificates of services that can be used, in all. */
  readonly usable: number
  /** How many certificates come, and how many go. */
  readonly comes: number
  readonly goes: number
  /** Certificates that stay, and count in other times than before. */
  readonly changes: readonly {
    readonly sha256: string
    readonly subject: string
    readonly before: readonly StatedPeriod[]
    readonly after: readonly StatedPeriod[]
  }[]
  /** How many of the rest are said something else of: what they are used for, or whether what they sign is qualified. */
  readonly restated: number
  /** The list of the lists goes out of force with this step: no list rests on it any more. */
  readonly endsListOfLists: boolean
  /** Names of the certificate that signed it; null where that is not at hand. */
  readonly signedBy: string | null
}

/** A document of an open case whose verdict would be another. */
export interface VerdictEffect {
  readonly caseNumber: string
  readonly caseTitle: string
  readonly document: string
  readonly before: DocumentIndication
  readonly after: DocumentIndication
}

/** What a change would do to open cases. */
export interface Effects {
  readonly changed: readonly VerdictEffect[]
  /** Documents of open cases that were judged for it. */
  readonly examined: number
  /** False where there was no time for all of them. */
  readonly complete: boolean
}

/**
 * draft: somebody looks at what it would do; nobody has confirmed it. open: one admin has, and another must. Then one of
 * the others, for good.
 */
export type ProposalState = 'draft' | 'open' | 'carried-out' | 'declined' | 'expired'

/** A change of trust before it is one. */
export interface TrustProposal {
  readonly id: string
  readonly state: ProposalState
  readonly steps: readonly TrustStep[]
  readonly reason: string
  readonly proposedBy: Actor
  readonly madeAt: Instant
  readonly expiresAt: Instant
  /** The state of trust by which its effects were told, see trustStamp. */
  readonly trustStamp: string
  /** Null: not told yet. */
  readonly effects: Effects | null
  readonly settledAt: Instant | null
  readonly settledBy: Actor | null
  readonly settledReason: string | null
}

/** The rules that verdicts are made by, beside the anchors. */
export interface JudgingPolicy {
  /** SHA-256 over all of it. */
  readonly name: string
  readonly checkRevocation: Settings['checkRevocation']
  readonly algorithms: Settings['algorithms']
  readonly version: string
}

/** A change of the policy that open cases' verdicts do not follow yet. */
export interface PolicyReview {
  readonly before: JudgingPolicy
  readonly after: JudgingPolicy
  readonly since: Instant
  /** Null: a job is looking. */
  readonly effects: Effects | null
}

import type { Instant, Language } from './time.ts'

/** key-code: a code that is encrypted to a key which a citizen handed in, to be typed as proof of it. */
export type LetterKind = 'receipt' | 'decision' | 'one-time-code' | 'key-code' | 'notice'

/** Says whether a letter bears a code: it is for the citizen alone, of use by mail only, and not kept in the archive. */
export const bearsCode = (kind: LetterKind): boolean => kind === 'one-time-code' || kind === 'key-code'

export type DeliveryChannel = 'openpgp-mail' | 'notice-mail' | 'plain-mail' | 'pickup'

/**
 * A letter to one party. Its cause is unique: "receipt:<submission>" or "decision:<case>",
 * so nobody gets two answers for one cause, whatever is repeated.
 */
export interface Letter {
  readonly id: string
  readonly cause: string
  readonly caseId: string
  readonly partyId: string
  readonly kind: LetterKind
  readonly language: Language
  readonly subject: string
  readonly bodyText: string
  readonly documentIds: readonly string[]
  readonly createdAt: Instant
}

/**
 * planned: route and Message-ID are on record, bytes may be. handing-over: an attempt is under way.
 * accepted: the next hop took it. kept: it stands in the outbox page (no relay configured).
 * refused: a definite no. waiting: a passing no, tried again. unsendable: a person must act.
 */
export type DeliveryState =
  | 'planned'
  | 'handing-over'
  | 'accepted'
  | 'kept'
  | 'available'
  | 'refused'
  | 'waiting'
  | 'unsendable'

export interface Delivery {
  readonly id: string
  readonly letterId: string
  readonly caseId: string
  readonly channel: DeliveryChannel
  /** Why this channel, as a code a page puts in words: key-from-sender, nothing-chosen, wrote-encrypted-no-key … */
  readonly routeReason: string
  readonly address: string | null
  /** Minted once, before the first attempt. */
  readonly messageId: string | null
  /** The composed mail; stored before the first attempt and repeated unchanged. */
  readonly rawSha256: string | null
  readonly rawSize: number | null
  readonly state: DeliveryState
  readonly attempts: number
  /** How many hand-overs were in flight when we were killed (RFC 1047): each may have doubled the mail. */
  readonly possiblyDoubled: number
  readonly createdAt: Instant
  readonly updatedAt: Instant
}

/** Delivery evidence (EN 319 522): what became of a delivery, when, by whose word. */
export interface DeliveryEvidence {
  readonly id: string
  readonly deliveryId: string
  readonly at: Instant
  readonly event:
    | 'planned'
    | 'composed'
    | 'attempted'
    | 'accepted'
    | 'kept'
    | 'refused'
    | 'deferred'
    | 'interrupted'
    | 'unsendable'
    | 'picked-up'
    /** The recipient's side said what became of it: delivered, delayed, displayed. */
    | 'reported'
    /** It said, after the next hop had taken it, that it cannot be delivered. */
    | 'bounced'
  readonly detail: Readonly<Record<string, string | number | boolean>>
}

import type { Instant } from './time.ts'
import type { GatheredData } from './validation-data.ts'

/**
 * One archive time-stamp over all that is kept of a case: a list of digests, and the authority's token over it. Each but
 * the first covers the one before it.
 */
export interface Preservation {
  readonly id: string
  readonly caseId: string
  /** 1 for the case's first. */
  readonly seq: number
  /** The blob with the list: SHA-512 and name of each piece, as sha512sum writes it. */
  readonly manifestSha256: string
  /** The blob with the RFC 3161 token over the list. */
  readonly tokenSha256: string
  /** When the authority says that it was shown the list. */
  readonly at: Instant
  readonly authority: string
  /** When the first certificate that it rests on runs out. */
  readonly holdsUntil: Instant
  /** From then on a new one is to be made over it. */
  readonly renewAt: Instant
  /** What it rests on, such as "sha512" and "rsa:3072". */
  readonly algorithms: readonly string[]
  /** Ids of the validation data that were gathered for what it covers, and for itself. */
  readonly validationData: readonly string[]
  readonly createdAt: Instant
}

/** A token that was checked before anybody relies on it. */
export interface TimeStamp {
  /** DER. */
  readonly token: Uint8Array
  readonly at: Instant
  readonly authority: string
  readonly holdsUntil: Instant
  readonly algorithms: readonly string[]
  /** What was gathered to check it. */
  readonly evidence: readonly GatheredData[]
}

/** The time-stamping authority that the configuration names (RFC 3161). */
export interface TimeStampAuthority {
  /**
   * Gets a token over the content, which is given in pieces; no more than its digest leaves this machine.
   * @throws GatewayError timestamp-unavailable (retryable), timestamp-refused
   */
  stamp(content: readonly Uint8Array[], limits?: { readonly timeoutMs?: number }): Promise<TimeStamp>
}

/** Asks for what is due: by its own time, or because an algorithm that it rests on comes to its end. */
export interface RenewalTime {
  readonly now: Instant
  /** Combinations of algorithms of which one is about to end. */
  readonly weak: readonly (readonly string[])[]
  /** Of those, only what was made before counts: where the authority has no better, a new one mends nothing. */
  readonly weakMadeBefore: Instant
}

/** How the stored cases stand, for who looks after them. */
export interface PreservationStatus {
  /** Cases whose newest time-stamp holds. */
  readonly held: number
  /** Decided cases, answered or archived, that have none. */
  readonly without: number
  /** Cases whose time is come to get a newer one. */
  readonly due: number
  /** The first end among the newest time-stamps; null where there are none. */
  readonly firstEnd: Instant | null
}

/** Under this name the store keeps how the last run of "renew-timestamps" went. */
export const LAST_RENEWAL_SETTING = 'last-timestamp-renewal'

/** How a run went: what was stamped, and what could not be. */
export interface RenewalRun {
  readonly at: Instant
  readonly stamped: number
  /** Why the authority ended the run; null where it did not. */
  readonly fault: string | null
  /** Cases that something of their own stood against. */
  readonly failed: readonly { readonly caseId: string; readonly code: string }[]
}

/** How what is kept stands with its time-stamps. */
export interface PreservationFacts {
  /** Host of the authority; null where none is configured. */
  readonly authority: string | null
  readonly status: PreservationStatus
  /** Null where none was tried yet. */
  readonly last: RenewalRun | null
}

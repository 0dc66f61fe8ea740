import type { Instant } from './time.ts'

/** What another system signs in with. The token itself is shown once and never stored. */
export interface ApiToken {
  readonly id: string
  /** Which system has it, as a person named it. */
  readonly name: string
  readonly tokenHash: string
  readonly createdAt: Instant
  readonly expiresAt: Instant
  readonly revokedAt: Instant | null
  /** To the minute; null: never. */
  readonly lastUsedAt: Instant | null
}

/** A request that changed something, under the key that its sender chose, so that a repeat is known. */
export interface ApiRequest {
  readonly tokenId: string
  /** Hex SHA-256 of the key. */
  readonly keyHash: string
  /** SHA-256 (hex) of what was sent. */
  readonly digest: string
  /** Null until it is stored. */
  readonly submissionId: string | null
  readonly at: Instant
}

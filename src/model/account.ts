import type { Instant } from './time.ts'

export type Role = 'caseworker' | 'admin'

export interface Account {
  readonly id: string
  /** Lower-case sign-in name. */
  readonly username: string
  readonly displayName: string
  readonly role: Role
  /** scrypt, as "scrypt$N$r$p$salt$hash" in base64url; null until the invitation is used. */
  readonly passwordHash: string | null
  readonly createdAt: Instant
  readonly disabledAt: Instant | null
}

/** A one-time link by which a person sets the password. */
export interface Invitation {
  readonly tokenHash: string
  readonly accountId: string
  readonly createdAt: Instant
  readonly expiresAt: Instant
  readonly usedAt: Instant | null
}

/** A sign-in. Staff: accountId is set. Citizens who gave a one-time code: caseId is set. */
export interface Session {
  readonly tokenHash: string
  readonly accountId: string | null
  readonly caseId: string | null
  readonly createdAt: Instant
  readonly expiresAt: Instant
}

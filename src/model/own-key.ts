import type { Instant } from './time.ts'

/** Which mail a key is for; also the kind of a citizen's key. */
export type MailKeyKind = 'openpgp' | 'smime'

/**
 * requested: made, and its CA has still to issue the certificate. active: signs, and is offered to citizens; one of each
 * kind. former: still opens what comes to it, and what it signed still holds. revoked: known to others, or lost: neither.
 */
export type OwnKeyState = 'requested' | 'active' | 'former' | 'revoked'

/**
 * One of the municipality's keys for mail, as a page may show it. The private key is a file in the data folder's keys/,
 * and never in the database.
 */
export interface OwnKey {
  /** OpenPGP: the fingerprint. S/MIME: SHA-256 of the public key, which request and certificate share. Lower-case hex. */
  readonly id: string
  readonly kind: MailKeyKind
  readonly state: OwnKeyState
  /** self-made: by us. issued: ours, with a CA's certificate. imported: came with its private key from elsewhere. */
  readonly source: 'self-made' | 'issued' | 'imported'
  /** What others get: the armoured OpenPGP certificate; PEM, own certificate first; PEM of the request. */
  readonly certificate: string
  /** The user id, or the subject's name. */
  readonly subject: string
  readonly addresses: readonly string[]
  /** Kind and size in words: "Ed25519", "RSA 3072". */
  readonly algorithm: string
  /** Name of the file in keys/. */
  readonly file: string
  readonly createdAt: Instant
  /** Null: without end, or not issued yet. */
  readonly expiresAt: Instant | null
  readonly stateSince: Instant
  /** Why it was revoked; null where it is not. */
  readonly reason: string | null
  /** When it last went into a backup; null: never since it was made. */
  readonly backedUpAt: Instant | null
}

/** What to say of a key before something stops; days: to its end; level: 90, 30 or 7. */
export type KeyWarning =
  | { readonly code: 'expires-soon'; readonly days: number; readonly level: 7 | 30 | 90 }
  | { readonly code: 'expired' | 'never-backed-up' | 'private-key-missing' }

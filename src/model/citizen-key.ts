import type { MailKeyKind } from './own-key.ts'
import type { Instant } from './time.ts'

/** How a citizen's key came to us. signed-mail: it signed the mail that it came with. */
export type CitizenKeySource = 'attached' | 'autocrypt' | 'signed-mail' | 'wkd' | 'uploaded'

/**
 * What says that the key belongs to the address. none: nobody but the key itself. signature: its holder wrote a mail with
 * that From. dmarc: the address's domain vouches for the mail. tls: it was fetched from the domain. anchor: a CA that
 * counts for mail says so. challenge: the citizen read a code that was encrypted to it.
 */
export type CitizenKeyProof = 'none' | 'signature' | 'dmarc' | 'tls' | 'anchor' | 'challenge'

/** candidate: seen and not used. counts: used for what goes to the address; one of each kind. The others: never again. */
export type CitizenKeyState = 'candidate' | 'counts' | 'replaced' | 'revoked' | 'expired'

/** A key that was seen for an address. One row for each address, kind and fingerprint. */
export interface CitizenKey {
  readonly id: string
  /** The whole address in lower case. */
  readonly address: string
  readonly kind: MailKeyKind
  /** OpenPGP: the fingerprint. S/MIME: SHA-256 of the certificate. Lower-case hex. */
  readonly fingerprint: string
  /** Armoured certificate, or PEM. */
  readonly certificate: string
  readonly source: CitizenKeySource
  readonly proof: CitizenKeyProof
  readonly state: CitizenKeyState
  readonly firstSeenAt: Instant
  readonly lastSeenAt: Instant
  readonly stateSince: Instant
}

/** What the certificate itself says of its end. */
export type CitizenKeyEnd =
  | { readonly code: 'unknown' }
  | { readonly code: 'never' }
  | { readonly code: 'later'; readonly at: Instant }
  | { readonly code: 'ended'; readonly at: Instant }
  /** Within thirty days. */
  | { readonly code: 'soon'; readonly at: Instant; readonly days: number }

/** When a citizen's key was proven by a code, null where it was not, and when it ends. */
export interface CitizenKeyTimes {
  readonly provenAt: Instant | null
  readonly end: CitizenKeyEnd
}

/** A code that went out encrypted to a key; who types it holds the key, and reads the address's mail. */
export interface KeyChallenge {
  readonly id: string
  readonly keyId: string
  readonly caseId: string
  /** Salted hash; the code itself stands in the letter until the mail is made, and from then on encrypted in that alone. */
  readonly codeHash: string
  readonly createdAt: Instant
  readonly expiresAt: Instant
  readonly attemptsLeft: number
  readonly usedAt: Instant | null
}

import type { Instant, Language } from './time.ts'

export type IntakeChannel = 'smtp' | 'imap' | 'upload' | 'api' | 'folder'

/** What the channel knew about the hand-over, beside the bytes. */
export interface Envelope {
  /** SMTP's reverse-path; '' for the null sender; null where the channel has none. */
  readonly from: string | null
  readonly to: readonly string[]
  readonly remoteAddress: string | null
  readonly helo: string | null
  readonly tls: boolean
}

/**
 * received: on disk, acknowledged, nothing read yet. normalised: its parts are documents.
 * verified: each has a report. cased: stands in a case.
 * set-aside: it is no errand of anybody's, such as a delivery report; kept, and shown to staff.
 */
export type SubmissionState = 'received' | 'normalised' | 'verified' | 'cased' | 'set-aside'

/** What somebody handed in, through any channel, with its envelope. The raw bytes never change. */
export interface Submission {
  readonly id: string
  readonly channel: IntakeChannel
  readonly receivedAt: Instant
  /** Two hand-overs with the same key are one submission (a client that did not see our 250 sends again). */
  readonly dedupKey: string
  readonly envelope: Envelope
  /** message/rfc822, or multipart/form-data with its Content-Type line in front of the body. */
  readonly rawMediaType: string
  readonly rawSha256: string
  readonly rawSize: number
  readonly state: SubmissionState
  readonly caseId: string | null
  /** The page's language where it came by page; else null until the mail tells. */
  readonly language: Language | null
  /** Why it could not be read, as a code; the case then holds the raw message. */
  readonly problem: string | null
  /** What the normaliser found in the header (null before it ran, or where it could not). */
  readonly headers: MessageHeaders | null
}

/** The header fields that later steps use, decoded (RFC 2047) and cut to sane lengths. */
export interface MessageHeaders {
  readonly messageId: string | null
  readonly inReplyTo: readonly string[]
  readonly references: readonly string[]
  readonly subject: string
  readonly date: Instant | null
  /** Every From mailbox; a mail with none or several is never answered as one person's. */
  readonly from: readonly { readonly name: string; readonly address: string }[]
  readonly replyTo: readonly string[]
  /** RFC 3834 and its habits: the raw values of the fields that say "do not answer". */
  readonly autoSubmitted: string | null
  readonly precedence: string | null
  readonly listId: string | null
  readonly autoResponseSuppress: string | null
  readonly contentLanguage: string | null
  /** The Autocrypt field, unfolded, as it stands (null where there is none or several for the sender). */
  readonly autocrypt: string | null
  /** Something in it came encrypted, in any part (OpenPGP, armoured or not; S/MIME). */
  readonly encrypted: boolean
  /** Plain text of the body as a person reads it, at most 64 KiB of characters. */
  readonly bodyText: string
  /** The case type that a form named; null or absent for mail. */
  readonly caseType?: string | null
  /** OpenPGP certificates that came along, armoured; address: the one that Autocrypt names, null where attached. */
  readonly openpgpKeys?: readonly {
    readonly source: 'attached' | 'autocrypt'
    readonly armored: string
    readonly address: string | null
  }[]
  /** What a program says of a mail of ours; null or absent: a person wrote it. */
  readonly report?: MailReport | null
  /** What the reader repaired, gave up on or did, as stable codes: charset-guessed, decrypted, cannot-decrypt … */
  readonly notes?: readonly string[]
}

/** A delivery report (RFC 3464), a read receipt (RFC 8098), or an answer that a program gave. */
export interface MailReport {
  readonly kind: 'delivery' | 'disposition' | 'auto-reply'
  /** Message-IDs that it may be about, with their brackets. */
  readonly about: readonly string[]
  /** Null: it does not say, or in a way that is not understood. */
  readonly outcome: 'failed' | 'delayed' | 'delivered' | 'displayed' | null
  /** As 5.1.1 (RFC 3463); null where there is none. */
  readonly status: string | null
}

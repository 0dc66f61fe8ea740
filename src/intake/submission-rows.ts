import { createHash } from 'node:crypto'
import type { SMTPServerEnvelope, SMTPServerSession } from 'smtp-server'
import { newId } from '../model/ids.ts'
import type { BlobRef } from '../model/store.ts'
import type { Submission } from '../model/submission.ts'
import { instant, type Language } from '../model/time.ts'

const fresh = {
  state: 'received',
  caseId: null,
  language: null,
  problem: null,
  headers: null,
} as const

/** Takes what SMTP knew of a hand-over; gives its row. */
export function mailSubmission(from: {
  readonly envelope: SMTPServerEnvelope
  readonly session: SMTPServerSession
  /** False: a mail server in front took it in, and whom from is not known. */
  readonly isClientKnown: boolean
  readonly raw: BlobRef
  readonly receivedAt: Date
}): Submission {
  const { envelope, session, raw } = from
  const sender = envelope.mailFrom === false ? '' : envelope.mailFrom.address
  const recipients = envelope.rcptTo.map((recipient) => recipient.address)
  return {
    ...fresh,
    id: newId(from.receivedAt.getTime()),
    channel: 'smtp',
    receivedAt: instant(from.receivedAt),
    dedupKey: mailDedupKey(sender, recipients, raw.sha256),
    envelope: {
      from: sender,
      to: recipients,
      remoteAddress: from.isClientKnown ? session.remoteAddress : null,
      helo: from.isClientKnown ? session.hostNameAppearsAs || null : null,
      tls: session.secure,
    },
    rawMediaType: 'message/rfc822',
    rawSha256: raw.sha256,
    rawSize: raw.size,
  }
}

/**
 * Takes a mail that was fetched from a mailbox; gives its row. Within an account the same bytes are the same mail, wherever they
 * lie and whatever the server numbers them: after a kill between storing and moving, or a mailbox that was built anew, it is known again.
 */
export function mailboxSubmission(from: {
  readonly account: string
  readonly envelope: { readonly from: string | null; readonly to: readonly string[] }
  readonly raw: BlobRef
  readonly receivedAt: Date
}): Submission {
  const { account, envelope, raw } = from
  return {
    ...fresh,
    id: newId(from.receivedAt.getTime()),
    channel: 'imap',
    receivedAt: instant(from.receivedAt),
    dedupKey: `imap:${createHash('sha256').update(`${account}\n${raw.sha256}`).digest('hex')}`,
    envelope: { from: envelope.from, to: envelope.to, remoteAddress: null, helo: null, tls: false },
    rawMediaType: 'message/rfc822',
    rawSha256: raw.sha256,
    rawSize: raw.size,
  }
}

/**
 * A client that did not see our 250 sends the same bytes in the same envelope again (RFC 1047), maybe from another
 * address: with the same key the two are one submission. The raw bytes stand in by their SHA-256.
 */
function mailDedupKey(sender: string, recipients: readonly string[], rawSha256: string): string {
  const envelope = JSON.stringify([sender, recipients.map((address) => address.toLowerCase()).sort()])
  return `smtp:${createHash('sha256').update(`${envelope}\n${rawSha256}`).digest('hex')}`
}

/** Takes a file of the watched folder, stored as a form; gives its row. The folder knows nobody who sent it. */
export function folderSubmission(from: {
  readonly dedupKey: string
  readonly raw: BlobRef
  readonly receivedAt: Date
}): Submission {
  return {
    ...fresh,
    id: newId(from.receivedAt.getTime()),
    channel: 'folder',
    receivedAt: instant(from.receivedAt),
    dedupKey: from.dedupKey,
    envelope: { from: null, to: [], remoteAddress: null, helo: null, tls: false },
    rawMediaType: 'multipart/form-data',
    rawSha256: from.raw.sha256,
    rawSize: from.raw.size,
  }
}

/**
 * Takes a form's nonce, the digest of what was filled in, and the case that it adds to; gives the key under which its
 * hand-overs are one submission. The same form with other files is another one: nothing sent is taken for a repeat
 * that it is not. A nonce counts within its case alone.
 */
export const uploadDedupKey = (form: {
  readonly nonce: string
  readonly digest: string
  readonly caseId: string | null
}): string => `upload:${form.caseId === null ? '' : `${form.caseId}:`}${form.nonce}:${form.digest}`

/** Takes what the page knew of a form; gives its row. The nonce was minted with the form. */
export function uploadSubmission(from: {
  readonly channel: 'upload' | 'api'
  readonly dedupKey: string
  /** The case that a proven citizen adds to; null where the form opens one. */
  readonly caseId: string | null
  readonly remoteAddress: string | null
  readonly language: Language
  readonly raw: BlobRef
  readonly receivedAt: Date
  readonly tls: boolean
}): Submission {
  return {
    ...fresh,
    id: newId(from.receivedAt.getTime()),
    channel: from.channel,
    receivedAt: instant(from.receivedAt),
    dedupKey: from.dedupKey,
    envelope: { from: null, to: [], remoteAddress: from.remoteAddress, helo: null, tls: from.tls },
    rawMediaType: 'multipart/form-data',
    rawSha256: from.raw.sha256,
    rawSize: from.raw.size,
    caseId: from.caseId,
    language: from.language,
  }
}

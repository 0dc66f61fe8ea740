import type { MessageHeaders } from '../model/submission.ts'
import { decodeEncodedWords, type Entity, firstField, parseMailboxes } from '../verify/mime/index.ts'
import { cleanLine } from './clean-text.ts'
import { readMailReport } from './mail-report.ts'

const MAX_SUBJECT = 500
const MAX_VALUE = 1000
const MAX_NAME = 200
const MAX_IDS = 100
const MAX_ID = 500
const MAX_MAILBOXES = 50
const MAX_AUTOCRYPT = 64 * 1024

/**
 * Takes the root entity of a mail; gives the header fields that later steps use, decoded and cut to sane lengths.
 * Message-IDs keep their angle brackets, as In-Reply-To wants them. Body, keys and notes are for the caller to add.
 */
export function readMessageHeaders(root: Entity): Omit<MessageHeaders, 'encrypted' | 'bodyText'> {
  return {
    messageId: messageIds(root, 'message-id')[0] ?? null,
    inReplyTo: messageIds(root, 'in-reply-to'),
    references: messageIds(root, 'references'),
    subject: cleanLine(decodeEncodedWords(firstField(root, 'subject')?.value ?? ''), MAX_SUBJECT),
    date: readDate(firstField(root, 'date')?.value),
    from: readMailboxes(root, 'from'),
    replyTo: readMailboxes(root, 'reply-to').map((mailbox) => mailbox.address),
    autoSubmitted: rawValue(root, 'auto-submitted'),
    precedence: rawValue(root, 'precedence'),
    listId: rawValue(root, 'list-id'),
    autoResponseSuppress: rawValue(root, 'x-auto-response-suppress'),
    contentLanguage: rawValue(root, 'content-language'),
    autocrypt: readAutocrypt(root),
    report: readMailReport(root),
  }
}

function rawValue(root: Entity, name: string): string | null {
  const field = firstField(root, name)
  return field ? cleanLine(field.value, MAX_VALUE) : null
}

/** Mailboxes of every field of that name, without those whose address cannot be read. */
function readMailboxes(root: Entity, name: string): { name: string; address: string }[] {
  return root.fields
    .filter((field) => field.name === name)
    .flatMap((field) => parseMailboxes(field.value))
    .filter((mailbox) => mailbox.address !== '')
    .slice(0, MAX_MAILBOXES)
    .map((mailbox) => ({ name: cleanLine(mailbox.name, MAX_NAME), address: cleanLine(mailbox.address, MAX_VALUE) }))
}

function messageIds(root: Entity, name: string): readonly string[] {
  const ids = root.fields
    .filter((field) => field.name === name)
    .flatMap((field) => field.value.match(/<[^<>\s]{1,498}>/g) ?? [])
  // A thread's first and last mails say most: where there are too many, the middle goes.
  const kept = ids.length > MAX_IDS ? [...ids.slice(0, 1), ...ids.slice(1 - MAX_IDS)] : ids
  return kept.map((id) => cleanLine(id, MAX_ID))
}

function readDate(value: string | undefined): string | null {
  const time = value === undefined ? Number.NaN : Date.parse(value.slice(0, 100))
  const year = Number.isNaN(time) ? 0 : new Date(time).getUTCFullYear()
  return year >= 1970 && year <= 9999 ? new Date(time).toISOString() : null
}

/** Autocrypt Level 1 §2.2: with several fields, or several senders, none counts. */
function readAutocrypt(root: Entity): string | null {
  const fields = root.fields.filter((field) => field.name === 'autocrypt')
  const [field] = fields
  if (!field || fields.length > 1 || field.value.length > MAX_AUTOCRYPT) return null
  if (readMailboxes(root, 'from').length !== 1) return null
  return cleanLine(field.value, MAX_AUTOCRYPT)
}

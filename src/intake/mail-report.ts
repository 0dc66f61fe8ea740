import type { MailReport } from '../model/submission.ts'
import { allEntities, decodeBody, type Entity, firstField } from '../verify/mime/index.ts'

const MAX_ABOUT = 30
const MAX_TEXT = 256 * 1024

/** How programs that follow no standard call it: Exchange, Gmail, qmail, exim, in English and Danish. */
const BOUNCE_SUBJECT =
  /^\s*(?:undeliver(?:able|ed)|delivery (?:status notification|has failed|failure)|mail delivery (?:failed|system)|returned mail|failure notice|(?:kan|kunne) ikke leveres|ikke leveret|meddelelsen kunne ikke leveres)/i
const BOUNCE_FROM = /^(?:mailer-daemon|postmaster|microsoftexchange[0-9a-f]+)@/i
const ABSENT_SUBJECT =
  /^\s*(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office|autosvar|automatisk svar|fraværende|ikke på kontoret)\b/i

/**
 * Takes a mail's root; says what a program tells by it of a mail of ours: a delivery report (RFC 3464, or as Exchange, Gmail and qmail
 * write it), a read receipt (RFC 8098), or that somebody is away (RFC 3834). Null: a person wrote it, as far as can be told.
 * Whether it is about a mail that we sent, the Message-IDs tell.
 */
export function readMailReport(root: Entity): MailReport | null {
  const type = root.contentType.value === 'multipart/report' ? root.contentType.parameters.get('report-type') : null
  if (type?.toLowerCase() === 'delivery-status') return deliveryReport(root)
  if (type?.toLowerCase() === 'disposition-notification') return dispositionReport(root)
  const subject = firstField(root, 'subject')?.value ?? ''
  const from = firstField(root, 'from')?.value ?? ''
  const address = /<([^<>]+)>/.exec(from)?.[1] ?? from.trim()
  if (BOUNCE_FROM.test(address) && BOUNCE_SUBJECT.test(subject)) return unwrittenReport(root)
  return isAutoReply(root, subject) ? { kind: 'auto-reply', about: threadOf(root), outcome: null, status: null } : null
}

function isAutoReply(root: Entity, subject: string): boolean {
  const value = (name: string): string => firstField(root, name)?.value.trim().toLowerCase() ?? ''
  // Auto-generated is what forms and scanners say of errands that they bring: it answers nothing.
  if (value('auto-submitted').startsWith('auto-replied')) return true
  if (value('x-autoreply') === 'yes' || value('x-autorespond') !== '' || value('precedence') === 'auto_reply')
    return true
  return ABSENT_SUBJECT.test(subject) && threadOf(root).length > 0
}

const IDS = /<[^<>\s@]{1,400}@[^<>\s]{1,255}>/g

const threadOf = (root: Entity): readonly string[] =>
  ['in-reply-to', 'references'].flatMap((name) => firstField(root, name)?.value.match(IDS) ?? []).slice(0, MAX_ABOUT)

function deliveryReport(root: Entity): MailReport {
  const status = textOf(root, 'message/delivery-status')
  const action = /^action[ \t]*:[ \t]*(\w+)/im.exec(status)?.[1]?.toLowerCase()
  const outcome = { failed: 'failed', delayed: 'delayed', delivered: 'delivered' } as const
  return {
    kind: 'delivery',
    about: originalIds(root),
    outcome: action !== undefined && action in outcome ? outcome[action as keyof typeof outcome] : null,
    status: /^status[ \t]*:[ \t]*(\d\.\d{1,3}\.\d{1,3})/im.exec(status)?.[1] ?? null,
  }
}

function dispositionReport(root: Entity): MailReport {
  const text = textOf(root, 'message/disposition-notification')
  const original = /^original-message-id[ \t]*:[ \t]*(<[^<>\s]+>)/im.exec(text)?.[1]
  const isDisplayed = /^disposition[ \t]*:[^\n]*\bdisplayed\b/im.test(text)
  return {
    kind: 'disposition',
    about: [...(original ? [original] : []), ...threadOf(root), ...originalIds(root)].slice(0, MAX_ABOUT),
    outcome: isDisplayed ? 'displayed' : null,
    status: null,
  }
}

/** A report in prose: only a permanent failure is understood, by its code. */
function unwrittenReport(root: Entity): MailReport {
  const text = shownText(root)
  const status = /(?:^|[^\d.])(5\.\d{1,3}\.\d{1,3})(?![\d.])/.exec(text)?.[1] ?? null
  return { kind: 'delivery', about: originalIds(root), outcome: status === null ? null : 'failed', status }
}

/** Of the mail that came back: as a mail inside, as its header alone, or quoted in the text. */
function originalIds(root: Entity): readonly string[] {
  const inside = allEntities(root).filter((entity) => entity !== root)
  const returned = inside.flatMap((entity) => firstField(entity, 'message-id')?.value.match(IDS) ?? [])
  const quoted = [
    ...`${textOf(root, 'text/rfc822-headers')}\n${shownText(root)}`.matchAll(
      /^[> \t]*message-id[ \t]*:[ \t\r\n]*(<[^<>\s]+>)/gim,
    ),
  ]
  return [...new Set([...returned, ...quoted.map(([, id = '']) => id), ...threadOf(root)])].slice(0, MAX_ABOUT)
}

const shownText = (root: Entity): string => textOf(root, 'text/plain')

function textOf(root: Entity, type: string): string {
  const parts = allEntities(root).filter(
    ({ contentType, children }) => contentType.value === type && children.length === 0,
  )
  return parts
    .map((part) => Buffer.from(decodeBody(part).bytes.subarray(0, MAX_TEXT)).toString('latin1'))
    .join('\n')
    .slice(0, MAX_TEXT)
}

import type { MessageHeaders } from '../model/submission.ts'
import { isSendableAddress, sameAddress, splitAddress } from './mail-address.ts'

/** Stable codes; describeRoute puts them in words. */
export type MayNotAnswerReason =
  | 'null-sender'
  | 'no-from'
  | 'several-from'
  | 'bad-address'
  | 'own-address'
  | 'no-reply-address'
  | 'auto-submitted'
  | 'precedence-bulk'
  | 'mailing-list'
  | 'auto-response-suppress'
  | 'reply-to-differs'
  | 'return-path-differs'

type AnsweredHeaders = Pick<
  MessageHeaders,
  'from' | 'replyTo' | 'autoSubmitted' | 'precedence' | 'listId' | 'autoResponseSuppress'
>

/** Local parts behind which nobody reads, dots and dashes left out (RFC 3834 §2, and what is usual in Denmark). */
const NOBODY_READS =
  /^(?:noreply.*|donotreply.*|dontreply|no(?:response|answer)|donot(?:respond|answer)|svarikke|ikke(?:be)?svar|ingensvar|mailerdaemon|postmaster|daemon|nobody|listserv|majordomo|bounces?)$/
/** What mailing programs make for each recipient or list. */
const MADE_BY_PROGRAM = /^(?:bounces?[-+=].*|owner-.*|.*-(?:request|bounces?|owner))$/
const PRECEDENCE = new Set(['bulk', 'list', 'junk'])
const SUPPRESSED = new Set(['dr', 'autoreply', 'all'])

/**
 * Takes the reverse-path (null where the channel has none), the header fields of a mail and our own addresses (whole
 * ones, or "@domain"); says whether an automatic answer may go to its sender, and if not, why (RFC 3834 §2, §4).
 */
export function mayAnswer(
  envelopeFrom: string | null,
  headers: AnsweredHeaders,
  ownAddresses: readonly string[],
): { readonly may: boolean; readonly reason: MayNotAnswerReason | null } {
  const reason = findReason(envelopeFrom, headers, ownAddresses)
  return { may: reason === null, reason }
}

function findReason(
  envelopeFrom: string | null,
  headers: AnsweredHeaders,
  ownAddresses: readonly string[],
): MayNotAnswerReason | null {
  if (envelopeFrom === '' || envelopeFrom === '<>') return 'null-sender'
  const from = headers.from[0]?.address
  if (from === undefined) return 'no-from'
  if (headers.from.length > 1) return 'several-from'
  if (!isSendableAddress(from)) return 'bad-address'
  if (ownAddresses.some((own) => isOurs(from, own))) return 'own-address'
  if (isReadByNobody(from)) return 'no-reply-address'
  return findHeaderReason(headers) ?? findAddressReason(envelopeFrom, from, headers.replyTo, ownAddresses)
}

function findHeaderReason(headers: AnsweredHeaders): MayNotAnswerReason | null {
  // RFC 3834 §5: parameters may follow the keyword; anything but "no" says that no person wrote this.
  const autoSubmitted = headers.autoSubmitted?.split(/[;(]/)[0]?.trim().toLowerCase()
  if (autoSubmitted !== undefined && autoSubmitted !== 'no') return 'auto-submitted'
  if (PRECEDENCE.has(headers.precedence?.trim().toLowerCase() ?? '')) return 'precedence-bulk'
  if (headers.listId !== null) return 'mailing-list'
  const suppressed = headers.autoResponseSuppress?.split(/[,;\s]+/) ?? []
  return suppressed.some((word) => SUPPRESSED.has(word.toLowerCase())) ? 'auto-response-suppress' : null
}

function findAddressReason(
  envelopeFrom: string | null,
  from: string,
  replyTo: readonly string[],
  ownAddresses: readonly string[],
): MayNotAnswerReason | null {
  if (replyTo.some((address) => !sameAddress(address, from))) return 'reply-to-differs'
  if (envelopeFrom === null) return null
  const returnPath = withoutBounceTag(envelopeFrom)
  if (ownAddresses.some((own) => isOurs(returnPath, own))) return 'own-address'
  // RFC 3834 §4: an automatic answer belongs to the return path; where that is somebody else, nobody gets one. That
  // holds for what forwarders and mailing programs put there too (bounces+SRS=…@): it says nothing of the From.
  return sameAddress(returnPath, from) ? null : 'return-path-differs'
}

function isReadByNobody(address: string): boolean {
  const local = splitAddress(address)?.local.toLowerCase()
  if (local === undefined) return true
  return MADE_BY_PROGRAM.test(local) || NOBODY_READS.test(local.replace(/[._-]/g, ''))
}

function isOurs(address: string, own: string): boolean {
  if (own.startsWith('@')) return splitAddress(address)?.domain === splitAddress(`x${own}`)?.domain
  return sameAddress(withoutPlus(address), own)
}

/** sag+token@ is the same mailbox as sag@ with us. */
function withoutPlus(address: string): string {
  return address.replace(/\+[^@]*(?=@)/, '')
}

// Bounce Address Tag Validation: prvs=0123456789=kai@… is Kai's own server marking its bounces.
function withoutBounceTag(address: string): string {
  return address
    .trim()
    .replace(/^<|>$/g, '')
    .replace(/^(?:prvs|msprvs1)=[^=@]{1,40}=/i, '')
}

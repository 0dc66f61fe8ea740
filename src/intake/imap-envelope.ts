import { type Entity, parseMailboxes, parseMime } from '../verify/mime/index.ts'

const MAX_HEADER_BYTES = 256 * 1024

/** What a mail from a mailbox says of how it came there. */
export interface MailboxEnvelope {
  /** The return path that the delivering server wrote on top; null where it wrote none, '' for a report. */
  readonly from: string | null
  readonly to: readonly string[]
}

/**
 * Takes a mail as it lies in a mailbox and the address that the mailbox stands for; gives the envelope as the delivering server wrote
 * it down: Return-Path in front of the first Received (RFC 5321 §4.4), and Delivered-To or X-Original-To there.
 * What stands behind the first Received came with the mail, and anybody may have written it.
 */
export function mailboxEnvelope(raw: Uint8Array, recipient: string): MailboxEnvelope {
  const root = headerOf(raw)
  const received = root.fields.findIndex(({ name }) => name === 'received')
  const trace = root.fields.slice(0, received < 0 ? undefined : received)
  const path = trace.find(({ name }) => name === 'return-path')
  const delivered = trace.filter(({ name }) => name === 'delivered-to' || name === 'x-original-to')
  const to = delivered.flatMap(({ value }) => parseMailboxes(value).map(({ address }) => address))
  return { from: path ? returnPathOf(path.value) : null, to: [...new Set([...to.filter(isAddress), recipient])] }
}

/** The header alone: a mail may be large, and nothing else is asked of it here. */
function headerOf(raw: Uint8Array): Entity {
  const view = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  const ends = [view.indexOf('\r\n\r\n'), view.indexOf('\n\n')].filter((at) => at >= 0)
  return parseMime(raw.subarray(0, Math.min(...ends, MAX_HEADER_BYTES, raw.length))).root
}

function returnPathOf(value: string): string | null {
  if (/^\s*<\s*>\s*$/.test(value)) return ''
  const [mailbox] = parseMailboxes(value)
  return mailbox && isAddress(mailbox.address) ? mailbox.address : null
}

const isAddress = (address: string): boolean => /^[^\s@]+@[^\s@]+$/.test(address)

import { type Entity, type Mailbox, parseMailboxes } from '../mime/index.ts'
import type { SignatureReport } from '../report/report.ts'

/** Who a mail says that it is from. */
export interface Sender {
  /** The one address; null where there is none, or more than one. */
  readonly address: string | null
  /** As it stands, for display. */
  readonly from: string | null
  /** The name beside the address is another address: readers that show names show that one. */
  readonly isMisnamed: boolean
}

/** Gives the one From address. Several fields or several addresses are nobody: readers disagree on whom they show. */
export function senderOf(root: Entity): Sender {
  const fields = root.fields.filter((field) => field.name === 'from')
  const [field, ...more] = fields
  const mailboxes = field ? parseMailboxes(field.value).filter((mailbox) => mailbox.address !== '') : []
  const [mailbox, ...others] = mailboxes
  const one = mailbox && more.length === 0 && others.length === 0 ? mailbox.address : null
  return { address: one, from: mailbox?.address ?? null, isMisnamed: mailbox !== undefined && isMisnamed(mailbox) }
}

const ADDRESSES = /[^\s"'<>(),;:]+@[^\s"'<>(),;:]+\.[^\s"'<>(),;:]+/g

const isMisnamed = ({ name, address }: Mailbox): boolean =>
  (name.match(ADDRESSES) ?? []).some((one) => one.toLowerCase() !== address.toLowerCase())

/**
 * Says whether a header that is signed itself names another sender than the mail's own, which is not signed: some readers show
 * the one, some the other. Takes what is signed.
 * @see RFC 9788, RFC 8551 §3.1
 */
export function namesOtherSender(signed: Entity, { address }: Sender): boolean {
  const { value, parameters } = signed.contentType
  const [mail] = value === 'message/rfc822' && parameters.get('forwarded') === 'no' ? signed.children : [signed]
  if (!mail?.fields.some(({ name }) => name === 'from')) return false
  return senderOf(mail).address?.toLowerCase() !== address?.toLowerCase()
}

/**
 * Says whether a signer's certificate, or a User ID of his key, holds the sender's address; case does not count (RFC 8550 §3,
 * RFC 9580 §5.11).
 */
export function isSender(signature: SignatureReport, sender: Sender): boolean {
  const address = sender.address?.toLowerCase()
  if (address === undefined) return false
  const emails = [...(signature.signer?.emails ?? []), ...signature.userIds.flatMap(addressesOf)]
  return emails.some((email) => email.toLowerCase() === address)
}

/** A User ID is a mailbox, or an address alone. */
const addressesOf = (userId: string): readonly string[] => parseMailboxes(userId).map(({ address }) => address)

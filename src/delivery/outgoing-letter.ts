import type { Party } from '../model/case.ts'
import { GatewayError } from '../model/errors.ts'
import { bearsCode, type Delivery, type Letter, type LetterKind } from '../model/letter.ts'
import type { OutgoingMail } from '../model/ports.ts'
import type { DeliveryParts } from './delivery-parts.ts'
import { findTrackingLink, noticeText, signatureBlock } from './letter-body.ts'

/** RFC 3834 §5: receipts answer a mail, codes and notices come of themselves, a decision was made by a person. */
const AUTO_SUBMITTED: Readonly<Record<LetterKind, OutgoingMail['autoSubmitted']>> = {
  receipt: 'auto-replied',
  'one-time-code': 'auto-generated',
  'key-code': 'auto-generated',
  notice: 'auto-generated',
  decision: null,
}

/**
 * Takes a letter and one delivery of it by mail; gives the mail to be composed. The last gate before bytes are made:
 * whoever wrote encrypted, since or before, gets no mail in clear.
 * @throws GatewayError key-unusable, encryption-impossible, not-found
 */
export async function outgoingLetter(
  letter: Letter,
  delivery: Delivery,
  party: Party,
  parts: Pick<DeliveryParts, 'store' | 'settings' | 'clock'>,
): Promise<OutgoingMail> {
  const { municipality } = parts.settings
  if (delivery.address === null || delivery.messageId === null) {
    throw new GatewayError('internal', 'This delivery is not one by mail', { facts: { deliveryId: delivery.id } })
  }
  const encrypted = delivery.channel === 'openpgp-mail'
  if (!encrypted && party.wroteEncrypted) {
    throw new GatewayError('encryption-impossible', 'The recipient wrote encrypted', {
      facts: { reason: 'wrote-encrypted-no-key' },
    })
  }
  const key = letter.kind === 'key-code' ? await challengedKey(letter, parts.store) : party.openpgpKey
  if (encrypted && key === null) {
    throw new GatewayError('key-unusable', 'The recipient has no key', { facts: { reason: 'no-key' } })
  }
  const content = delivery.channel === 'notice-mail' ? await notice(letter, parts) : await wholeLetter(letter, parts)
  return {
    messageId: delivery.messageId,
    date: parts.clock(),
    from: { name: municipality.name, address: municipality.mailAddress },
    to: delivery.address,
    subject: content.subject,
    text: `${content.text.trimEnd()}\n\n${signatureBlock(letter.language, municipality)}\n`,
    language: letter.language,
    attachments: content.attachments,
    inReplyTo: bearsCode(letter.kind) ? null : party.replyToMessageId,
    references: [],
    autoSubmitted: AUTO_SUBMITTED[letter.kind],
    encryptTo: encrypted ? key : null,
  }
}

/** The key that a code is to be encrypted to is the one that is to be proven, and no other. */
async function challengedKey(letter: Letter, store: DeliveryParts['store']): Promise<string | null> {
  const challenge = (await store.keyChallengesOf(letter.caseId)).find(({ id }) => letter.cause === `key-code:${id}`)
  const row = challenge && (await store.citizenKey(challenge.keyId))
  return row?.certificate ?? null
}

type Content = Pick<OutgoingMail, 'subject' | 'text' | 'attachments'>

async function notice(
  letter: Letter,
  { store, settings }: Pick<DeliveryParts, 'store' | 'settings'>,
): Promise<Content> {
  const row = await store.case(letter.caseId)
  if (!row) throw new GatewayError('not-found', 'There is no such case', { facts: { letterId: letter.id } })
  const trackingLink = findTrackingLink(letter, settings.web.publicUrl)
  return { ...noticeText(letter.language, { caseNumber: row.number, trackingLink }), attachments: [] }
}

async function wholeLetter(letter: Letter, { store }: Pick<DeliveryParts, 'store'>): Promise<Content> {
  const attachments: OutgoingMail['attachments'][number][] = []
  // A receipt says what came in, it does not send it back.
  for (const documentId of letter.kind === 'decision' || letter.kind === 'notice' ? letter.documentIds : []) {
    const document = await store.document(documentId)
    if (!document) throw new GatewayError('not-found', 'A document of the letter is gone', { facts: { documentId } })
    attachments.push({
      name: document.name,
      mediaType: document.mediaType,
      bytes: await store.blobs.get(document.sha256),
    })
  }
  return { subject: letter.subject, text: letter.bodyText, attachments }
}

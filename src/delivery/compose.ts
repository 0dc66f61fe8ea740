import { createMessage, encrypt, enums, type PrivateKey, readPrivateKey } from 'openpgp'
import { GatewayError } from '../model/errors.ts'
import type { MailComposer, OutgoingMail } from '../model/ports.ts'
import type { Clock } from '../model/time.ts'
import { messageIdField, threadIds } from './header-text.ts'
import { isSendableAddress, isWithinDomain, splitAddress } from './mail-address.ts'
import { buildEncryptedEntity, buildEntity, dateField, type HeaderField, mailboxField, textField } from './mime-body.ts'
import { usableEncryptionKey } from './openpgp-key.ts'

/** What an encrypted mail shows in place of its subject; the true one is inside, signed. */
const OUTER_SUBJECT = '...'
/** The inner header is the one that counts (RFC 9788 §2.1; the older mark is what most mail programs read today). */
const PROTECTED = '; protected-headers="v1"; hp="cipher"'

/**
 * Takes the municipality's OpenPGP private key (armoured, without passphrase), or where to ask for the one in force, and
 * its mail domain; gives the composer.
 * @throws GatewayError configuration, where the key cannot sign
 */
export async function createMailComposer(options: {
  readonly openpgpPrivateKeyArmored: string | (() => Promise<string>)
  readonly domain: string
  readonly clock?: Clock
}): Promise<MailComposer> {
  const clock = options.clock ?? (() => new Date())
  const given = options.openpgpPrivateKeyArmored
  const keyInForce = createKeyReader(typeof given === 'string' ? async () => given : given, clock)
  // One that can never sign is said at once.
  if (typeof given === 'string') await keyInForce()
  return {
    publicKeyArmored: async () => (await keyInForce()).toPublic().armor(),
    compose: async (mail) => {
      const signingKey = await keyInForce()
      const keydata = Buffer.from(signingKey.toPublic().write()).toString('base64')
      const fields = headerFields(mail, options.domain)
      const outerOnly: HeaderField[] = [autocryptField(mail.from.address, keydata)]
      if (mail.encryptTo === null) return buildEntity(mail, [...fields, ...outerOnly])
      return composeEncrypted(mail, mail.encryptTo, fields, outerOnly, signingKey, clock())
    },
  }
}

/** Reads the key in force, which an admin may change at any time; parses it only where it is another. */
function createKeyReader(ask: () => Promise<string>, clock: Clock): () => Promise<PrivateKey> {
  let known: { readonly armored: string; readonly key: PrivateKey } | null = null
  return async () => {
    const armored = await ask()
    if (known?.armored !== armored) known = { armored, key: await readSigningKey(armored, clock()) }
    return known.key
  }
}

async function readSigningKey(armoredKey: string, at: Date): Promise<PrivateKey> {
  try {
    const key = await readPrivateKey({ armoredKey })
    await key.getSigningKey(undefined, at)
    if (!key.isDecrypted()) throw new Error('it is protected by a passphrase')
    return key
  } catch (cause) {
    throw new GatewayError('configuration', "The municipality's OpenPGP key cannot sign", { cause })
  }
}

/** Encrypts and signs in one OpenPGP message (RFC 3156 §6.2), with the header inside as well. */
async function composeEncrypted(
  mail: OutgoingMail,
  armored: string,
  fields: readonly HeaderField[],
  outerOnly: readonly HeaderField[],
  signingKey: PrivateKey,
  at: Date,
): Promise<Buffer> {
  const check = await usableEncryptionKey(armored, at)
  if (!check.usable) {
    throw new GatewayError('key-unusable', 'The recipient’s key cannot be encrypted to', {
      facts: { reason: check.reason },
    })
  }
  const outer = fields.map(([name, value]): HeaderField => [name, name === 'Subject' ? OUTER_SUBJECT : value])
  // RFC 9788 §2.2.1: says inside what stands outside, so that the reader can tell what was confidential.
  const asSeenOutside = outer.map(([name, value]): HeaderField => ['HP-Outer', `${name}: ${value}`])
  const inner = await buildEntity(mail, [...fields, ...asSeenOutside], PROTECTED)
  try {
    const message = await encrypt({
      message: await createMessage({ binary: new Uint8Array(inner), date: at }),
      encryptionKeys: check.key,
      signingKeys: signingKey,
      date: at,
      // AEAD only where the certificate's features ask for it: GnuPG 2.2 reads none. The certificate's own
      // preferences choose the cipher; AES-256 is what we prefer among them.
      config: { aeadProtect: false, preferredSymmetricAlgorithm: enums.symmetric.aes256 },
    })
    return await buildEncryptedEntity(message, [...outer, ...outerOnly])
  } catch (cause) {
    throw new GatewayError('encryption-impossible', 'The mail could not be encrypted', { cause })
  }
}

/** The fields that stand in every mail, encoded, in their order. @throws GatewayError invalid-request, configuration */
function headerFields(mail: OutgoingMail, domain: string): HeaderField[] {
  const sender = splitAddress(mail.from.address)
  if (!isSendableAddress(mail.from.address) || sender === null || !isWithinDomain(sender.domain, domain)) {
    // Mail from a domain that is not ours fails at the receiver (DMARC), and would be a lie.
    throw new GatewayError('configuration', `The sender's address is not in ${domain}`)
  }
  if (!isSendableAddress(mail.to)) {
    throw new GatewayError('invalid-request', 'The recipient’s address cannot be sent to', {
      facts: { reason: 'bad-address' },
    })
  }
  const messageId = messageIdField(mail.messageId)
  if (messageId === null) throw new GatewayError('internal', 'The Message-ID is none')
  const inReplyTo = mail.inReplyTo === null ? null : messageIdField(mail.inReplyTo)
  const references = threadIds(inReplyTo === null ? mail.references : [...mail.references, inReplyTo])
  return [
    ['From', mailboxField(mail.from.name, mail.from.address)],
    ['To', mailboxField('', mail.to)],
    ['Subject', textField(mail.subject)],
    ['Date', dateField(mail.date)],
    ['Message-ID', messageId],
    ...(inReplyTo === null ? [] : [['In-Reply-To', inReplyTo] as const]),
    ...(references.length === 0 ? [] : [['References', references.join(' ')] as const]),
    ...automaticFields(mail.autoSubmitted),
  ]
}

// RFC 3834 §5; the second field is what Exchange obeys.
function automaticFields(autoSubmitted: OutgoingMail['autoSubmitted']): HeaderField[] {
  if (autoSubmitted === null) return []
  return [
    ['Auto-Submitted', autoSubmitted],
    ['X-Auto-Response-Suppress', 'All'],
  ]
}

// Autocrypt level 1 §2.1.1; the spaces in keydata are where the field is folded.
function autocryptField(address: string, keydata: string): HeaderField {
  const folded = keydata.match(/.{1,72}/g) ?? []
  return ['Autocrypt', `addr=${address}; prefer-encrypt=mutual; keydata= ${folded.join(' ')}`]
}

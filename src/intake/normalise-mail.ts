import type { NormalisedMessage, NormalisedPart, OpenedMail } from '../model/ports.ts'
import { type Entity, parseMime } from '../verify/mime/index.ts'
import { decryptSmime, type SmimeKey } from '../verify/smime/index.ts'
import { MAX_BODY_CHARS, readBody } from './body-text.ts'
import { cleanText } from './clean-text.ts'
import { holdsEncryptedPart } from './encrypted-content.ts'
import { type Encryption, findEncryption } from './encrypted-mail.ts'
import { readMessageHeaders } from './message-headers.ts'
import { collectParts, withDistinctNames } from './message-parts.ts'
import { noteOfficeFacts } from './office-facts.ts'
import { autocryptKey, decryptOpenpgp, keysAmong } from './openpgp-input.ts'
import { unpackArchives } from './unpack-archives.ts'

type FoundKey = NormalisedMessage['openpgpKeys'][number]

/** What a mail says: its text and its parts, from the outside or from behind the encryption. */
interface Content {
  readonly root: Entity
  readonly text: string
  readonly parts: readonly NormalisedPart[]
  readonly opened: OpenedMail | null
}

/** The municipality's unlocked keys that mail may be encrypted to. */
export interface MailKeys {
  /** Armoured. */
  readonly openpgp: readonly string[]
  readonly smime: readonly SmimeKey[]
}

/**
 * Takes a raw mail and the municipality's unlocked keys; gives headers, body text and parts as plain data.
 * What is encrypted to one of the keys is opened, and the inside takes its place (note "decrypted"); what cannot be
 * opened stays as it came (note "cannot-decrypt"). @throws MimeError where the mail breaks the reader's limits
 */
export async function normaliseMail(raw: Uint8Array, keys: MailKeys): Promise<NormalisedMessage> {
  const tree = parseMime(raw)
  const notes = new Set(tree.notes)
  const encryption = findEncryption(tree.root)
  const content = await readContent(tree.root, encryption, keys, notes)
  const headers = readMessageHeaders(tree.root)
  const parts = withDistinctNames(await unpackArchives(content.parts, notes))
  noteOfficeFacts(parts, notes)
  const openpgpKeys = await findKeys(parts, headers, content.root, notes)
  return {
    headers: {
      ...headers,
      subject: protectedSubject(content.root, tree.root) ?? headers.subject,
      // Whatever of it could be opened, and wherever in it: one encrypted part is enough.
      encrypted: encryption !== null || holdsEncryptedPart(tree.root),
      bodyText: content.text,
    },
    parts,
    fields: {},
    openpgpKeys,
    opened: content.opened,
    notes: [...notes],
  }
}

async function readContent(
  root: Entity,
  encryption: Encryption | null,
  keys: MailKeys,
  notes: Set<string>,
): Promise<Content> {
  if (!encryption) return contentOf(root, '', notes)
  const inside = await openEncryption(encryption, keys)
  if (inside === null) {
    notes.add('cannot-decrypt')
    return contentOf(root, '', notes)
  }
  notes.add('decrypted')
  const { content, opened } = inside
  if (!opened.authenticated) notes.add('encryption-unauthenticated')
  if (encryption.kind === 'pgp-inline') return { ...inlineContent(root, encryption.entity, content, notes), opened }
  const tree = parseMime(content)
  for (const note of tree.notes) notes.add(note)
  // Like a mail inside: "2.0" is what stood encrypted in part 2, "2.1" its first part.
  return { ...contentOf(tree.root, '2.', notes), opened }
}

interface OpenedEncryption {
  /** MIME, or the text of an inline message. */
  readonly content: Uint8Array
  readonly opened: OpenedMail
}

/** Takes a mail's root; gives what stands encrypted in it, where one of the keys opens it; else null. */
export async function openMail(root: Entity, keys: MailKeys): Promise<OpenedMail | null> {
  const encryption = findEncryption(root)
  return (encryption && (await openEncryption(encryption, keys)))?.opened ?? null
}

async function openEncryption({ kind, message }: Encryption, keys: MailKeys): Promise<OpenedEncryption | null> {
  if (kind === 'smime') {
    const opened = decryptSmime(message, keys.smime)
    return opened && { content: opened.bytes, opened }
  }
  const opened = await decryptOpenpgp(message, keys.openpgp)
  return opened && { content: opened.content, opened: { bytes: opened.packets, authenticated: true } }
}

function contentOf(root: Entity, pathPrefix: string, notes: Set<string>): Content {
  const body = readBody(root)
  for (const note of body.notes) notes.add(note)
  const parts = collectParts(root, new Set(body.parts), pathPrefix, notes)
  return { root, text: body.text, parts, opened: null }
}

/** The opened text takes the place of the armour; the other parts stay. */
function inlineContent(root: Entity, armoured: Entity, inside: Uint8Array, notes: Set<string>): Content {
  const outer = contentOf(root, '', notes)
  const text = cleanText(Buffer.from(inside).toString('utf8'), MAX_BODY_CHARS).trim()
  const parts = outer.parts.map((part) => (part.path === armoured.path ? { ...part, bytes: inside } : part))
  return { root, text, parts, opened: null }
}

/** Where the sender protected the subject by encryption, the outer one is a placeholder. */
function protectedSubject(inner: Entity, outer: Entity): string | null {
  if (inner === outer || !inner.fields.some((field) => field.name === 'subject')) return null
  const { parameters } = inner.contentType
  return parameters.has('protected-headers') || parameters.has('hp') ? readMessageHeaders(inner).subject : null
}

async function findKeys(
  parts: readonly NormalisedPart[],
  headers: ReturnType<typeof readMessageHeaders>,
  inner: Entity,
  notes: Set<string>,
): Promise<readonly FoundKey[]> {
  const keys: FoundKey[] = await keysAmong(parts, notes)
  // Behind the encryption the field may stand on the inner mail's header only.
  const field = headers.autocrypt ?? readMessageHeaders(inner).autocrypt
  const [from] = headers.from
  if (field !== null && from && headers.from.length === 1) {
    const key = await autocryptKey(field, from.address)
    if (key) keys.push(key)
    else notes.add('autocrypt-unusable')
  }
  return keys
}

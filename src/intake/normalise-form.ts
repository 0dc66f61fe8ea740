import { GatewayError } from '../model/errors.ts'
import type { NormalisedMessage, NormalisedPart } from '../model/ports.ts'
import { decodeBody, decodeText, type Entity, parseMailboxes, parseMime } from '../verify/mime/index.ts'
import { MAX_BODY_CHARS } from './body-text.ts'
import { cleanLine, cleanText } from './clean-text.ts'
import { holdsEncryptedPart } from './encrypted-content.ts'
import { extensionFor, mediaTypeOf } from './media-type.ts'
import { withDistinctNames } from './message-parts.ts'
import { noteOfficeFacts } from './office-facts.ts'
import { keysAmong } from './openpgp-input.ts'
import { safeName } from './safe-name.ts'
import { unpackArchives } from './unpack-archives.ts'

const MAX_FIELDS = 100
const MAX_FIELD_NAME = 100
const MAX_LINE = 500
const MAX_FIELD_BYTES = 1024 * 1024

/** A multipart form, read: fields as text, files with the names that the browser sent (never paths). */
export interface ReadForm {
  readonly fields: Readonly<Record<string, string>>
  readonly files: readonly { readonly field: string; readonly name: string; readonly bytes: Uint8Array }[]
}

interface FormPart {
  readonly entity: Entity
  readonly field: string
  /** Null for a text field. */
  readonly fileName: string | null
  readonly bytes: Uint8Array
}

/**
 * Takes a form's Content-Type value and body; gives fields and files (RFC 7578). For small forms in our own process;
 * what strangers upload goes through the child. @throws GatewayError invalid-request where it is no multipart form;
 * MimeError where it breaks the reader's limits
 */
export function readForm(contentType: string, body: Uint8Array): ReadForm {
  const parts = formParts(parseMime(withContentType(contentType, body)).root)
  return {
    fields: textFields(parts, new Set()),
    files: parts
      .filter((part) => part.fileName !== null)
      .map((part) => ({ field: part.field, name: part.fileName ?? '', bytes: part.bytes })),
  }
}

/** Takes a Content-Type value and a body; gives the submission's raw bytes: the line, a blank line, the body. */
export function withContentType(contentType: string, body: Uint8Array): Uint8Array {
  return Buffer.concat([formPreamble(contentType), body])
}

/** The line that stands in front of a stored form's body. @throws GatewayError invalid-request for another media type */
export function formPreamble(contentType: string): Uint8Array {
  if (!/^multipart\/form-data\s*;/i.test(contentType) || /[\r\n]/.test(contentType)) {
    throw new GatewayError('invalid-request', 'the body is no multipart form')
  }
  return Buffer.from(`Content-Type: ${contentType}\r\n\r\n`, 'utf8')
}

/**
 * Takes a stored form (its Content-Type line in front of the body); gives it as a message: name, e-mail, subject and
 * text from the fields, the files as attachments. @throws GatewayError malformed-mime, MimeError
 */
export async function normaliseForm(raw: Uint8Array): Promise<NormalisedMessage> {
  const { root, notes: treeNotes } = parseMime(raw)
  const notes = new Set(treeNotes)
  if (root.contentType.value !== 'multipart/form-data' || root.children.length === 0) {
    throw new GatewayError('malformed-mime', 'the form cannot be read')
  }
  const parts = formParts(root)
  const fields = textFields(parts, notes)
  const files = parts.filter((part) => part.fileName !== null).map(attachment)
  const message = parts.find((part) => part.field === 'message' && part.fileName === null)
  const bodyText = cleanText(fields['message'] ?? '', MAX_BODY_CHARS).trim()
  const whole = [...(message && bodyText !== '' ? [bodyPart(message, bodyText)] : []), ...files]
  const all = withDistinctNames(await unpackArchives(whole, notes))
  noteOfficeFacts(all, notes)
  const openpgpKeys = await keysAmong(all, notes)
  return {
    headers: { ...formHeaders(fields, bodyText), encrypted: holdsEncryptedPart(root) },
    parts: all,
    fields,
    openpgpKeys,
    notes: [...notes],
  }
}

function formParts(root: Entity): readonly FormPart[] {
  const parts = root.children.map((entity) => {
    const fileName = entity.disposition?.parameters.get('filename')
    const field = cleanLine(entity.disposition?.parameters.get('name') ?? '', MAX_FIELD_NAME)
    const { bytes } = decodeBody(entity)
    return { entity, field, fileName: fileName === undefined ? null : browserName(fileName), bytes }
  })
  // A file field in which nothing was chosen comes with an empty name and no bytes.
  return parts.filter((part) => part.field !== '' && !(part.fileName === '' && part.bytes.length === 0))
}

/** Browsers write three characters of a name as percent escapes (HTML standard, multipart/form-data encoding). */
const browserName = (name: string): string => name.replace(/%22/g, '"').replace(/%0D/g, '\r').replace(/%0A/g, '\n')

function textFields(parts: readonly FormPart[], notes: Set<string>): Readonly<Record<string, string>> {
  const texts = parts
    .filter((part) => part.fileName === null)
    .slice(0, MAX_FIELDS)
    .map((part): [string, string] => {
      const label = part.entity.contentType.parameters.get('charset') ?? 'utf-8'
      const { text, guessed } = decodeText(part.bytes.subarray(0, MAX_FIELD_BYTES), label)
      if (guessed) notes.add('charset-guessed')
      return [part.field, cleanText(text, MAX_BODY_CHARS)]
    })
  // The first of a name counts, as in a mail's header.
  return Object.fromEntries(texts.reverse())
}

function formHeaders(
  fields: Readonly<Record<string, string>>,
  bodyText: string,
): Omit<NormalisedMessage['headers'], 'encrypted'> {
  const [mailbox, ...more] = parseMailboxes(fields['email'] ?? '')
  const address = mailbox && more.length === 0 ? mailbox.address : ''
  return {
    messageId: null,
    inReplyTo: [],
    references: [],
    subject: cleanLine(fields['subject'] ?? '', MAX_LINE),
    date: null,
    from: address === '' ? [] : [{ name: cleanLine(fields['name'] ?? '', MAX_LINE), address }],
    replyTo: [],
    autoSubmitted: null,
    precedence: null,
    listId: null,
    autoResponseSuppress: null,
    contentLanguage: cleanLine(fields['language'] ?? '', 20) || null,
    autocrypt: null,
    bodyText,
    caseType: cleanLine(fields['caseType'] ?? '', 100) || null,
  }
}

function attachment(part: FormPart): NormalisedPart {
  const declared = part.entity.fields.some((field) => field.name === 'content-type')
    ? cleanLine(part.entity.contentType.value, 200)
    : null
  const mediaType = mediaTypeOf(part.bytes, declared, part.entity.fileName)
  return {
    path: part.entity.path,
    role: 'attachment',
    name: safeName(part.fileName, `bilag-${part.entity.path}${extensionFor(mediaType)}`),
    originalName: cleanLine(part.fileName ?? '', 1000) || null,
    mediaType,
    declaredMediaType: declared,
    bytes: part.bytes,
  }
}

const bodyPart = (part: FormPart, text: string): NormalisedPart => ({
  path: part.entity.path,
  role: 'body',
  name: 'besked.txt',
  originalName: null,
  mediaType: 'text/plain',
  declaredMediaType: null,
  bytes: Buffer.from(text, 'utf8'),
})

import MimeNode from 'nodemailer/lib/mime-node'
import type { OutgoingMail } from '../model/ports.ts'
import { oneLine } from './header-text.ts'

/** One header field whose value is encoded already and stands on one line. */
export type HeaderField = readonly [name: string, value: string]

// The composer is given bytes, never a place to read them from: a path or address in a letter must stay text.
const NODE_OPTIONS = { newline: 'win', disableFileAccess: true, disableUrlAccess: true } as const
const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/i
const LINE_WIDTH = 76

/**
 * Takes what a person reads, attachments, and the header fields of its root; gives the MIME entity as bytes with CRLF:
 * text/plain alone, or multipart/mixed with the text first. Text is quoted-printable, so that no relay touches
 * trailing spaces (RFC 3676 §4.3, RFC 3156 §5); attachments are base64 and come out byte-identical.
 * @param typeParameters parameters added to the root's Content-Type, e.g. `; hp="cipher"`
 */
export async function buildEntity(
  mail: Pick<OutgoingMail, 'text' | 'language' | 'attachments'>,
  fields: readonly HeaderField[],
  typeParameters = '',
): Promise<Buffer> {
  const alone = mail.attachments.length === 0
  const entity = newEntity(`${alone ? 'text/plain; charset=utf-8' : 'multipart/mixed'}${typeParameters}`)
  entity.setHeader('Content-Language', mail.language)
  const text = alone ? entity : entity.createChild('text/plain; charset=utf-8', NODE_OPTIONS)
  text.setHeader('Content-Transfer-Encoding', 'quoted-printable')
  text.setContent(bodyText(mail.text))
  for (const attachment of mail.attachments) addAttachment(entity, attachment)
  return withHeader(fields, await entity.build())
}

/** Takes the armoured message; gives the PGP/MIME mail around it (RFC 3156 §4) as bytes with CRLF. */
export async function buildEncryptedEntity(armored: string, fields: readonly HeaderField[]): Promise<Buffer> {
  const entity = newEntity('multipart/encrypted; protocol="application/pgp-encrypted"')
  const version = entity.createChild('application/pgp-encrypted', NODE_OPTIONS)
  version.setHeader('Content-Transfer-Encoding', '7bit')
  version.setContent('Version: 1\r\n')
  const data = entity.createChild('application/octet-stream; name="encrypted.asc"', NODE_OPTIONS)
  data.setHeader('Content-Disposition', 'inline; filename="encrypted.asc"')
  data.setHeader('Content-Transfer-Encoding', '7bit')
  data.setContent(armored)
  return withHeader(fields, await entity.build())
}

/** Takes a name (may be empty) and an address that is sendable; gives the value of From or To. */
export function mailboxField(name: string, address: string): string {
  return MimeNode.encodeHeaderValue('From', { name: oneLine(name, 120), address })
}

/** Takes any text; gives it as an unstructured field's value, RFC 2047 where it is not ASCII. */
export function textField(text: string): string {
  return MimeNode.encodeHeaderValue('Subject', oneLine(text))
}

/** Takes a date; gives it as RFC 5322 §3.3 writes it, in UTC. */
export function dateField(date: Date): string {
  return date.toUTCString().replace(/GMT$/, '+0000')
}

// A child, never the root: a root gets a Date and a Message-ID of nodemailer's own making.
function newEntity(contentType: string): MimeNode {
  return new MimeNode('multipart/mixed', NODE_OPTIONS).createChild(contentType, NODE_OPTIONS)
}

function withHeader(fields: readonly HeaderField[], entity: Buffer): Buffer {
  const header = [...fields, ['MIME-Version', '1.0'] as const].map(foldField).join('')
  return Buffer.concat([Buffer.from(header, 'utf8'), entity])
}

/** RFC 5322 §2.2.3: breaks before a space, so that unfolding gives the very value back. */
function foldField([name, value]: HeaderField): string {
  let folded = ''
  let line = `${name}:`
  for (const word of value.split(' ')) {
    // Never right after the name: a first line without a value is what some readers take for an empty field.
    if (line.length + 1 + word.length > LINE_WIDTH && line !== `${name}:` && line.trim() !== '' && word !== '') {
      folded += `${line}\r\n`
      line = ''
    }
    line += ` ${word}`
  }
  return `${folded}${line}\r\n`
}

function addAttachment(entity: MimeNode, attachment: OutgoingMail['attachments'][number]): void {
  const filename = oneLine(attachment.name, 120).replace(/[/\\]/g, '_') || 'document'
  const node = entity.createChild(attachmentType(attachment.mediaType), { ...NODE_OPTIONS, filename })
  node.setHeader('Content-Disposition', 'attachment')
  node.setHeader('Content-Transfer-Encoding', 'base64')
  node.setContent(Buffer.from(attachment.bytes))
}

// RFC 2046 §5.2.1 and §5.1 forbid base64 on message/* and multipart/*: as they are to come out byte-identical,
// they travel as plain bytes.
function attachmentType(mediaType: string): string {
  const sound = MEDIA_TYPE.test(mediaType) && !/^(?:message|multipart)\//i.test(mediaType)
  return sound ? mediaType.toLowerCase() : 'application/octet-stream'
}

function bodyText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\t\n]/gu, '')
    .replace(/\n*$/, '\n')
    .replaceAll('\n', '\r\n')
}

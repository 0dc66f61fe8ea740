import { decodeBody, decodeText, type Entity } from '../verify/mime/index.ts'
import { cleanText } from './clean-text.ts'
import { htmlToText } from './html-text.ts'

/** Characters of a body as a person reads it. */
export const MAX_BODY_CHARS = 64 * 1024
/** Bytes of one text part that are read for the body text; the part itself is kept whole. */
const MAX_TEXT_BYTES = 4 * 1024 * 1024

/** The text parts of a mail's body, and what they read. */
export interface MailBody {
  /** All text parts that are body and not attachment, alternatives included. */
  readonly parts: readonly Entity[]
  readonly text: string
  readonly notes: readonly string[]
}

/**
 * Takes a mail's root; gives its body: of alternatives the plain text where it says something, else the HTML as text.
 * Mails inside are no part of it.
 */
export function readBody(root: Entity): MailBody {
  const notes = new Set<string>()
  const parts: Entity[] = []
  collectBodyParts(root, parts)
  const text = shownText(root, new Set(parts), notes)
  return { parts, text: cleanText(text, MAX_BODY_CHARS).trim(), notes: [...notes] }
}

function collectBodyParts(entity: Entity, into: Entity[]): void {
  if (entity.contentType.value.startsWith('multipart/') && entity.children.length > 0) {
    for (const child of entity.children) collectBodyParts(child, into)
  } else if (isBodyText(entity)) {
    into.push(entity)
  }
}

/** A multipart whose boundary never came is text too: what else a person could read of it. */
function isBodyText(entity: Entity): boolean {
  const { value } = entity.contentType
  if (entity.disposition?.value === 'attachment' || entity.fileName !== null) return false
  return value === 'text/plain' || value === 'text/html' || value.startsWith('multipart/')
}

function shownText(entity: Entity, body: ReadonlySet<Entity>, notes: Set<string>): string {
  if (entity.children.length > 0 && entity.contentType.value.startsWith('multipart/')) {
    if (entity.contentType.value === 'multipart/alternative') return alternativeText(entity, body, notes)
    return entity.children
      .map((child) => shownText(child, body, notes))
      .filter((text) => text.trim() !== '')
      .join('\n\n')
  }
  return body.has(entity) ? entityText(entity, notes) : ''
}

/** RFC 2046 §5.1.4 puts the best last; for reading as text the plain one is best, where it is not empty. */
function alternativeText(entity: Entity, body: ReadonlySet<Entity>, notes: Set<string>): string {
  const plainFirst = [...entity.children].sort((a, b) => htmlRank(a) - htmlRank(b))
  for (const child of plainFirst) {
    const text = shownText(child, body, notes)
    if (text.trim() !== '') return text
  }
  return ''
}

const htmlRank = (entity: Entity): number => (entity.contentType.value === 'text/plain' ? 0 : 1)

/** Takes a text part; gives its text, decoded by charset, HTML as text. Adds "charset-guessed" and what decoding noted. */
export function entityText(entity: Entity, notes: Set<string>): string {
  const decoded = decodeBody(entity)
  for (const note of decoded.notes) notes.add(note)
  const label = entity.contentType.parameters.get('charset') ?? null
  const { text, guessed } = decodeText(wholeCharacters(decoded.bytes), label)
  if (guessed) notes.add('charset-guessed')
  return entity.contentType.value === 'text/html' ? htmlToText(text, MAX_BODY_CHARS) : text
}

/** Cuts an overlong text between lines, so that no character is cut in two and taken for a wrong charset. */
function wholeCharacters(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= MAX_TEXT_BYTES) return bytes
  const lineEnd = bytes.lastIndexOf(0x0a, MAX_TEXT_BYTES)
  return bytes.subarray(0, lineEnd > 0 ? lineEnd : MAX_TEXT_BYTES)
}

import type { NormalisedPart } from '../model/ports.ts'
import { decodeBody, decodeEncodedWords, type Entity, entityBytes, firstField } from '../verify/mime/index.ts'
import { cleanLine } from './clean-text.ts'
import { extensionFor, mediaTypeOf } from './media-type.ts'
import { distinctNames, safeName } from './safe-name.ts'

const MAX_ORIGINAL_NAME = 1000

/**
 * Takes a mail's root and which of its entities are its body; gives the body's texts and every other leaf as parts,
 * mails inside as .eml with the attachments that stand in them. Paths begin with pathPrefix ("" for the mail itself).
 */
export function collectParts(
  root: Entity,
  body: ReadonlySet<Entity>,
  pathPrefix: string,
  notes: Set<string>,
): readonly NormalisedPart[] {
  const parts: NormalisedPart[] = []
  const visit = (entity: Entity, inNestedMail: boolean) => {
    const type = entity.contentType.value
    const isContainer = entity.children.length > 0
    if (isContainer && type.startsWith('multipart/')) {
      for (const child of entity.children) visit(child, inNestedMail)
    } else if (body.has(entity)) {
      const text = leafPart(entity, 'body', pathPrefix, notes)
      if (text.bytes.length > 0) parts.push(text)
    } else if (isContainer) {
      parts.push(nestedMailPart(entity, pathPrefix))
      for (const child of entity.children) visit(child, true)
    } else if (!(inNestedMail && isPlainBody(entity))) {
      parts.push(leafPart(entity, 'attachment', pathPrefix, notes))
    }
  }
  visit(root, false)
  return parts
}

/** The text of a mail inside stands in its .eml already. */
const isPlainBody = (entity: Entity): boolean =>
  /^text\/(plain|html)$/.test(entity.contentType.value) &&
  entity.fileName === null &&
  entity.disposition?.value !== 'attachment'

function leafPart(
  entity: Entity,
  role: NormalisedPart['role'],
  pathPrefix: string,
  notes: Set<string>,
): NormalisedPart {
  const decoded = decodeBody(entity)
  for (const note of decoded.notes) notes.add(note)
  const declared = declaredType(entity)
  // A body was chosen by its declared type; what a stranger attached counts by content.
  const mediaType = role === 'body' ? bodyType(entity) : mediaTypeOf(decoded.bytes, declared, entity.fileName)
  return part({ entity, role, pathPrefix, mediaType, declared, bytes: decoded.bytes, subject: null })
}

const bodyType = (entity: Entity): string => (entity.contentType.value === 'text/html' ? 'text/html' : 'text/plain')

function nestedMailPart(entity: Entity, pathPrefix: string): NormalisedPart {
  const [inner] = entity.children
  const bytes = inner ? entityBytes(inner) : new Uint8Array()
  const subject = inner ? decodeEncodedWords(firstField(inner, 'subject')?.value ?? '') : ''
  const declared = declaredType(entity)
  return part({ entity, role: 'attachment', pathPrefix, mediaType: 'message/rfc822', declared, bytes, subject })
}

const declaredType = (entity: Entity): string | null =>
  firstField(entity, 'content-type') ? cleanLine(entity.contentType.value, 200) : null

function part(from: {
  readonly entity: Entity
  readonly role: NormalisedPart['role']
  readonly pathPrefix: string
  readonly mediaType: string
  readonly declared: string | null
  readonly bytes: Uint8Array
  readonly subject: string | null
}): NormalisedPart {
  const extension = extensionFor(from.mediaType)
  const { fileName, path } = from.entity
  const fallback = `${from.role === 'body' ? 'tekst' : 'bilag'}-${from.pathPrefix}${path}${extension}`
  const subjectName = from.subject ? `${from.subject.slice(0, 80)}${extension}` : null
  return {
    path: `${from.pathPrefix}${path}`,
    role: from.role,
    name: safeName(fileName ?? subjectName, fallback),
    originalName: fileName === null ? null : cleanLine(fileName, MAX_ORIGINAL_NAME),
    mediaType: from.mediaType,
    declaredMediaType: from.declared,
    bytes: from.bytes,
  }
}

/** Takes parts; gives them with names that differ within the submission. */
export function withDistinctNames(parts: readonly NormalisedPart[]): readonly NormalisedPart[] {
  const names = distinctNames(parts.map((one) => one.name))
  return parts.map((one, index) => ({ ...one, name: names[index] ?? one.name }))
}

import type { ParameterisedValue } from './parameters.ts'

/** A header field with the bytes it stands in: start is its first byte, end is behind its last line's end. */
export interface HeaderField {
  /** Lower case. */
  readonly name: string
  readonly start: number
  readonly end: number
  /** Unfolded (RFC 5322 §2.2.3), trimmed, not yet decoded by RFC 2047; UTF-8 if valid, else windows-1252. */
  readonly value: string
}

/**
 * One MIME entity. Offsets count bytes in source, ends are exclusive. The line end in front of a
 * boundary belongs to the boundary (RFC 2046 §5.1.1), so [headerStart, bodyEnd) is what RFC 1847 signs.
 */
export interface Entity {
  /**
   * Part number: "0" is a message itself, "1", "2" … are the parts of its multipart, "1.2" a part of those.
   * A mail inside part "2" is "2.0" and its parts are "2.1", "2.2" …
   */
  readonly path: string
  /** The bytes that the offsets count in: the input, or a nested mail after its own transfer decoding. */
  readonly source: Uint8Array
  readonly headerStart: number
  readonly headerEnd: number
  readonly bodyStart: number
  readonly bodyEnd: number
  readonly fields: readonly HeaderField[]
  /** Lower-case media type; what RFC 2045 §5.2 takes for granted where the field is missing or broken. */
  readonly contentType: ParameterisedValue
  /** Lower case; "7bit" where there is none. */
  readonly transferEncoding: string
  readonly disposition: ParameterisedValue | null
  /** As the sender wrote it, decoded (RFC 2231, 2047); from Content-Disposition, else Content-Type. */
  readonly fileName: string | null
  /** Parts of a multipart, or the one mail inside message/rfc822. Empty for leaves. */
  readonly children: readonly Entity[]
}

export interface MimeTree {
  readonly root: Entity
  /** What was repaired or given up on, as stable codes, each once. */
  readonly notes: readonly string[]
}

/** Takes an entity; gives its first field of that name (lower case), or null. */
export function firstField(entity: Entity, name: string): HeaderField | null {
  return entity.fields.find((field) => field.name === name) ?? null
}

/** Takes an entity; gives it and all that stands in it, in order of appearance. */
export function allEntities(entity: Entity): readonly Entity[] {
  return [entity, ...entity.children.flatMap(allEntities)]
}

/** Takes an entity; gives its bytes with header, as a signature over it covers them (RFC 1847 §2.1). */
export function entityBytes(entity: Entity): Uint8Array {
  return entity.source.subarray(entity.headerStart, entity.bodyEnd)
}

/** Takes an entity; gives its body as it stands, before transfer decoding. */
export function bodyBytes(entity: Entity): Uint8Array {
  return entity.source.subarray(entity.bodyStart, entity.bodyEnd)
}

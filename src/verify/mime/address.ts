import { decodeEncodedWords } from './encoded-word.ts'

/** A mailbox as RFC 5322 §3.4 writes it. */
export interface Mailbox {
  /** Decoded; "" where there is none. */
  readonly name: string
  /** local@domain, the domain in lower case; "" where none can be read. */
  readonly address: string
}

const MAX_MAILBOXES = 1000

/**
 * Takes an address list, unfolded; gives every mailbox in it, group members included. Encoded words are decoded only
 * behind the split, so nothing hidden in them can become an address. Never throws.
 */
export function parseMailboxes(value: string): readonly Mailbox[] {
  return splitList(value)
    .slice(0, MAX_MAILBOXES)
    .map(readMailbox)
    .filter((mailbox) => mailbox.address !== '' || mailbox.name !== '')
}

interface Piece {
  /** Text in front of the angle bracket, quotes taken off, comments left out. */
  readonly phrase: string
  readonly angle: string | null
  /** An address stands behind the angle bracket too: readers disagree on which one is meant. */
  readonly twice: boolean
  readonly comment: string
}

/** Splits at commas and semicolons that stand outside quotes, comments and angle brackets. */
function splitList(value: string): Piece[] {
  const pieces: Piece[] = []
  let phrase: string[] = []
  let comment: string[] = []
  let angle: string[] | null = null
  let behind = 0
  let state: 'text' | 'quote' | 'angle' = 'text'
  let depth = 0
  let hasAt = false
  const push = () => {
    pieces.push({
      phrase: phrase.join('').trim(),
      angle: angle?.join('').trim() ?? null,
      twice: angle !== null && phrase.slice(behind).some((char) => char === '@'),
      comment: comment.join('').trim(),
    })
    phrase = []
    comment = []
    angle = null
    state = 'text'
    hasAt = false
  }
  for (let at = 0; at < value.length && pieces.length <= MAX_MAILBOXES; at++) {
    const char = value[at] ?? ''
    if (char === '\\' && (depth > 0 || state === 'quote')) {
      at++
      ;(depth > 0 ? comment : phrase).push(value[at] ?? '')
    } else if (depth > 0) {
      depth += char === '(' ? 1 : char === ')' ? -1 : 0
      if (depth > 0) comment.push(char)
    } else if (state === 'quote') {
      if (char === '"') state = 'text'
      else phrase.push(char)
    } else if (char === '"' && state === 'text') {
      state = 'quote'
    } else if (char === '(') {
      depth = 1
    } else if (char === '<' && state === 'text' && angle === null) {
      state = 'angle'
      angle = []
      behind = phrase.length
    } else if (char === '>' && state === 'angle') {
      state = 'text'
    } else if (state === 'angle') {
      angle?.push(char)
    } else if (char === ',' || char === ';') {
      push()
    } else if (char === ':' && angle === null && !hasAt) {
      // A group's name: its members are mailboxes of their own.
      phrase = []
    } else {
      hasAt ||= char === '@'
      phrase.push(char)
    }
  }
  push()
  return pieces
}

function readMailbox(piece: Piece): Mailbox {
  if (piece.angle !== null) {
    // An obsolete route "@a,@b:" in front of the address goes (RFC 5322 §4.4).
    const address = piece.twice ? '' : cleanAddress(piece.angle.replace(/^@[^:]*:/, ''))
    return { name: cleanName(piece.phrase || piece.comment), address }
  }
  const address = cleanAddress(piece.phrase)
  return address === '' ? { name: cleanName(piece.phrase), address } : { name: cleanName(piece.comment), address }
}

const cleanName = (text: string): string =>
  // Control and direction characters could make a name show as something else.
  decodeEncodedWords(text)
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 200)

function cleanAddress(text: string): string {
  const address = text.trim()
  const at = address.lastIndexOf('@')
  if (at <= 0 || at === address.length - 1 || address.length > 320) return ''
  if (/[\s\p{Cc}\p{Cf}<>,;()[\]\\"]/u.test(address)) return ''
  const domain = address.slice(at + 1).toLowerCase()
  return address.slice(0, at).includes('@') ? '' : `${address.slice(0, at)}@${domain}`
}

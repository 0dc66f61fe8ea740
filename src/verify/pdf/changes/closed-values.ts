import { dictOf, isKind, type PdfDict, type PdfStream, type PdfValue, sameAtom, sameOctets } from '../values.ts'

const closed = new WeakMap<object, boolean>()

/** Says whether a value leads to no other object: where both revisions share it, all of it is the same. */
export function isClosed(value: PdfValue): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (value.kind === 'ref') return false
  const known = closed.get(value)
  if (known !== undefined) return known
  const dict = dictOf(value)
  const members = isKind(value, 'array') ? value.items : [...(dict?.entries.values() ?? [])]
  // Of a key that stands twice the other value is not looked at, and may lead anywhere.
  const answer = (dict?.repeated.length ?? 0) === 0 && members.every(isClosed)
  closed.set(value, answer)
  return answer
}

/** What is the same and leads nowhere else needs no turn of its own. */
export function mayDiffer(old: PdfValue | undefined, now: PdfValue | undefined): boolean {
  if (isContainer(old) || isContainer(now)) return old !== now || !isClosed(old ?? null)
  return !sameAtom(old ?? null, now ?? null)
}

const isContainer = (value: PdfValue | undefined): boolean =>
  typeof value === 'object' && value !== null && value.kind !== 'name' && value.kind !== 'string'

/** Gives the keys of both dictionaries, each once. */
export function keysOf(old: PdfDict, now: PdfDict): Iterable<string> {
  if (old === now) return old.entries.keys()
  return new Set([...old.entries.keys(), ...now.entries.keys()])
}

/** Says whether two streams hold the same. The same ciphertext is another text under another number. */
export const sameStreams = (a: PdfStream, b: PdfStream): boolean =>
  sameOctets(a.raw, b.raw) && (a === b || (!a.decrypt && !b.decrypt) || sameOctets(plainOf(a), plainOf(b)))

const plainOf = ({ raw, decrypt }: PdfStream): Uint8Array => (decrypt ? decrypt(raw) : raw)

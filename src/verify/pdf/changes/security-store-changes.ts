import { dictOf, isKind, nameOf, type PdfDict, type PdfValue, sameOctets } from '../values.ts'
import type { Comparison, Place } from './comparison.ts'

const LISTS = ['Certs', 'CRLs', 'OCSPs'] as const
const VRI_LISTS = ['Cert', 'CRL', 'OCSP']

/**
 * Judges the document security store: validation data may be added at any time, even after a certification that
 * permits nothing else; the store itself stays, and what is missing from it is said.
 * @see EN 319 142-1 clause 5.4.2, ISO 32000-2 clause 12.8.4.3
 */
export function compareSecurityStore(
  comparison: Comparison,
  old: PdfValue | undefined,
  now: PdfValue | undefined,
  place: Place,
): void {
  const before = dictOf(comparison.old.resolve(old))
  const after = comparison.now.resolve(now)
  const refuse = (what: string): void => comparison.report('change-forbidden', { ...place, what })
  if (!isKind(after, 'dict')) {
    refuse('document security store')
    return
  }
  const moved = isKind(now, 'ref') && !(isKind(old, 'ref') && old.number === now.number)
  // An object that stood for something else before must not become the store.
  if (moved && !comparison.isNew(now.number)) refuse('document security store')
  const type = after.entries.get('Type')
  if (type !== undefined && nameOf(comparison.now.resolve(type)) !== 'DSS') refuse('document security store Type')
  for (const key of after.entries.keys()) {
    if (![...LISTS, 'Type', 'VRI'].includes(key)) refuse(`document security store ${key}`)
  }
  for (const key of LISTS) compareList(comparison, before, after, key, place, refuse)
  compareVri(comparison, before, after, refuse)
}

/**
 * Judges one revision's store beside that of the one before: what may follow any signature is what adds validation data,
 * and a store that is left empty adds none. That it is gone shows nothing and proves nothing, as if it had never been.
 * @see ISO 32000-2 clause 12.8.2.2 and table 261
 */
export function compareStoreStep(
  comparison: Comparison,
  old: PdfValue | undefined,
  now: PdfValue | undefined,
  place: Place,
): void {
  const left = comparison.now.resolve(now) !== null
  if (left && holdsSomething(comparison.old.resolve, old) && !holdsSomething(comparison.now.resolve, now)) {
    comparison.report('change-forbidden', { ...place, what: 'document security store: emptied' })
  }
}

function holdsSomething(resolve: Comparison['now']['resolve'], store: PdfValue | undefined): boolean {
  const dict = dictOf(resolve(store))
  return LISTS.some((key) => {
    const list = resolve(dict?.entries.get(key))
    return isKind(list, 'array') && list.items.length > 0
  })
}

function compareList(
  comparison: Comparison,
  before: PdfDict | null,
  after: PdfDict,
  key: string,
  place: Place,
  refuse: (what: string) => void,
): void {
  const members = streamsOf(comparison.now.resolve, after.entries.get(key))
  if (members === null) {
    refuse(`document security store ${key}`)
    return
  }
  const kept = streamsOf(comparison.old.resolve, before?.entries.get(key)) ?? []
  if (kept.some((one) => !members.some((other) => one === other || sameOctets(one.raw, other.raw)))) {
    // Nothing is shown of them: what they proved is missing now, and no more.
    comparison.report('change-validation-data', { ...place, what: `document security store ${key}: removed members` })
  }
}

type Stream = Extract<PdfValue, { kind: 'stream' }>

/** Gives the streams of a list; empty where there is no list, null where it holds anything else. */
function streamsOf(resolve: (value: PdfValue | undefined) => PdfValue, value: PdfValue | undefined): Stream[] | null {
  const list = resolve(value)
  if (list === null) return []
  if (!isKind(list, 'array')) return null
  const streams = list.items.map(resolve).filter((item): item is Stream => isKind(item, 'stream'))
  return streams.length === list.items.length ? streams : null
}

function compareVri(
  comparison: Comparison,
  before: PdfDict | null,
  after: PdfDict,
  refuse: (what: string) => void,
): void {
  const { resolve } = comparison.now
  const value = resolve(after.entries.get('VRI'))
  const old = dictOf(comparison.old.resolve(before?.entries.get('VRI')))
  const now = isKind(value, 'dict') ? value : null
  if (after.entries.has('VRI') && !now) refuse('document security store VRI')
  for (const key of old?.entries.keys() ?? []) {
    if (!now?.entries.has(key)) refuse(`document security store VRI ${key}: removed`)
  }
  for (const [key, member] of now?.entries ?? []) {
    if (key === 'Type') continue
    const entry = resolve(member)
    const sound = isKind(entry, 'dict') && [...entry.entries].every(([name, part]) => isVriEntry(resolve, name, part))
    if (!sound) refuse(`document security store VRI ${key}`)
  }
}

/** Clause 12.8.4.4, table 262: what may stand in a VRI dictionary. */
function isVriEntry(resolve: Comparison['now']['resolve'], name: string, part: PdfValue): boolean {
  const value = resolve(part)
  if (VRI_LISTS.includes(name)) return isKind(value, 'array') && streamsOf(resolve, value) !== null
  if (name === 'Type') return nameOf(value) === 'VRI'
  if (name === 'TU') return isKind(value, 'string')
  // Writers differ on whether the time-stamp is a stream; nothing is shown of it, and nothing rests on it.
  return name === 'TS' && (isKind(value, 'stream') || isKind(value, 'string'))
}

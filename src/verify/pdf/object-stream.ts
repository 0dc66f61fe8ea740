import { VerifyError } from '../errors.ts'
import type { PdfBudget } from './limits.ts'
import { type Cursor, parseValue } from './parse-value.ts'
import { salvageStream } from './salvage-stream.ts'
import { firstBehind } from './sorted-places.ts'
import { decodeStream, type Resolve } from './stream-filters.ts'
import { integerOf, isKind, nameOf, type PdfStream, type PdfValue } from './values.ts'

/** Objects within a stream, read when asked for (ISO 32000-2 clause 7.5.7). */
export interface ObjectStream {
  /** Gives the object of that number at that index; undefined where it is not there or cannot be read. */
  get(number: number, index: number): PdfValue | undefined
  /** The numbers of what it holds, in order. */
  readonly members: readonly number[]
  /** Gives the bytes of those members that were asked for and cannot be read; of a damaged stream what is left of it. */
  unread(): readonly Uint8Array[]
}

/**
 * Opens an object stream; one that is damaged has no members.
 * @throws VerifyError malformed-pdf where it is none; unsupported, too-large
 */
export function readObjectStream(stream: PdfStream, resolve: Resolve, budget: PdfBudget): ObjectStream {
  if (nameOf(resolve(stream.dict.entries.get('Type'))) !== 'ObjStm') {
    throw new VerifyError('malformed-pdf', 'an object stream has another type')
  }
  const count = integerOf(resolve(stream.dict.entries.get('N'))) ?? -1
  const first = integerOf(resolve(stream.dict.entries.get('First'))) ?? -1
  const data = asFarAsWellFormed(() => decodeStream(stream, resolve, budget))
  if (!data) return damaged(() => salvageStream(stream, resolve, budget))
  if (count < 0 || first < 0 || first > data.length || count > data.length) return damaged(() => data)
  const directory = asFarAsWellFormed(() => readDirectory(data.subarray(0, first), count, budget))
  if (!directory) return damaged(() => data)
  const values = new Map<number, PdfValue | undefined>()
  return {
    members: directory.map((place) => place.number),
    get: (number, index) => {
      const place = directory[index]
      // The number counts, not the index alone: else one object could be shown as another.
      if (place?.number !== number) return undefined
      if (values.has(index)) return values.get(index)
      const value = readAt(data, first + place.offset, budget)
      values.set(index, value)
      return value
    },
    unread: () => {
      const unread = [...values].filter(([, value]) => value === undefined)
      if (unread.length === 0) return []
      const starts = directory.map(({ offset }) => first + offset).sort((a, b) => a - b)
      return unread.map(([index]) => {
        const start = first + (directory[index]?.offset ?? data.length)
        return data.subarray(start, firstBehind(starts, start))
      })
    },
  }
}

const damaged = (left: () => Uint8Array): ObjectStream => ({
  get: () => undefined,
  members: [],
  unread: () => [left()],
})

const ENTRIES = ['Type', 'N', 'First', 'Filter', 'DecodeParms', 'F', 'FFilter', 'FDecodeParms']

/**
 * Says whether what an object stream holds hangs on other objects, or on which of two entries counts: revisions and
 * readers may then find other objects in it, though it stands where it stood. Nobody writes such streams but to deceive.
 */
export function isOpenToDoubt({ dict }: PdfStream): boolean {
  return ENTRIES.some((key) => dict.repeated.includes(key) || leadsOn(dict.entries.get(key)))
}

function leadsOn(value: PdfValue | undefined): boolean {
  if (isKind(value, 'array')) return value.items.some(leadsOn)
  if (isKind(value, 'dict')) return value.repeated.length > 0 || [...value.entries.values()].some(leadsOn)
  return isKind(value, 'ref')
}

function readDirectory(
  data: Uint8Array,
  count: number,
  budget: PdfBudget,
): readonly { readonly number: number; readonly offset: number }[] {
  const cursor: Cursor = { bytes: data, at: 0, budget, inFile: false }
  const places: { number: number; offset: number }[] = []
  for (let i = 0; i < count; i += 1) {
    const number = integerOf(parseValue(cursor))
    const offset = integerOf(parseValue(cursor))
    if (number === null || offset === null) throw new VerifyError('malformed-pdf', 'an object stream is malformed')
    places.push({ number, offset })
  }
  return places
}

function readAt(data: Uint8Array, at: number, budget: PdfBudget): PdfValue | undefined {
  return asFarAsWellFormed(() => parseValue({ bytes: data, at, budget, inFile: false }))
}

/** Gives undefined in place of what is malformed. */
function asFarAsWellFormed<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (fault) {
    if (fault instanceof VerifyError && fault.code === 'malformed-pdf') return undefined
    throw fault
  }
}

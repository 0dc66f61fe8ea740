import type { Random } from './random.ts'

/** Changes bytes in one way; may give them back unchanged where there is nothing to change. */
export type Mutation = (bytes: Buffer, random: Random, other: Buffer) => Buffer

/** Inputs beyond this are cut: what grows without end only repeats itself. */
export const MAX_INPUT_BYTES = 1024 * 1024

export const splice = (bytes: Buffer, from: number, to: number, ...put: readonly Uint8Array[]): Buffer =>
  Buffer.concat([bytes.subarray(0, from), ...put, bytes.subarray(to)])

/** A range at random, most of them short. */
function rangeIn(bytes: Buffer, random: Random): readonly [number, number] {
  const from = random.below(bytes.length)
  const most = random.pick([4, 64, 1024, bytes.length])
  return [from, Math.min(bytes.length, from + 1 + random.below(most))]
}

const INTERESTING = [0, 1, 0x0a, 0x0d, 0x20, 0x25, 0x28, 0x30, 0x3c, 0x3e, 0x7f, 0x80, 0x81, 0x84, 0xfe, 0xff]

/** Ways that suit any bytes. */
export const BYTE_MUTATIONS: readonly Mutation[] = [
  (bytes, random) => {
    const changed = Buffer.from(bytes)
    for (let i = random.below(8); i >= 0; i -= 1) {
      const at = random.below(bytes.length)
      changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8))
    }
    return changed
  },
  (bytes, random) => {
    const changed = Buffer.from(bytes)
    for (let i = random.below(4); i >= 0; i -= 1) changed[random.below(bytes.length)] = random.pick(INTERESTING)
    return changed
  },
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  (bytes, random) => {
    const at = random.below(bytes.length + 1)
    return splice(bytes, at, at, random.bytes(1 + random.below(random.pick([4, 200]))))
  },
  (bytes, random) => splice(bytes, ...rangeIn(bytes, random)),
  (bytes, random) => {
    const [from, to] = rangeIn(bytes, random)
    const at = random.below(bytes.length + 1)
    return splice(bytes, at, at, bytes.subarray(from, to))
  },
  (bytes, random) => {
    const [from, to] = rangeIn(bytes, random)
    const copies = new Array<Buffer>(random.pick([2, 10, 1000])).fill(bytes.subarray(from, Math.min(to, from + 512)))
    return splice(bytes, to, to, ...copies)
  },
  (bytes, random, other) => {
    const [from, to] = rangeIn(other, random)
    const [start, end] = rangeIn(bytes, random)
    return splice(bytes, start, random.chance(0.5) ? start : end, other.subarray(from, to))
  },
  (bytes, random) => {
    const tail = random.pick(['\n', '\n\n%%EOF\n', ' x', '%comment\n', '\0\0\0', '\nstartxref\n0\n%%EOF\n'])
    return Buffer.concat([bytes, Buffer.from(tail, 'latin1')])
  },
]

const NUMBERS = [
  ['0', '1', '-1', '2', '7', '9', '12', '127', '128', '255', '256', '65535', '65536', '1048576', '16777216'],
  ['2147483647', '2147483648', '4294967295', '4294967296', '9007199254740991', '9007199254740993'],
  ['99999999999999999999', '1e9', '0.5', '-0', '+3', '00000000000000000001'],
].flat()

/** Gives another number for one in digits: near it, or one at which programs break. */
export function otherNumber(digits: string, random: Random): string {
  const value = Number(digits)
  const near = [value + 1, value - 1, value * 2, value + 10, Math.floor(value / 2), random.below(value + 1)]
  const text = random.chance(0.5) ? String(random.pick(near)) : random.pick(NUMBERS)
  // The same width moves nothing else, so that what is read next is as it was.
  return random.chance(0.7) ? text.slice(0, digits.length).padStart(digits.length, '0') : text
}

/** Changes a number anywhere. */
export const editNumber: Mutation = (bytes, random) => {
  const text = bytes.toString('latin1')
  const pattern = /\d+/g
  pattern.lastIndex = random.below(text.length)
  const match = pattern.exec(text)
  return match ? splice(bytes, match.index, pattern.lastIndex, Buffer.from(otherNumber(match[0], random))) : bytes
}

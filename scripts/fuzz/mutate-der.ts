import { BYTE_MUTATIONS, splice } from './mutate.ts'
import type { Random } from './random.ts'

interface Place {
  readonly at: number
  readonly header: number
  readonly end: number
}

/** Gives where elements begin, those within others included; stops where the bytes are no DER. */
function elementsIn(bytes: Buffer, from = 0, to = bytes.length, depth = 0, found: Place[] = []): readonly Place[] {
  for (let at = from; at + 2 <= to && found.length < 5000; ) {
    const first = bytes[at + 1] ?? 0
    const count = first >= 0x80 ? first & 0x7f : 0
    if (count > 4 || at + 2 + count > to) break
    const length = count === 0 ? first : bytes.readUIntBE(at + 2, count)
    const header = 2 + count
    const end = at + header + length
    if (end > to) break
    found.push({ at, header, end })
    const constructed = ((bytes[at] ?? 0) & 0x20) !== 0 || bytes[at] === 4
    if (constructed && depth < 40) elementsIn(bytes, at + header, end, depth + 1, found)
    at = end
  }
  return found
}

function lengthOctets(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length])
  const octets = Buffer.from(length.toString(16).padStart(8, '0'), 'hex')
  const first = octets.findIndex((octet) => octet !== 0)
  return Buffer.concat([Buffer.from([0x80 | (4 - first)]), octets.subarray(first)])
}

const element = (tag: number, content: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([tag]), lengthOctets(content.length), content])

/** Replaces an element and mends the lengths of all that it stands in. */
function replace(bytes: Buffer, places: readonly Place[], target: Place, put: Buffer): Buffer {
  const around = places.filter((one) => one.at < target.at && one.end >= target.end).reverse()
  let [changed, from, to] = [put, target.at, target.end]
  for (const { at, header, end } of around) {
    const content = Buffer.concat([bytes.subarray(at + header, from), changed, bytes.subarray(to, end)])
    ;[changed, from, to] = [element(bytes[at] ?? 0x30, content), at, end]
  }
  return splice(bytes, from, to, changed)
}

const TAGS = [
  0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x0c, 0x13, 0x17, 0x18, 0x30, 0x31, 0x80, 0xa0, 0xa1, 0xa3, 0x24,
]

type Change = (bytes: Buffer, place: Place, random: Random) => Buffer

/** What becomes of one element. */
const CHANGES: readonly Change[] = [
  () => Buffer.alloc(0),
  (bytes, { at, end }) => Buffer.concat([bytes.subarray(at, end), bytes.subarray(at, end)]),
  (bytes, { at, header, end }, random) => element(random.pick(TAGS), bytes.subarray(at + header, end)),
  (bytes, { at }, random) => element(bytes[at] ?? 0x30, random.bytes(random.pick([0, 1, 2, 8, 300]))),
  (bytes, { at, header, end }, random) =>
    element(bytes[at] ?? 0x30, random.pick(BYTE_MUTATIONS)(bytes.subarray(at + header, end), random, bytes)),
  (bytes, { at, header, end }) =>
    Buffer.concat([Buffer.from([(bytes[at] ?? 0) | 0x20, 0x80]), bytes.subarray(at + header, end), Buffer.alloc(2)]),
  (bytes, { at, header, end }) =>
    Buffer.concat([Buffer.from([bytes[at] ?? 0, 0x84, 0, 0, 0, end - at - header]), bytes.subarray(at + header, end)]),
  (bytes, { at, end }, random) => {
    let nested: Buffer = bytes.subarray(at, end)
    for (let i = random.pick([2, 30, 400]); i > 0; i -= 1) nested = element(random.pick([0x30, 0xa0]), nested)
    return nested
  },
]

/** Applies one to three changes to DER, element by element, or to its bytes where it is none. */
export function mutateDer(bytes: Buffer, random: Random, other: Buffer): Buffer {
  let changed = bytes
  for (let i = random.below(3); i >= 0; i -= 1) {
    const places = elementsIn(changed)
    if (places.length === 0 || random.chance(0.2)) {
      changed = random.pick(BYTE_MUTATIONS)(changed, random, other)
      continue
    }
    const target = random.pick(places)
    const replacement = random.chance(0.15) ? elementOf(changed, random.pick(places)) : null
    changed = replace(changed, places, target, replacement ?? random.pick(CHANGES)(changed, target, random))
  }
  return changed
}

const elementOf = (bytes: Buffer, { at, end }: Place): Buffer => bytes.subarray(at, end)

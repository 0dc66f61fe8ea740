import { deflateSync, inflateSync } from 'node:zlib'
import { BYTE_MUTATIONS, editNumber, type Mutation, otherNumber, splice } from './mutate.ts'
import { mutateDer } from './mutate-der.ts'
import type { Random } from './random.ts'

interface Range {
  readonly from: number
  readonly to: number
}

/** Gives all matches of a pattern's first group, or of the whole where it has none. */
function find(text: string, pattern: RegExp): readonly Range[] {
  return [...text.matchAll(pattern)].map((match) => {
    const from = match.index + (match[1] === undefined ? 0 : match[0].lastIndexOf(match[1]))
    return { from, to: from + (match[1] ?? match[0]).length }
  })
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')

const KEYED_NUMBER =
  /(?:\/(?:Length|Prev|Size|N|First|Columns|Colors|Predictor|BitsPerComponent|XRefStm|Count|P|V|R|W|Index|ByteRange|Extends|EarlyChange)\s*\[?\s*(?:\d+\s+){0,3}|startxref\s+)(\d+)/g

const editKeyedNumber: Mutation = (bytes, random) => {
  const numbers = find(bytes.toString('latin1'), KEYED_NUMBER)
  if (numbers.length === 0) return bytes
  const { from, to } = random.pick(numbers)
  return splice(bytes, from, to, latin1(otherNumber(bytes.toString('latin1', from, to), random)))
}

const BODY = /\b\d+ \d+ obj\b([\s\S]*?)endobj/g

/** Puts one object's body in the place of another. */
const swapObjects: Mutation = (bytes, random, other) => {
  const bodies = find(bytes.toString('latin1'), BODY)
  if (bodies.length === 0) return bytes
  const target = random.pick(bodies)
  const source = random.chance(0.8) ? bytes : other
  const found = find(source.toString('latin1'), BODY)
  const put = found.length === 0 ? target : random.pick(found)
  const body = source.subarray(put.from, put.to)
  // Where it fits, it takes exactly the room of the other: the cross-reference stays right.
  const room = target.to - target.from
  const padded = body.length <= room ? Buffer.concat([body, Buffer.alloc(room - body.length, 0x20)]) : body
  return splice(bytes, target.from, target.to, padded)
}

const redirectReference: Mutation = (bytes, random) => {
  const references = find(bytes.toString('latin1'), /\b(\d+) \d+ R\b/g)
  if (references.length === 0) return bytes
  const { from, to } = random.pick(references)
  const source = random.pick(references)
  const digits = bytes.toString('latin1', source.from, source.to)
  return splice(bytes, from, to, latin1(digits.padStart(to - from, '0')))
}

const TOKENS =
  '<< >> [ ] ( ) < > { } / % null true obj endobj stream endstream xref trailer startxref R /Type /Sig /ByteRange /Contents /Kids /Fields /Parent /AcroForm /Encrypt /Prev /Filter /LZWDecode /RunLengthDecode /ASCII85Decode /FlateDecode /Crypt /ObjStm /XRef /EmbeddedFiles /AF /EF /RF /Perms /DocMDP /DSS'.split(
    ' ',
  )

const insertToken: Mutation = (bytes, random) => {
  const at = random.below(bytes.length + 1)
  const token = `${random.pick(TOKENS)} `
  return splice(bytes, at, at, latin1(token.repeat(random.pick([1, 1, 1, 3, 200, 20_000]))))
}

const replaceName: Mutation = (bytes, random) => {
  const names = find(bytes.toString('latin1'), /\/[A-Za-z0-9.]{2,}/g)
  if (names.length === 0) return bytes
  const target = random.pick(names)
  const source = random.pick(names)
  const put = random.chance(0.5) ? bytes.subarray(source.from, source.to) : latin1(random.pick(TOKENS))
  return splice(bytes, target.from, target.to, put)
}

/** Changes what a Flate stream holds, in the room that it has where that suffices. */
const mutateInflated: Mutation = (bytes, random, other) => {
  const streams = find(bytes.toString('latin1'), /stream\r?\n([\s\S]*?)\r?\nendstream/g)
  if (streams.length === 0) return bytes
  const { from, to } = random.pick(streams)
  const plain = tryInflate(bytes.subarray(from, to))
  if (!plain || plain.length === 0) return bytes
  const changed = random.pick([editNumber, ...BYTE_MUTATIONS])(plain, random, other)
  const packed = deflateSync(changed, { level: 9 })
  const room = to - from - packed.length
  return splice(bytes, from, to, room > 0 ? Buffer.concat([packed, Buffer.alloc(room)]) : packed)
}

function tryInflate(bytes: Buffer): Buffer | null {
  try {
    return inflateSync(bytes, { maxOutputLength: 1 << 20 })
  } catch {
    return null
  }
}

/** Changes the CMS in a Contents, certificates and revocation data included. */
const mutateContents: Mutation = (bytes, random, other) => {
  const found = find(bytes.toString('latin1'), /\/Contents\s*<([0-9a-fA-F]{40,})>/g)
  if (found.length === 0) return bytes
  const { from, to } = random.pick(found)
  const changed = mutateDer(Buffer.from(bytes.toString('latin1', from, to), 'hex'), random, other)
  const digits = changed.toString('hex').slice(0, to - from)
  return splice(bytes, from, to, latin1(digits.padEnd(to - from, '0')))
}

/** Appends an incremental update that gives objects other bodies, with a cross-reference that holds. */
const appendUpdate: Mutation = (bytes, random, other) => {
  const text = bytes.toString('latin1')
  const previous = [...text.matchAll(/startxref\s+(\d+)/g)].at(-1)?.[1]
  const root = [...text.matchAll(/\/Root\s+(\d+ \d+ R)/g)].at(-1)?.[1]
  const headers = [...text.matchAll(/\b(\d+) 0 obj\b/g)].map((match) => match[1] ?? '1')
  const bodies = find(text, BODY)
  if (!previous || !root || headers.length === 0 || bodies.length === 0) return bytes
  const parts: Buffer[] = [bytes, latin1('\n')]
  let at = bytes.length + 1
  let table = ''
  for (let i = random.below(3); i >= 0; i -= 1) {
    const number = random.chance(0.8) ? random.pick(headers) : String(random.below(5000))
    const { from, to } = random.pick(bodies)
    const body = random.pick([editNumber, replaceName, redirectReference, same])(
      bytes.subarray(from, to),
      random,
      other,
    )
    const object = Buffer.concat([latin1(`${number} 0 obj `), body, latin1('endobj\n')])
    table += `${number} 1\n${String(at).padStart(10, '0')} 00000 n \n`
    parts.push(object)
    at += object.length
  }
  const trailer = `xref\n${table}trailer\n<< /Size 9999 /Root ${root} /Prev ${previous} >>\nstartxref\n${at}\n%%EOF\n`
  return Buffer.concat([...parts, latin1(trailer)])
}

const same: Mutation = (bytes) => bytes

/** Ways that suit PDFs; those that reach deeper stand there more than once. */
export const PDF_MUTATIONS: readonly Mutation[] = [
  ...BYTE_MUTATIONS,
  editNumber,
  editKeyedNumber,
  editKeyedNumber,
  swapObjects,
  swapObjects,
  redirectReference,
  redirectReference,
  insertToken,
  replaceName,
  replaceName,
  mutateInflated,
  mutateInflated,
  mutateContents,
  mutateContents,
  appendUpdate,
  appendUpdate,
]

/** Applies one to four ways to a PDF. */
export function mutatePdf(bytes: Buffer, random: Random, other: Buffer): Buffer {
  let changed = bytes
  for (let i = random.pick([0, 0, 0, 1, 1, 2, 3]); i >= 0; i -= 1) {
    changed = random.pick(PDF_MUTATIONS)(changed, random, other)
  }
  return changed
}

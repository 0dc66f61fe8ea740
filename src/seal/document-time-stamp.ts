import { GatewayError } from '../model/errors.ts'
import { openPdf } from '../model/pdf/pdf-file.ts'
import { appendRevision } from '../model/pdf/revision.ts'
import { serialize } from '../model/pdf/serialize.ts'
import { pdfDictionary, pdfName, pdfReference } from '../model/pdf/values.ts'
import type { TimeStamp, TimeStampAuthority } from '../model/preservation.ts'
import { planSignatureField } from './signature-field.ts'

/** A token of 8 KiB and its room: the byte range moves with it, so a larger one costs a second token. */
const ROOM_BYTES = 16 * 1024
const BYTE_RANGE_WIDTH = 48

/**
 * Adds a document time-stamp over the whole file as an incremental update: what is in the file, validation data too, is
 * proven to have existed by then (PAdES B-LTA). A certification that permits nothing else permits this.
 * @throws GatewayError not-a-pdf, malformed-pdf, encrypted-input, and what the authority throws
 * @see EN 319 142-1 clause 5.4.3, ISO 32000-2 §12.8.5
 */
export async function addDocumentTimeStamp(
  pdf: Uint8Array,
  authority: TimeStampAuthority,
): Promise<{ readonly pdf: Uint8Array; readonly stamp: TimeStamp }> {
  const first = prepare(pdf, ROOM_BYTES)
  const stamp = await authority.stamp(first.content)
  if (stamp.token.length <= ROOM_BYTES) return { pdf: first.embed(stamp.token), stamp }
  const room = stamp.token.length + ROOM_BYTES
  const second = prepare(pdf, room)
  const again = await authority.stamp(second.content)
  if (again.token.length > room) throw new GatewayError('internal', 'The time-stamp outgrew the room kept for it.')
  return { pdf: second.embed(again.token), stamp: again }
}

interface Prepared {
  readonly content: readonly Uint8Array[]
  embed(token: Uint8Array): Uint8Array
}

function prepare(pdf: Uint8Array, maxBytes: number): Prepared {
  const file = openPdf(pdf)
  const signature = pdfReference(file.nextObjectNumber)
  const members = pdfDictionary({
    Type: pdfName('DocTimeStamp'),
    Filter: pdfName('Adobe.PPKLite'),
    SubFilter: pdfName('ETSI.RFC3161'),
  })
  const head = Buffer.concat([serialize(members).subarray(0, -'\n>>'.length), Buffer.from('\n/ByteRange ')])
  const middle = Buffer.from(`${' '.repeat(BYTE_RANGE_WIDTH)}\n/Contents `)
  const contents = Buffer.from(`<${'0'.repeat(2 * maxBytes)}>`)
  const syntax = Buffer.concat([head, middle, contents, Buffer.from('\n>>')])
  const revision = appendRevision(file, [
    { reference: signature, value: { kind: 'syntax', bytes: syntax } },
    ...planSignatureField(file, { signature, certify: false, timeStamp: true }, signature.number + 1),
  ])
  const at = (revision.offsets.get(signature.number) ?? 0) + `${signature.number} 0 obj\n`.length
  const [from, to] = [at + head.length + middle.length, at + head.length + middle.length + contents.length]
  const bytes = Buffer.from(revision.bytes)
  bytes.write(`[0 ${from} ${to} ${bytes.length - to}]`.padEnd(BYTE_RANGE_WIDTH), at + head.length, 'latin1')
  return {
    content: [bytes.subarray(0, from), bytes.subarray(to)],
    embed(token) {
      bytes.write(Buffer.from(token).toString('hex'), from + 1, 'latin1')
      return bytes
    },
  }
}

import { openPdf } from '../model/pdf/pdf-file.ts'
import { pdfDictionary, pdfName } from '../model/pdf/values.ts'
import type { TimeStamp, TimeStampAuthority } from '../model/preservation.ts'
import { type PreparedPdf, prepareRoom } from './signature-room.ts'

/** A token of 8 KiB and its room: the byte range moves with it, so a larger one costs a second token. */
const ROOM_BYTES = 16 * 1024
const MEMBERS = pdfDictionary({
  Type: pdfName('DocTimeStamp'),
  Filter: pdfName('Adobe.PPKLite'),
  SubFilter: pdfName('ETSI.RFC3161'),
})

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
  return { pdf: second.embed(again.token), stamp: again }
}

const prepare = (pdf: Uint8Array, maxBytes: number): PreparedPdf =>
  prepareRoom(openPdf(pdf), MEMBERS, { certify: false, timeStamp: true }, maxBytes)

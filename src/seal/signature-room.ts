import { GatewayError } from '../model/errors.ts'
import type { PdfFile } from '../model/pdf/pdf-file.ts'
import { appendRevision } from '../model/pdf/revision.ts'
import { serialize } from '../model/pdf/serialize.ts'
import { type PdfDictionary, pdfReference } from '../model/pdf/values.ts'
import { type FieldPlan, planSignatureField } from './signature-field.ts'

/** A PDF that has a signature field and room for the signature, and lacks nothing but that. */
export interface PreparedPdf {
  /** What the byte range covers: the whole file but for the room kept for the signature. */
  readonly content: readonly Uint8Array[]
  /** Takes what goes into Contents, as DER; gives the whole file. @throws GatewayError internal where it outgrew the room */
  embed(contents: Uint8Array): Uint8Array
}

const BYTE_RANGE_WIDTH = 48

/**
 * Adds a signature field and its dictionary with room for so many bytes, as an incremental update; what goes into the room
 * comes later. @throws GatewayError malformed-pdf, wrong-state
 */
export function prepareRoom(
  file: PdfFile,
  members: PdfDictionary,
  plan: Omit<FieldPlan, 'signature'>,
  maxBytes: number,
): PreparedPdf {
  const signature = pdfReference(file.nextObjectNumber)
  const hexDigits = maxBytes * 2
  const head = Buffer.concat([serialize(members).subarray(0, -'\n>>'.length), Buffer.from('\n/ByteRange ')])
  const middle = Buffer.from(`${' '.repeat(BYTE_RANGE_WIDTH)}\n/Contents `)
  const syntax = Buffer.concat([head, middle, Buffer.from(`<${'0'.repeat(hexDigits)}>\n>>`)])
  const revision = appendRevision(file, [
    { reference: signature, value: { kind: 'syntax', bytes: syntax } },
    ...planSignatureField(file, { ...plan, signature }, signature.number + 1),
  ])
  const objectAt = (revision.offsets.get(signature.number) ?? 0) + `${signature.number} 0 obj\n`.length
  const byteRangeAt = objectAt + head.length
  return leaveRoom(revision.bytes, byteRangeAt, byteRangeAt + middle.length, hexDigits)
}

/** Writes the byte range; gives what it covers and what writes the signature into the gap. No other byte moves. */
function leaveRoom(pdf: Uint8Array, byteRangeAt: number, contentsAt: number, hexDigits: number): PreparedPdf {
  const signed = Buffer.from(pdf)
  const gapEnd = contentsAt + hexDigits + 2
  const byteRange = `[0 ${contentsAt} ${gapEnd} ${signed.length - gapEnd}]`
  signed.write(byteRange.padEnd(BYTE_RANGE_WIDTH), byteRangeAt, 'latin1')
  return {
    content: [signed.subarray(0, contentsAt), signed.subarray(gapEnd)],
    embed(contents) {
      if (contents.length * 2 > hexDigits) {
        throw new GatewayError('internal', 'The signature outgrew the room kept for it.')
      }
      signed.write(Buffer.from(contents).toString('hex').padEnd(hexDigits, '0'), contentsAt + 1, 'latin1')
      return signed
    },
  }
}

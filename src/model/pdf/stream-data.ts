import { inflateSync } from 'node:zlib'
import { malformedPdf } from './syntax.ts'
import { asInteger, asName, isArray, isDictionary, type PdfStream, type PdfValue } from './values.ts'

const MAX_DECODED_BYTES = 64 * 1024 * 1024

/**
 * Undoes the filter of a cross-reference or object stream: none or FlateDecode, with PNG predictors (ISO 32000-2 §7.4.4).
 * @throws GatewayError malformed-pdf
 */
export function decodeStream(stream: PdfStream): Uint8Array {
  const { entries } = stream.dictionary
  const filter = single(entries.get('Filter'))
  if (filter === undefined || filter === null) return stream.raw
  if (asName(filter) !== 'FlateDecode') throw malformedPdf(`its structure uses the filter ${String(asName(filter))}`)
  const data = inflate(stream.raw)
  const parameters = single(entries.get('DecodeParms'))
  if (!isDictionary(parameters)) return data
  const predictor = asInteger(parameters.entries.get('Predictor')) ?? 1
  if (predictor === 1) return data
  if (predictor < 10) throw malformedPdf(`its structure uses predictor ${predictor}`)
  return undoPng(data, asInteger(parameters.entries.get('Columns')) ?? 1)
}

const single = (value: PdfValue | undefined): PdfValue | undefined =>
  isArray(value) ? (value.length > 1 ? value : value[0]) : value

function inflate(raw: Uint8Array): Uint8Array {
  try {
    return inflateSync(raw, { maxOutputLength: MAX_DECODED_BYTES })
  } catch {
    throw malformedPdf('a compressed stream cannot be read')
  }
}

/** Structure streams have one component of eight bits, so a row's pixel is one byte. */
function undoPng(data: Uint8Array, columns: number): Uint8Array {
  if (columns < 1 || columns > 65536) throw malformedPdf('a predictor has no sane row length')
  const rows = Math.floor(data.length / (columns + 1))
  const out = new Uint8Array(rows * columns)
  for (let row = 0; row < rows; row += 1) {
    const kind = data[row * (columns + 1)] ?? 0
    for (let column = 0; column < columns; column += 1) {
      const at = row * columns + column
      const left = column > 0 ? (out[at - 1] ?? 0) : 0
      const up = row > 0 ? (out[at - columns] ?? 0) : 0
      const corner = row > 0 && column > 0 ? (out[at - columns - 1] ?? 0) : 0
      out[at] = (data[row * (columns + 1) + 1 + column] ?? 0) + predict(kind, left, up, corner)
    }
  }
  return out
}

function predict(kind: number, left: number, up: number, corner: number): number {
  switch (kind) {
    case 0:
      return 0
    case 1:
      return left
    case 2:
      return up
    case 3:
      return Math.floor((left + up) / 2)
    case 4:
      return paeth(left, up, corner)
    default:
      throw malformedPdf(`a row uses the unknown predictor ${kind}`)
  }
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner
  const [byLeft, byUp, byCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)]
  if (byLeft <= byUp && byLeft <= byCorner) return left
  return byUp <= byCorner ? up : corner
}

import { VerifyError } from '../errors.ts'

const malformed = (message: string): VerifyError => new VerifyError('malformed-pdf', message)

/**
 * Undoes the TIFF and PNG predictors. Takes the decompressed bytes and the parameters by name.
 * @throws VerifyError malformed-pdf where the parameters are impossible
 * @see ISO 32000-2 clause 7.4.4.4
 */
export function undoPredictor(bytes: Uint8Array, numberOf: (key: string, otherwise: number) => number): Uint8Array {
  const predictor = numberOf('Predictor', 1)
  if (predictor === 1) return bytes
  const colours = numberOf('Colors', 1)
  const bits = numberOf('BitsPerComponent', 8)
  const columns = numberOf('Columns', 1)
  if (colours < 1 || colours > 32 || ![1, 2, 4, 8, 16].includes(bits) || columns < 1 || columns > 1 << 24) {
    throw malformed('a predictor has impossible parameters')
  }
  const rowBytes = Math.ceil((colours * bits * columns) / 8)
  if (predictor === 2) return undoTiff(bytes, { colours, bits, columns, rowBytes })
  if (predictor >= 10 && predictor <= 15) return undoPng(bytes, Math.ceil((colours * bits) / 8), rowBytes)
  throw malformed('a predictor is unknown')
}

interface Samples {
  readonly colours: number
  readonly bits: number
  readonly columns: number
  readonly rowBytes: number
}

/** TIFF 6.0 section 14: each sample is the difference to that of the same colour in the pixel to its left. */
function undoTiff(bytes: Uint8Array, samples: Samples): Uint8Array {
  const { colours, bits, columns, rowBytes } = samples
  const out = Uint8Array.from(bytes)
  if (bits < 8) return undoTiffWithinOctets(out, samples)
  const width = bits >> 3
  for (let row = 0; row < out.length; row += rowBytes) {
    const end = Math.min(row + colours * columns * width, out.length - width + 1)
    for (let at = row + colours * width; at < end; at += width) {
      const left = at - colours * width
      const sum = sampleAt(out, at, width) + sampleAt(out, left, width)
      if (width === 2) out[at] = (sum >> 8) & 0xff
      out[at + width - 1] = sum & 0xff
    }
  }
  return out
}

const sampleAt = (bytes: Uint8Array, at: number, width: number): number =>
  width === 2 ? ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0) : (bytes[at] ?? 0)

function undoTiffWithinOctets(out: Uint8Array, { colours, bits, columns, rowBytes }: Samples): Uint8Array {
  const mask = (1 << bits) - 1
  const perOctet = 8 / bits
  for (let row = 0; row < out.length; row += rowBytes) {
    const left = new Array<number>(colours).fill(0)
    const count = Math.min(colours * columns, (out.length - row) * perOctet)
    for (let i = 0; i < count; i += 1) {
      const at = row + Math.floor(i / perOctet)
      const shift = 8 - bits * ((i % perOctet) + 1)
      const octet = out[at] ?? 0
      const sample = (((octet >> shift) & mask) + (left[i % colours] ?? 0)) & mask
      out[at] = (octet & ~(mask << shift)) | (sample << shift)
      left[i % colours] = sample
    }
  }
  return out
}

function undoPng(bytes: Uint8Array, pixelBytes: number, rowBytes: number): Uint8Array {
  const rows = Math.ceil(bytes.length / (rowBytes + 1))
  // One octet of each row says how it was predicted; the last row may be cut short.
  const out = new Uint8Array(bytes.length - rows)
  for (let row = 0; row < rows; row += 1) {
    const from = row * (rowBytes + 1)
    const type = bytes[from] ?? 0
    if (type > 4) throw malformed('a PNG predictor row has an unknown type')
    const length = Math.min(rowBytes, bytes.length - from - 1)
    const target = row * rowBytes
    for (let i = 0; i < length; i += 1) {
      const left = i >= pixelBytes ? (out[target + i - pixelBytes] ?? 0) : 0
      const up = row > 0 ? (out[target + i - rowBytes] ?? 0) : 0
      const corner = row > 0 && i >= pixelBytes ? (out[target + i - rowBytes - pixelBytes] ?? 0) : 0
      out[target + i] = ((bytes[from + 1 + i] ?? 0) + predictPng(type, left, up, corner)) & 0xff
    }
  }
  return out
}

function predictPng(type: number, left: number, up: number, corner: number): number {
  if (type === 0) return 0
  if (type === 1) return left
  if (type === 2) return up
  if (type === 3) return (left + up) >> 1
  const estimate = left + up - corner
  const [toLeft, toUp, toCorner] = [Math.abs(estimate - left), Math.abs(estimate - up), Math.abs(estimate - corner)]
  if (toLeft <= toUp && toLeft <= toCorner) return left
  return toUp <= toCorner ? up : corner
}

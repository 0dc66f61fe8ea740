/** A signature as it stands in the file, taken out without our own reader. */
export interface ExtractedSignature {
  /** The bytes that it covers. */
  readonly content: Buffer
  /** DER of the CMS, the padding behind it cut. */
  readonly cms: Buffer
}

/** Takes a PDF; gives every signature with a /ByteRange, in order of their place in the file. */
export function extractSignatures(pdf: Uint8Array): ExtractedSignature[] {
  const bytes = Buffer.from(pdf)
  const ranges = bytes.toString('latin1').matchAll(/\/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]/g)
  return [...ranges].map((match) => {
    const [start = 0, length = 0, second = 0, rest = 0] = match.slice(1).map(Number)
    const padded = Buffer.from(bytes.subarray(start + length + 1, second - 1).toString('latin1'), 'hex')
    return {
      content: Buffer.concat([bytes.subarray(start, start + length), bytes.subarray(second, second + rest)]),
      cms: padded.subarray(0, padded.readUInt16BE(2) + 4), // 30 82 llll
    }
  })
}

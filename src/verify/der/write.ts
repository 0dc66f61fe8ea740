/** Takes an identifier octet and content (or elements to join as content); gives the element in DER. */
export function encode(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const octets = length < 0x80 ? 0 : octetsOf(length)
  const out = Buffer.allocUnsafe(2 + octets + length)
  out[0] = tag
  out[1] = octets === 0 ? length : 0x80 | octets
  if (octets > 0) out.writeUIntBE(length, 2, octets)
  let at = 2 + octets
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

const octetsOf = (length: number): number => (length < 0x100 ? 1 : length < 0x10000 ? 2 : length < 0x1000000 ? 3 : 4)

/** Takes an object identifier in dotted form; gives it in DER. */
export function encodeOid(oid: string): Uint8Array {
  const [first = 0n, second = 0n, ...rest] = oid.split('.').map(BigInt)
  const octets = [first * 40n + second, ...rest].flatMap((arc) => {
    const groups = [Number(arc & 0x7fn)]
    for (let left = arc >> 7n; left > 0n; left >>= 7n) groups.unshift(Number(left & 0x7fn) | 0x80)
    return groups
  })
  return encode(0x06, Uint8Array.from(octets))
}

/** Takes an identifier octet and content (or elements to join as content); gives the element in DER. */
export function encode(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  return Buffer.concat([Uint8Array.of(tag), encodeLength(length), ...parts])
}

function encodeLength(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length)
  const octets: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256)
  return Uint8Array.of(0x80 | octets.length, ...octets)
}

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

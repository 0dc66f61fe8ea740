/** Gives the bytes under RC4, which undoes itself; OpenSSL no longer offers it, and old PDFs are encrypted by it. */
export function rc4(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  const state = new Uint8Array(256)
  for (let i = 0; i < 256; i += 1) state[i] = i
  for (let i = 0, j = 0; i < 256; i += 1) {
    const held = state[i] ?? 0
    j = (j + held + (key[i % key.length] ?? 0)) & 0xff
    state[i] = state[j] ?? 0
    state[j] = held
  }
  const out = new Uint8Array(bytes.length)
  for (let at = 0, i = 0, j = 0; at < bytes.length; at += 1) {
    i = (i + 1) & 0xff
    const held = state[i] ?? 0
    j = (j + held) & 0xff
    const other = state[j] ?? 0
    state[i] = other
    state[j] = held
    out[at] = (bytes[at] ?? 0) ^ (state[(held + other) & 0xff] ?? 0)
  }
  return out
}

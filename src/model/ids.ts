import { createHash, randomBytes } from 'node:crypto'

/** Gives a new UUID version 7 (RFC 9562 §5.7): sorts by time of making, so indexes stay compact. */
export function newId(nowMs: number = Date.now()): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(nowMs, 0, 6)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** Gives a new unguessable token: 160 bits, base64url without padding (27 characters). */
export function newToken(): string {
  return randomBytes(20).toString('base64url')
}

/** Takes a token as the citizen holds it; gives the hex SHA-256 under which it is stored. */
export function hashToken(token: string): string {
  return createHash('sha256').update(`poststempel-token:${token}`).digest('hex')
}

/** Takes bytes; gives their SHA-256 in lower-case hex. */
export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

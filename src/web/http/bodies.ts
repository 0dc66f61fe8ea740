import type { Readable } from 'node:stream'
import { GatewayError } from '../../model/errors.ts'
import type { SentForm } from '../deps.ts'

/** Forms of text fields. */
export const FIELDS_MAX_BYTES = 64 * 1024
/** Forms with a file that is judged at once, or an anchor. */
export const FILES_MAX_BYTES = 25 * 1024 * 1024
const FIELDS_AT_MOST = 100

/** Gives a request's body in pieces; whoever stops early leaves the connection whole, so that an answer can go out. */
export function bodyOf(request: Readable): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false }) }
}

/** Collects a body. @throws GatewayError too-large beyond maxBytes */
export async function collect(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of body) {
    size += piece.length
    if (size > maxBytes) throw new GatewayError('too-large', 'The form is too large', { facts: { maxBytes } })
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** Reads application/x-www-form-urlencoded. The first field of a name counts. @throws GatewayError invalid-request */
export function readFields(body: Uint8Array): SentForm {
  const fields: Record<string, string> = Object.create(null)
  const pairs = [...new URLSearchParams(Buffer.from(body).toString('utf8'))]
  if (pairs.length > FIELDS_AT_MOST) throw new GatewayError('invalid-request', 'The form has too many fields')
  for (const [name, value] of pairs) fields[name] ??= value
  return { fields, files: [] }
}

/**
 * After an early answer: reads on and throws away, for a browser that is still sending shows no answer before it is
 * done. Ends the connection where that takes too long.
 */
export function drain(request: Readable, maxBytes: number, maxMs: number): void {
  if (request.readableEnded || request.destroyed) return
  let left = maxBytes
  const timer = setTimeout(() => request.destroy(), maxMs)
  timer.unref()
  request.on('data', (piece: Uint8Array) => {
    left -= piece.length
    if (left < 0) request.destroy()
  })
  request.once('close', () => clearTimeout(timer))
  request.resume()
}

import { request as httpRequest, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { GatewayError } from '../model/errors.ts'
import { failed, type Place, placeOf, refused, systemCode } from './faults.ts'

/** No version: who runs which one is nobody's business. */
const USER_AGENT = 'poststempel'

/** What is asked for: one request on a connection of its own. */
export interface Exchange {
  readonly url: URL
  readonly method: 'GET' | 'POST'
  readonly body: Uint8Array | null
  readonly contentType: string | null
  readonly accept: string
  readonly headers: Readonly<Record<string, string>>
  readonly authorization: string | null
  readonly maxHeaderBytes: number
}

/**
 * Sends the request; gives the answer as soon as its headers are there. Nothing is followed, decoded or kept.
 * @throws GatewayError fetch-refused: headers larger than the limit; fetch-failed: cut off, or no HTTP
 */
export async function sendRequest(connection: Socket, exchange: Exchange): Promise<IncomingMessage> {
  const { url, method, body, contentType, accept, headers, authorization, maxHeaderBytes } = exchange
  // With a connection of our own no agent takes part: no pool, no proxy from the environment.
  const outgoing = httpRequest({
    createConnection: () => connection,
    method,
    path: url.pathname + url.search,
    maxHeaderSize: maxHeaderBytes,
    headers: {
      ...headers,
      host: url.host,
      'user-agent': USER_AGENT,
      accept,
      'accept-encoding': 'identity',
      connection: 'close',
      ...(authorization === null ? {} : { authorization }),
      ...(contentType === null ? {} : { 'content-type': contentType }),
      ...(body === null ? {} : { 'content-length': body.length }),
    },
  })
  return new Promise<IncomingMessage>((resolve, reject) => {
    // `error` may come after the answer too; `close` alone where the server wants another protocol (101).
    outgoing.on('error', (thrown) => reject(faultOf(thrown, placeOf(url))))
    outgoing.on('close', () => reject(failed('answer', placeOf(url), 'the connection was closed')))
    outgoing.on('response', resolve)
    outgoing.end(body ?? undefined)
  })
}

/**
 * Reads the body, as it is, up to a limit that holds whatever the headers say.
 * @throws GatewayError fetch-refused: larger than the limit; fetch-failed: cut off
 */
export async function readBody(answer: IncomingMessage, maxBytes: number, place: Place): Promise<Uint8Array> {
  const tooLarge = () => refused('too-large', place, 'the answer is too large')
  if (Number(answer.headers['content-length'] ?? 0) > maxBytes) throw tooLarge()
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > maxBytes) throw tooLarge()
      chunks.push(chunk)
    }
  } catch (thrown) {
    throw faultOf(thrown, place)
  }
  return Buffer.concat(chunks, length)
}

/** Without its cause: the parser's errors hold the bytes received, and those may repeat the path asked for. */
function faultOf(thrown: unknown, place: Place): GatewayError {
  if (thrown instanceof GatewayError) return thrown
  const system = systemCode(thrown)
  if (system === 'HPE_HEADER_OVERFLOW') return refused('too-large', place, 'the headers are too large')
  return failed('answer', place, 'the answer was cut off or is no HTTP', { facts: { system } })
}

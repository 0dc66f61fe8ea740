import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { inspect } from 'node:util'
import { afterEach, expect } from 'vitest'
import { GatewayError } from '../../src/model/errors.ts'
import { createFetcher, type Fetcher, type FetchLimits, parseNetworks, type WebRequest } from '../../src/net/index.ts'

/** Stands in the path and the query of every URL asked for: no fault may repeat it. */
export const SECRET = 'hemmelig-0101701234'
export const NOW = new Date('2026-11-24T09:00:00.000Z')
export const LOOPBACK = parseNetworks(['127.0.0.0/8', '::1'])

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

export interface TestServer {
  readonly port: number
  /** A URL at this server with the secret in it. */
  at(host: string): string
  /** Connections so far, each with what was received on it. */
  readonly connections: { readonly to: string; received: number }[]
}

/** A server whose connections and received octets are counted; closed after the test. */
async function listen(server: Server, scheme: string, host: string): Promise<TestServer> {
  const sockets = new Set<Socket>()
  const connections: { to: string; received: number }[] = []
  server.on('connection', (socket: Socket) => {
    const seen = { to: socket.localAddress ?? '', received: 0 }
    connections.push(seen)
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      seen.received = Math.max(seen.received, socket.bytesRead)
      sockets.delete(socket)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const { port } = server.address() as AddressInfo
  open.push({
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  })
  return { port, connections, at: (name) => `${scheme}://${name}:${port}/${SECRET}?cpr=${SECRET}` }
}

export const startHttp = (answer: RequestListener, host = '127.0.0.1'): Promise<TestServer> =>
  listen(createHttpServer(answer), 'http', host)

export const startHttps = (
  identity: { readonly key: string; readonly cert: string },
  answer: RequestListener,
): Promise<TestServer> => listen(createHttpsServer(identity, answer), 'https', '127.0.0.1')

/** Once something was received, the handler writes what it likes. */
export const startRaw = (answer: (socket: Socket) => void, scheme = 'http'): Promise<TestServer> =>
  listen(
    createTcpServer((socket) => socket.once('data', () => answer(socket))),
    scheme,
    '127.0.0.1',
  )

/** Sends the lines of a head and whatever follows it. */
export const rawAnswer = (...lines: readonly string[]): string => lines.join('\r\n')

/** A resolver that knows these names and keeps the questions. */
export function lookupOf(names: Readonly<Record<string, readonly string[]>>) {
  const asked: string[] = []
  const lookup = async (host: string): Promise<readonly string[]> => {
    asked.push(host)
    const addresses = names[host]
    if (!addresses) throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' })
    return addresses
  }
  return { lookup, asked }
}

/** A fetcher that may go to loopback, where `ca.example` and `other.example` are. */
export const localFetcher = (limits: Partial<FetchLimits> = {}): Fetcher =>
  createFetcher({
    lookup: lookupOf({ 'ca.example': ['127.0.0.1'], 'other.example': ['127.0.0.1'] }).lookup,
    allowed: LOOPBACK,
    now: () => NOW,
    limits,
  })

/** Gives the fault of a fetch that must fail; nothing in it, however deep, may hold the secret. */
export async function faultOf(fetcher: Fetcher, request: WebRequest | string): Promise<GatewayError> {
  const asked = typeof request === 'string' ? { url: request } : request
  const outcome: unknown = await fetcher.fetch(asked).catch((thrown: unknown) => thrown)
  if (!(outcome instanceof GatewayError)) throw new Error(`no fault but ${inspect(outcome)}`)
  const told = inspect(outcome, { depth: 12, showHidden: true, maxStringLength: null })
  expect(told).not.toContain(SECRET)
  // Buffers are shown in hexadecimal.
  expect(told).not.toContain(
    Buffer.from(SECRET)
      .toString('hex', 0, 8)
      .replace(/..(?!$)/g, '$& '),
  )
  return outcome
}

export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')

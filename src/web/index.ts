import { readFileSync } from 'node:fs'
import { createServer as createHttpServer, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { GatewayError } from '../model/errors.ts'
import { webApp } from './app.ts'
import type { WebDeps } from './deps.ts'

export type {
  Addition,
  CandidateAnchor,
  CandidateAnchors,
  CaseStatus,
  CatalogueAnchor,
  ChannelChoice,
  DemoHints,
  ParcelStep,
  PlannedTrust,
  SentForm,
  Upload,
  VerdictWords,
  WebDeps,
} from './deps.ts'
export { makeApiToken, revokeApiToken } from './sign-in/api-tokens.ts'
export { createInvitation } from './sign-in/invitations.ts'
export { hashPassword } from './sign-in/password.ts'

/** A connection that sends nothing for so long is closed. */
const IDLE_MS = 60_000
/** A form of 50 MB over a slow line. */
const REQUEST_MS = 20 * 60_000
const STOP_MS = 10_000

export interface RunningWeb {
  readonly url: string
  readonly port: number
  /** Takes no more connections, finishes what is in hand (at most 10 s), and ends. */
  stop(): Promise<void>
}

/**
 * Starts the pages, over HTTPS where certificate files are configured. Port 0 takes a free one.
 * @throws GatewayError port-in-use, configuration (certificate files that cannot be used)
 */
export async function startWeb(deps: WebDeps): Promise<RunningWeb> {
  const { host, port, tls } = deps.settings.web
  const server = createServer(deps)
  server.requestTimeout = REQUEST_MS
  server.headersTimeout = IDLE_MS
  await listen(server, host, port)
  const address = server.address()
  const actual = address !== null && typeof address === 'object' ? address.port : port
  const name = host.includes(':') ? `[${host}]` : host
  return {
    url: `${tls ? 'https' : 'http'}://${name}:${actual}`,
    port: actual,
    stop: () => stop(server),
  }
}

function createServer(deps: WebDeps): Server {
  const app = webApp(deps)
  const { tls } = deps.settings.web
  if (!tls) return createHttpServer(app)
  try {
    return createHttpsServer(
      { key: readFileSync(tls.keyFile), cert: readFileSync(tls.certFile), minVersion: 'TLSv1.2' },
      app,
    )
  } catch (cause) {
    throw new GatewayError('configuration', 'The certificate files of web.tls cannot be used', { cause })
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const code = cause.code === 'EADDRINUSE' ? 'port-in-use' : 'configuration'
      reject(new GatewayError(code, `The pages cannot listen on ${host} port ${port}`, { cause, facts: { port } }))
    })
    server.listen(port, host, () => resolve())
  })
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), STOP_MS)
    server.close(() => {
      clearTimeout(timer)
      resolve()
    })
    server.closeIdleConnections()
  })
}

import { readFileSync } from 'node:fs'
import { chmod, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import type { SMTPServerDataStream, SMTPServerOptions, SMTPServerSession } from 'smtp-server'
import { asGatewayError, GatewayError } from '../model/errors.ts'
import type { Log } from '../model/ports.ts'
import type { LmtpSettings, Settings } from '../model/settings.ts'
import type { Store } from '../model/store.ts'
import type { Clock } from '../model/time.ts'
import { isOurRecipient } from './recipients.ts'
import { SMTP_TEXTS, SmtpReply } from './smtp-replies.ts'
import { WordedSmtpServer } from './smtp-server.ts'
import { mailSubmission } from './submission-rows.ts'

export interface SmtpParts {
  readonly settings: Pick<Settings, 'smtp' | 'municipality'>
  readonly store: Pick<Store, 'accept' | 'blobs'>
  readonly clock: Clock
  readonly log: Log
  /** How long a client is kept waiting for the store before it is told to try again. */
  readonly maxHoldMs?: number
}

export interface RunningSmtp {
  readonly host: string
  readonly port: number
  /** Takes nothing new, lets mails finish that are being handed over, then closes. */
  stop(): Promise<void>
}

// RFC 5321 §4.5.3.2.6 gives us ten minutes after the final dot; well before that the client shall know.
const DEFAULT_HOLD_MS = 120_000
// RFC 5321 §4.5.3.2.7
const IDLE_TIMEOUT_MS = 5 * 60_000
// RFC 5321 §4.5.3.1.8
const MAX_RECIPIENTS = 100

/**
 * Starts the SMTP server: a mail is answered with 250 only once it is durably stored with its job.
 * @throws GatewayError port-in-use; configuration where the TLS files cannot be read
 */
export function startSmtp(parts: SmtpParts): Promise<RunningSmtp> {
  return start(parts, 'smtp', parts.settings.smtp)
}

/**
 * Starts the LMTP server, to which a mail server in front hands over (RFC 2033): the same in all, with one answer for each
 * recipient. Who connected to that server is not known here.
 * @throws GatewayError port-in-use, configuration
 */
export async function startLmtp(parts: SmtpParts, at: LmtpSettings): Promise<RunningSmtp> {
  // What an end left behind: nobody else may listen there.
  if ('socketPath' in at) await rm(at.socketPath, { force: true })
  const running = await start(parts, 'lmtp', at)
  // The mail server runs under a name of its own; who may reach the folder may hand mail over, as by SMTP.
  if ('socketPath' in at) await chmod(at.socketPath, 0o666)
  return running
}

async function start(parts: SmtpParts, protocol: 'smtp' | 'lmtp', at: LmtpSettings): Promise<RunningSmtp> {
  const { settings, log } = parts
  const inHand = new Set<SMTPServerSession>()
  let stopping = false
  const options: SMTPServerOptions & { name: string } = {
    ...fixedOptions(settings),
    lmtp: protocol === 'lmtp',
    onRcptTo: ({ address }, _session, callback) => {
      const ours = isOurRecipient(address, settings.smtp.recipients)
      callback(ours ? null : new SmtpReply(550, SMTP_TEXTS.foreignRecipient))
    },
    onData: (stream, session, callback) => {
      inHand.add(session)
      receive(stream, session, parts, protocol).then((fault) => {
        inHand.delete(session)
        callback(fault, SMTP_TEXTS.accepted)
        if (stopping) setImmediate(() => server.closeIdle(inHand))
      }, callback)
    },
  }
  const { maxClients, maxClientsPerAddress, greetingDelayMs } = settings.smtp
  const ofStrangers = { maxClients, maxPerAddress: maxClientsPerAddress, greetingDelayMs }
  const ofNeighbour = { maxClients, maxPerAddress: maxClients, greetingDelayMs: 0 }
  const server = new WordedSmtpServer(options, protocol === 'lmtp' ? ofNeighbour : ofStrangers)
  const { host, port } = await listen(server, at)
  server.on('error', (error) => log.warn({ code: errorCode(error) }, 'An SMTP connection broke'))
  return {
    host,
    port,
    stop: () => {
      stopping = true
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdle(inHand)
      return closed
    },
  }
}

function fixedOptions({ smtp, municipality }: SmtpParts['settings']): SMTPServerOptions & { name: string } {
  return {
    name: municipality.mailAddress.split('@').at(-1) ?? 'localhost',
    size: smtp.maxMessageBytes,
    rejectOversized: true,
    hideENHANCEDSTATUSCODES: false,
    authOptional: true,
    disabledCommands: ['AUTH', 'WIZ', 'SHELL', 'KILL', ...(smtp.tls ? [] : ['STARTTLS'])],
    disableReverseLookup: true,
    lenientAddressParsing: true,
    maxRecipients: MAX_RECIPIENTS,
    socketTimeout: IDLE_TIMEOUT_MS,
    logger: false,
    ...(smtp.tls ? readTls(smtp.tls) : {}),
  }
}

function readTls(files: { readonly keyFile: string; readonly certFile: string }): { key: Buffer; cert: Buffer } {
  try {
    return { key: readFileSync(files.keyFile), cert: readFileSync(files.certFile) }
  } catch (thrown) {
    throw new GatewayError('configuration', 'the TLS files of SMTP cannot be read', { cause: thrown })
  }
}

function listen(server: WordedSmtpServer, at: LmtpSettings): Promise<{ host: string; port: number }> {
  return new Promise((resolve, reject) => {
    const place = 'socketPath' in at ? at.socketPath : `${at.host}:${at.port}`
    const onError = (error: Error) => {
      const busy = errorCode(error) === 'EADDRINUSE'
      const facts = 'socketPath' in at ? { socketPath: at.socketPath } : { host: at.host, port: at.port }
      const code = busy ? 'port-in-use' : 'configuration'
      reject(new GatewayError(code, `Mail cannot be taken in on ${place}`, { cause: error, facts }))
    }
    server.once('error', onError)
    const onListening = () => {
      server.off('error', onError)
      const address: AddressInfo | string | null = server.server.address()
      const isPort = typeof address === 'object' && address !== null
      resolve(isPort ? { host: address.address, port: address.port } : { host: place, port: 0 })
    }
    if ('socketPath' in at) server.listen(at.socketPath, onListening)
    else server.listen(at.port, at.host, onListening)
  })
}

/** Stores one mail. Gives null where it is on disk with its job, else the reply that says why it is not. */
async function receive(
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
  parts: SmtpParts,
  protocol: 'smtp' | 'lmtp',
): Promise<SmtpReply | null> {
  const { store, settings, clock, log } = parts
  // smtp-server empties the session's envelope when the reply is out.
  const { envelope } = session
  try {
    const raw = await store.blobs.putStream(pieces(stream), settings.smtp.maxMessageBytes)
    const submission = mailSubmission({
      envelope,
      session,
      raw,
      receivedAt: clock(),
      isClientKnown: protocol === 'smtp',
    })
    const { duplicate } = await within(parts.maxHoldMs ?? DEFAULT_HOLD_MS, store.accept(submission, raw))
    log.info({ submissionId: submission.id, size: raw.size, duplicate }, 'A mail was received')
    return null
  } catch (thrown) {
    const fault = asGatewayError(thrown)
    await drain(stream)
    if (fault.code === 'too-large') return new SmtpReply(552, SMTP_TEXTS.tooLarge)
    log.error({ code: fault.code }, 'A mail was not stored: its sender was told to try again')
    return new SmtpReply(451, SMTP_TEXTS.storageTrouble)
  }
}

/** The mail as it arrives. A reader that gives up leaves the stream open, for the rest must be read off the line. */
async function* pieces(stream: SMTPServerDataStream): AsyncGenerator<Uint8Array> {
  for await (const piece of stream.iterator({ destroyOnReturn: false })) yield piece
}

/** Throws away what is still to come, so that the client reads our answer where it expects it: after its final dot. */
function drain(stream: SMTPServerDataStream): Promise<void> {
  if (stream.readableEnded || stream.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    stream.once('end', resolve)
    stream.once('close', resolve)
    stream.once('error', () => resolve())
    stream.resume()
  })
}

/** A store that does not answer in time: the mail may still get in, and the client's repeat is then known by its key. */
function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new GatewayError('storage-unavailable', 'the store took too long', { retryable: true }))
    const timer = setTimeout(late, ms)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

const errorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown'

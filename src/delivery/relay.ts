import { Readable } from 'node:stream'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { HandOver, MailRelay } from '../model/ports.ts'

export interface SmtpRelayOptions {
  readonly host: string
  readonly port: number
  readonly user: string | null
  readonly password: string | null
  /** STARTTLS with a certificate that holds for the host, or nothing is sent. */
  readonly requireTls: boolean
  readonly timeouts?: Partial<SmtpTimeouts>
  /** What we say in EHLO; the machine's name where absent. */
  readonly clientName?: string
}

/** In milliseconds. */
export interface SmtpTimeouts {
  readonly connect: number
  readonly greeting: number
  /** Silence after which the line counts as dead. */
  readonly silence: number
  /** The whole hand-over. */
  readonly total: number
}

// RFC 5321 §4.5.3.2.6: the answer to the final dot may take ten minutes; giving up earlier makes doubles.
const TIMEOUTS: SmtpTimeouts = { connect: 30_000, greeting: 60_000, silence: 600_000, total: 720_000 }
type Refusal = Extract<HandOver, { readonly smtpCode: number | null }>

const GOODBYE_MS = 5_000
const PIECE_BYTES = 64 * 1024
const MAX_RESPONSE = 500
/** Answers about us, not about the mail (RFC 4954 §6): a wrong password must not throw letters away. */
const ABOUT_SIGN_IN = new Set([530, 534, 535, 538])
/** The commands whose 5xx is a definite no to this very mail, and what it is then about. */
const ABOUT_THE_MAIL: ReadonlyMap<string, NonNullable<Refusal['refusedAt']>> = new Map([
  ['MAIL FROM', 'sender'],
  ['RCPT TO', 'recipient'],
  ['DATA', 'content'],
])
/** RFC 1870 §6.1: too large for the server or the mailbox, said to MAIL FROM or RCPT TO already: smaller may pass. */
const TOO_LARGE = 552

/** Gives the relay that hands over to nobody: the mail stays where the outbox page shows it. */
export function createOutboxRelay(): MailRelay {
  return {
    kind: 'outbox',
    handOver: async () => ({ outcome: 'kept', response: 'kept in the outbox' }),
  }
}

/**
 * Takes the next hop; gives the relay that hands mails to it, one connection each. What became of a hand-over is an
 * answer, never an exception.
 */
export function createSmtpRelay(options: SmtpRelayOptions): MailRelay {
  return { kind: 'smtp', handOver: (mail) => handOverBySmtp(options, mail) }
}

function handOverBySmtp(
  options: SmtpRelayOptions,
  mail: { readonly envelopeFrom: string; readonly to: string; readonly raw: Uint8Array },
): Promise<HandOver> {
  const timeouts = { ...TIMEOUTS, ...options.timeouts }
  const { promise, resolve } = Promise.withResolvers<HandOver>()
  const connection = new SMTPConnection(connectionOptions(options, timeouts))
  const source = Readable.from(pieces(mail.raw), { objectMode: false })
  let wholeMailRead = false
  // From here on the final dot may be on its way: whatever breaks now leaves open whether the mail was taken.
  source.once('end', () => {
    wholeMailRead = true
  })
  const deadline = setTimeout(() => fail(new Error('the hand-over took too long')), timeouts.total)
  const settle = (result: HandOver): void => {
    clearTimeout(deadline)
    resolve(result)
  }
  function fail(fault: unknown): void {
    settle(judgeFault(fault, wholeMailRead))
    source.destroy()
    connection.close()
  }
  const send = (): void => {
    const envelope = { from: mail.envelopeFrom, to: [mail.to], size: mail.raw.length }
    connection.send(envelope, source, (fault, info) => {
      if (fault || !info) return fail(fault)
      settle({ outcome: 'accepted', response: shorten(info.response) })
      connection.quit()
      // A server that never says goodbye must not hold the line for the whole silence allowed.
      setTimeout(() => connection.close(), GOODBYE_MS).unref()
    })
  }
  connection.on('error', fail)
  connection.once('end', () => fail(new Error('the connection ended')))
  connection.connect((fault) => {
    if (fault) return fail(fault)
    if (options.user === null) return send()
    const auth = { user: options.user, pass: options.password ?? '' }
    connection.login(auth, (refused) => (refused ? fail(refused) : send()))
  })
  return promise
}

function connectionOptions(
  options: SmtpRelayOptions,
  timeouts: SmtpTimeouts,
): ConstructorParameters<typeof SMTPConnection>[0] {
  // Without a password, a certificate that does not hold still hides the mail from who only listens (RFC 7435).
  const opportunistic = !options.requireTls && options.user === null
  return {
    host: options.host,
    port: options.port,
    requireTLS: options.requireTls && options.port !== 465,
    tls: { rejectUnauthorized: !opportunistic },
    connectionTimeout: timeouts.connect,
    greetingTimeout: timeouts.greeting,
    socketTimeout: timeouts.silence,
    socketCloseTimeout: 1_000,
    ...(options.clientName === undefined ? {} : { name: options.clientName }),
  }
}

/** Takes what broke a hand-over, and whether the whole mail had been given to the line; gives what is known of it. */
function judgeFault(fault: unknown, wholeMailRead: boolean): HandOver {
  const facts = faultFacts(fault)
  const { smtpCode, response } = facts
  if (smtpCode === null) return { outcome: wholeMailRead ? 'unknown' : 'deferred', response, smtpCode }
  const about = ABOUT_THE_MAIL.get(facts.command)
  if (smtpCode < 500 || about === undefined || ABOUT_SIGN_IN.has(smtpCode)) {
    return { outcome: 'deferred', response, smtpCode }
  }
  return { outcome: 'refused', response, smtpCode, refusedAt: smtpCode === TOO_LARGE ? 'content' : about }
}

function faultFacts(fault: unknown): { smtpCode: number | null; response: string; command: string } {
  if (!(fault instanceof Error)) return { smtpCode: null, response: 'the connection broke', command: '' }
  const smtpCode = 'responseCode' in fault && typeof fault.responseCode === 'number' ? fault.responseCode : null
  const command = 'command' in fault && typeof fault.command === 'string' ? fault.command : ''
  const answer = 'response' in fault && typeof fault.response === 'string' ? fault.response : fault.message
  const tooLarge = 'code' in fault && fault.code === 'EMESSAGE' && command === 'MAIL FROM'
  // The relay said in EHLO how much it takes (RFC 1870 §6.1): more will never pass.
  return { smtpCode: smtpCode ?? (tooLarge ? TOO_LARGE : null), response: shorten(answer), command }
}

function* pieces(raw: Uint8Array): Generator<Buffer> {
  for (let start = 0; start < raw.length; start += PIECE_BYTES) {
    yield Buffer.from(raw.subarray(start, start + PIECE_BYTES))
  }
}

// A relay's answer may hold anything; it goes into evidence and onto a page.
function shorten(response: string): string {
  return response.replace(/[\p{Cc}]+/gu, ' ').slice(0, MAX_RESPONSE)
}

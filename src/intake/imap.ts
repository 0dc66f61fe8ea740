import { createHash } from 'node:crypto'
import type { ImapFlow } from 'imapflow'
import { asGatewayError, GatewayError } from '../model/errors.ts'
import type { Log, WebFetcher } from '../model/ports.ts'
import type { ImapSettings } from '../model/settings.ts'
import type { Store } from '../model/store.ts'
import type { Clock } from '../model/time.ts'
import { mailboxEnvelope } from './imap-envelope.ts'
import { createTokenSource } from './imap-token.ts'
import { pause } from './pause.ts'
import { mailboxSubmission } from './submission-rows.ts'

export interface ImapParts {
  readonly mailbox: ImapSettings
  readonly maxMessageBytes: number
  readonly store: Pick<Store, 'accept' | 'blobs' | 'setting' | 'commit'>
  readonly clock: Clock
  readonly log: Log
  /** Asks for tokens; needed where the mailbox signs in by OAuth 2. */
  readonly fetcher: WebFetcher | null
}

export interface RunningImap {
  /** Ends after the mail in hand; what was not taken lies there for the next start. */
  stop(): Promise<void>
}

/** Between two tries after a fault, in seconds. */
const BACKOFF_SECONDS = [1, 5, 15, 60, 300]
/** A server that says nothing for so long is taken for gone. */
const SOCKET_TIMEOUT_MS = 6 * 60_000

/**
 * Fetches mail from a mailbox: each mail is stored with its job in one durable commit, and only then moved to another folder.
 * Which were read (\Seen) says nothing: people look into mailboxes. A mail that cannot be stored stays where it is, is said, and
 * holds up none of the others. A connection that breaks is made again; told by IDLE of new mail, and looking now and then as well.
 */
export function startImap(parts: ImapParts): RunningImap {
  const { log, mailbox } = parts
  const stopping = new AbortController()
  const session = new MailboxSession(parts, stopping.signal)
  let faults = 0
  const running = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await session.run(() => {
          if (faults > 0) log.info({ mailbox: session.name }, 'The mailbox can be read again')
          faults = 0
        })
      } catch (thrown) {
        if (stopping.signal.aborted) break
        // Once when it begins, and then once in an hour of tries: a mailbox that is away must not fill the log.
        if (faults % 12 === 0)
          log.error({ mailbox: session.name, code: codeOf(thrown) }, 'A mailbox cannot be read: no mail comes from it')
        const seconds = BACKOFF_SECONDS[Math.min(faults, BACKOFF_SECONDS.length - 1)] ?? 300
        faults += 1
        await pause(Math.min(seconds, 5 * mailbox.pollSeconds) * 1000, stopping.signal)
      }
    }
  })()
  return {
    stop: async () => {
      stopping.abort()
      session.close()
      await running
    },
  }
}

/** What is remembered of a mailbox beside the mails themselves. */
interface Remembered {
  /** UIDVALIDITY of the folder that mail comes into. */
  readonly uidValidity: string
  /** Of the folder that mail goes to: its UIDVALIDITY, and the highest UID that we know. */
  readonly moved: { readonly uidValidity: string; readonly uid: number } | null
}

class MailboxSession {
  readonly name: string
  readonly #parts: ImapParts
  readonly #signal: AbortSignal
  readonly #setting: string
  readonly #accessToken: (() => Promise<string>) | null
  /** UIDs that cannot be taken, within this UIDVALIDITY: said once, and not fetched at every look. */
  readonly #stuck = new Set<string>()
  #client: ImapFlow | null = null
  #wake: (() => void) | null = null
  /** The server told of mail that was not looked for yet: while others are being taken, nobody waits to be woken. */
  #hasNews = false

  constructor(parts: ImapParts, signal: AbortSignal) {
    const { mailbox, fetcher, clock } = parts
    this.#parts = parts
    this.#signal = signal
    this.name = `${mailbox.host}/${mailbox.folder}`
    this.#setting = `imap:${sha256(accountOf(mailbox))}`
    this.#accessToken =
      mailbox.credentials.kind === 'oauth2' && fetcher
        ? createTokenSource(mailbox.credentials, { fetcher, clock })
        : null
  }

  /** Ends what waits. */
  close(): void {
    this.#wake?.()
    this.#client?.close()
  }

  /** Connects, and takes mail until the connection breaks or it is told to stop. @throws whatever broke it */
  async run(onReady: () => void): Promise<void> {
    const client = await this.#connect()
    this.#client = client
    try {
      await client.connect()
      const { mailbox } = this.#parts
      await client.mailboxCreate(mailbox.moveTo)
      const opened = await client.mailboxOpen(mailbox.folder)
      await this.#compare(String(opened.uidValidity))
      onReady()
      while (!this.#signal.aborted && client.usable) {
        await this.#takeAll(String(opened.uidValidity))
        await this.#untilMore(client)
        if (client.usable && !this.#signal.aborted) await client.noop()
      }
      if (!this.#signal.aborted) throw new GatewayError('busy', 'the mail server ended the connection')
      await client.logout()
    } finally {
      client.close()
      this.#client = null
    }
  }

  async #connect(): Promise<ImapFlow> {
    const { ImapFlow } = await import('imapflow')
    const { mailbox } = this.#parts
    const { credentials } = mailbox
    const login =
      credentials.kind === 'password'
        ? { pass: credentials.password }
        : { accessToken: (await this.#accessToken?.()) ?? '' }
    const client = new ImapFlow({
      ...{ host: mailbox.host, port: mailbox.port, secure: mailbox.tls === 'implicit' },
      doSTARTTLS: mailbox.tls === 'starttls',
      auth: { user: mailbox.user, ...login },
      tls: { minVersion: 'TLSv1.2', ...(mailbox.ca === null ? {} : { ca: mailbox.ca }) },
      logger: false,
      socketTimeout: SOCKET_TIMEOUT_MS,
      maxIdleTime: 4 * 60_000,
    })
    // Without a listener a broken connection would end the process.
    client.on('error', () => this.#wake?.())
    client.on('close', () => this.#wake?.())
    client.on('exists', () => {
      this.#hasNews = true
      this.#wake?.()
    })
    return client
  }

  /** Says where the server and what is remembered differ: then mail may be missing, here or there. */
  async #compare(uidValidity: string): Promise<void> {
    const { store, log, mailbox } = this.#parts
    const before = asRemembered(await store.setting(this.#setting))
    const found = await this.#client?.status(mailbox.moveTo, { uidNext: true, uidValidity: true })
    const moved = found ? { uidValidity: String(found.uidValidity), uid: (found.uidNext ?? 1) - 1 } : null
    if (before && before.uidValidity !== uidValidity) {
      log.error(
        { code: 'imap-mailbox-renewed', mailbox: this.name },
        'The mailbox was built anew: its mails are compared by content',
      )
    }
    if (before?.moved && moved && before.moved.uidValidity === moved.uidValidity && moved.uid > before.moved.uid) {
      // One may have been moved at the last end without our seeing the answer.
      const more = moved.uid - before.moved.uid
      const level = more > 1 ? 'error' : 'warn'
      const facts = { code: 'imap-unknown-moved', mailbox: this.name, count: more }
      log[level](
        facts,
        'The folder of stored mail holds mails that were not moved there by this gateway, or that it has forgotten',
      )
    }
    await this.#remember({ uidValidity, moved })
  }

  async #remember(now: Remembered): Promise<void> {
    await this.#parts.store.commit((write) => write.setSetting(this.#setting, now))
  }

  async #takeAll(uidValidity: string): Promise<void> {
    this.#hasNews = false
    const uids = (await this.#client?.search({ all: true }, { uid: true })) || []
    for (const uid of [...uids].sort((a, b) => a - b)) {
      if (this.#signal.aborted || !this.#client?.usable) return
      const key = `${uidValidity}:${uid}`
      if (this.#stuck.has(key)) continue
      if ((await this.#take(this.#client, uid, uidValidity)) === 'stuck') this.#stuck.add(key)
    }
  }

  async #take(client: ImapFlow, uid: number, uidValidity: string): Promise<'done' | 'stuck'> {
    const { maxMessageBytes, log, mailbox } = this.#parts
    const facts = { mailbox: this.name, uid }
    const sized = await client.fetchOne(String(uid), { size: true }, { uid: true })
    // Somebody else took it away meanwhile.
    if (!sized) return 'done'
    if ((sized.size ?? 0) > maxMessageBytes) {
      log.error(
        { ...facts, code: 'too-large', size: sized.size },
        'A mail in the mailbox is too large: it was left there',
      )
      return 'stuck'
    }
    const whole = await client.fetchOne(String(uid), { source: true }, { uid: true })
    const source = whole ? whole.source : undefined
    if (!source) return 'done'
    try {
      await this.#store(source)
    } catch (thrown) {
      const fault = asGatewayError(thrown)
      log.error({ ...facts, code: fault.code }, 'A mail of the mailbox was not stored: it was left there')
      // The store is away: no other mail would fare better.
      if (fault.retryable || fault.code === 'storage-unavailable') throw fault
      return 'stuck'
    }
    const moved = await client.messageMove(String(uid), mailbox.moveTo, { uid: true })
    if (!moved) {
      log.error({ ...facts, code: 'imap-cannot-move' }, 'A mail was stored, and cannot be moved in the mailbox')
      return 'stuck'
    }
    const uidThere = moved.uidMap?.get(uid)
    if (uidThere !== undefined && moved.uidValidity !== undefined) {
      await this.#remember({ uidValidity, moved: { uidValidity: String(moved.uidValidity), uid: uidThere } })
    }
    return 'done'
  }

  async #store(source: Uint8Array): Promise<void> {
    const { store, clock, log, mailbox } = this.#parts
    const raw = await store.blobs.put(source)
    const envelope = mailboxEnvelope(source, mailbox.recipient)
    const submission = mailboxSubmission({ account: accountOf(mailbox), envelope, raw, receivedAt: clock() })
    const { id, duplicate } = await store.accept(submission, raw)
    log.info({ submissionId: id, size: raw.size, duplicate }, 'A mail was fetched from a mailbox')
  }

  /** IDLE tells of new mail (imapflow begins it by itself); a look now and then is for servers that do not. */
  async #untilMore(client: ImapFlow): Promise<void> {
    if (!client.usable || this.#signal.aborted || this.#hasNews) return
    const seconds = this.#parts.mailbox.pollSeconds
    void client.idle().catch(() => this.#wake?.())
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = null
  }
}

const accountOf = ({ host, user }: ImapSettings): string => `${user.toLowerCase()}@${host.toLowerCase()}`
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

function asRemembered(value: unknown): Remembered | null {
  return typeof value === 'object' && value !== null && 'uidValidity' in value ? (value as Remembered) : null
}

/** Stable codes for what a person can do something about; the server's own words may hold an address. */
function codeOf(thrown: unknown): string {
  if (thrown instanceof GatewayError) return thrown.code
  if (thrown instanceof Error && 'authenticationFailed' in thrown && thrown.authenticationFailed)
    return 'imap-sign-in-refused'
  if (thrown instanceof Error && 'mailboxMissing' in thrown && thrown.mailboxMissing) return 'imap-folder-missing'
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown'
}

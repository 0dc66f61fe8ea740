import type { Socket } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { reword, SMTP_TEXTS } from './smtp-replies.ts'

type Connection = SMTPServer['connections'] extends Set<infer C> ? C : never

/** Whom the server takes in. */
export interface ClientLimits {
  readonly maxClients: number
  readonly maxPerAddress: number
  /** How long a client is to wait for the greeting; who does not is turned away. */
  readonly greetingDelayMs: number
}

/** smtp-server with our wording, limits of clients that say so in both languages, and a stop that waits for what is in hand. */
export class WordedSmtpServer extends SMTPServer {
  readonly #greetingName: string
  readonly #limits: ClientLimits
  /** Who waits for the greeting: no connection of the library's yet. */
  readonly #waiting = new Set<Socket>()
  /** As the sockets have them: the library writes some otherwise ("::ffff:192.0.2.1" as "192.0.2.1"). */
  readonly #addresses = new WeakMap<Connection, string | undefined>()

  constructor(options: SMTPServerOptions & { name: string }, limits: ClientLimits) {
    super(options)
    this.#greetingName = options.name
    this.#limits = limits
  }

  override connect(socket: Socket, socketOptions: Parameters<SMTPServer['connect']>[1]): void {
    const { maxClients, maxPerAddress, greetingDelayMs } = this.#limits
    const refuse = (code: number, text: string): void => turnAway(socket, `${code} ${this.#greetingName} ${text}\r\n`)
    const addresses = [
      ...[...this.connections].map((one) => this.#addresses.get(one)),
      ...[...this.#waiting].map((one) => one.remoteAddress),
    ]
    const fromThere = addresses.filter((one) => one === socket.remoteAddress).length
    // A socket in the file system has no address.
    const isTooMany = socket.remoteAddress !== undefined && fromThere >= maxPerAddress
    if (addresses.length >= maxClients || isTooMany) {
      refuse(421, isTooMany ? SMTP_TEXTS.tooManyFromThere : SMTP_TEXTS.tooManyClients)
      return
    }
    if (greetingDelayMs === 0) {
      this.#greet(socket, socketOptions)
      return
    }
    // A client waits for the greeting (RFC 5321 §3.1); what comes before it is of a program that reads no answers.
    this.#waiting.add(socket)
    socket.once('close', () => this.#waiting.delete(socket))
    const ignoreFault = (): void => void socket.destroy()
    const onEarly = (): void => {
      clearTimeout(timer)
      refuse(554, SMTP_TEXTS.tooEarly)
    }
    const timer = setTimeout(() => {
      socket.off('readable', onEarly)
      socket.off('error', ignoreFault)
      this.#waiting.delete(socket)
      if (!socket.destroyed) this.#greet(socket, socketOptions)
    }, greetingDelayMs)
    socket.once('error', ignoreFault)
    socket.once('close', () => clearTimeout(timer))
    socket.once('readable', onEarly)
  }

  #greet(socket: Socket, socketOptions: Parameters<SMTPServer['connect']>[1]): void {
    super.connect(socket, socketOptions)
    const connection = [...this.connections].at(-1)
    if (!connection) return
    this.#addresses.set(connection, socket.remoteAddress)
    speakOurWords(connection)
  }

  /** Ends the connections whose sessions are not among these. */
  closeIdle(inHand: ReadonlySet<unknown>): void {
    for (const connection of [...this.connections]) {
      if (!inHand.has(connection.session)) connection.send(421, 'Server shutting down')
    }
  }
}

function turnAway(socket: Socket, reply: string): void {
  // A client that went away meanwhile is what we wanted.
  socket.on('error', () => socket.destroy())
  socket.setTimeout(5000, () => socket.destroy())
  socket.end(reply)
  socket.resume()
}

function speakOurWords(connection: Connection): void {
  const send = connection.send.bind(connection)
  connection.send = (code, data, context) => {
    const ours = reword(code, data)
    return ours ? send(code, ours.text, ours.context || context) : send(code, data, context)
  }
}

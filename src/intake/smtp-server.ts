import type { Socket } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { reword, SMTP_TEXTS } from './smtp-replies.ts'

type Connection = SMTPServer['connections'] extends Set<infer C> ? C : never

/** smtp-server with our wording, a limit of clients that says so in both languages, and a stop that waits for what is in hand. */
export class WordedSmtpServer extends SMTPServer {
  readonly #greetingName: string
  readonly #maxClients: number

  constructor(options: SMTPServerOptions & { name: string }, maxClients: number) {
    super(options)
    this.#greetingName = options.name
    this.#maxClients = maxClients
  }

  override connect(socket: Socket, socketOptions: Parameters<SMTPServer['connect']>[1]): void {
    if (this.connections.size >= this.#maxClients) {
      turnAway(socket, `421 ${this.#greetingName} ${SMTP_TEXTS.tooManyClients}\r\n`)
      return
    }
    super.connect(socket, socketOptions)
    const connection = [...this.connections].at(-1)
    if (connection) speakOurWords(connection)
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

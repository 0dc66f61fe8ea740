import { connect, type Socket } from 'node:net'

/** A raw SMTP client for tests: says exactly what it is told, and reads whole replies. */
export interface SmtpClient {
  readonly socket: Socket
  /** Sends a line (CRLF added) and gives the reply, all its lines. */
  say(line: string): Promise<string>
  /** Sends bytes as they are, waiting while the socket is full. */
  send(bytes: string | Uint8Array): Promise<void>
  /** The next whole reply; "" where the server hung up. */
  reply(): Promise<string>
  close(): void
}

/** Connects and waits for the greeting. */
export async function smtpClient(port: number): Promise<SmtpClient & { readonly greeting: string }> {
  const socket = connect(port, '127.0.0.1')
  const replies: string[] = []
  const waiting: ((reply: string) => void)[] = []
  let text = ''
  let ended = false
  const deliver = (reply: string) => {
    const wake = waiting.shift()
    if (wake) wake(reply)
    else replies.push(reply)
  }
  socket.on('data', (bytes) => {
    text += bytes.toString('utf8')
    for (;;) {
      const whole = /^(?:\d{3}-[^\n]*\n)*\d{3} [^\n]*\n/.exec(text)
      if (!whole) return
      text = text.slice(whole[0].length)
      deliver(whole[0].trimEnd())
    }
  })
  const end = () => {
    ended = true
    while (waiting.length > 0) waiting.shift()?.('')
  }
  socket.on('close', end)
  socket.on('error', end)
  const reply = () =>
    new Promise<string>((resolve) => {
      const next = replies.shift()
      if (next !== undefined) resolve(next)
      else if (ended) resolve('')
      else waiting.push(resolve)
    })
  const send = (bytes: string | Uint8Array) =>
    new Promise<void>((resolve) => {
      if (socket.write(bytes)) resolve()
      else socket.once('drain', resolve)
    })
  const client = {
    socket,
    send,
    reply,
    say: async (line: string) => {
      await send(`${line}\r\n`)
      return reply()
    },
    close: () => socket.destroy(),
  }
  return { ...client, greeting: await reply() }
}

/** Takes a message without its final dot; gives it as DATA wants it: dots doubled, ended by a dot. */
export function dotStuffed(message: string): string {
  return `${message.replace(/^\./gm, '..')}\r\n.\r\n`
}

import { createHash } from 'node:crypto'
import { SMTPServer } from 'smtp-server'

export interface SunkMail {
  readonly to: string
  readonly messageId: string
  readonly sha256: string
  readonly raw: Buffer
}

/** A receiving mail server on loopback that keeps all it takes; answer may refuse a recipient. */
export interface SmtpSink {
  readonly port: number
  readonly mails: readonly SunkMail[]
  stop(): Promise<void>
}

/**
 * Starts the sink on a free port.
 * @param answer gives the SMTP code for a recipient (250 takes the mail)
 */
export async function startSmtpSink(answer: (to: string) => number = () => 250): Promise<SmtpSink> {
  const mails: SunkMail[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo: (address, _session, done) => {
      const responseCode = answer(address.address)
      if (responseCode === 250) return done()
      return done(Object.assign(new Error('not taken here'), { responseCode }))
    },
    onData: (stream, session, done) => {
      const pieces: Buffer[] = []
      stream.on('data', (piece: Buffer) => pieces.push(piece))
      stream.on('end', () => {
        const raw = Buffer.concat(pieces)
        const messageId = /^Message-ID:\s*(<[^>]+>)/im.exec(raw.toString('latin1'))?.[1] ?? '(none)'
        const sha256 = createHash('sha256').update(raw).digest('hex')
        mails.push({ to: session.envelope.rcptTo[0]?.address ?? '', messageId, sha256, raw })
        done()
      })
    },
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    mails,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'

const DOVECOT = '/usr/sbin/dovecot'
/** Dovecot gives up its rights to users of its own: that takes root. */
export const hasDovecot = process.getuid?.() === 0 && spawnSync(DOVECOT, ['--version']).status === 0

/** A real Dovecot with one mailbox. */
export interface Dovecot {
  readonly port: number
  readonly caFile: string
  readonly passwordFile: string
  readonly user: string
  /** Puts a mail into the inbox as a delivery agent does: written beside, then renamed. */
  deliver(mail: string | Uint8Array, name: string): void
  /** How many lie in a folder; the inbox where none is named. */
  count(folder?: string): number
  readonly maildir: string
  stop(): void
}

const USER = 'post@eksempel.example'

/** Starts Dovecot on a free port of this machine, with TLS by a certificate of its own. */
export async function startDovecot(): Promise<Dovecot> {
  const folder = mkdtempSync(join(tmpdir(), 'dovecot-'))
  const port = await freePort()
  makeFiles(folder, port)
  const child: ChildProcess = spawn(DOVECOT, ['-F', '-c', join(folder, 'dovecot.conf')], { stdio: 'ignore' })
  await untilListening(port)
  const maildir = join(folder, 'mail')
  return {
    port,
    maildir,
    caFile: join(folder, 'cert.pem'),
    passwordFile: join(folder, 'password'),
    user: USER,
    deliver: (mail, name) => {
      writeFileSync(join(maildir, 'tmp', name), mail)
      execFileSync('chown', ['nobody:nogroup', join(maildir, 'tmp', name)])
      execFileSync('mv', [join(maildir, 'tmp', name), join(maildir, 'new', name)])
    },
    count: (name) => {
      const inside = name === undefined ? maildir : join(maildir, `.${name}`)
      return ['new', 'cur'].reduce((sum, part) => sum + filesIn(join(inside, part)).length, 0)
    },
    stop: () => {
      child.kill('SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function makeFiles(folder: string, port: number): void {
  for (const part of ['mail/new', 'mail/cur', 'mail/tmp', 'run']) mkdirSync(join(folder, part), { recursive: true })
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files], {
    stdio: 'ignore',
  })
  writeFileSync(join(folder, 'password'), 'hemmelig\n')
  writeFileSync(
    join(folder, 'dovecot.conf'),
    `base_dir = ${folder}/run
log_path = ${folder}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <${folder}/cert.pem
ssl_key = <${folder}/key.pem
default_vsz_limit = 512M
service imap-login {
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = ${port}
    ssl = yes
  }
}
mail_location = maildir:${folder}/mail
first_valid_uid = 1
passdb {
  driver = static
  args = password=hemmelig
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=${folder}/mail
}
`,
  )
  execFileSync('chown', ['-R', 'nobody:nogroup', join(folder, 'mail')])
  execFileSync('chmod', ['755', folder])
}

async function untilListening(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => resolve(true))
      socket.once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (isUp) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('Dovecot did not start')
}

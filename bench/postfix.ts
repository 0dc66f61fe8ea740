import { execFileSync } from 'node:child_process'
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A private postfix on loopback that queues with its usual flush, and throws the mail away after that or hands it on. */
export interface Postfix {
  readonly port: number
  stop(): void
}

/** Tries again each second, as a test cannot wait for minutes. */
const handingOn = (next: string): string => `relay_domains = demokobing.example
relay_transport = ${next}
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
transport_retry_time = 1s
smtp_tls_security_level = none
`

const mainCf = (folder: string, next: string | null): string => `compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = bench.example
mydestination =${next === null ? ' demokobing.example' : ''}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
local_transport = discard:
default_transport = discard:
local_recipient_maps =
alias_maps =
alias_database =
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
smtpd_peername_lookup = no
smtputf8_enable = no
maillog_file = ${folder}/mail.log
maillog_file_prefixes = ${folder}
${next === null ? '' : handingOn(next)}`

const masterCf = (port: number): string => `127.0.0.1:${port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
discard unix - - n - - discard
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
`

const idOf = (user: string): number => Number(execFileSync('id', ['-u', user], { encoding: 'utf8' }).trim())

/**
 * Starts postfix on that loopback port. Needs root and Debian's postfix.
 * @param next where mail goes on to, as postfix names it: smtp:[127.0.0.1]:2525, lmtp:unix:/path; null: nowhere
 * @throws Error where it does not start
 */
export function startPostfix(port: number, next: string | null = null): Postfix {
  const folder = mkdtempSync(join(tmpdir(), 'poststempel-postfix-'))
  const config = join(folder, 'etc')
  for (const name of ['etc', 'queue', 'data']) mkdirSync(join(folder, name), { mode: 0o755 })
  execFileSync('chmod', ['755', folder])
  chownSync(join(folder, 'data'), idOf('postfix'), -1)
  writeFileSync(join(config, 'main.cf'), mainCf(folder, next))
  writeFileSync(join(config, 'master.cf'), masterCf(port))
  execFileSync('postfix', ['-c', config, 'start'], { stdio: ['ignore', 'ignore', 'ignore'] })
  return {
    port,
    stop: () => {
      execFileSync('postfix', ['-c', config, 'stop'], { stdio: ['ignore', 'ignore', 'ignore'] })
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

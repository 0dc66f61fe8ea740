import { execFileSync } from 'node:child_process'
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A private postfix on loopback that queues with its usual flush and throws the mail away after that. */
export interface Postfix {
  readonly port: number
  stop(): void
}

const mainCf = (folder: string): string => `compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = bench.example
mydestination = demokobing.example
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
`

const masterCf = (port: number): string => `127.0.0.1:${port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
discard unix - - n - - discard
error unix - - n - - error
retry unix - - n - - error
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
`

const idOf = (user: string): number => Number(execFileSync('id', ['-u', user], { encoding: 'utf8' }).trim())

/** Starts postfix on that loopback port. Needs root and Debian's postfix. @throws Error where it does not start */
export function startPostfix(port: number): Postfix {
  const folder = mkdtempSync(join(tmpdir(), 'poststempel-postfix-'))
  const config = join(folder, 'etc')
  for (const name of ['etc', 'queue', 'data']) mkdirSync(join(folder, name), { mode: 0o755 })
  execFileSync('chmod', ['755', folder])
  chownSync(join(folder, 'data'), idOf('postfix'), -1)
  writeFileSync(join(config, 'main.cf'), mainCf(folder))
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

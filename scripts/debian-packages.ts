import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

interface Needed {
  /** A path, or a program's name. */
  readonly program: string
  /** Arguments with which it must end well: being there is not always enough. */
  readonly probe?: readonly string[]
  readonly debianPackage: string
  readonly why: string
}

/** What the full tests use beside Node: the program that must be there, and the Debian package that brings it. */
export const NEEDED: readonly Needed[] = [
  { program: '/usr/bin/chromium', debianPackage: 'chromium', why: 'looks at the pages' },
  { program: '/usr/lib/postgresql', debianPackage: 'postgresql', why: 'the second store engine' },
  { program: 'gpg', debianPackage: 'gnupg', why: 'decrypts our answers' },
  { program: 'sq', debianPackage: 'sq', why: 'signs by OpenPGP' },
  { program: '/usr/sbin/dovecot', debianPackage: 'dovecot-imapd', why: 'holds the mailbox that we fetch from' },
  { program: 'postfix', debianPackage: 'postfix', why: 'is the mail server in front' },
  { program: '/usr/sbin/clamd', debianPackage: 'clamav-daemon', why: 'looks for malware' },
  { program: 'swaks', debianPackage: 'swaks', why: 'delivers mail to us' },
  { program: 'pdfsig', debianPackage: 'poppler-utils', why: 'checks our seals' },
  { program: 'xmllint', debianPackage: 'libxml2-utils', why: 'checks XML in packages' },
  { program: 'qpdf', debianPackage: 'qpdf', why: 'checks the PDFs that we write' },
  { program: 'openssl', debianPackage: 'openssl', why: 'verifies our CMS' },
  { program: 'strace', debianPackage: 'strace', why: 'sees that a flush comes before a 250' },
  { program: 'pkcs11-tool', debianPackage: 'opensc', why: 'signs with a key on a token' },
  { program: 'softhsm2-util', debianPackage: 'softhsm2', why: 'is the token' },
  { program: 'python3', probe: ['-c', 'import ensurepip, venv'], debianPackage: 'python3-venv', why: 'runs bagit.py' },
]

function isThere({ program, probe }: Needed): boolean {
  const folders = program.startsWith('/') ? [''] : (process.env['PATH'] ?? '').split(delimiter)
  if (!folders.some((folder) => existsSync(join(folder, program)))) return false
  return probe === undefined || spawnSync(program, probe, { stdio: 'ignore' }).status === 0
}

/** Gives the packages that are not there. */
export const missingPackages = (): typeof NEEDED => NEEDED.filter((one) => !isThere(one))

/**
 * Installs what is missing where that is allowed (root on Debian); gives what is still missing after that.
 */
export function installMissing(log: (line: string) => void): typeof NEEDED {
  const missing = missingPackages()
  if (missing.length === 0) return []
  const names = missing.map((one) => one.debianPackage)
  const mayInstall = process.getuid?.() === 0 && existsSync('/etc/debian_version')
  if (!mayInstall) return missing
  log(`installing from Debian: ${names.join(' ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  execFileSync('apt-get', ['update', '-q'], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  execFileSync('apt-get', ['install', '-yq', '--no-install-recommends', ...names], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return missingPackages()
}

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** The command as people run it, on what the real GnuPG and the real Sequoia sign. */
const folder = mkdtempSync(join(tmpdir(), 'poststempel-gpg-'))
const path = (name: string): string => join(folder, name)
const bin = join(import.meta.dirname, '../../bin/poststempel.js')
const hasSq = spawnSync('sq', ['--version']).status === 0

const gpg = (...args: string[]): Buffer =>
  execFileSync(
    'gpg',
    ['--homedir', path('home'), '--batch', '--yes', '--pinentry-mode', 'loopback', '--passphrase', '', ...args],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
const sq = (...args: string[]): Buffer => execFileSync('sq', args, { stdio: ['ignore', 'pipe', 'pipe'] })

const ALGORITHMS = ['rsa3072', 'ed25519', 'nistp256', 'nistp384', 'brainpoolP256r1', 'dsa3072']
const TEXT = 'Kære kommune\n\n- tanken er sløjfet \t\nFrom her\n-----\n'

interface Answer {
  readonly indication: string
  readonly signatures: readonly { readonly userIds: readonly string[]; readonly intact: boolean | null }[]
}

function verify(...args: string[]): { readonly code: number | null; readonly answers: readonly Answer[] } {
  const run = spawnSync(process.execPath, [bin, 'verify', '--format', 'json', '--roots', path('none'), ...args])
  const lines = run.stdout.toString().trim().split('\n')
  return { code: run.status, answers: lines.map((line) => JSON.parse(line)) }
}

/** With one letter of the text changed, or of a signed message one octet. */
function changed(file: string): string {
  const bytes = readFileSync(file)
  const at = bytes.includes('tanken') ? bytes.indexOf('tanken') : bytes.length - 40
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(`${file}.changed`, bytes)
  return `${file}.changed`
}

beforeAll(() => {
  mkdirSync(path('home'), { mode: 0o700 })
  mkdirSync(path('none'))
  mkdirSync(path('keys'))
  writeFileSync(path('text.txt'), TEXT)
  for (const one of ALGORITHMS) {
    gpg('--quick-generate-key', `${one} <${one}@borger.example>`, one, 'sign,cert', 'never')
    writeFileSync(path(`keys/${one}.asc`), gpg('--armor', '--export', `${one}@borger.example`))
    const by = ['--local-user', `${one}@borger.example`]
    gpg(...by, '--output', path(`${one}.clear.asc`), '--clearsign', path('text.txt'))
    gpg(...by, '--output', path(`${one}.gpg`), '--compress-algo', 'none', '--sign', path('text.txt'))
    gpg(...by, '--output', path(`${one}.zlib.asc`), '--compress-algo', 'zlib', '--armor', '--sign', path('text.txt'))
    gpg(...by, '--output', path(`${one}.sig`), '--detach-sign', path('text.txt'))
    gpg(...by, '--output', path(`${one}.text.asc`), '--textmode', '--armor', '--detach-sign', path('text.txt'))
  }
})
afterAll(() => {
  spawnSync('gpgconf', ['--homedir', path('home'), '--kill', 'all'])
  rmSync(folder, { recursive: true, force: true })
})

describe('poststempel verify --openpgp-keys', () => {
  it.each(ALGORITHMS)('passes what GnuPG signed by %s in each way, and nothing with a bit changed', (one) => {
    const files = [path(`${one}.clear.asc`), path(`${one}.gpg`), path(`${one}.zlib.asc`)]
    const { code, answers } = verify('--openpgp-keys', path('keys'), ...files)
    expect(answers.map(({ indication }) => indication)).toEqual(files.map(() => 'TOTAL-PASSED'))
    expect(answers[0]?.signatures[0]?.userIds).toEqual([`${one} <${one}@borger.example>`])
    expect(code).toBe(0)
    const detached = [path(`${one}.sig`), path(`${one}.text.asc`)]
    const content = ['--content', path('text.txt')]
    expect(verify('--openpgp-keys', path('keys'), ...content, ...detached).code).toBe(0)
    for (const file of files) expect(verify('--openpgp-keys', path('keys'), changed(file)).code).not.toBe(0)
    const other = ['--content', changed(path('text.txt'))]
    for (const file of detached) expect(verify('--openpgp-keys', path('keys'), ...other, file).code).toBe(1)
  })

  it('passes what several signed, and each of them is named', () => {
    const by = ['rsa3072', 'ed25519'].flatMap((one) => ['--local-user', `${one}@borger.example`])
    gpg(...by, '--output', path('two.asc'), '--clearsign', path('text.txt'))
    const { answers } = verify('--openpgp-keys', path('keys'), path('two.asc'))
    expect(answers[0]?.signatures.map(({ userIds }) => userIds[0]?.split(' ')[0])).toEqual(['rsa3072', 'ed25519'])
    expect(answers[0]?.indication).toBe('TOTAL-PASSED')
    const one = verify('--openpgp-keys', path('keys/ed25519.asc'), path('two.asc'))
    expect(one.answers[0]?.indication).toBe('INDETERMINATE')
  })

  it('takes the keys of each job, and of none trusts nothing', () => {
    const job = { file: path('ed25519.clear.asc'), roots: [] }
    const jobs = [
      { ...job, id: 'with', openpgpKeys: [path('keys/ed25519.asc')] },
      { ...job, id: 'without' },
      { ...job, id: 'other', openpgpKeys: [path('keys/rsa3072.asc')] },
    ]
    writeFileSync(path('jobs'), jobs.map((one) => JSON.stringify(one)).join('\n'))
    const { answers } = verify('--jobs-from', path('jobs'))
    expect(answers.map(({ indication }) => indication)).toEqual(['TOTAL-PASSED', 'INDETERMINATE', 'INDETERMINATE'])
    expect(verify('--openpgp-keys', path('missing'), path('ed25519.clear.asc')).code).toBe(2)
  })

  it('passes no key that its owner revoked', () => {
    const revocation = readFileSync(path(`home/openpgp-revocs.d/${fingerprintOf('nistp256')}.rev`), 'latin1')
    writeFileSync(path('revocation.asc'), revocation.replace(':-----BEGIN', '-----BEGIN'))
    gpg('--import', path('revocation.asc'))
    writeFileSync(path('revoked.asc'), gpg('--armor', '--export', 'nistp256@borger.example'))
    const { answers } = verify('--openpgp-keys', path('revoked.asc'), path('nistp256.clear.asc'))
    expect(answers[0]).toMatchObject({ indication: 'INDETERMINATE', signatures: [{ revocation: 'revoked' }] })
  })

  it.skipIf(!hasSq)('passes what Sequoia signed, and nothing with a bit changed', () => {
    sq('key', 'generate', '--userid', 'Sq <sq@borger.example>', '--export', path('sq.key'))
    writeFileSync(path('sq.pub'), sq('key', 'extract-cert', path('sq.key')))
    sq('sign', '--signer-key', path('sq.key'), '--cleartext-signature', '--output', path('sq.clear'), path('text.txt'))
    sq('sign', '--signer-key', path('sq.key'), '--output', path('sq.asc'), path('text.txt'))
    expect(verify('--openpgp-keys', path('sq.pub'), path('sq.clear'), path('sq.asc')).code).toBe(0)
    expect(verify('--openpgp-keys', path('sq.pub'), changed(path('sq.clear'))).code).toBe(1)
  })
})

function fingerprintOf(one: string): string {
  const rows = gpg('--with-colons', '--list-keys', `${one}@borger.example`).toString().split('\n')
  return rows.find((row) => row.startsWith('fpr:'))?.split(':')[9] ?? ''
}

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** Mail that the real OpenSSL and the real GnuPG signed and encrypted, opened and judged by the command. */
const folder = mkdtempSync(join(tmpdir(), 'poststempel-opened-'))
const path = (name: string): string => join(folder, name)
const bin = join(import.meta.dirname, '../../bin/poststempel.js')
const run = (command: string, ...args: string[]): Buffer =>
  execFileSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
const gpg = (...args: string[]): Buffer =>
  run('gpg', '--homedir', path('home'), '--batch', '--pinentry-mode', 'loopback', '--passphrase', '', ...args)

const FROM = 'From: Kai <kai@borger.example>\r\nSubject: Attest\r\n'
const INSIDE = 'Content-Type: text/plain; charset=utf-8\r\n\r\nTanken er sløjfet.\r\n'

function verify(...args: string[]) {
  const { status, stdout } = spawnSync(process.execPath, [bin, 'verify', '--format', 'json', ...args])
  return { code: status, report: JSON.parse(stdout.toString().split('\n')[0] ?? '') }
}

function makeSmime(): void {
  const subject = (cn: string): string[] => ['-nodes', '-days', '30', '-subj', `/CN=${cn}`]
  run(
    'openssl',
    'req',
    '-x509',
    '-newkey',
    'rsa:3072',
    ...subject('CA'),
    '-keyout',
    path('ca.key'),
    '-out',
    path('ca.pem'),
  )
  const issued = ['-CA', path('ca.pem'), '-CAkey', path('ca.key')]
  for (const [name, email] of [
    ['kai', 'kai@borger.example'],
    ['kommune', 'post@kommune.example'],
  ] as const) {
    const extensions = ['-addext', `subjectAltName=email:${email}`, '-addext', 'basicConstraints=CA:FALSE']
    const usage = [
      '-addext',
      'keyUsage=digitalSignature,keyEncipherment',
      '-addext',
      'extendedKeyUsage=emailProtection',
    ]
    const files = ['-keyout', path(`${name}.key`), '-out', path(`${name}.pem`)]
    run(
      'openssl',
      'req',
      '-x509',
      ...issued,
      '-newkey',
      'rsa:3072',
      ...subject(name),
      ...extensions,
      ...usage,
      ...files,
    )
  }
  writeFileSync(
    path('kommune.both'),
    Buffer.concat([readFileSync(path('kommune.key')), readFileSync(path('kommune.pem'))]),
  )
}

function encryptSmime(name: string, content: string, cipher: string): string {
  writeFileSync(path('inside'), content, 'latin1')
  const to = ['-outform', 'SMIME', '-in', path('inside'), path('kommune.pem')]
  const cms = run('openssl', 'cms', '-encrypt', '-binary', cipher, ...to).toString('latin1')
  writeFileSync(path(name), `${FROM}${cms}`, 'latin1')
  return path(name)
}

function signSmime(content: string): string {
  writeFileSync(path('to-sign'), content, 'latin1')
  const by = ['-signer', path('kai.pem'), '-inkey', path('kai.key'), '-in', path('to-sign')]
  return run('openssl', 'cms', '-sign', '-binary', '-md', 'sha256', ...by).toString('latin1')
}

beforeAll(() => {
  mkdirSync(path('home'), { mode: 0o700 })
  makeSmime()
})
afterAll(() => {
  spawnSync('gpgconf', ['--homedir', path('home'), '--kill', 'all'])
  rmSync(folder, { recursive: true, force: true })
})

describe('poststempel verify --decrypt-keys', () => {
  const keys = (...more: string[]): string[] => [
    '--decrypt-keys',
    path('kommune.both'),
    '--roots',
    path('ca.pem'),
    ...more,
  ]
  const judge = (...more: string[]) => verify(...keys('--check-revocation', 'if-present', ...more))

  it.each(['-aes-256-cbc', '-aes-256-gcm'])(
    'judges what was signed inside S/MIME by %s, and nothing that was changed',
    (cipher) => {
      const signed = signSmime(INSIDE)
      const { code, report } = judge(encryptSmime('good.eml', signed, cipher))
      expect(report).toMatchObject({ indication: 'TOTAL-PASSED', encrypted: true, sender: { matchesSigner: true } })
      expect(code).toBe(0)
      const changed = encryptSmime('bad.eml', signed.replace('Tanken', 'Tasken'), cipher)
      expect(judge(changed).report).toMatchObject({ indication: 'TOTAL-FAILED' })
      expect(judge(encryptSmime('plain.eml', INSIDE, cipher)).report).toMatchObject({ indication: 'NO-SIGNATURE' })
    },
  )

  it('judges a mail that is signed once more around what is encrypted', () => {
    const inner = encryptSmime('inner.eml', signSmime(INSIDE), '-aes-256-gcm')
    const encrypted = readFileSync(inner, 'latin1').slice(FROM.length).replace(/\r?\n/g, '\r\n')
    writeFileSync(path('triple.eml'), `${FROM}${signSmime(encrypted)}`, 'latin1')
    const { report } = judge(path('triple.eml'))
    expect(report.signatures).toHaveLength(2)
    expect(report).toMatchObject({ indication: 'TOTAL-PASSED', encrypted: true })
  })

  it('leaves what the keys do not open undecided', () => {
    const file = encryptSmime('closed.eml', signSmime(INSIDE), '-aes-256-gcm')
    expect(verify('--roots', path('ca.pem'), file).report).toMatchObject({
      indication: 'INDETERMINATE',
      encrypted: true,
    })
  })

  it('judges what GnuPG signed and encrypted in one step', () => {
    for (const one of ['kai@borger.example', 'post@kommune.example']) {
      gpg('--quick-generate-key', `Navn <${one}>`, 'default', 'default', 'never')
    }
    writeFileSync(path('kai.asc'), gpg('--armor', '--export', 'kai@borger.example'))
    writeFileSync(path('kommune.sec'), gpg('--armor', '--export-secret-keys', 'post@kommune.example'))
    writeFileSync(path('inside'), INSIDE)
    const to = ['--trust-model', 'always', '--recipient', 'post@kommune.example', '--local-user', 'kai@borger.example']
    const armoured = gpg('--armor', ...to, '--output', '-', '--sign', '--encrypt', path('inside')).toString()
    const head = 'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=e\r\n\r\n'
    const parts = `--e\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--e\r\nContent-Type: application/octet-stream\r\n\r\n${armoured}\r\n--e--\r\n`
    writeFileSync(path('gpg.eml'), `${FROM}${head}${parts}`)
    const { report } = verify('--decrypt-keys', path('kommune.sec'), '--openpgp-keys', path('kai.asc'), path('gpg.eml'))
    expect(report).toMatchObject({ indication: 'TOTAL-PASSED', encrypted: true, sender: { matchesSigner: true } })
  })
})

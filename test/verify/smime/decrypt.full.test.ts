import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decryptSmime, type SmimeKey } from '../../../src/verify/smime/index.ts'

/** What the real OpenSSL encrypts. */
const folder = mkdtempSync(join(tmpdir(), 'smime-'))
const path = (name: string): string => join(folder, name)
const openssl = (...args: string[]): Buffer => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] })
const TEXT = Buffer.from('Content-Type: text/plain; charset=utf-8\r\n\r\nTanken er sløjfet.\r\n'.repeat(50))

const KEYS: Readonly<Record<string, readonly string[]>> = {
  rsa: ['-newkey', 'rsa:2048'],
  p256: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  p384: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384'],
}

function keyOf(name: string): SmimeKey {
  return {
    privateKeyPem: readFileSync(path(`${name}.key`), 'utf8'),
    certificatePem: readFileSync(path(`${name}.pem`), 'utf8'),
  }
}

beforeAll(() => {
  writeFileSync(path('text'), TEXT)
  for (const [name, kind] of Object.entries(KEYS)) {
    const out = ['-keyout', path(`${name}.key`), '-out', path(`${name}.pem`)]
    openssl('req', '-x509', ...kind, '-nodes', '-days', '30', '-subj', `/CN=Kommune ${name}`, ...out)
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function encrypt(name: string, ...options: string[]): Buffer {
  return openssl('cms', '-encrypt', '-binary', '-in', path('text'), '-outform', 'DER', ...options, path(`${name}.pem`))
}

describe('S/MIME mail encrypted by OpenSSL', () => {
  it.each<[string, string, readonly string[], boolean]>([
    ['RSA and AES-256-CBC', 'rsa', ['-aes-256-cbc'], false],
    ['RSA and AES-128-CBC', 'rsa', ['-aes128'], false],
    ['RSA and triple DES', 'rsa', ['-des3'], false],
    ['RSA and AES-256-GCM', 'rsa', ['-aes-256-gcm'], true],
    ['RSA, named by its key identifier', 'rsa', ['-aes256', '-keyid'], false],
    ['RSA in pieces of unknown length', 'rsa', ['-aes256', '-stream'], false],
    ['ECDH on P-256', 'p256', ['-aes256'], false],
    ['ECDH on P-384 and AES-128-GCM', 'p384', ['-aes-128-gcm'], true],
  ])('to %s is opened, and its authentication is told', (_, name, options, authenticated) => {
    const opened = decryptSmime(encrypt(name, ...options), [keyOf('p256'), keyOf('rsa'), keyOf('p384')])
    expect(opened).toEqual({ bytes: TEXT, authenticated })
  })

  it.each(['sha1', 'sha256', 'sha384'])('with RSA-OAEP by %s is opened', (hash) => {
    const oaep = ['-recip', path('rsa.pem'), '-keyopt', 'rsa_padding_mode:oaep', '-keyopt', `rsa_oaep_md:${hash}`]
    const cms = openssl('cms', '-encrypt', '-binary', '-aes256', '-in', path('text'), '-outform', 'DER', ...oaep)
    expect(decryptSmime(cms, [keyOf('rsa')])?.bytes).toEqual(TEXT)
  })

  it('by a key derived with SHA-256 is opened', () => {
    const kdf = ['-recip', path('p256.pem'), '-keyopt', 'ecdh_kdf_md:sha256']
    const cms = openssl('cms', '-encrypt', '-binary', '-aes256', '-in', path('text'), '-outform', 'DER', ...kdf)
    expect(decryptSmime(cms, [keyOf('p256')])?.bytes).toEqual(TEXT)
  })

  it('to several is opened by each, and by nobody else', () => {
    const cms = encrypt('rsa', '-aes256', path('p256.pem'))
    for (const name of ['rsa', 'p256']) expect(decryptSmime(cms, [keyOf(name)])?.bytes).toEqual(TEXT)
    expect(decryptSmime(cms, [keyOf('p384')])).toBeNull()
    expect(decryptSmime(cms, [])).toBeNull()
  })

  it('and changed by any octet gives nothing where it is authenticated', () => {
    const cms = encrypt('rsa', '-aes-256-gcm')
    for (let at = cms.length - 1; at > 400; at -= 37) {
      const changed = Uint8Array.from(cms)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(decryptSmime(changed, [keyOf('rsa')])).toBeNull()
    }
  })

  it('and cut off anywhere ends in nothing', () => {
    const cms = encrypt('p256', '-aes-256-cbc')
    for (let length = 0; length < cms.length; length += 61) {
      expect(decryptSmime(cms.subarray(0, length), [keyOf('p256')])).toBeNull()
    }
  })
})

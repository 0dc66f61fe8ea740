import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateKey, readKey } from 'openpgp'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMailComposer, proveSender, usableEncryptionKey } from '../../src/delivery/index.ts'
import type { MailComposer, OutgoingMail } from '../../src/model/ports.ts'
import type { MessageHeaders } from '../../src/model/submission.ts'

/** The real GnuPG in a home of its own. */
const home = mkdtempSync(join(tmpdir(), 'gpg-'))
const gpg = (...args: string[]): Buffer =>
  execFileSync('gpg', ['--homedir', home, '--batch', '--pinentry-mode', 'loopback', '--passphrase', '', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  })

const KEYS = [
  ['kai@borger.example', 'rsa3072', 'rsa3072'],
  ['eva@borger.example', 'ed25519', 'cv25519'],
  ['nis@borger.example', 'nistp384', 'nistp384'],
] as const

let composer: MailComposer
let certificate: string

beforeAll(async () => {
  for (const [email, primary, sub] of KEYS) {
    gpg('--quick-generate-key', `Borger <${email}>`, primary, 'sign,cert', 'never')
    gpg('--quick-add-key', fingerprintOf(email), sub, 'encr', 'never')
  }
  const municipality = await generateKey({
    userIDs: [{ name: 'Demokøbing Kommune', email: 'post@demokobing.example' }],
    format: 'armored',
    // GnuPG takes a key of this very second for one of the future where clocks differ by a breath.
    date: new Date(Date.now() - 60_000),
  })
  certificate = municipality.publicKey
  composer = await createMailComposer({
    openpgpPrivateKeyArmored: municipality.privateKey,
    domain: 'demokobing.example',
  })
  writeFileSync(join(home, 'kommune.asc'), await composer.publicKeyArmored())
  gpg('--import', join(home, 'kommune.asc'))
})

afterAll(() => {
  spawnSync('gpgconf', ['--homedir', home, '--kill', 'all'])
  rmSync(home, { recursive: true, force: true })
})

function fingerprintOf(email: string): string {
  const line = gpg('--with-colons', '--list-keys', email).toString().split('\n')
  return line.find((row) => row.startsWith('fpr:'))?.split(':')[9] ?? ''
}

const exported = (email: string): string => gpg('--armor', '--export', email).toString()

/** Gives what gpg decrypted, and its status lines. */
function decryptByGpg(raw: Uint8Array): { inner: Buffer; status: string } {
  const armored = /-----BEGIN PGP MESSAGE-----[\s\S]*-----END PGP MESSAGE-----/.exec(Buffer.from(raw).toString())?.[0]
  writeFileSync(join(home, 'mail.asc'), armored ?? '')
  const out = join(home, 'mail.eml')
  const args = ['--homedir', home, '--batch', '--yes', '--status-fd', '1', '--trust-model', 'always', '-o', out]
  const run = spawnSync('gpg', [...args, '--decrypt', join(home, 'mail.asc')])
  return { inner: readFileSync(out), status: `${run.stdout}${run.stderr}` }
}

const ATTACHMENT = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7 + (index >> 8)) % 256))
const mailTo = (to: string): OutgoingMail => ({
  messageId: '<id@demokobing.example>',
  date: new Date(),
  from: { name: 'Demokøbing Kommune', address: 'post@demokobing.example' },
  to,
  subject: 'Afgørelse i sag 2026-000123-7',
  text: 'Kære borger\n\nDin attest er godkendt.  \n-- \nKommunen\n',
  language: 'da',
  attachments: [{ name: 'godkendt.pdf', mediaType: 'application/pdf', bytes: ATTACHMENT }],
  inReplyTo: null,
  references: [],
  autoSubmitted: null,
  encryptTo: exported(to),
})

describe.each(KEYS)('GnuPG with the key of %s (%s)', (email) => {
  it('decrypts our mail, finds the municipality’s signature good, and the attachment byte for byte', async () => {
    const raw = await composer.compose(mailTo(email))
    const { inner, status } = decryptByGpg(raw)
    expect(status).toContain('[GNUPG:] DECRYPTION_OKAY')
    expect(status).toContain('[GNUPG:] GOODMDC')
    expect(status).toMatch(/\[GNUPG:\] DECRYPTION_INFO 2 9 0/) // MDC, AES-256, no AEAD
    expect(status).toContain('[GNUPG:] GOODSIG')
    const signer = (await readKey({ armoredKey: certificate })).getFingerprint().toUpperCase()
    expect(status).toContain(`[GNUPG:] VALIDSIG ${signer}`)
    const read = await PostalMime.parse(inner)
    expect(read.subject).toBe('Afgørelse i sag 2026-000123-7')
    expect(read.text).toContain('Din attest er godkendt.')
    expect(Buffer.from(read.attachments[0]?.content as ArrayBuffer)).toEqual(ATTACHMENT)
  })

  it('does not find the signature good, or does not decrypt, where one byte is changed', async () => {
    const text = Buffer.from(await composer.compose(mailTo(email))).toString('latin1')
    const lines = text.split('\r\n')
    const middle = Math.floor(lines.length / 2)
    const line = lines[middle] ?? ''
    lines[middle] = `${line.startsWith('A') ? 'B' : 'A'}${line.slice(1)}`
    rmSync(join(home, 'mail.eml'), { force: true })
    writeFileSync(join(home, 'mail.eml'), '')
    const { status } = decryptByGpg(Buffer.from(lines.join('\r\n'), 'latin1'))
    expect(status).not.toContain('[GNUPG:] GOODMDC')
  })

  it('signs a mail that proves its sender', async () => {
    const entity = 'Content-Type: text/plain; charset=utf-8\r\n\r\nHej Kommune  \r\n'
    writeFileSync(join(home, 'part.txt'), entity)
    for (const mode of ['--textmode', '--no-textmode']) {
      const signature = gpg('--armor', mode, '-u', email, '-o', '-', '--detach-sign', join(home, 'part.txt')).toString()
      const proof = await prove(entity, signature, email)
      expect(proof).toMatchObject({ emailProof: 'openpgp', key: { fingerprint: fingerprintOf(email).toLowerCase() } })
      const changed = await prove(entity.replace('Hej', 'Nej'), signature, email)
      expect(changed.emailProof).toBeNull()
    }
  })
})

async function prove(entity: string, signature: string, email: string) {
  const type = 'multipart/signed; micalg=pgp-sha512; protocol="application/pgp-signature"; boundary=ydre'
  const raw = `From: Borger <${email}>\r\nContent-Type: ${type}\r\n\r\n--ydre\r\n${entity}\r\n--ydre\r\nContent-Type: application/pgp-signature; name="signature.asc"\r\n\r\n${signature}\r\n--ydre--\r\n`
  return proveSender(Buffer.from(raw), headersFrom(email), {
    authenticator: { authenticate: async () => ({ dmarc: 'none', alignedDomain: null, foundBy: 'gateway' }) },
    envelope: { from: email, remoteAddress: null, helo: null },
    at: new Date(),
  })
}

const headersFrom = (email: string): MessageHeaders => ({
  messageId: null,
  inReplyTo: [],
  references: [],
  subject: '',
  date: null,
  from: [{ name: 'Borger', address: email }],
  replyTo: [],
  autoSubmitted: null,
  precedence: null,
  listId: null,
  autoResponseSuppress: null,
  contentLanguage: null,
  autocrypt: null,
  encrypted: false,
  bodyText: '',
  openpgpKeys: [{ source: 'attached', armored: exported(email), address: null }],
})

describe('keys made by GnuPG that are not encrypted to', () => {
  const reasonOf = async (email: string): Promise<string> => {
    const check = await usableEncryptionKey(exported(email), new Date())
    return check.usable ? 'usable' : check.reason
  }

  it('DSA with ElGamal is weak', async () => {
    gpg('--quick-generate-key', 'Gammel <dsa@borger.example>', 'dsa2048', 'sign,cert', 'never')
    gpg('--quick-add-key', fingerprintOf('dsa@borger.example'), 'elg2048', 'encr', 'never')
    expect(await reasonOf('dsa@borger.example')).toBe('weak')
  })

  it('RSA with 1024 bits is weak', async () => {
    gpg('--quick-generate-key', 'Kort <kort@borger.example>', 'rsa1024', 'sign,cert', 'never')
    gpg('--quick-add-key', fingerprintOf('kort@borger.example'), 'rsa1024', 'encr', 'never')
    expect(await reasonOf('kort@borger.example')).toBe('weak')
  })

  it('a key without a part for encryption is not', async () => {
    gpg('--quick-generate-key', 'Kun <kun@borger.example>', 'ed25519', 'sign,cert', 'never')
    expect(await reasonOf('kun@borger.example')).toBe('no-encryption-subkey')
  })

  it('a revoked key is revoked', async () => {
    gpg('--quick-generate-key', 'Var <var@borger.example>', 'ed25519', 'sign,cert', 'never')
    const fingerprint = fingerprintOf('var@borger.example')
    gpg('--quick-add-key', fingerprint, 'cv25519', 'encr', 'never')
    const file = join(home, 'openpgp-revocs.d', `${fingerprint}.rev`)
    writeFileSync(join(home, 'revoke.asc'), readFileSync(file, 'utf8').replace(':-----BEGIN', '-----BEGIN'))
    gpg('--import', join(home, 'revoke.asc'))
    expect(await reasonOf('var@borger.example')).toBe('revoked')
  })
})

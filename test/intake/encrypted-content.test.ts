import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import * as openpgp from 'openpgp'
import { beforeAll, describe, expect, it } from 'vitest'
import { withContentType } from '../../src/intake/normalise-form.ts'
import { task } from '../../src/intake/normalise-task.ts'
import { isEncryptedOpenpgp } from '../../src/intake/openpgp-packets.ts'

const HEAD = 'From: Kai <kai@example.dk>\r\nSubject: Attest\r\nMessage-ID: <1@example.dk>\r\nMIME-Version: 1.0\r\n'
const isEncrypted = async (raw: string | Uint8Array, rawMediaType = 'message/rfc822'): Promise<boolean> =>
  (await task({ raw: Buffer.from(raw), rawMediaType, openpgpPrivateKeys: [] })).headers.encrypted

const base64 = (bytes: Uint8Array | string): string =>
  `Content-Transfer-Encoding: base64\r\n\r\n${Buffer.from(bytes)
    .toString('base64')
    .replace(/(.{76})/g, '$1\r\n')}`
const mixed = (...parts: readonly string[]): string =>
  `${HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts.map((part) => `--b\r\n${part}\r\n`).join('')}--b--\r\n`
const TEXT = 'Content-Type: text/plain; charset=utf-8\r\n\r\nKære kommune, vedlagt er min attest.'
const file = (name: string, bytes: Uint8Array | string, type = 'application/octet-stream'): string =>
  `Content-Type: ${type}\r\nContent-Disposition: attachment; filename="${name}"\r\n${base64(bytes)}`
const form = (...parts: readonly string[]): Uint8Array =>
  withContentType(
    'multipart/form-data; boundary=f',
    Buffer.from(
      `${parts.map((part) => `--f\r\nContent-Disposition: form-data; ${part}\r\n`).join('')}--f--\r\n`,
      'latin1',
    ),
  )
const cms = (oid: string): Uint8Array => Buffer.from(`30820400${oid}a0820300${'00'.repeat(64)}`, 'hex')
const ENVELOPED = cms('06092a864886f70d010703')
const AUTH_ENVELOPED = cms('060b2a864886f70d0109100117')
const ENCRYPTED = cms('06092a864886f70d010706')
const SIGNED = cms('06092a864886f70d010702')
const pem = (label: string, der: Uint8Array): string =>
  `-----BEGIN ${label}-----\r\n${Buffer.from(der).toString('base64')}\r\n-----END ${label}-----\r\n`
const utf16be = (text: string): Uint8Array => Buffer.from(text, 'utf16le').swap16()

let key: openpgp.PrivateKey
let armoured = ''
let toKey: Uint8Array = new Uint8Array()
let byPassword: Uint8Array = new Uint8Array()
let detached = ''
let clearSigned = ''
beforeAll(async () => {
  const made = await openpgp.generateKey({ userIDs: [{ email: 'kai@example.dk' }], format: 'object' })
  key = made.privateKey
  const message = await openpgp.createMessage({ text: 'hemmeligt' })
  armoured = await openpgp.encrypt({ message, encryptionKeys: key.toPublic() })
  toKey = await openpgp.encrypt({ message, encryptionKeys: key.toPublic(), format: 'binary' })
  byPassword = await openpgp.encrypt({ message, passwords: ['sesam'], format: 'binary' })
  detached = await openpgp.sign({ message, signingKeys: key, detached: true })
  clearSigned = await openpgp.sign({
    message: await openpgp.createCleartextMessage({ text: 'hej' }),
    signingKeys: key,
  })
})

describe('a mail of which any part came encrypted counts as encrypted', () => {
  const table: readonly (readonly [string, () => string])[] = [
    ['an armoured message attached beside a text', () => mixed(TEXT, file('attest.pdf.asc', armoured))],
    ['the same, called a PDF', () => mixed(TEXT, file('attest.pdf', armoured, 'application/pdf'))],
    ['armour behind 5 KB of text', () => `${HEAD}\r\n${'Kære kommune.\r\n'.repeat(400)}${armoured}`],
    ['armour in an HTML body', () => `${HEAD}Content-Type: text/html\r\n\r\n<html><pre>${armoured}</pre></html>`],
    [
      'armour in HTML, written by entities and tags',
      () =>
        `${HEAD}Content-Type: text/html\r\n\r\n<div>&#45;&#45;&#45;&#45;&#45;BEGIN&nbsp;PGP <b>MESSAGE</b>-----<br>${base64('x')}`,
    ],
    [
      'armour behind an empty text part',
      () => mixed('Content-Type: text/plain\r\n\r\n', `Content-Type: text/plain\r\n\r\n${armoured}`),
    ],
    ['armour that was quoted in an answer', () => `${HEAD}\r\n${armoured.replace(/^/gm, '> ')}`],
    ['armour in base64', () => `${HEAD}Content-Type: text/plain\r\n${base64(armoured)}`],
    ['the first of two halves', () => mixed(TEXT, file('1.asc', armoured.replace('MESSAGE-', 'MESSAGE, PART 1/2-')))],
    [
      'armour in UTF-16',
      () => `${HEAD}Content-Type: text/plain; charset=utf-16be\r\n${base64(utf16be(`Hej ${armoured}`))}`,
    ],
    [
      'a multipart whose boundary never comes',
      () => `${HEAD}Content-Type: multipart/mixed; boundary=q\r\n\r\n${armoured}`,
    ],
    ['text in front of the first part', () => mixed(TEXT).replace('--b', `${armoured}\r\n--b`)],
    ['a binary message to a key', () => mixed(TEXT, file('attest.pdf.gpg', toKey))],
    ['a binary message by password', () => mixed(TEXT, file('attest.pgp', byPassword))],
    ['enveloped S/MIME as second part', () => mixed(TEXT, file('smime.p7m', ENVELOPED))],
    ['the same with a type', () => mixed(TEXT, file('smime.p7m', AUTH_ENVELOPED, 'application/pkcs7-mime'))],
    ['CMS encrypted by password', () => mixed(TEXT, file('x.bin', ENCRYPTED))],
    ['enveloped S/MIME in PEM', () => mixed(TEXT, file('x.pem', pem('PKCS7', ENVELOPED)))],
    ['the same behind another', () => mixed(TEXT, file('x.pem', `${pem('CMS', SIGNED)}${pem('CMS', ENVELOPED)}`))],
    [
      'what says to be enveloped and cannot be read',
      () => mixed(TEXT, file('smime.p7m', 'broken', 'application/pkcs7-mime; smime-type=enveloped-data')),
    ],
    [
      'PGP/MIME as second part',
      () => mixed(TEXT, `Content-Type: multipart/encrypted; boundary=e\r\n\r\n--e\r\n\r\nx\r\n--e--`),
    ],
    [
      'a mail inside a mail',
      () =>
        mixed(
          TEXT,
          `Content-Type: message/rfc822\r\n\r\n${mixed(TEXT, file('a.gpg', toKey)).replaceAll('--b', '--c').replace('boundary=b', 'boundary=c')}`,
        ),
    ],
    ['a mail that came as a file', () => mixed(TEXT, file('sag.eml', mixed(TEXT, file('smime.p7m', ENVELOPED))))],
  ]
  it.each(table)('%s', async (_, raw) => {
    expect(await isEncrypted(raw())).toBe(true)
  })

  it('however deep it stands and whatever stands before it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 6 }),
        fc.array(fc.constantFrom(TEXT, file('tom.bin', ''), file('a.pdf', '%PDF-1.7')), { maxLength: 4 }),
        fc.constantFrom('armoured', 'toKey', 'byPassword', 'enveloped'),
        async (depth, before, kind) => {
          const secret = { armoured, toKey, byPassword, enveloped: ENVELOPED }[kind]
          let part = file('x.dat', secret)
          for (let level = 0; level < depth; level++) {
            part = `Content-Type: multipart/mixed; boundary=l${level}\r\n\r\n${[...before, part].map((one) => `--l${level}\r\n${one}\r\n`).join('')}--l${level}--`
          }
          expect(await isEncrypted(mixed(...before, part))).toBe(true)
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('a form of which anything came encrypted counts as encrypted', () => {
  const table: readonly (readonly [string, () => Uint8Array])[] = [
    ['its text', () => form(`name="message"\r\n\r\nHej. ${armoured}`)],
    ['another field', () => form(`name="subject"\r\n\r\nx`, `name="other"\r\n\r\n${armoured}`)],
    ['a file, armoured', () => form(`name="files"; filename="a.asc"\r\n\r\n${armoured}`)],
    ['a file, binary', () => form(`name="files"; filename="a.gpg"\r\n\r\n${Buffer.from(toKey).toString('latin1')}`)],
    [
      'a file, S/MIME',
      () => form(`name="files"; filename="a.p7m"\r\n\r\n${Buffer.from(ENVELOPED).toString('latin1')}`),
    ],
  ]
  it.each(table)('%s', async (_, raw) => {
    expect(await isEncrypted(raw(), 'multipart/form-data')).toBe(true)
  })
})

describe('nothing else counts as encrypted', () => {
  const table: readonly (readonly [string, () => string])[] = [
    ['a text', () => mixed(TEXT)],
    ['a public key, armoured', () => mixed(TEXT, file('key.asc', key.toPublic().armor(), 'application/pgp-keys'))],
    ['a public key, binary', () => mixed(TEXT, file('key.gpg', key.toPublic().write()))],
    ['a detached signature', () => mixed(TEXT, file('signature.asc', detached, 'application/pgp-signature'))],
    ['a signed text', () => `${HEAD}\r\n${clearSigned}`],
    ['signed S/MIME in PEM', () => mixed(TEXT, file('x.pem', pem('CMS', SIGNED)))],
    ['signed S/MIME', () => mixed(TEXT, file('smime.p7m', SIGNED, 'application/pkcs7-mime; smime-type=signed-data'))],
    [
      'a text in Danish and one in Cyrillic',
      () => mixed(TEXT, file('a.txt', 'Ærø Ålborg'), file('b.txt', 'Привет в Туле')),
    ],
    [
      'a PDF, a picture, a package',
      () =>
        mixed(file('a', '%PDF-1.7'), file('b', Buffer.from('ffd8ffe000104a464946', 'hex')), file('c', 'PK\x03\x04')),
    ],
  ]
  it.each(table)('%s', async (_, raw) => {
    expect(await isEncrypted(raw())).toBe(false)
  })

  it('a form with a public key and a PDF', async () => {
    const raw = form(`name="message"\r\n\r\nHej`, `name="files"; filename="k.asc"\r\n\r\n${key.toPublic().armor()}`)
    expect(await isEncrypted(raw, 'multipart/form-data')).toBe(false)
  })
})

describe('packets', () => {
  it('any bytes give an answer', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => typeof isEncryptedOpenpgp(bytes) === 'boolean'))
  })

  it('of any texts none is taken for an encrypted message', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => !isEncryptedOpenpgp(Buffer.from(text))),
      { numRuns: 2000 },
    )
  })

  it('of 20 000 random files hardly one is', () => {
    let taken = 0
    for (let run = 0; run < 20_000; run++) if (isEncryptedOpenpgp(randomBytes(64))) taken++
    expect(taken).toBeLessThan(20)
  })

  it('a marker in front changes nothing', () => {
    for (const marker of ['ca03504750', 'a803504750']) {
      expect(isEncryptedOpenpgp(Buffer.concat([Buffer.from(marker, 'hex'), toKey]))).toBe(true)
    }
  })
})

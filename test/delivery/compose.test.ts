import fc from 'fast-check'
import { decrypt, decryptSessionKeys, generateKey, readKey, readMessage, readPrivateKey } from 'openpgp'
import PostalMime from 'postal-mime'
import { describe, expect, it } from 'vitest'
import { oneLine } from '../../src/delivery/header-text.ts'
import { createMailComposer, usableEncryptionKey } from '../../src/delivery/index.ts'
import type { OutgoingMail } from '../../src/model/ports.ts'
import { DOMAIN, expiredKey, kaiKey, makeKey, municipalityKey, NOW } from './scene.ts'

const composer = await createMailComposer({
  openpgpPrivateKeyArmored: municipalityKey.privateKey,
  domain: DOMAIN,
  clock: () => NOW,
})
const BYTES = Buffer.from(Array.from({ length: 5000 }, (_, index) => index % 256))

const mail: OutgoingMail = {
  messageId: `<id-1@${DOMAIN}>`,
  date: NOW,
  from: { name: 'Demokøbing Kommune', address: `post@${DOMAIN}` },
  to: 'kai@borger.example',
  subject: 'Kvittering for sag 2026-000123-7: æøå',
  text: 'Kære Kai\n\nFrom hegnet til tanken \n.\n-- \nHilsen\n',
  language: 'da',
  attachments: [
    { name: 'godkendt attest – æøå.pdf', mediaType: 'application/pdf', bytes: BYTES },
    { name: 'mail.eml', mediaType: 'message/rfc822', bytes: Buffer.from('A: b\n\nlf only\n') },
  ],
  inReplyTo: '<spoergsmaal@borger.example>',
  references: ['<foerste@borger.example>'],
  autoSubmitted: 'auto-replied',
  encryptTo: null,
}

const headerOf = (raw: Uint8Array): string => Buffer.from(raw).toString('latin1').split('\r\n\r\n')[0] ?? ''
const unfolded = (raw: Uint8Array): string[] =>
  headerOf(raw)
    .replace(/\r\n[ \t]/g, ' ')
    .split('\r\n')
const fieldNames = (raw: Uint8Array): string[] => unfolded(raw).map((line) => line.split(':')[0]?.toLowerCase() ?? '')

async function readArmored(raw: Uint8Array) {
  const armored = /-----BEGIN PGP MESSAGE-----[\s\S]*-----END PGP MESSAGE-----/.exec(Buffer.from(raw).toString())?.[0]
  return readMessage({ armoredMessage: armored ?? '' })
}

async function open(raw: Uint8Array): Promise<{ inner: Buffer; holds: boolean }> {
  const { data, signatures } = await decrypt({
    message: await readArmored(raw),
    decryptionKeys: await readPrivateKey({ armoredKey: kaiKey.privateKey }),
    verificationKeys: await readKey({ armoredKey: await composer.publicKeyArmored() }),
    format: 'binary',
    date: NOW,
  })
  return { inner: Buffer.from(data), holds: (await signatures[0]?.verified) ?? false }
}

describe('a mail in clear', () => {
  it('is read back whole: header, text and attachments, byte for byte', async () => {
    const read = await PostalMime.parse(await composer.compose(mail))
    expect(read.subject).toBe(mail.subject)
    expect(read.from).toMatchObject({ name: 'Demokøbing Kommune', address: `post@${DOMAIN}` })
    expect(read.to?.[0]?.address).toBe('kai@borger.example')
    expect(read.messageId).toBe(mail.messageId)
    expect(read.inReplyTo).toBe('<spoergsmaal@borger.example>')
    expect(read.references).toBe('<foerste@borger.example> <spoergsmaal@borger.example>')
    expect(new Date(read.date ?? '').toISOString()).toBe('2026-11-24T09:02:00.000Z')
    expect(read.text).toContain('From hegnet til tanken \n.\n-- \nHilsen')
    const contents = read.attachments.map((part) => Buffer.from(part.content as ArrayBuffer))
    expect(contents[0]).toEqual(BYTES)
    expect(contents[1]).toEqual(Buffer.from('A: b\n\nlf only\n'))
    expect(read.attachments[0]?.filename).toBe('godkendt attest – æøå.pdf')
  })

  it('is seven bits wide, ends every line with CR LF, and has no line beyond 78 characters but the boundary’s', async () => {
    const text = Buffer.from(await composer.compose({ ...mail, subject: 'ø'.repeat(240) })).toString('latin1')
    expect(/[^\r\n\t -~]/.test(text)).toBe(false)
    expect(/(?<!\r)\n|\r(?!\n)/.test(text)).toBe(false)
    expect(Math.max(...text.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(78)
  })

  it('says that it is automatic, and only where it is', async () => {
    expect(fieldNames(await composer.compose(mail))).toEqual(
      expect.arrayContaining(['auto-submitted', 'x-auto-response-suppress']),
    )
    const byHand = fieldNames(await composer.compose({ ...mail, autoSubmitted: null }))
    expect(byHand).not.toContain('auto-submitted')
    expect(byHand).not.toContain('x-auto-response-suppress')
  })

  it('carries the municipality’s certificate for its own address', async () => {
    const field = unfolded(await composer.compose(mail)).find((line) => line.startsWith('Autocrypt:')) ?? ''
    expect(field).toContain(`addr=post@${DOMAIN};`)
    const keydata = field.slice(field.indexOf('keydata=') + 8).replaceAll(' ', '')
    const key = await readKey({ binaryKey: new Uint8Array(Buffer.from(keydata, 'base64')) })
    expect(key.getFingerprint()).toBe((await readKey({ armoredKey: municipalityKey.publicKey })).getFingerprint())
    expect(key.isPrivate()).toBe(false)
  })

  it('is text alone where nothing is attached', async () => {
    const raw = await composer.compose({ ...mail, attachments: [] })
    expect(unfolded(raw)).toContain('Content-Type: text/plain; charset=utf-8')
  })
})

describe('header injection', () => {
  const evil = fc.array(
    fc.constantFrom('\r\n', '\n', '\r', 'Bcc: ond@c.example', ' ', '\u2028', '\u0085', '"', '<', '>', 'ø', 'x', ':'),
    { maxLength: 12 },
  )
  const NAMES = [
    'from to subject date message-id in-reply-to references auto-submitted x-auto-response-suppress autocrypt',
    'mime-version content-language content-type',
  ]
    .join(' ')
    .split(' ')
    .toSorted()

  it('is impossible by subject, names and file names', async () => {
    await fc.assert(
      fc.asyncProperty(evil, evil, evil, async (subject, name, file) => {
        const raw = await composer.compose({
          ...mail,
          subject: subject.join(''),
          from: { ...mail.from, name: name.join('') },
          attachments: [{ name: file.join(''), mediaType: 'application/pdf', bytes: BYTES.subarray(0, 5) }],
        })
        expect(fieldNames(raw).toSorted()).toEqual(NAMES)
        const read = await PostalMime.parse(raw)
        expect(read.bcc ?? []).toEqual([])
        expect(read.attachments).toHaveLength(1)
      }),
      { numRuns: 60 },
    )
  })

  it('is impossible by the ids of the mail that is answered: what is no id is left out', async () => {
    const raw = await composer.compose({
      ...mail,
      inReplyTo: '<a@b>\r\nBcc: ond@c.example',
      references: ['<x@y> <z@w>', 'uden@vinkler'],
    })
    expect(fieldNames(raw)).not.toContain('bcc')
    expect(fieldNames(raw)).not.toContain('in-reply-to')
    expect(unfolded(raw)).toContain('References: <uden@vinkler>')
  })

  it('is stopped before the encoder: no text leaves oneLine with a line end, a control or a reversing mark', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        expect(oneLine(`${text}\r\nBcc: x\u202efdp`)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u)
        expect([...oneLine(text)].length).toBeLessThanOrEqual(250)
      }),
    )
  })

  it.each(['kai@borger.example\r\nBcc: x@y.example', 'kai@borger.example, x@y.example', 'kai', '<kai@borger.example>'])(
    'is impossible by the recipient: %j is refused',
    async (to) => {
      await expect(composer.compose({ ...mail, to })).rejects.toMatchObject({ code: 'invalid-request' })
    },
  )

  it('does not let a media type end the line or begin a multipart', async () => {
    for (const mediaType of ['text/html\r\nX: y', 'multipart/mixed; boundary=x', 'x']) {
      const raw = await composer.compose({ ...mail, attachments: [{ name: 'a', mediaType, bytes: BYTES }] })
      const read = await PostalMime.parse(raw)
      expect(read.attachments[0]?.mimeType).toBe('application/octet-stream')
    }
  })
})

describe('an encrypted mail', () => {
  it('hides subject, text and attachments, and shows who, when and which thread', async () => {
    const raw = await composer.compose({ ...mail, encryptTo: kaiKey.publicKey })
    const text = Buffer.from(raw).toString('latin1')
    expect(unfolded(raw)).toContain('Subject: ...')
    expect(text).not.toContain('Kvittering')
    expect(text).not.toContain('attest')
    expect(unfolded(raw)).toContain('Message-ID: <id-1@demokobing.example>')
    expect(headerOf(raw)).toContain('multipart/encrypted; protocol="application/pgp-encrypted"')
  })

  it('opens with the recipient’s key, signed by the municipality, with the true header and the attachments inside', async () => {
    const { inner, holds } = await open(await composer.compose({ ...mail, encryptTo: kaiKey.publicKey }))
    expect(holds).toBe(true)
    const type = unfolded(inner).find((line) => line.startsWith('Content-Type:')) ?? ''
    expect(type).toMatch(/protected-headers="?v1"?/)
    expect(type).toMatch(/hp="?cipher"?/)
    expect(unfolded(inner)).toContain('HP-Outer: Subject: ...')
    const read = await PostalMime.parse(inner)
    expect(read.subject).toBe(mail.subject)
    expect(read.from?.address).toBe(`post@${DOMAIN}`)
    expect(read.attachments.map((part) => part.filename)).toEqual(['godkendt attest – æøå.pdf', 'mail.eml'])
  })

  it('uses what GnuPG 2.2 can read: AES-256, and no AEAD', async () => {
    const message = await readArmored(await composer.compose({ ...mail, encryptTo: kaiKey.publicKey }))
    const decryptionKeys = await readPrivateKey({ armoredKey: kaiKey.privateKey })
    const [sessionKey] = await decryptSessionKeys({ message, decryptionKeys, date: NOW })
    expect(sessionKey?.algorithm).toBe('aes256')
    expect(message.packets.at(-1)).toMatchObject({ version: 1 })
  })

  it('uses AEAD for a key that asks for it', async () => {
    const options = { userIDs: { email: 'kai@borger.example' }, date: new Date('2026-01-01') }
    const modern = await generateKey({ ...options, format: 'armored', config: { aeadProtect: true } })
    const message = await readArmored(await composer.compose({ ...mail, encryptTo: modern.publicKey }))
    expect(message.packets.at(-1)).toMatchObject({ version: 2 })
  })

  it.each([
    ['expired', expiredKey.publicKey],
    ['private-key', kaiKey.privateKey],
    ['unreadable', 'ikke en nøgle'],
    ['several-keys', `${kaiKey.publicKey}\n${expiredKey.publicKey}`],
  ])('is not made to a key that is %s', async (reason, armored) => {
    await expect(composer.compose({ ...mail, encryptTo: armored })).rejects.toMatchObject({
      code: 'key-unusable',
      facts: { reason },
    })
  })
})

describe('the composer', () => {
  it('is not made from a key that cannot sign', async () => {
    const options = { openpgpPrivateKeyArmored: municipalityKey.publicKey, domain: DOMAIN }
    await expect(createMailComposer(options)).rejects.toMatchObject({ code: 'configuration' })
  })

  it('sends in nobody else’s name', async () => {
    const from = { name: 'Kommune', address: 'post@evildemokobing.example' }
    await expect(composer.compose({ ...mail, from })).rejects.toMatchObject({ code: 'configuration' })
  })
})

describe('usableEncryptionKey', () => {
  const reasonOf = async (armored: string, at = NOW): Promise<string> => {
    const check = await usableEncryptionKey(armored, at)
    return check.usable ? 'usable' : check.reason
  }

  it('takes a sound key', async () => {
    expect(await reasonOf(kaiKey.publicKey)).toBe('usable')
  })

  it('refuses an expired key, which was usable before', async () => {
    expect(await reasonOf(expiredKey.publicKey)).toBe('expired')
    expect(await reasonOf(expiredKey.publicKey, new Date('2026-01-01T12:00:00Z'))).toBe('usable')
  })

  it('refuses a key of the future', async () => {
    const key = await makeKey('kai@borger.example', { date: new Date('2027-01-01T00:00:00Z') })
    expect(await reasonOf(key.publicKey)).toBe('not-yet-valid')
  })

  it('refuses a revoked key', async () => {
    const key = await generateKey({
      userIDs: { email: 'kai@borger.example' },
      format: 'object',
      date: new Date('2026-01-01'),
    })
    const revoked = await key.privateKey.revoke(undefined, new Date('2026-02-01'))
    expect(await reasonOf(revoked.toPublic().armor())).toBe('revoked')
  })

  it('refuses a key that can only sign', async () => {
    const options = {
      userIDs: { email: 'kai@borger.example' },
      subkeys: [{ sign: true }],
      date: new Date('2026-01-01'),
    }
    const key = await generateKey({ ...options, format: 'armored' })
    expect(await reasonOf(key.publicKey)).toBe('no-encryption-subkey')
  })

  it('refuses RSA below 2048 bits', async () => {
    const options = { type: 'rsa', rsaBits: 1024, date: new Date('2026-01-01'), config: { minRSABits: 1024 } } as const
    const key = await generateKey({ ...options, userIDs: { email: 'kai@borger.example' }, format: 'armored' })
    expect(await reasonOf(key.publicKey)).toBe('weak')
  })

  it('ends in an answer for arbitrary text', async () => {
    const head = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n'
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const armored = `${head}${Buffer.from(bytes).toString('base64')}\n-----END PGP PUBLIC KEY BLOCK-----`
        expect(await reasonOf(armored)).not.toBe('usable')
      }),
    )
  })
})

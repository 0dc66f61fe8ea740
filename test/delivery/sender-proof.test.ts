import fc from 'fast-check'
import { createCleartextMessage, createMessage, encrypt, generateKey, readKey, readPrivateKey, sign } from 'openpgp'
import { describe, expect, it } from 'vitest'
import { proveSender, type SenderProof } from '../../src/delivery/index.ts'
import { addressOfUserId } from '../../src/delivery/openpgp-key.ts'
import type { MailAuthenticator } from '../../src/model/ports.ts'
import type { MessageHeaders } from '../../src/model/submission.ts'
import { expiredKey, kaiKey, makeKey, municipalityKey, NOW } from './scene.ts'

const otherKey = await makeKey('ond@andre.example')
const SENT = new Date('2026-11-24T09:00:00.000Z')

const headers: MessageHeaders = {
  messageId: '<1@borger.example>',
  inReplyTo: [],
  references: [],
  subject: 'Olietank',
  date: null,
  from: [{ name: 'Kai', address: 'kai@borger.example' }],
  replyTo: [],
  autoSubmitted: null,
  precedence: null,
  listId: null,
  autoResponseSuppress: null,
  contentLanguage: null,
  autocrypt: null,
  encrypted: false,
  bodyText: 'Hej',
  openpgpKeys: [{ source: 'attached', armored: kaiKey.publicKey, address: null }],
}

const authenticator = (dmarc: 'pass' | 'fail' | 'none', alignedDomain: string | null = null): MailAuthenticator => ({
  authenticate: async () => ({ dmarc, alignedDomain, foundBy: 'gateway' }),
})
const PASS = authenticator('pass', 'borger.example')
const FAIL = authenticator('fail')

const FROM = 'From: Kai <kai@borger.example>\r\n'
const PLAIN = `${FROM}Content-Type: text/plain\r\n\r\nHej\r\n`
const ENTITY = 'Content-Type: text/plain; charset=utf-8\r\n\r\nHej Kommune  \r\n\r\n'

async function prove(
  raw: string,
  options: { headers?: Partial<MessageHeaders>; by?: MailAuthenticator; at?: Date } = {},
): Promise<SenderProof> {
  return proveSender(
    Buffer.from(raw, 'latin1'),
    { ...headers, ...options.headers },
    {
      authenticator: options.by ?? FAIL,
      envelope: { from: 'kai@borger.example', remoteAddress: null, helo: null },
      openpgpPrivateKeys: [municipalityKey.privateKey],
      at: options.at ?? NOW,
    },
  )
}

/** RFC 3156 multipart/signed over an entity. */
async function signedMail(entity = ENTITY, key = kaiKey.privateKey, date = SENT): Promise<string> {
  const signature = await sign({
    message: await createMessage({ binary: Buffer.from(entity, 'latin1') }),
    signingKeys: await readPrivateKey({ armoredKey: key }),
    detached: true,
    date,
  })
  const type = 'multipart/signed; micalg=pgp-sha512; protocol="application/pgp-signature"; boundary=ydre'
  return `${FROM}Content-Type: ${type}\r\n\r\n--ydre\r\n${entity}\r\n--ydre\r\nContent-Type: application/pgp-signature\r\n\r\n${signature}\r\n--ydre--\r\n`
}

/** RFC 3156 multipart/encrypted to the municipality. */
async function encryptedMail(entity: string, signingKey: string | null): Promise<string> {
  const armored = await encrypt({
    message: await createMessage({ binary: Buffer.from(entity, 'latin1') }),
    encryptionKeys: await readKey({ armoredKey: municipalityKey.publicKey }),
    ...(signingKey === null ? {} : { signingKeys: await readPrivateKey({ armoredKey: signingKey }) }),
    date: SENT,
  })
  const type = 'multipart/encrypted; protocol="application/pgp-encrypted"; boundary=ydre'
  return `${FROM}Content-Type: ${type}\r\n\r\n--ydre\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--ydre\r\nContent-Type: application/octet-stream\r\n\r\n${armored}\r\n--ydre--\r\n`
}

async function inlineMail(key = kaiKey.privateKey): Promise<string> {
  const message = await createCleartextMessage({ text: 'Hej Kommune' })
  return sign({ message, signingKeys: await readPrivateKey({ armoredKey: key }), date: SENT })
}

const fingerprint = (await readKey({ armoredKey: kaiKey.publicKey })).getFingerprint()
const KEY = { armored: kaiKey.publicKey, fingerprint, source: 'attached' }
const TEXT = `${FROM}Content-Type: text/plain; charset=utf-8\r\n\r\n`

describe('a key that came along is used', () => {
  it('where DMARC passes for the From address', async () => {
    expect(await prove(PLAIN, { by: PASS })).toMatchObject({ emailProof: 'dmarc', key: KEY })
  })

  it('where the mail is signed by it (PGP/MIME)', async () => {
    expect(await prove(await signedMail())).toMatchObject({ emailProof: 'openpgp', key: KEY })
  })

  it('where the mail came with LF line ends on its way', async () => {
    expect((await prove((await signedMail()).replaceAll('\r\n', '\n'))).emailProof).toBe('openpgp')
  })

  it('where it signed inside the encryption', async () => {
    expect(await prove(await encryptedMail(ENTITY, kaiKey.privateKey))).toMatchObject({
      emailProof: 'openpgp',
      key: KEY,
    })
  })

  it('where a signed multipart stands inside the encryption', async () => {
    const inner = (await signedMail()).slice(FROM.length)
    expect((await prove(await encryptedMail(inner, null))).emailProof).toBe('openpgp')
  })

  it('where it signed the text inline', async () => {
    const raw = `${TEXT}${(await inlineMail()).replace(/\r?\n/g, '\r\n')}`
    expect((await prove(raw)).emailProof).toBe('openpgp')
  })

  it('where Autocrypt names the From address in other letters', async () => {
    const openpgpKeys = [{ source: 'autocrypt', armored: kaiKey.publicKey, address: 'KAI@borger.example' }] as const
    expect((await prove(PLAIN, { by: PASS, headers: { openpgpKeys } })).key).toMatchObject({ source: 'autocrypt' })
  })

  it('where Reply-To repeats the From', async () => {
    expect((await prove(PLAIN, { by: PASS, headers: { replyTo: ['Kai@borger.example'] } })).key).toMatchObject(KEY)
  })

  it('where the sender’s clock runs a few minutes ahead', async () => {
    const raw = await signedMail(ENTITY, kaiKey.privateKey, new Date(NOW.getTime() + 5 * 60_000))
    expect((await prove(raw)).emailProof).toBe('openpgp')
  })

  it('the one that signed before others that came along', async () => {
    const newer = await makeKey('kai@borger.example', { date: new Date('2026-05-01') })
    const openpgpKeys = [newer, kaiKey].map((key) => ({
      source: 'attached' as const,
      armored: key.publicKey,
      address: null,
    }))
    expect((await prove(await signedMail(), { by: PASS, headers: { openpgpKeys } })).key).toMatchObject(KEY)
  })
})

describe('nothing is proven', () => {
  it.each<[string, string, Partial<MessageHeaders>, MailAuthenticator, string]>([
    ['where DMARC fails and nothing is signed', PLAIN, {}, FAIL, 'dmarc-fail'],
    ['where the domain has no DMARC', PLAIN, {}, authenticator('none'), 'dmarc-none'],
    ['where DMARC passes for another domain', PLAIN, {}, authenticator('pass', 'ond.example'), 'dmarc-other-domain'],
    ['where Reply-To differs', PLAIN, { replyTo: ['ond@andre.example'] }, PASS, 'reply-to-differs'],
    ['without From', PLAIN, { from: [] }, PASS, 'no-from'],
    ['with two From', PLAIN, { from: [...headers.from, ...headers.from] }, PASS, 'several-from'],
    ['with two From fields, of which the reader saw one', `${FROM}${PLAIN}`, {}, PASS, 'several-from'],
    ['where the header cannot be read', `ikke et felt\r\n${PLAIN}`, {}, PASS, 'malformed-mail'],
  ])('%s', async (_, raw, change, by, reason) => {
    const proof = await prove(raw, { headers: change, by })
    expect(proof).toMatchObject({ emailProof: null, key: null })
    expect(proof.reasons).toContain(reason)
  })

  it.each<[string, () => Promise<string>, string]>([
    [
      'one byte of the signed part is changed',
      async () => (await signedMail()).replace('Hej', 'Nej'),
      'signature-not-by-key',
    ],
    [
      'trailing spaces were lost',
      async () => (await signedMail()).replace('Kommune  ', 'Kommune'),
      'signature-not-by-key',
    ],
    ['another key signed', () => signedMail(ENTITY, otherKey.privateKey), 'signature-not-by-key'],
    [
      'the signature is from the future',
      () => signedMail(ENTITY, kaiKey.privateKey, new Date('2026-12-01')),
      'signature-not-by-key',
    ],
    [
      'the signature is none',
      async () => (await signedMail()).replace(/-----BEGIN PGP[\s\S]*END[^\r]*/, 'x'),
      'signature-unreadable',
    ],
    ['the encrypted mail is not signed', () => encryptedMail(ENTITY, null), 'not-signed'],
    [
      'another key signed inside the encryption',
      () => encryptedMail(ENTITY, otherKey.privateKey),
      'signature-not-by-key',
    ],
    ['text stands behind the inline signature', async () => `${TEXT}${await inlineMail()}\r\nog mere`, 'not-signed'],
    ['text stands before the inline signature', async () => `${TEXT}mere\r\n${await inlineMail()}`, 'not-signed'],
    [
      'text stands between two inline signatures',
      async () => `${TEXT}${await inlineMail()}\r\nmere\r\n${await inlineMail()}`,
      'signature-covers-part',
    ],
    [
      'a signed part stands beside an unsigned one',
      async () => {
        const inner = (await signedMail()).slice(FROM.length)
        return `${FROM}Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n${inner}\r\n--m\r\n\r\nmere\r\n--m--\r\n`
      },
      'not-signed',
    ],
    [
      'a third part stands behind the signature',
      async () => (await signedMail()).replace('--ydre--', '--ydre\r\n\r\nmere\r\n--ydre--'),
      'not-two-parts',
    ],
  ])('where %s', async (_, make, reason) => {
    const proof = await prove(await make())
    expect(proof).toMatchObject({ emailProof: null, key: null })
    expect(proof.reasons).toContain(reason)
  })
})

describe('the address is proven, and the key not used', () => {
  it.each<[string, NonNullable<MessageHeaders['openpgpKeys']>, string]>([
    [
      'it carries another address',
      [{ source: 'attached', armored: otherKey.publicKey, address: null }],
      'key-other-address',
    ],
    [
      'Autocrypt names another address',
      [{ source: 'autocrypt', armored: kaiKey.publicKey, address: 'ond@andre.example' }],
      'autocrypt-other-address',
    ],
    ['it has expired', [{ source: 'attached', armored: expiredKey.publicKey, address: null }], 'key-expired'],
    ['it is a private key', [{ source: 'attached', armored: kaiKey.privateKey, address: null }], 'key-private-key'],
    ['it cannot be read', [{ source: 'attached', armored: 'x', address: null }], 'key-unreadable'],
  ])('where %s', async (_, openpgpKeys, reason) => {
    const proof = await prove(PLAIN, { by: PASS, headers: { openpgpKeys } })
    expect(proof).toMatchObject({ emailProof: 'dmarc', key: null })
    expect(proof.reasons).toContain(reason)
  })

  it('where only the name before the brackets looks like the address', async () => {
    const trick = await generateKey({
      userIDs: { name: 'kai@borger.example', email: 'ond@andre.example' },
      date: new Date('2026-01-01'),
      format: 'armored',
    })
    const openpgpKeys = [{ source: 'attached' as const, armored: trick.publicKey, address: null }]
    const proof = await prove(PLAIN, { by: PASS, headers: { openpgpKeys } })
    expect(proof).toMatchObject({ key: null, reasons: expect.arrayContaining(['key-other-address']) })
  })
})

describe('a key onto which somebody else’s user id was grafted', () => {
  it('is not used: the key itself never certified it', async () => {
    const grafted = await readKey({ armoredKey: otherKey.publicKey })
    const kai = await readKey({ armoredKey: kaiKey.publicKey })
    grafted.users.push(...kai.users)
    const openpgpKeys = [{ source: 'attached' as const, armored: grafted.armor(), address: null }]
    const signed = await signedMail(ENTITY, otherKey.privateKey)
    const proof = await prove(signed, { by: PASS, headers: { openpgpKeys } })
    expect(proof).toMatchObject({ emailProof: 'dmarc', key: null })
    expect(proof.reasons).toContain('key-other-address')
  })
})

describe('addressOfUserId', () => {
  it.each([
    ['Kai <kai@borger.example>', 'kai@borger.example'],
    ['kai@borger.example', 'kai@borger.example'],
    ['kai@borger.example <ond@andre.example>', 'ond@andre.example'],
    ['Kai <kai@borger.example> <ond@andre.example>', null],
    ['Kai <kai@borger.example', null],
    ['<kai@borger.example>x', null],
    ['kai@borger.example ond@andre.example', null],
    ['Kai', null],
  ])('reads %j as %j', (userId, address) => {
    expect(addressOfUserId(userId)).toBe(address)
  })
})

describe('proveSender', () => {
  it('ends in an answer for arbitrary mails', async () => {
    const piece = fc.oneof(
      fc.constantFrom(FROM, 'Content-Type: multipart/signed; boundary=ydre; protocol="application/pgp-signature"\r\n'),
      fc.constantFrom(
        '\r\n',
        '--ydre\r\n',
        '--ydre--\r\n',
        '-----BEGIN PGP SIGNED MESSAGE-----\r\n',
        '-----BEGIN PGP MESSAGE-----',
      ),
      fc.constantFrom(
        '-----END PGP SIGNATURE-----',
        '-----END PGP MESSAGE-----',
        '-----BEGIN PGP SIGNATURE-----\r\n\r\n',
      ),
      fc.string({ maxLength: 20 }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 14 }), async (pieces) => {
        const proof = await prove(pieces.join(''))
        expect(proof.emailProof).toBeNull()
      }),
      { numRuns: 200 },
    )
  })
})

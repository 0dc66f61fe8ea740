import * as openpgp from 'openpgp'
import { beforeAll, describe, expect, it } from 'vitest'
import { task } from '../../src/intake/normalise-task.ts'

const normalise = (raw: string, openpgpPrivateKeys: readonly string[] = []) =>
  task({ raw: Buffer.from(raw), rawMediaType: 'message/rfc822', openpgpPrivateKeys })

let municipality: { privateKey: string; publicKey: string }
let citizen: { privateKey: string; publicKey: string }
beforeAll(async () => {
  municipality = await openpgp.generateKey({ userIDs: [{ email: 'post@eksempel.example' }], format: 'armored' })
  citizen = await openpgp.generateKey({ userIDs: [{ name: 'Kai', email: 'kai@example.dk' }], format: 'armored' })
})

const HEAD = 'From: Kai <kai@example.dk>\r\nSubject: ...\r\nMessage-ID: <1@example.dk>\r\n'
const INSIDE = [
  'Content-Type: multipart/mixed; boundary=i; protected-headers="v1"',
  'Subject: Hemmelig attest',
  '',
  '--i',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'Kære kommune',
  '--i',
  'Content-Type: application/pdf; name="attest.pdf"',
  '',
  '%PDF-1.7',
  '--i--',
].join('\r\n')

async function encryptFor(publicKey: string, content: string | Uint8Array): Promise<string> {
  const binary = typeof content === 'string' ? new Uint8Array(Buffer.from(content)) : content
  return openpgp.encrypt({
    message: await openpgp.createMessage({ binary }),
    encryptionKeys: await openpgp.readKey({ armoredKey: publicKey }),
  })
}

const pgpMime = (armoured: string) =>
  `${HEAD}Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=e\r\n\r\n--e\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--e\r\nContent-Type: application/octet-stream; name="encrypted.asc"\r\n\r\n${armoured}\r\n--e--\r\n`

describe('a mail encrypted to the municipality', () => {
  it('as PGP/MIME is opened: text, subject and attachment come from inside', async () => {
    const mail = pgpMime(await encryptFor(municipality.publicKey, INSIDE))
    const message = await normalise(mail, [municipality.privateKey])
    expect(message.notes).toEqual(['decrypted'])
    expect(message.headers).toMatchObject({
      encrypted: true,
      bodyText: 'Kære kommune',
      subject: 'Hemmelig attest',
      messageId: '<1@example.dk>',
    })
    expect(message.parts.map((part) => [part.path, part.role, part.name, part.mediaType])).toEqual([
      ['2.1', 'body', 'tekst-2.1.txt', 'text/plain'],
      ['2.2', 'attachment', 'attest.pdf', 'application/pdf'],
    ])
  })

  it('as text is opened in its place', async () => {
    const mail = `${HEAD}\r\n${await encryptFor(municipality.publicKey, 'Kære kommune')}`
    const message = await normalise(mail, [municipality.privateKey])
    expect(message.headers).toMatchObject({ encrypted: true, bodyText: 'Kære kommune' })
    expect(message.notes).toEqual(['decrypted'])
  })

  it('that no key of ours opens stays as it came, and that is said', async () => {
    const mail = pgpMime(await encryptFor(citizen.publicKey, INSIDE))
    for (const keys of [[municipality.privateKey], []]) {
      const message = await normalise(mail, keys)
      expect(message.headers.encrypted).toBe(true)
      expect(message.notes).toEqual(['cannot-decrypt'])
      expect(message.parts.map((part) => part.mediaType)).toContain('application/pgp-encrypted')
    }
  })

  it('whose bytes were changed on the way is not opened', async () => {
    const armoured = await encryptFor(municipality.publicKey, INSIDE)
    const packet = Buffer.from(await openpgp.unarmor(armoured).then((read) => streamBytes(read.data)))
    packet.writeUInt8(packet.readUInt8(packet.length - 5) ^ 1, packet.length - 5)
    const changed = openpgp.armor(openpgp.enums.armor.message, new Uint8Array(packet))
    expect((await normalise(pgpMime(changed), [municipality.privateKey])).notes).toEqual(['cannot-decrypt'])
  })

  it('that grows beyond the limit when decompressed is not opened', async () => {
    const armoured = await openpgp.encrypt({
      message: await openpgp.createMessage({ binary: new Uint8Array(120 * 1024 * 1024) }),
      encryptionKeys: await openpgp.readKey({ armoredKey: municipality.publicKey }),
      config: { preferredCompressionAlgorithm: openpgp.enums.compression.zlib },
    })
    expect(armoured.length).toBeLessThan(1_000_000)
    expect((await normalise(pgpMime(armoured), [municipality.privateKey])).notes).toEqual(['cannot-decrypt'])
  })

  it('by S/MIME is known as encrypted, a signed one is not', async () => {
    const smime = (type: string, oid: string) =>
      `${HEAD}Content-Type: application/pkcs7-mime; smime-type=${type}\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(`308006092a864886f70d0107${oid}a080`, 'hex').toString('base64')}\r\n`
    expect((await normalise(smime('enveloped-data', '03'))).headers.encrypted).toBe(true)
    expect((await normalise(smime('enveloped-data', '03'))).notes).toEqual(['cannot-decrypt'])
    expect((await normalise(smime('signed-data', '02'))).headers.encrypted).toBe(false)
    // What is inside counts, not what the header says.
    expect((await normalise(smime('signed-data', '03'))).headers.encrypted).toBe(true)
  })
})

describe('keys that come along', () => {
  const withKey = (key: string, type: string) =>
    `${HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhej\r\n--b\r\nContent-Type: ${type}; name="key.asc"\r\n\r\n${key}\r\n--b--\r\n`

  it('attached are found by content, armoured', async () => {
    for (const type of ['application/pgp-keys', 'application/octet-stream', 'text/plain']) {
      const [key] = (await normalise(withKey(citizen.publicKey, type))).openpgpKeys
      expect(key).toMatchObject({ source: 'attached', address: null })
      const read = await openpgp.readKey({ armoredKey: key?.armored ?? '' })
      expect(read.getUserIDs()).toEqual(['Kai <kai@example.dk>'])
    }
  })

  it('a private key is never kept, only its public half', async () => {
    const message = await normalise(withKey(citizen.privateKey, 'application/pgp-keys'))
    expect(message.notes).toEqual(['private-key-received'])
    expect(message.openpgpKeys).toHaveLength(1)
    expect(message.openpgpKeys[0]?.armored).toContain('BEGIN PGP PUBLIC KEY BLOCK')
    expect(message.openpgpKeys[0]?.armored).not.toContain('PRIVATE')
  })

  it('what is no key is said', async () => {
    const broken = '-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n\r\nAAAA\r\n-----END PGP PUBLIC KEY BLOCK-----'
    const message = await normalise(withKey(broken, 'application/pgp-keys'))
    expect(message.openpgpKeys).toEqual([])
    expect(message.notes).toEqual(['key-unreadable'])
  })

  const autocrypt = async (attributes: string, more = '') => {
    const key = await openpgp.readKey({ armoredKey: citizen.publicKey })
    const keydata = Buffer.from(key.write())
      .toString('base64')
      .replace(/(.{70})/g, '$1\r\n ')
    return normalise(`${HEAD}Autocrypt: ${attributes}keydata=\r\n ${keydata}\r\n${more}\r\nhej`)
  }

  it('in an Autocrypt field of the sender are found', async () => {
    const message = await autocrypt('addr=Kai@example.dk; prefer-encrypt=mutual; ')
    expect(message.openpgpKeys).toHaveLength(1)
    expect(message.openpgpKeys[0]).toMatchObject({ source: 'autocrypt', address: 'kai@example.dk' })
  })

  it('in an Autocrypt field for somebody else, twice, or with a critical attribute do not count', async () => {
    expect((await autocrypt('addr=eve@example.com; ')).openpgpKeys).toEqual([])
    expect((await autocrypt('addr=kai@example.dk; critical=1; ')).openpgpKeys).toEqual([])
    expect(
      (await autocrypt('addr=kai@example.dk; ', 'Autocrypt: addr=kai@example.dk; keydata=AA\r\n')).openpgpKeys,
    ).toEqual([])
    expect((await autocrypt('addr=kai@example.dk; ', 'From: eve@example.com\r\n')).openpgpKeys).toEqual([])
  })
})

const streamBytes = async (data: unknown): Promise<Uint8Array> => {
  if (data instanceof Uint8Array) return data
  const pieces: Uint8Array[] = []
  for await (const piece of data as AsyncIterable<Uint8Array>) pieces.push(piece)
  return Buffer.concat(pieces)
}

import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import forge from 'node-forge'
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/model/errors.ts'
import { makeCa as makeNamed, validYears } from '../../src/seal/index.ts'
import { readAnchorFile } from '../../src/trust/index.ts'
import { cpuTimeMs } from '../support/cpu-time.ts'
import { makeZip } from '../support/make-zip.ts'
import { makeCa } from './certificates.ts'

const ca = makeCa('Test CA')
const other = makeCa('Other CA')
const validity = validYears(new Date('2026-01-01T00:00:00Z'), 10)
const both = [ca.sha256, other.sha256]
const key = createPrivateKey(ca.privateKeyPem)
const fingerprints = async (bytes: Uint8Array) => (await readAnchorFile(bytes)).map(({ sha256 }) => sha256)
const fault = async (bytes: Uint8Array): Promise<GatewayError> => {
  try {
    await readAnchorFile(bytes)
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown
    throw thrown
  }
  throw new Error('the file was read')
}
const codeOf = async (bytes: Uint8Array) => (await fault(bytes)).code

/** A bag of certificates without content or signers, as `openssl crl2pkcs7 -nocrl` makes it. */
const bag = forge.pkcs7.createSignedData()
for (const { pem } of [ca, other]) bag.addCertificate(pem)
const bagDer = Buffer.from(forge.asn1.toDer(bag.toAsn1()).getBytes(), 'latin1')
const bagPem = (label: string) =>
  `-----BEGIN ${label}-----\n${(bagDer.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${label}-----\n`

const zipOf = (files: Readonly<Record<string, Uint8Array | string>>) =>
  makeZip(Object.entries(files).map(([name, content]) => ({ name, bytes: Buffer.from(content) })))

describe('a file with certificates', () => {
  it('may be DER, or PEM with several, each of which comes once', async () => {
    expect(await fingerprints(ca.der)).toEqual([ca.sha256])
    const pem = `# roots\n${ca.pem}${other.pem.replaceAll('\n', '\r\n')}${ca.pem}`
    expect(await fingerprints(Buffer.from(pem))).toEqual(both)
    expect((await readAnchorFile(ca.der))[0]).toMatchObject({ isCa: true, validTo: '2036-01-01T00:00:00.000Z' })
  })

  it('may be a PKCS #7 bag, as DER or as PEM under either name', async () => {
    expect(await fingerprints(bagDer)).toEqual(both)
    expect(await fingerprints(Buffer.from(bagPem('PKCS7')))).toEqual(both)
    expect(await fingerprints(Buffer.from(bagPem('CMS') + ca.pem))).toEqual(both)
  })

  it('may be a ZIP of all these, in folders, with what file managers add', async () => {
    const zip = zipOf({
      'roots/': '',
      'roots/ca.pem': ca.pem,
      'roots/ca.cer': ca.der,
      'roots/bag.p7b': bagDer,
      'roots/.DS_Store': randomBytes(40),
      '__MACOSX/roots/._ca.pem': randomBytes(40),
    })
    expect(await fingerprints(zip)).toEqual(both)
  })

  it('has subjects in which nothing is hidden: what turns the text or ends the line is written out', async () => {
    const [turned] = await readAnchorFile(
      (await makeNamed({ country: 'DK', commonName: 'CA \u202eAC\u0007\nO=Staten' }, validity, 'ec-p256')).certificate,
    )
    expect(turned?.subject).toMatch(/^CN=CA \\u\{202e\}AC\\[\da-f]+\\[\da-f]+O=Staten, C=DK$/i)
  })

  it('with a private key in it, of any kind, is refused whole', async () => {
    const forgeKey = forge.pki.privateKeyFromPem(ca.privateKeyPem)
    const p12 = forge.asn1
      .toDer(forge.pkcs12.toPkcs12Asn1(forgeKey, forge.pki.certificateFromPem(ca.pem), 'secret'))
      .getBytes()
    const encrypted = { cipher: 'aes-256-cbc', passphrase: 'secret' } as const
    const der = key.export({ type: 'pkcs8', format: 'der' })
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'der' })
    const carrying = forge.pkcs7.createSignedData()
    carrying.content = forge.util.createBuffer(der.toString('latin1'))
    carrying.addCertificate(ca.pem)
    const files = {
      'PEM beside a certificate': Buffer.from(`${ca.pem}${ca.privateKeyPem}`),
      'PKCS #1 PEM': Buffer.from(key.export({ type: 'pkcs1', format: 'pem' })),
      'PKCS #8 DER': der,
      'PKCS #8 DER of a curve': ec,
      'PKCS #1 DER': key.export({ type: 'pkcs1', format: 'der' }),
      'encrypted PEM': Buffer.from(key.export({ type: 'pkcs8', format: 'pem', ...encrypted })),
      'encrypted DER': key.export({ type: 'pkcs8', format: 'der', ...encrypted }),
      'PKCS #12': Buffer.from(p12, 'latin1'),
      'PKCS #12 in PEM': Buffer.from(
        `${ca.pem}-----BEGIN PKCS12-----\n${forge.util.encode64(p12)}\n-----END PKCS12-----`,
      ),
      OpenPGP: Buffer.from('-----BEGIN PGP PRIVATE KEY BLOCK-----\n'),
      'PEM under another label': Buffer.from(ca.pem + ca.privateKeyPem.replaceAll('PRIVATE KEY', 'CERTIFICATE')),
      'PEM in UTF-16': Buffer.from(ca.privateKeyPem, 'utf16le'),
      'content of a PKCS #7': Buffer.from(forge.asn1.toDer(carrying.toAsn1()).getBytes(), 'latin1'),
    }
    for (const [kind, bytes] of Object.entries(files)) {
      expect([kind, await codeOf(bytes)]).toEqual([kind, 'private-key-refused'])
      const inZip = await fault(zipOf({ 'ca.pem': ca.pem, '.hidden/key': bytes }))
      expect([kind, inZip.code, inZip.facts['entry']]).toEqual([kind, 'private-key-refused', '.hidden/key'])
    }
    expect(await codeOf(zipOf({ 'a.pem': 'unreadable', 'b.key': ca.privateKeyPem }))).toBe('private-key-refused')
  })

  const encrypted = { cipher: 'aes-256-cbc', passphrase: 'secret' } as const
  const p12 = Buffer.from(
    forge.asn1
      .toDer(
        forge.pkcs12.toPkcs12Asn1(
          forge.pki.privateKeyFromPem(ca.privateKeyPem),
          forge.pki.certificateFromPem(ca.pem),
          'secret',
        ),
      )
      .getBytes(),
    'latin1',
  )
  const curve = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey
  const edwards = generateKeyPairSync('ed25519').privateKey
  const keys: Readonly<Record<string, Buffer>> = {
    'PKCS #8': key.export({ type: 'pkcs8', format: 'der' }),
    'PKCS #1': key.export({ type: 'pkcs1', format: 'der' }),
    'PKCS #8 of Ed25519': edwards.export({ type: 'pkcs8', format: 'der' }),
    'PKCS #8 of Ed448': generateKeyPairSync('ed448').privateKey.export({ type: 'pkcs8', format: 'der' }),
    'SEC1 of P-256': curve('P-256').export({ type: 'sec1', format: 'der' }),
    'SEC1 of P-521': curve('P-521').export({ type: 'sec1', format: 'der' }),
    'encrypted PKCS #8': key.export({ type: 'pkcs8', format: 'der', ...encrypted }),
    'PKCS #12': p12,
  }

  it.each(Object.entries(keys))('is refused for a private key as %s, wherever it stands in it', async (_kind, der) => {
    const base64 = der.toString('base64')
    const lines = (base64.match(/.{1,76}/g) ?? []).join('\n')
    const files = {
      alone: der,
      'behind a certificate': Buffer.concat([ca.der, der]),
      'before a certificate': Buffer.concat([der, ca.der]),
      'behind PEM': Buffer.concat([Buffer.from(ca.pem), der]),
      'as base64 behind PEM': Buffer.from(`${ca.pem}${lines}\n`),
      'as base64 before PEM': Buffer.from(`${base64}\r\n${ca.pem}`),
      'as base64 with a word before it': Buffer.from(`# key: ${base64}\n${ca.pem}`),
      'as base64 in quotes': Buffer.from(JSON.stringify({ cert: ca.pem, key: base64 })),
      'as base64 in UTF-16': Buffer.from(`${ca.pem}${base64}`, 'utf16le'),
      'as base64 alone': Buffer.from(base64),
    }
    for (const [where, bytes] of Object.entries(files)) {
      expect([where, await codeOf(bytes)]).toEqual([where, 'private-key-refused'])
    }
  })

  it('is refused for a private key as JSON, or for PEM in base64, beside a certificate', async () => {
    const pem = (text: string) => Buffer.from(text).toString('base64')
    const files = {
      'JWK of RSA': JSON.stringify(key.export({ format: 'jwk' })),
      'JWK of a curve': JSON.stringify(curve('P-384').export({ format: 'jwk' }), null, 2),
      'JWK of Ed25519, in a set': JSON.stringify({ keys: [edwards.export({ format: 'jwk' })] }),
      'PEM in base64': `tls.key: ${pem(ca.privateKeyPem)}`,
      'PEM in base64, over lines, behind a certificate': (pem(ca.pem + ca.privateKeyPem).match(/.{1,76}/g) ?? []).join(
        '\n',
      ),
    }
    for (const [kind, text] of Object.entries(files)) {
      expect([kind, await codeOf(Buffer.from(`${ca.pem}${text}\n`))]).toEqual([kind, 'private-key-refused'])
      expect([kind, await codeOf(Buffer.from(text))]).toEqual([kind, 'private-key-refused'])
      expect([kind, await codeOf(zipOf({ 'ca.pem': ca.pem, 'x.json': text }))]).toEqual([kind, 'private-key-refused'])
    }
  })

  it('may hold public keys and certificates in these shapes beside its PEM', async () => {
    const publicKey = createPublicKey(key)
    const spki = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
    const beside = {
      'a public JWK': JSON.stringify(publicKey.export({ format: 'jwk' })),
      'a public key in base64': spki,
      'a public key of a curve': createPublicKey(edwards).export({ type: 'spki', format: 'der' }).toString('base64'),
      'a certificate in base64': Buffer.from(other.der).toString('base64'),
      'a PEM certificate in base64': Buffer.from(other.pem).toString('base64'),
      words: 'M'.repeat(200),
    }
    for (const [kind, text] of Object.entries(beside)) {
      expect([kind, await fingerprints(Buffer.from(`${ca.pem}${text}\n`))]).toEqual([kind, [ca.sha256]])
    }
  })

  it('without any certificate is refused', async () => {
    expect(await codeOf(Buffer.from('hello'))).toBe('unreadable-input')
    expect(await codeOf(Buffer.of())).toBe('unreadable-input')
    expect(await codeOf(Buffer.from('-----BEGIN PUBLIC KEY-----\n'))).toBe('unreadable-input')
    const empty = Buffer.from('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')
    expect(await codeOf(empty)).toBe('malformed-der')
    expect(await codeOf(zipOf({}))).toBe('unreadable-input')
  })

  it.each([10 * 1024 * 1024 + 1, 50 * 1024 * 1024])('of %i bytes is refused unread', async (size) => {
    const bytes = Buffer.alloc(size, '-----BEGIN ')
    const cost = await cpuTimeMs(async () => expect(await codeOf(bytes)).toBe('too-large'))
    expect(cost).toBeLessThan(100)
  })

  it.each([
    ['beginnings of PEM', Buffer.alloc(10 * 1024 * 1024, '-----BEGIN CERTIFICATE-----\n'), 'too-many-parts'],
    [
      'one PEM block',
      Buffer.alloc(10 * 1024 * 1024, 'A').fill('-----BEGIN CERTIFICATE-----', 0, 27),
      'unreadable-input',
    ],
    ['base64 that begins as keys do', Buffer.alloc(10 * 1024 * 1024, `MA${'M'.repeat(30)} `), 'unreadable-input'],
    ['PEM in base64, again and again', Buffer.alloc(10 * 1024 * 1024, 'LS0tLS1CRUdJTi '), 'unreadable-input'],
    ['what begins almost as a key does', Buffer.alloc(10 * 1024 * 1024, '300201000200', 'hex'), 'malformed-der'],
    ['zeros that begin as DER does', Buffer.alloc(10 * 1024 * 1024).fill(0x30, 0, 1), 'malformed-der'],
  ])('as large as may be, of %s, costs little', async (_what, bytes, code) => {
    const cost = await cpuTimeMs(async () => expect(await codeOf(bytes)).toBe(code))
    // A tenth of a minute on a slow machine; what grows with the square of these bytes takes hours.
    expect(cost).toBeLessThan(6000)
  })

  it('of arbitrary bytes ends in certificates or a coded error', async () => {
    const zip = zipOf({ 'ca.pem': ca.pem })
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 600 }),
      // A certificate, a bag or a ZIP with one byte changed gets further in.
      ...[ca.der, bagDer, zip].map((whole) =>
        fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([at, value]) => Uint8Array.from(whole).with(at, value)),
      ),
      fc
        .string({ maxLength: 300 })
        .map((text) => Buffer.from(`-----BEGIN CERTIFICATE-----${text}-----END CERTIFICATE-----`)),
    )
    const codes = [
      'malformed-der',
      'unreadable-input',
      'private-key-refused',
      'too-large',
      'too-many-parts',
      'too-deep',
    ]
    await fc.assert(
      fc.asyncProperty(bytes, async (input) => {
        try {
          await readAnchorFile(input)
        } catch (thrown) {
          expect(codes).toContain(thrown instanceof GatewayError ? thrown.code : `uncoded: ${thrown}`)
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('a ZIP of certificates', () => {
  it('says which of its files cannot be read, by a name that cannot disturb', async () => {
    const said = await fault(zipOf({ 'ca.pem': ca.pem, 'læs\u0007\u202emig.txt': 'hello' }))
    expect(said).toMatchObject({ code: 'unreadable-input', facts: { entry: 'læs??mig.txt' } })
    expect(said.message).toBe('"læs??mig.txt": The file is neither PEM nor DER')
  })

  it.each([
    ['a ZIP', makeZip([{ name: 'in.zip', bytes: zipOf({ 'ca.pem': ca.pem }) }]), 'unreadable-input'],
    [
      'more than is declared',
      makeZip([{ name: 'a', bytes: Buffer.alloc(5000), lies: { size: 10 } }]),
      'unreadable-input',
    ],
    ['other than its checksum says', makeZip([{ name: 'a', bytes: ca.der, lies: { crc: 1 } }]), 'unreadable-input'],
    ['what is encrypted', makeZip([{ name: 'a', bytes: ca.der, lies: { flags: 1 } }]), 'unreadable-input'],
    ['a way out of the folder', zipOf({ '../ca.pem': ca.pem }), 'unreadable-input'],
    [
      'too many files',
      makeZip(Array.from({ length: 201 }, (_, i) => ({ name: `${i}`, bytes: ca.der }))),
      'too-many-parts',
    ],
    ['too much in one file', zipOf({ bomb: Buffer.alloc(11 * 1024 * 1024) }), 'too-large'],
    [
      'too much in all',
      makeZip([1, 2, 3].map((i) => ({ name: `${i}`, bytes: Buffer.alloc(4 * 1024 * 1024) }))),
      'too-large',
    ],
  ])('with %s in it is refused', async (_what, zip, code) => {
    expect(await codeOf(zip)).toBe(code)
  })
})

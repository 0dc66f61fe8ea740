import { deflateRawSync, deflateSync } from 'node:zlib'
import {
  createCleartextMessage,
  createMessage,
  enums,
  generateKey,
  type PrivateKey,
  reformatKey,
  revokeKey,
  sign,
} from 'openpgp'
import { beforeAll, describe, expect, it } from 'vitest'
import { describeVerdict, type VerifyOptions, verifyDocument } from '../../../src/verify/index.ts'
import { cpuTimeMs } from '../../support/cpu-time.ts'

const NOW = new Date('2026-11-20T12:00:00Z')
const MADE = new Date('2026-01-10T12:00:00Z')
const SIGNED = new Date('2026-11-10T12:00:00Z')
const USER = { name: 'Kai Jensen', email: 'kai@example.dk' }
const TEXT = 'Tanken er sløjfet.\n- tom linje \t\n\nKai'

type KeyOptions = Partial<Parameters<typeof generateKey>[0]>

async function makeKey(options: KeyOptions = {}): Promise<PrivateKey> {
  const made = await generateKey({
    ...{ type: 'curve25519', userIDs: [USER], date: MADE, subkeys: [] },
    ...options,
    format: 'object',
  } as Parameters<typeof generateKey>[0] & { format: 'object' })
  return made.privateKey
}

const publicOf = (key: PrivateKey): Uint8Array => new Uint8Array(key.toPublic().write())
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))

async function signText(key: PrivateKey, text = TEXT, date = SIGNED): Promise<Uint8Array> {
  const message = await createCleartextMessage({ text })
  return bytes(await sign({ message, signingKeys: key, date, config: LENIENT }))
}
/** What openpgp.js refuses to make by default is what we want to see refused. */
const LENIENT = { rejectHashAlgorithms: new Set<enums.hash>(), rejectMessageHashAlgorithms: new Set<enums.hash>() }

async function signDetached(key: PrivateKey, content: Uint8Array, date = SIGNED): Promise<Uint8Array> {
  const message = await createMessage({ binary: content })
  return sign({ message, signingKeys: key, date, detached: true, format: 'binary' })
}

async function signMessage(key: PrivateKey, content: Uint8Array): Promise<Uint8Array> {
  const message = await createMessage({ binary: content, format: 'binary' })
  return sign({ message, signingKeys: key, date: SIGNED, format: 'binary' })
}

function judge(document: Uint8Array, keys: readonly Uint8Array[], options: Partial<VerifyOptions> = {}) {
  return verifyDocument(document, { validationTime: NOW, trustAnchors: [], openpgpKeys: keys, ...options })
}

const verdict = (report: ReturnType<typeof judge>) => {
  const [one, ...more] = report.signatures
  expect(more).toEqual([])
  return {
    indication: one?.indication,
    subIndication: one?.subIndication,
    codes: one?.findings.map(({ code }) => code),
  }
}

const PASSED = { indication: 'TOTAL-PASSED', subIndication: null, codes: [] }

let kai: PrivateKey
beforeAll(async () => {
  kai = await makeKey()
})

describe('an OpenPGP signature', () => {
  it.each<[string, KeyOptions]>([
    ['EdDSA as GnuPG makes it', { type: 'ecc', curve: 'ed25519Legacy' }],
    ['Ed25519 of version 6', { config: { v6Keys: true } }],
    ['Ed448 of version 6', { type: 'curve448', config: { v6Keys: true } }],
    ['ECDSA on P-256', { type: 'ecc', curve: 'nistP256' }],
    ['ECDSA on P-521', { type: 'ecc', curve: 'nistP521' }],
    ['RSA of 3072 bits', { type: 'rsa', rsaBits: 3072 }],
    ['a subkey', { subkeys: [{ sign: true }] }],
  ])('by %s passes, and not with a bit changed in it', async (_, options) => {
    const key = await makeKey(options)
    const content = bytes(TEXT)
    const [text, detached, message] = [
      await signText(key),
      await signDetached(key, content),
      await signMessage(key, content),
    ]
    const keys = [publicOf(key)]
    for (const document of [text, message]) expect(verdict(judge(document, keys))).toEqual(PASSED)
    expect(verdict(judge(detached, keys, { content }))).toEqual(PASSED)
    const [report] = judge(text, keys).signatures
    expect(report).toMatchObject({
      ...{ kind: 'openpgp', intact: true, trusted: true, revocation: 'exempt', signer: null },
      fingerprint: key.getFingerprint().toUpperCase(),
      userIds: ['Kai Jensen <kai@example.dk>'],
      claimedSigningTime: SIGNED.toISOString(),
    })
    // The signature's value ends a detached signature, and its content ends nothing: each in turn.
    for (const at of [detached.length - 1, detached.length - 9]) {
      const flipped = Uint8Array.from(detached)
      flipped[at] = (flipped[at] ?? 0) ^ 1
      expect(judge(flipped, keys, { content }).indication).not.toBe('TOTAL-PASSED')
    }
    expect(verdict(judge(detached, keys, { content: bytes(`${TEXT}!`) }))).toMatchObject({
      indication: 'TOTAL-FAILED',
      subIndication: 'HASH_FAILURE',
    })
  })

  it('passes in no file of which any octet is changed', async () => {
    const keys = [publicOf(kai)]
    const message = await signMessage(kai, bytes('kort'))
    const text = await signText(kai, 'kort')
    for (const document of [message, text]) {
      const shown = document === text ? Buffer.from(text).indexOf('kort') : -1
      for (let at = 0; at < document.length; at++) {
        const flipped = Uint8Array.from(document)
        flipped[at] = (flipped[at] ?? 0) ^ 0x04
        const passes = judge(flipped, keys).indication === 'TOTAL-PASSED'
        if (!passes) continue
        // What may change: a literal's name and date, which nobody signs, unhashed subpackets, and a comment of armour.
        expect(shown < 0 || at < shown || at >= shown + 4).toBe(true)
        expect(Buffer.from(flipped).includes('kort')).toBe(true)
      }
    }
  })

  it.each([
    [
      'in front of the signature',
      (text: string) => text.replace('-----BEGIN PGP SIG', 'Betal 900 kr.\r-----BEGIN PGP SIG'),
    ],
    [
      'behind its first line',
      (text: string) => text.replace('PGP SIGNATURE-----', 'PGP SIGNATURE-----\rBetal 900 kr.'),
    ],
    ['in a line of the armour', (text: string) => text.replace('PGP SIGNATURE-----\n', '$&A: b\rBetal 900 kr.\n')],
  ])('of a text holds nothing that a carriage return alone sets off %s', async (_where, plant) => {
    const text = Buffer.from(await signText(kai))
      .toString('latin1')
      .replaceAll('\r\n', '\n')
    const verdictOn = (one: string) => judge(new Uint8Array(Buffer.from(one, 'latin1')), [publicOf(kai)]).indication
    expect(verdictOn(text)).toBe('TOTAL-PASSED')
    const planted = plant(text)
    expect(planted).toContain('900 kr.')
    expect(verdictOn(planted)).not.toBe('TOTAL-PASSED')
  })

  it('of a text with white space without end costs no more than another', async () => {
    const text = Buffer.from(await signText(kai)).toString('latin1')
    const long = text.replace('tom linje', `${`x${' '.repeat(100_000)}y\n`.repeat(20)}tom linje`)
    const judgeLong = () => judge(new Uint8Array(Buffer.from(long, 'latin1')), [publicOf(kai)])
    expect(judgeLong().indication).toBe('TOTAL-FAILED')
    expect(await cpuTimeMs(judgeLong)).toBeLessThan(1000)
    const armour = `-----BEGIN PGP MESSAGE-----\n\nA${' '.repeat(200_000)}!\n-----END PGP MESSAGE-----\n`
    expect(await cpuTimeMs(() => judge(bytes(armour), []))).toBeLessThan(1000)
  })

  it('in a compressed message passes, and not where other data follows the compressed data', async () => {
    const message = await signMessage(kai, bytes('kort'))
    for (const [method, compress] of [
      [1, deflateRawSync],
      [2, deflateSync],
    ] as const) {
      // 0xa3: compressed data that runs to the end of the file.
      const compressed = Buffer.concat([Uint8Array.of(0xa3, method), compress(message)])
      expect(verdict(judge(compressed, [publicOf(kai)]))).toEqual(PASSED)
      for (const behind of [Buffer.alloc(1), compressed]) {
        const report = judge(Buffer.concat([compressed, behind]), [publicOf(kai)])
        expect(report.signatures).toEqual([])
        expect(report.error?.code).toBe('unsupported-input')
      }
    }
  })

  it('of a key that nobody handed in is undecided, and of no key counts', async () => {
    const other = await makeKey({ userIDs: [{ name: 'Else', email: 'else@example.dk' }] })
    const expected = { indication: 'INDETERMINATE', subIndication: 'NO_SIGNING_CERTIFICATE_FOUND' }
    for (const keys of [[], [publicOf(other)]]) {
      const report = judge(await signText(kai), keys)
      expect(verdict(report)).toMatchObject({ ...expected, codes: ['openpgp-key-unknown'] })
      expect(report.signatures[0]).toMatchObject({ trusted: false, intact: null, fingerprint: null, userIds: [] })
    }
  })

  it('of another version is not judged, and not called broken', async () => {
    // Version 3 (RFC 4880 §5.2.2), as PGP 5 made them: a binary signature by RSA and MD5.
    const body = Buffer.from(`0305003800000011223344556677880101abcd0008ff`, 'hex')
    const report = judge(Buffer.concat([Buffer.from([0xc2, body.length]), body]), [publicOf(kai)], {
      content: bytes('x'),
    })
    expect(verdict(report)).toEqual({
      ...{ indication: 'INDETERMINATE', subIndication: 'CUSTOM', codes: ['signature-format-not-judged'] },
    })
    expect(report.signatures[0]?.intact).toBeNull()
  })

  it('over content that is not at hand says so', async () => {
    const expected = { indication: 'INDETERMINATE', subIndication: 'SIGNED_DATA_NOT_FOUND' }
    expect(verdict(judge(await signDetached(kai, bytes('x')), [publicOf(kai)]))).toMatchObject(expected)
  })

  it('that carries its content is not one over other content that is handed in', async () => {
    const report = judge(await signMessage(kai, bytes('x')), [publicOf(kai)], { content: bytes('y') })
    expect(verdict(report)).toMatchObject({ indication: 'TOTAL-FAILED', subIndication: 'HASH_FAILURE' })
  })

  it('is said in words of its key, and never of a certificate', async () => {
    const report = judge(await signText(kai), [])
    expect(describeVerdict(report, 'da').headline).toContain('Vi kender ikke OpenPGP-nøglen')
    expect(describeVerdict(report, 'en').headline).not.toContain('certificate')
  })
})

describe('the key of a signature', () => {
  it('that has ended by the time of judging proves nothing, but for what was proven to exist before', async () => {
    const key = await makeKey({ keyExpirationTime: 305 * 24 * 3600 })
    const [document, keys] = [await signText(key), [publicOf(key)]]
    const expected = {
      indication: 'INDETERMINATE',
      subIndication: 'OUT_OF_BOUNDS_NO_POE',
      codes: ['openpgp-key-expired'],
    }
    expect(verdict(judge(document, keys))).toEqual(expected)
    expect(judge(document, keys).signatures[0]?.trusted).toBe(false)
    expect(verdict(judge(document, keys, { poe: new Date('2026-11-10T12:01:00Z') }))).toEqual(PASSED)
  })

  it('that was replaced counts for what was proven to exist before, one that was lost for nothing', async () => {
    const revoked = async (flag: enums.reasonForRevocation): Promise<Uint8Array> => {
      const { publicKey } = await revokeKey({
        ...{ key: kai, reasonForRevocation: { flag, string: '' }, date: new Date('2026-11-15T12:00:00Z') },
        format: 'object',
      })
      return new Uint8Array(publicKey.write())
    }
    const poe = new Date('2026-11-12T12:00:00Z')
    const document = await signText(kai)
    const { keySuperseded, keyCompromised } = enums.reasonForRevocation
    const expected = { indication: 'INDETERMINATE', subIndication: 'REVOKED_NO_POE', codes: ['openpgp-key-revoked'] }
    expect(verdict(judge(document, [await revoked(keySuperseded)]))).toEqual(expected)
    expect(verdict(judge(document, [await revoked(keySuperseded)], { poe }))).toEqual(PASSED)
    expect(verdict(judge(document, [await revoked(keyCompromised)], { poe }))).toEqual(expected)
    expect(judge(document, [await revoked(keyCompromised)]).signatures[0]).toMatchObject({ revocation: 'revoked' })
  })

  it('is not for signing where its owner says so, or vouches for it nowhere', async () => {
    const certifyOnly = await makeKey({ subkeys: [{ sign: true }] })
    const packets = certifyOnly.toPublic().toPacketList()
    // Without User IDs and their signatures nothing says what the primary key is for; the binding of the subkey stays.
    const bare = packets.filter((packet) => {
      const { tag } = packet.constructor as unknown as { tag: enums.packet }
      return tag === enums.packet.publicKey || tag === enums.packet.publicSubkey
    })
    const document = await signText(certifyOnly)
    expect(verdict(judge(document, [bytesOf(bare)]))).toMatchObject({
      indication: 'INDETERMINATE',
      subIndication: 'CHAIN_CONSTRAINTS_FAILURE',
      codes: ['openpgp-key-may-not-sign'],
    })
  })

  it("may not be somebody else's subkey that was bound without its own word", async () => {
    const victim = await makeKey({ subkeys: [{ sign: true }] })
    const thief = await makeKey({ userIDs: [{ name: 'Tyv', email: 'tyv@example.dk' }], subkeys: [{ sign: true }] })
    const document = await signText(victim)
    expect(verdict(judge(document, [publicOf(victim)]))).toEqual(PASSED)
    // The victim's subkey, with the binding that the thief made for his own.
    const mixed = thief.toPublic().toPacketList()
    const subkeyAt = mixed.findIndex((packet) => tagOf(packet) === enums.packet.publicSubkey)
    const stolen = victim
      .toPublic()
      .toPacketList()
      .find((packet) => tagOf(packet) === enums.packet.publicSubkey)
    mixed.splice(subkeyAt, 1, ...(stolen ? [stolen] : []))
    const report = judge(document, [bytesOf(mixed)])
    expect(verdict(report)).toMatchObject({ indication: 'INDETERMINATE', codes: ['openpgp-key-may-not-sign'] })
  })

  it('has only the User IDs that its owner made', async () => {
    const forged = await makeKey({ userIDs: [{ name: 'Borgmester', email: 'borgmester@example.dk' }] })
    const [own, others] = [kai.toPublic().toPacketList(), forged.toPublic().toPacketList()]
    const taken = others.filter((packet) => [enums.packet.userID, enums.packet.signature].includes(tagOf(packet)))
    own.push(...taken)
    const [report] = judge(await signText(kai), [bytesOf(own)]).signatures
    expect(report).toMatchObject({ indication: 'TOTAL-PASSED', userIds: ['Kai Jensen <kai@example.dk>'] })
  })

  it('takes the newest word of its owner: a later User ID is there, too', async () => {
    const { privateKey } = await reformatKey({
      ...{
        privateKey: kai,
        userIDs: [USER, { name: 'Kai J.', email: 'kj@example.dk' }],
        date: new Date('2026-11-01T12:00:00Z'),
      },
      format: 'object',
    })
    const [report] = judge(await signText(kai), [publicOf(privateKey)]).signatures
    expect(report?.userIds).toEqual(['Kai Jensen <kai@example.dk>', 'Kai J. <kj@example.dk>'])
  })

  it('did not sign before it was made, nor tomorrow', async () => {
    const late = await signText(kai, TEXT, new Date('2026-11-21T12:00:00Z'))
    expect(verdict(judge(late, [publicOf(kai)]))).toMatchObject({
      indication: 'INDETERMINATE',
      codes: ['claimed-time-in-future'],
    })
  })

  it('and its private half, handed in by mistake, is refused and trusts nothing', async () => {
    const report = judge(await signText(kai), [new Uint8Array(kai.write())])
    expect(report.findings.map(({ code }) => code)).toEqual(['evidence-unreadable'])
    expect(report.indication).toBe('INDETERMINATE')
  })
})

const tagOf = (packet: object): enums.packet => (packet.constructor as unknown as { tag: enums.packet }).tag
const bytesOf = (packets: object): Uint8Array => new Uint8Array((packets as { write: () => Uint8Array }).write())

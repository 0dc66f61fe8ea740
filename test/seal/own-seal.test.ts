import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/model/errors.ts'
import { appendAdminHistory } from '../../src/model/history.ts'
import type { OwnKey } from '../../src/model/own-key.ts'
import type { SealKeyKind } from '../../src/model/seal.ts'
import {
  createLocalKey,
  createOwnSeal,
  createSealer,
  issueCertificate,
  type MadeIdentity,
  makeCa,
  makeEndEntity,
  makeKeyPair,
  type SigningKey,
  sealAnchors,
  sealWarnings,
  validYears,
  warnOfKeyEnds,
  warnOfSealEnd,
} from '../../src/seal/index.ts'
import { verifyDocument } from '../../src/verify/index.ts'
import { silentLog } from '../casework/scene.ts'
import { memoryStore } from '../support/memory-store.ts'
import { NOW, plainPdf, testCa } from './identities.ts'

const validity = validYears(new Date('2026-01-01T00:00:00Z'), 2)
const sealOf = async (organization: string, ca?: MadeIdentity) =>
  makeEndEntity(ca ?? (await testCa()), {
    profile: 'seal',
    subject: { country: 'DK', organization, commonName: `${organization} segl` },
    validity,
    kind: 'ec-p256',
  })
const about = { reason: 'Godkendt', location: 'Søby', signingTime: NOW }
const clock = () => NOW

function scene(kind: SealKeyKind = 'pkcs12') {
  const store = memoryStore({ clock })
  const start = (open: () => Promise<SigningKey>) =>
    createOwnSeal({ store, clock, log: silentLog, kind, open, timestamp: null })
  return { store, start }
}

describe('the municipality’s seal', () => {
  it('is on record when it changes, with the one before, and not at every start', async () => {
    const { store, start } = scene()
    const [one, two] = [createLocalKey(await sealOf('Søby')), createLocalKey(await sealOf('Søby'))]
    await start(async () => one)
    await start(async () => one)
    const seal = await start(async () => two)
    const entries = (await store.adminHistory()).filter(({ event }) => event === 'seal-changed')
    expect(entries.map(({ payload }) => payload?.['before'])).toMatchObject([null, { kind: 'pkcs12' }])
    expect(seal.certificates().map(({ sha256 }) => sha256)).toHaveLength(2)
    expect(Buffer.from(seal.chain()[0] ?? [])).toEqual(Buffer.from(two.certificateChain[0] ?? []))
  })

  it('can be waited for: a start without it is a start, and the next approval reaches for it again', async () => {
    const { start } = scene('csc')
    const key = createLocalKey(await sealOf('Søby'))
    let isThere = false
    const away = () => Promise.reject(new GatewayError('seal-unavailable', 'away', { retryable: true }))
    const seal = await start(() => (isThere ? Promise.resolve(key) : away()))
    expect(seal.chain()).toEqual([])
    await expect(seal.sealPdf(await plainPdf(), about)).rejects.toMatchObject({
      code: 'seal-unavailable',
      retryable: true,
    })
    expect(seal.fault()?.code).toBe('seal-unavailable')
    isThere = true
    expect(Buffer.from(await seal.sealPdf(await plainPdf(), about)).toString('latin1')).toContain('/ByteRange')
    expect(seal.fault()).toBeNull()
  })

  it('that cannot be used ends the start', async () => {
    const { start } = scene()
    await expect(start(() => Promise.reject(new GatewayError('key-unusable', 'no')))).rejects.toMatchObject({
      code: 'key-unusable',
    })
  })

  it('does not try a refused PIN again: a token would lock itself', async () => {
    const { start } = scene('pkcs11')
    const key = createLocalKey(await sealOf('Søby'))
    let asked = 0
    const refusing: SigningKey = {
      ...key,
      sign: () => {
        asked += 1
        return Promise.reject(new GatewayError('key-unusable', 'no', { facts: { reason: 'CKR_PIN_INCORRECT' } }))
      },
    }
    const seal = await start(async () => refusing)
    for (let again = 0; again < 3; again += 1) {
      await expect(seal.sealPdf(await plainPdf(), about)).rejects.toMatchObject({ code: 'key-unusable' })
    }
    expect(asked).toBe(1)
  })

  it('knows its former copies, and of another’s CA nobody else’s seals', async () => {
    const { start } = scene()
    const former = createLocalKey(await sealOf('Søby Kommune'))
    await start(async () => former)
    const otherCa = await makeCa({ country: 'DK', commonName: 'Anden CA' }, validity, 'ec-p256')
    const seal = await start(async () => createLocalKey(await sealOf('Søby Kommune', otherCa)))
    const judge = async (key: SigningKey) => {
      const sealed = await createSealer({ key }).sealPdf(await plainPdf(), about)
      const trustAnchors = sealAnchors(seal.certificates())
      return (await verifyDocument(sealed, { trustAnchors, validationTime: NOW, checkRevocation: 'off' })).indication
    }
    expect(await judge(former)).toBe('TOTAL-PASSED')
    expect(await judge(createLocalKey(await sealOf('Firma A/S')))).not.toBe('TOTAL-PASSED')
  })

  it.each([
    ['2026-11-24T00:00:00Z', []],
    ['2027-11-01T00:00:00Z', [{ code: 'expires-soon', mark: 90 }]],
    ['2027-12-28T00:00:00Z', [{ code: 'expires-soon', mark: 7 }]],
    ['2028-02-01T00:00:00Z', [{ code: 'expired' }]],
    ['2025-02-01T00:00:00Z', [{ code: 'not-yet-valid' }]],
  ])('is warned of at %s', async (at, warnings) => {
    const { certificateChain } = await sealOf('Søby')
    expect(sealWarnings(certificateChain, new Date(at))).toMatchObject(warnings)
  })

  it('is warned of on record, once for each time that comes nearer', async () => {
    const { store, start } = scene()
    const seal = await start(async () => createLocalKey(await sealOf('Søby')))
    const days = ['2027-11-01', '2027-11-02', '2027-12-10', '2027-12-30', '2027-12-31']
    const warned: boolean[] = []
    for (const day of days) {
      const at = `${day}T08:00:00.000Z`
      const current = seal.certificates().at(-1)
      warned.push(await store.commit((write) => warnOfSealEnd(write, current, at, appendAdminHistory)))
    }
    expect(warned).toEqual([true, false, true, true, false])
    const said = (await store.adminHistory()).filter(({ event }) => event === 'seal-ends-soon')
    expect(said.map(({ payload }) => payload?.['mark'])).toEqual([90, 30, 7])
  })

  it('and the keys for mail with it', async () => {
    const { store } = scene()
    const at = '2026-01-01T00:00:00.000Z'
    const key: OwnKey = {
      id: 'ab'.repeat(20),
      kind: 'openpgp',
      state: 'active',
      source: 'self-made',
      certificate: '',
      subject: 'Søby',
      addresses: [],
      algorithm: 'Ed25519',
      file: 'x',
      createdAt: at,
      expiresAt: '2027-12-31T00:00:00.000Z',
      stateSince: at,
      reason: null,
      backedUpAt: null,
    }
    await store.commit((write) => write.addOwnKey(key))
    const warned: number[] = []
    for (const day of ['2027-09-01', '2027-11-01', '2027-11-02', '2027-12-10', '2027-12-30']) {
      warned.push(await store.commit((write) => warnOfKeyEnds(write, `${day}T08:00:00.000Z`, appendAdminHistory)))
    }
    expect(warned).toEqual([0, 1, 0, 1, 1])
  })

  it('is warned of where its issuers are not at hand, or end before a root, or its key is weak', async () => {
    const { certificateChain } = await sealOf('Søby')
    const codes = (chain: readonly Uint8Array[]) => sealWarnings(chain, NOW).map(({ code }) => code)
    expect(codes(certificateChain.slice(0, 1))).toEqual(['no-issuers'])
    expect(codes(certificateChain)).toEqual([])
    const issuing = await makeKeyPair('ec-p256')
    const subject = { commonName: 'Udstedende CA' }
    const ca = await testCa()
    const certificate = issueCertificate({ profile: 'ca', subject, publicKey: issuing.publicKey, ...validity }, ca)
    const below = { ...issuing, certificate, certificatePem: '', certificateChain: [certificate, ca.certificate] }
    const chain = (await sealOf('Søby', below)).certificateChain
    expect(codes(chain)).toEqual([])
    expect(sealWarnings(chain.slice(0, 2), NOW)).toEqual([
      { code: 'incomplete-chain', issuer: expect.stringContaining('Prøve-CA') },
    ])
    const weak = await makeEndEntity(await testCa(), {
      profile: 'seal',
      subject: { commonName: 'x' },
      validity,
      kind: 'rsa-2048',
    })
    expect(codes(weak.certificateChain)).toEqual(['weak-key'])
  })
})

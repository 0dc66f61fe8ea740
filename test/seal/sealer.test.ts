import { X509Certificate } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/model/errors.ts'
import { findCatalog, openPdf } from '../../src/model/pdf/index.ts'
import { createLocalKey, createSealer, ensureMunicipalityKeys, readPkcs12, writePkcs12 } from '../../src/seal/index.ts'
import { citizen, NOW, plainPdf } from './identities.ts'

const root = mkdtempSync(join(tmpdir(), 'poststempel-seal-'))
afterAll(() => rmSync(root, { recursive: true }))
const municipality = { name: 'Søby Kommune', address: 'post@soeby.example', cvr: '12345678' }
const openSealer = async (pkcs12: Uint8Array, passphrase: string) =>
  createSealer({ key: createLocalKey(readPkcs12(pkcs12, passphrase)) })
const codeOf = async (work: Promise<unknown>): Promise<string> =>
  await work.then(
    () => 'nothing was thrown',
    (thrown) => (thrown instanceof GatewayError ? thrown.code : String(thrown)),
  )

describe('the municipality keys', () => {
  it('are made once, kept with mode 0600 and loaded the same afterwards', async () => {
    const dataDir = join(root, 'first')
    const made = await ensureMunicipalityKeys(dataDir, municipality, () => NOW)
    expect(made.source).toBe('self-made')
    const files = readdirSync(join(dataDir, 'keys'))
    expect(files).toContain('seal.p12')
    expect(files.filter((name) => (statSync(join(dataDir, 'keys', name)).mode & 0o777) !== 0o600)).toEqual([])
    expect(readdirSync(dataDir)).toEqual(['keys'])
    const again = await ensureMunicipalityKeys(dataDir, { ...municipality, name: 'Anden' })
    expect(Buffer.from(again.sealPkcs12).equals(Buffer.from(made.sealPkcs12))).toBe(true)
    expect(again.openpgp).toEqual(made.openpgp)
    const seal = new X509Certificate(readPkcs12(made.sealPkcs12, made.sealPassphrase).certificateChain[0] ?? '')
    expect(seal.subject).toContain('organizationIdentifier=NTRDK-12345678')
    expect(seal.checkIssued(new X509Certificate(made.sealCaPem ?? ''))).toBe(true)
  })

  it('two processes that start at once agree on one set', async () => {
    const dataDir = join(root, 'race')
    const [a, b] = await Promise.all([
      ensureMunicipalityKeys(dataDir, municipality),
      ensureMunicipalityKeys(dataDir, municipality),
    ])
    expect(a.openpgp.fingerprint).toBe(b.openpgp.fingerprint)
    expect(readdirSync(dataDir)).toEqual(['keys'])
  })

  it('what a kill left half made is not taken for keys', async () => {
    const dataDir = join(root, 'half')
    mkdirSync(join(dataDir, 'keys-making-abc'), { recursive: true })
    writeFileSync(join(dataDir, 'keys-making-abc/seal.p12'), 'half')
    const keys = await ensureMunicipalityKeys(dataDir, municipality)
    expect(keys.source).toBe('self-made')
    expect(await codeOf(openSealer(keys.sealPkcs12, keys.sealPassphrase))).toBe('nothing was thrown')
  })

  it('a seal that the admin put there is taken as imported; a wrong passphrase is said at start', async () => {
    const dataDir = join(root, 'imported')
    const identity = await citizen()
    mkdirSync(join(dataDir, 'keys'), { recursive: true })
    writeFileSync(join(dataDir, 'keys/seal.p12'), writePkcs12(identity, 'hemmelig', 'Segl'))
    expect(await codeOf(ensureMunicipalityKeys(dataDir, municipality))).toBe('key-unusable')
    writeFileSync(join(dataDir, 'keys/seal.passphrase'), 'forkert\n')
    expect(await codeOf(ensureMunicipalityKeys(dataDir, municipality))).toBe('key-unusable')
    writeFileSync(join(dataDir, 'keys/seal.passphrase'), 'hemmelig\n')
    const keys = await ensureMunicipalityKeys(dataDir, municipality)
    expect(keys.source).toBe('imported')
    expect(keys.sealCaPem).toBeNull()
    expect(readFileSync(join(dataDir, 'keys/keys.json'), 'utf8')).not.toContain('hemmelig')
  })
})

describe('the sealer', () => {
  it('seals as the last revision, certified so that nothing may change', async () => {
    const { certificateChain, privateKey } = await citizen()
    const pkcs12 = writePkcs12({ certificateChain, privateKey }, 'p', 'Segl')
    const sealer = await openSealer(pkcs12, 'p')
    expect(sealer.certificateChain.length).toBe(2)
    const sealed = await sealer.sealPdf(await plainPdf(), { reason: 'Godkendt', location: 'Søby', signingTime: NOW })
    const file = openPdf(sealed)
    expect(findCatalog(file).dictionary.entries.has('Perms')).toBe(true)
    expect(Buffer.from(sealed).toString('latin1')).toMatch(/\/TransformParams <<\s*\/Type \/TransformParams\s*\/P 1/)
  })

  it('refuses a wrong passphrase, a damaged file, and a time outside its certificate', async () => {
    const pkcs12 = writePkcs12(await citizen(), 'p', 'Segl')
    expect(await codeOf(openSealer(pkcs12, 'q'))).toBe('key-unusable')
    expect(await codeOf(openSealer(pkcs12.subarray(0, 200), 'p'))).toBe('key-unusable')
    const sealer = await openSealer(pkcs12, 'p')
    const late = { reason: '', location: '', signingTime: new Date('2040-01-01T00:00:00Z') }
    expect(await codeOf(sealer.sealPdf(await plainPdf(), late))).toBe('key-unusable')
  })
})

import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { run } from '../../src/cli/keys.ts'
import { keyFolder, makeCa, makeEndEntity, reconcileKeys, validYears } from '../../src/seal/index.ts'
import { makeOpenPgpKey } from '../../src/seal/openpgp-keys.ts'
import { createStore } from '../../src/store/index.ts'
import { makePkcs12 } from '../seal/make-pkcs12.ts'

const folder = mkdtempSync(join(tmpdir(), 'poststempel-keys-cli-'))
const path = (name: string): string => join(folder, name)
const data = ['--data', path('data')]
const by = ['--by', 'Ane']
const passphrase = ['--passphrase-file', path('passphrase')]
let out = ''
let err = ''
const log = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** A data folder on which a gateway has run once. */
beforeAll(async () => {
  const clock = () => new Date()
  const made = await makeOpenPgpKey({
    name: 'Demo',
    address: 'post@demokobing.example',
    since: new Date(Date.now() - 60_000),
  })
  await keyFolder(path('data')).write('openpgp-private.asc', made.privateKeyArmored)
  const store = await createStore({ dataDir: path('data'), database: { engine: 'sqlite' }, clock })
  await reconcileKeys({ store, folder: keyFolder(path('data')), clock, log })
  await store.close()
  writeFileSync(path('passphrase'), 'en lang adgangssætning\n')
})
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(() => {
  out = ''
  err = ''
  const into = (line: string) => {
    out += `${line}\n`
  }
  vi.spyOn(console, 'log').mockImplementation(into)
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text)
    return true
  })
  vi.spyOn(console, 'error').mockImplementation((line) => {
    err += `${line}\n`
  })
})
afterEach(() => vi.restoreAllMocks())

async function listed(where = data): Promise<readonly Record<string, unknown>[]> {
  out = ''
  expect(await run(['list', ...where])).toBe(0)
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

it('lists the keys without their private halves, and warns where there is no backup', async () => {
  const [key] = await listed()
  expect(key).toMatchObject({ kind: 'openpgp', state: 'active', source: 'self-made' })
  expect(key?.['warnings']).toEqual(['there is no backup of it: poststempel keys backup FILE'])
  expect(out).not.toMatch(/PRIVATE|BEGIN/)
})

it('says who does it, or does nothing', async () => {
  expect(await run(['rotate', ...data])).toBe(2)
  expect(err).toContain('--by NAME')
  expect(await run(['make', ...data, ...by])).toBe(2)
  expect(err).toContain('keys rotate')
  expect(await listed()).toHaveLength(1)
})

it('rotates, shows what was done and by whom, and revokes the former one with a reason', async () => {
  expect(await run(['rotate', ...data, ...by, '--until', '2099-01-01'])).toBe(0)
  const [former, active] = await listed()
  expect([former?.['state'], active?.['state']]).toEqual(['former', 'active'])
  const id = String(former?.['id'])
  out = ''
  expect(await run(['show', id.slice(0, 8), ...data])).toBe(0)
  expect(out).toContain('own-key-retired by cli:Ane')
  expect(out).toContain('BEGIN PGP PUBLIC KEY BLOCK')
  expect(await run(['revoke', id, ...data, ...by])).toBe(2)
  expect(await run(['revoke', id, '--reason', 'Prøve', ...data, ...by])).toBe(0)
  expect(await run(['revoke', String(active?.['id']), '--reason', 'Prøve', ...data, ...by])).toBe(2)
  expect((await listed()).map(({ state }) => state)).toEqual(['revoked', 'active'])
})

it('moves the end of a key', async () => {
  const id = String((await listed())[1]?.['id'])
  expect(await run(['extend', id, ...data, ...by])).toBe(2)
  expect(await run(['extend', id, '--until', 'en dag', ...data, ...by])).toBe(2)
  expect(await run(['extend', id, '--until', 'never', ...data, ...by])).toBe(0)
  expect((await listed())[1]?.['expiresAt']).toBeNull()
})

it('prints the request alone, so that it can be sent to a CA', async () => {
  expect(await run(['make', '--kind', 'smime', '--algorithm', 'ec-p256', ...data, ...by])).toBe(0)
  expect(out.startsWith('-----BEGIN CERTIFICATE REQUEST-----')).toBe(true)
  expect(err).toContain('Send this request to the CA')
  expect(await run(['make', '--kind', 'smime', '--algorithm', 'rsa-1024', ...data, ...by])).toBe(2)
})

it('takes in PKCS #12 with the passphrase from a file, and says why another is refused', async () => {
  const validity = validYears(new Date('2026-01-01'), 50)
  const ca = await makeCa({ commonName: 'CA' }, validity, 'ec-p256')
  const make = async (email: string) => {
    const { privateKey, certificateChain } = await makeEndEntity(ca, {
      ...{ profile: 'mail', subject: { commonName: 'Demo' }, email, validity, kind: 'ec-p256' },
    })
    return makePkcs12(privateKey, certificateChain, 'en lang adgangssætning')
  }
  writeFileSync(path('ours.p12'), await make('post@demokobing.example'))
  writeFileSync(path('theirs.p12'), await make('anden@demokobing.example'))
  expect(await run(['import', path('theirs.p12'), ...passphrase, ...data, ...by])).toBe(2)
  expect(err).toContain('does not carry the municipality’s mail address')
  expect(await run(['import', path('ours.p12'), ...data, ...by])).toBe(2)
  expect(await run(['import', path('ours.p12'), ...passphrase, ...data, ...by])).toBe(0)
  expect((await listed()).at(-1)).toMatchObject({ kind: 'smime', state: 'active', source: 'imported' })
})

it('backs up into a new file alone, and restores into a new data folder', async () => {
  const file = path('keys.backup')
  expect(await run(['backup', file, ...passphrase, ...data, ...by])).toBe(0)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const before = readFileSync(file)
  expect(await run(['backup', file, ...passphrase, ...data, ...by])).toBe(2)
  expect(readFileSync(file).equals(before)).toBe(true)
  const keys = await listed()
  expect(keys.map(({ warnings }) => warnings)).toEqual(keys.map(() => []))
  const there = ['--data', path('new')]
  writeFileSync(path('wrong'), 'noget andet end før')
  expect(await run(['restore', file, '--passphrase-file', path('wrong'), ...there, ...by])).toBe(2)
  expect(existsSync(path('new/keys'))).toBe(false)
  expect(await run(['restore', file, ...passphrase, ...there, ...by])).toBe(0)
  const ids = (rows: readonly Record<string, unknown>[]) => rows.map(({ id, state }) => `${id} ${state}`)
  expect(ids(await listed(there))).toEqual(ids(keys))
})

it('asks nobody where nobody sits', async () => {
  expect(await run(['backup', path('other.backup'), ...data, ...by])).toBe(2)
  expect(err).toContain('--passphrase-file')
  expect(existsSync(path('other.backup'))).toBe(false)
})

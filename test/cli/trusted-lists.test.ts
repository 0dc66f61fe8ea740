import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { makeList } from '../../scripts/fixtures/trusted-list.ts'
import { run } from '../../src/cli/trusted-lists.ts'
import type { Store } from '../../src/model/store.ts'
import { type MadeIdentity, makeCa } from '../../src/seal/index.ts'
import { createStore } from '../../src/store/index.ts'
import { readCertificate } from '../../src/trust/index.ts'

const validity = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2049-01-01T00:00:00Z') }
let denmark: MadeIdentity
let ca: MadeIdentity
let signer = ''
beforeAll(async () => {
  const make = (commonName: string) => makeCa({ country: 'DK', commonName }, validity, 'ec-p256')
  ;[denmark, ca] = await Promise.all([make('Tilsyn'), make('CA')])
  signer = readCertificate(denmark.certificate).sha256
})

let folder = ''
let out = ''
let store: Store
const path = (file: string): string => join(folder, file)
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'poststempel-lists-'))
  out = ''
  const heard = (line: string) => {
    out += `${line}\n`
  }
  vi.spyOn(console, 'log').mockImplementation(heard)
  vi.spyOn(console, 'error').mockImplementation(heard)
  store = await createStore({ dataDir: path('data'), database: { engine: 'sqlite' }, clock: () => new Date() })
  const statuses = [['granted', '2021-01-01T00:00:00Z']] as const
  const services = [{ name: 'CA', type: 'CA/QC', certificates: [ca.certificate], statuses }]
  const nextUpdate = '2048-01-01T00:00:00Z'
  writeFileSync(path('dk.xml'), makeList({ territory: 'DK', services, nextUpdate }, denmark))
  writeFileSync(path('config.json'), '{}')
})
afterEach(async () => {
  await store.close()
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

const lists = (...args: readonly string[]) => run([...args, '--data', path('data'), '--config', path('config.json')])
const CHANGE = ['--reason', 'aftale', '--by', 'ida'] as const
const anchors = async () => (await store.listAnchors()).map(({ source }) => source)

describe('poststempel trusted-lists', () => {
  it('shows what a list from a file would bring, and changes nothing without --yes', async () => {
    expect(await lists('import', path('dk.xml'), '--signer', signer, ...CHANGE)).toBe(0)
    expect(out).toContain('DK 1, Prøvetilsynet: 1 certificates')
    expect(out).toContain('Nothing was changed.')
    expect(await anchors()).toEqual([])
  })

  it('puts it in use, shows it, and takes it out again', async () => {
    expect(await lists('import', path('dk.xml'), '--signer', signer, '--yes', ...CHANGE)).toBe(0)
    expect(await anchors()).toEqual(['trusted-list:DK'])
    out = ''
    expect(await lists('show', 'dk')).toBe(0)
    expect(out).toContain(`signed by    ${signer}`)
    expect(out).toContain('from         a file')
    expect(out).toContain('Prøve A/S: CA; document; 2021-01-01T00:00:00.000Z to now')
    expect(await lists('drop', 'DK', ...CHANGE)).toBe(0)
    expect(await anchors()).toEqual([])
  })

  it('follows a list at its own address', async () => {
    const server = createServer((_request, response) => response.end(readFileSync(path('dk.xml'))))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/dk.xml`
    try {
      writeFileSync(path('config.json'), JSON.stringify({ validationData: { allowedNetworks: ['127.0.0.0/8'] } }))
      expect(await lists('follow', url, '--yes', ...CHANGE)).toBe(2)
      expect(out).toContain('give --signer SHA256')
      expect(await lists('follow', url, '--signer', signer, '--yes', ...CHANGE)).toBe(0)
    } finally {
      server.close()
    }
    expect(out).toContain(`signed by ${signer}; by the fingerprint that was typed`)
    expect((await store.trustedLists()).map((one) => [one.url, one.vouched])).toEqual([[url, 'typed-fingerprint']])
  })

  it('reads the list that counted at a time again, and writes its document as it was signed', async () => {
    expect(await lists('import', path('dk.xml'), '--signer', signer, '--yes', ...CHANGE)).toBe(0)
    const now = new Date().toISOString()
    out = ''
    expect(await lists('show', 'DK', '--at', now)).toBe(0)
    expect(out).toContain(`signed by    ${signer} (verified again)`)
    expect(out).toContain('Prøve A/S: CA; document; 2021-01-01T00:00:00.000Z to now')
    expect(await lists('export', 'DK', '--out', path('kept.xml'))).toBe(0)
    expect(readFileSync(path('kept.xml'))).toEqual(readFileSync(path('dk.xml')))
    expect(await lists('export', 'DK', '--out', path('none.xml'), '--at', '2026-01-01')).toBe(2)
    expect(out).toContain('No list of DK is kept that counted at 2026-01-01T00:00:00.000Z')
    expect(await lists('export', 'DK')).toBe(2)
    expect(await lists('export', 'DK', '--out', path('no/such/folder.xml'))).toBe(2)
  })

  it('takes nothing whose signer has another fingerprint', async () => {
    expect(await lists('import', path('dk.xml'), '--signer', 'ab'.repeat(32), '--yes', ...CHANGE)).not.toBe(0)
    expect(await anchors()).toEqual([])
  })

  it('says what it does not know', async () => {
    expect(await lists('show', 'SE')).toBe(2)
    expect(out).toContain('no list of SE is in use')
    expect(await lists('import', path('dk.xml'), ...CHANGE)).toBe(2)
    expect(await lists('Denmark')).toBe(2)
  })
})

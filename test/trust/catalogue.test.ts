import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/model/errors.ts'
import { sha256Hex } from '../../src/model/ids.ts'
import { makeCa, makeEndEntity, validYears } from '../../src/seal/index.ts'
import { loadCatalogue } from '../../src/trust/catalogue.ts'

const folder = mkdtempSync(join(tmpdir(), 'poststempel-catalogue-'))
afterAll(() => rmSync(folder, { recursive: true }))
const certs = join(import.meta.dirname, '../../certs')
const validity = validYears(new Date('2026-01-01T00:00:00Z'), 10)
const ca = await makeCa({ country: 'DK', organization: 'Prøve', commonName: 'Prøve-CA' }, validity, 'ec-p256')
writeFileSync(join(folder, 'ca.pem'), ca.certificatePem)

const entry = {
  id: 'proeve-ca',
  subject: 'CN=Prøve-CA, O=Prøve, C=DK',
  fingerprint: sha256Hex(ca.certificate),
  source: { url: 'https://ca.example/root.pem', takenOn: '2026-11-24', confirmedBy: 'trusted list' },
  purposes: ['document'],
  note: '',
  file: 'ca.pem',
}
const load = async (...anchors: unknown[]): Promise<string> => {
  writeFileSync(join(folder, 'catalogue.json'), JSON.stringify({ version: 1, anchors }))
  try {
    return `${(await loadCatalogue(folder)).length} loaded`
  } catch (thrown) {
    if (thrown instanceof GatewayError && thrown.code === 'configuration') return thrown.message
    throw thrown
  }
}

describe('the catalogue of anchors', () => {
  it('that comes with the product loads, and no private key lies beside it', async () => {
    const entries = await loadCatalogue(certs)
    const files = readdirSync(certs)
    expect(files.sort()).toEqual(
      ['README.md', 'catalogue.json', 'list-of-lists.json', ...entries.map((one) => one.file)].sort(),
    )
    for (const file of files) expect(readFileSync(join(certs, file), 'latin1')).not.toContain('PRIVATE KEY-----')
  })

  it('gives a certificate that is what its entry says', async () => {
    expect(await load(entry)).toBe('1 loaded')
  })

  it('refuses another certificate under a known fingerprint', async () => {
    expect(await load({ ...entry, fingerprint: 'ab'.repeat(32) })).toContain('its file has the fingerprint')
    expect(await load({ ...entry, subject: 'CN=Anden' })).toContain('subject')
  })

  it('refuses an entry without its origin, outside its folder, twice, or without a file', async () => {
    expect(await load({ ...entry, source: { ...entry.source, url: 'http://ca.example/' } })).toContain('url')
    expect(await load({ ...entry, source: { ...entry.source, confirmedBy: '' } })).toContain('confirmedBy')
    expect(await load({ ...entry, file: '../ca.pem' })).toContain('a plain file name')
    expect(await load(entry, { ...entry, id: 'igen' })).toContain('twice')
    expect(await load({ ...entry, file: 'missing.pem' })).toContain('proeve-ca')
  })

  it('refuses a private key and a certificate that is no CA', async () => {
    const key = ca.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    writeFileSync(join(folder, 'key.pem'), ca.certificatePem + key)
    expect(await load({ ...entry, file: 'key.pem' })).toContain('private key')
    const subject = { commonName: 'Kai' }
    const leaf = await makeEndEntity(ca, { profile: 'citizen', subject, validity, kind: 'ec-p256' })
    writeFileSync(join(folder, 'leaf.pem'), leaf.certificatePem)
    const wrong = { ...entry, file: 'leaf.pem', subject: 'CN=Kai', fingerprint: sha256Hex(leaf.certificate) }
    expect(await load(wrong)).toContain('no CA')
  })
})

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asGatewayError } from '../../src/model/errors.ts'
import { createSealer, type KeyKind, makeEndEntity, toPem, validYears } from '../../src/seal/index.ts'
import { openPkcs11Key, type Pkcs11Settings } from '../../src/seal/own-seal/pkcs11-key.ts'
import { verifyDocument } from '../../src/verify/index.ts'
import { NOW, plainPdf, testCa } from './identities.ts'

const MODULE = '/usr/lib/softhsm/libsofthsm2.so'
const folder = mkdtempSync(join(tmpdir(), 'poststempel-token-'))
afterAll(() => rmSync(folder, { recursive: true }))
const environment = { ...process.env, SOFTHSM2_CONF: join(folder, 'softhsm2.conf'), TOKEN_PIN: '123456' }

const tool = (...words: string[]): Buffer =>
  execFileSync(
    'pkcs11-tool',
    ['--module', MODULE, '--token-label', 'segl', '--login', '--pin', 'env:TOKEN_PIN', ...words],
    { env: environment, stdio: ['ignore', 'pipe', 'ignore'] },
  )

const settings = (more: Partial<Pkcs11Settings> = {}): Pkcs11Settings => ({
  kind: 'pkcs11',
  module: MODULE,
  token: 'segl',
  key: { label: 'rsa' },
  pin: '123456',
  certificateFile: null,
  environment,
  ...more,
})

/** A key on the token, with a certificate of the test's CA beside it. */
async function addKey(label: string, id: string, kind: KeyKind): Promise<void> {
  const ca = await testCa()
  const subject = { country: 'DK', organization: 'Søby Kommune', commonName: `Segl ${label}` }
  const validity = validYears(new Date('2026-01-01T00:00:00Z'), 5)
  const { privateKey, certificate } = await makeEndEntity(ca, { profile: 'seal', subject, validity, kind })
  const write = (type: string, content: Uint8Array): void => {
    const file = join(folder, `${label}-${type}.der`)
    writeFileSync(file, content)
    tool('--write-object', file, '--type', type, '--label', label, '--id', id)
    rmSync(file)
  }
  write('privkey', privateKey.export({ type: kind === 'rsa-3072' ? 'pkcs1' : 'sec1', format: 'der' }))
  write('cert', certificate)
}

beforeAll(async () => {
  mkdirSync(join(folder, 'tokens'))
  writeFileSync(environment.SOFTHSM2_CONF, `directories.tokendir = ${join(folder, 'tokens')}\n`)
  const words = ['--init-token', '--free', '--label', 'segl', '--pin', '123456', '--so-pin', '654321']
  execFileSync('softhsm2-util', words, { env: environment, stdio: 'ignore' })
  await addKey('rsa', '01', 'rsa-3072')
  await addKey('ec', '02', 'ec-p384')
})

const faultOf = async (work: Promise<unknown>) =>
  asGatewayError(
    await work.then(
      () => new Error('nothing was thrown'),
      (thrown: unknown) => thrown,
    ),
  )

describe('a seal whose key lies on a token', () => {
  it.each(['rsa', 'ec'])('seals a PDF that verifies, with %s', async (label) => {
    const key = await openPkcs11Key(settings({ key: { label } }))
    const about = { reason: 'Godkendt', location: 'Søby', signingTime: NOW }
    const sealed = await createSealer({ key }).sealPdf(await plainPdf(), about)
    const ca = (await testCa()).certificate
    const report = await verifyDocument(sealed, { trustAnchors: [ca], validationTime: NOW, checkRevocation: 'off' })
    expect(report.indication).toBe('TOTAL-PASSED')
    const file = join(folder, `${label}.pdf`)
    writeFileSync(file, sealed)
    expect(execFileSync('pdfsig', ['-nocert', file]).toString()).toContain('Signature is Valid')
  })

  it('takes the chain from a file, whatever order it is in there', async () => {
    const { certificate } = await testCa()
    const file = join(folder, 'chain.pem')
    const own = (await openPkcs11Key(settings())).certificateChain[0] ?? new Uint8Array()
    writeFileSync(file, `${toPem(own)}${toPem(certificate)}`)
    const { certificateChain } = await openPkcs11Key(settings({ certificateFile: file }))
    expect(certificateChain.map((der) => Buffer.from(der))).toEqual([Buffer.from(own), Buffer.from(certificate)])
  })

  it.each([
    ['the PIN', { pin: '000000' }, 'key-unusable'],
    ['the token', { token: 'andet' }, 'seal-unavailable'],
    ['the library', { module: '/nowhere.so' }, 'seal-unavailable'],
    ['the label', { key: { label: 'intet' } }, 'key-unusable'],
    ['the id', { key: { id: '09' } }, 'key-unusable'],
  ] as const)('says what is wrong with %s, and never the PIN', async (_what, wrong, code) => {
    const fault = await faultOf(openPkcs11Key(settings(wrong)).then((key) => key.sign(Buffer.from('x'))))
    expect(fault.code).toBe(code)
    expect(JSON.stringify([fault.message, fault.facts])).not.toMatch(/000000|123456/)
  })

  it('notices that the certificate is another key’s, before anything is sealed with it', async () => {
    const file = join(folder, 'other.pem')
    writeFileSync(
      file,
      toPem((await openPkcs11Key(settings({ key: { label: 'ec' } }))).certificateChain[0] ?? new Uint8Array()),
    )
    const key = await openPkcs11Key(settings({ certificateFile: file }))
    expect((await faultOf(key.sign(Buffer.from('x')))).code).toBe('key-unusable')
  })
})

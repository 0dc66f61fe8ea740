import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import {
  createLocalKey,
  createSealer,
  ensureMunicipalityKeys,
  type KeyKind,
  makeOpenPgpKey,
  readPkcs12,
  type SignatureScheme,
  signPdf,
} from '../../src/seal/index.ts'
import { createTypesetter, makeAttest } from '../../src/typeset/index.ts'
import { extractSignatures } from './extract-signature.ts'
import { citizen, NOW, plainPdf, testCa } from './identities.ts'

const folder = mkdtempSync(join(tmpdir(), 'poststempel-clients-'))
afterAll(() => rmSync(folder, { recursive: true }))

const put = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}
const run = (command: string, ...args: string[]): { status: number | null; out: string } => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  if (error) throw error
  return { status, out: `${stdout}${stderr}` }
}
const opensslVerify = (pdf: Uint8Array, caFile: string, index = -1) => {
  const signature = extractSignatures(pdf).at(index)
  const cms = put('signature.der', signature?.cms ?? '')
  const content = put('content.bin', signature?.content ?? '')
  return run(
    ...['openssl', 'cms', '-verify', '-binary', '-inform', 'DER', '-in', cms, '-content', content],
    ...['-CAfile', caFile, '-purpose', 'any', '-attime', String(NOW.getTime() / 1000), '-out', '/dev/null'],
  )
}
const soundInPdfsig = (file: string): number =>
  (run('pdfsig', '-nocert', file).out.match(/Signature is Valid/g) ?? []).length

const kinds: readonly { kind: KeyKind; scheme: SignatureScheme }[] = [
  { kind: 'rsa-2048', scheme: 'rsa-pkcs1' },
  { kind: 'rsa-3072', scheme: 'rsa-pss' },
  { kind: 'ec-p256', scheme: 'ecdsa' },
  { kind: 'ec-p384', scheme: 'ecdsa' },
]

describe('signatures', () => {
  for (const { kind, scheme } of kinds) {
    for (const subFilter of ['ETSI.CAdES.detached', 'adbe.pkcs7.detached'] as const) {
      it(`${scheme} on ${kind} as ${subFilter} holds for pdfsig, openssl and qpdf`, async () => {
        const ca = put('ca.pem', (await testCa()).certificatePem)
        const pdf = await plainPdf({ objectStreams: subFilter === 'ETSI.CAdES.detached' })
        const signed = signPdf(pdf, await citizen(kind), { subFilter, scheme, signingTime: NOW })
        const file = put('signed.pdf', signed)
        expect(opensslVerify(signed, ca)).toMatchObject({ status: 0 })
        expect(run('qpdf', '--check', file)).toMatchObject({ status: 0 })
        expect(soundInPdfsig(file)).toBe(1)
        const spoiled = Buffer.from(signed)
        spoiled.writeUInt8(spoiled.readUInt8(20) ^ 1, 20)
        expect(opensslVerify(spoiled, ca).status).not.toBe(0)
        expect(soundInPdfsig(put('spoiled.pdf', spoiled))).toBe(0)
      })
    }
  }

  // Neither OpenSSL 3.0's cms nor Debian 12's NSS checks Ed25519 in CMS: so the parts are taken out and checked alone.
  it('ed25519 holds for openssl over the signed attributes, and their digest is that of the content', async () => {
    const identity = await citizen('ed25519')
    const signed = signPdf(await plainPdf(), identity, { subFilter: 'ETSI.CAdES.detached', signingTime: NOW })
    const [signature] = extractSignatures(signed)
    if (!signature) throw new Error('no signature was written')
    const lines = run('openssl', 'asn1parse', '-inform', 'DER', '-in', put('ed.der', signature.cms)).out.split('\n')
    const bytesOf = (wanted: RegExp): Buffer => {
      const [, at = 0, header = 0, length = 0] =
        (lines.findLast((line) => wanted.test(line)) ?? '')
          .match(/^\s*(\d+):d=\d+\s+hl=(\d+)\s+l=\s*(\d+)/)
          ?.map(Number) ?? []
      return Buffer.from(signature.cms.subarray(at, at + header + length))
    }
    const attributes = bytesOf(/d=5 .*cont \[ 0 \]/)
    attributes.writeUInt8(0x31, 0)
    const value = bytesOf(/d=5 .*OCTET STRING/).subarray(2)
    const publicKey = run('openssl', 'x509', '-in', put('ed.pem', identity.certificatePem), '-noout', '-pubkey').out
    const files = [
      '-sigfile',
      put('ed.sig', value),
      '-in',
      put('ed.bin', attributes),
      '-inkey',
      put('ed.pub', publicKey),
    ]
    const check = (): number | null => run('openssl', 'pkeyutl', '-verify', '-rawin', '-pubin', ...files).status
    expect(check()).toBe(0)
    expect(attributes.includes(createHash('sha512').update(signature.content).digest())).toBe(true)
    put('ed.bin', Buffer.concat([attributes, Buffer.alloc(1)]))
    expect(check()).not.toBe(0)
  })

  it('two in a row both hold, each over its own revision', async () => {
    const ca = put('ca.pem', (await testCa()).certificatePem)
    const first = signPdf(await plainPdf(), await citizen(), { subFilter: 'ETSI.CAdES.detached', signingTime: NOW })
    const both = signPdf(first, await citizen('ec-p256'), { subFilter: 'adbe.pkcs7.detached', signingTime: NOW })
    expect(soundInPdfsig(put('both.pdf', both))).toBe(2)
    expect([opensslVerify(both, ca, 0).status, opensslVerify(both, ca, 1).status]).toEqual([0, 0])
  })
})

describe('the municipality', () => {
  const dataDir = join(folder, 'data')
  const keys = ensureMunicipalityKeys(dataDir, { name: 'Søby Kommune', address: 'post@soeby.example' })

  it('seals an approved copy that pdfsig finds sound and whole, and openssl under the seal CA', async () => {
    const { sealPkcs12, sealPassphrase, sealCaPem } = await keys
    const sealer = createSealer({ key: createLocalKey(readPkcs12(sealPkcs12, sealPassphrase)) })
    const signed = signPdf(await makeAttest(), await citizen(), { subFilter: 'ETSI.CAdES.detached', signingTime: NOW })
    const stamp = {
      ...{ municipality: 'Søby Kommune', caseNumber: '2026-000123-7', decidedAt: NOW.toISOString(), decidedBy: 'Åse' },
      ...{ timeZone: 'Europe/Copenhagen', originalSha256: 'ab'.repeat(32), verdict: 'Gyldig.' },
      language: 'da' as const,
      genuineUrl: 'https://post.soeby.example/g/1',
    }
    const copy = await createTypesetter().stampApproved(signed, stamp)
    expect(run('qpdf', '--check', put('copy.pdf', copy))).toMatchObject({ status: 0 })
    const sealed = await sealer.sealPdf(copy, { reason: 'Godkendt', location: 'Søby', signingTime: new Date() })
    const file = put('sealed.pdf', sealed)
    expect(run('qpdf', '--check', file)).toMatchObject({ status: 0 })
    const said = run('pdfsig', '-nocert', file).out
    expect(said).toContain('Signature is Valid')
    expect(said).toContain('Total document signed')
    expect(said.match(/Signature #/g)?.length).toBe(1)
    const signature = extractSignatures(sealed)[0]
    const args = ['-in', put('seal.der', signature?.cms ?? ''), '-content', put('seal.bin', signature?.content ?? '')]
    const ca = ['-CAfile', put('seal-ca.pem', sealCaPem ?? ''), '-purpose', 'any', '-out', '/dev/null']
    expect(run('openssl', 'cms', '-verify', '-binary', '-inform', 'DER', ...args, ...ca)).toMatchObject({ status: 0 })
    const text = execFileSync('pdftotext', [file, '-'], { encoding: 'utf8' })
    for (const said of ['GODKENDT', 'Søby Kommune', 'Kai Jensen', '24. november 2026']) expect(text).toContain(said)
  })

  it('has a PKCS #12 that openssl opens with its passphrase only', async () => {
    await keys
    const p12 = join(dataDir, 'keys/seal.p12')
    const open = (pass: string) => run('openssl', 'pkcs12', '-in', p12, '-passin', pass, '-noout').status
    expect(open(`file:${join(dataDir, 'keys/seal.passphrase')}`)).toBe(0)
    expect(open('pass:forkert')).not.toBe(0)
  })

  it('has an OpenPGP key that GnuPG imports, signs with and decrypts with', async () => {
    const { openpgp } = await keys
    const kai = await makeOpenPgpKey({
      name: 'Kai Jensen',
      address: 'kai@example.dk',
      since: new Date(Date.now() - 1000),
    })
    const home = join(folder, 'gnupg')
    mkdirSync(home, { mode: 0o700 })
    const gpg = (...args: string[]) =>
      run('gpg', '--homedir', home, '--batch', '--yes', '--trust-model', 'always', ...args)
    expect(gpg('--import', put('m.asc', openpgp.privateKeyArmored)).status).toBe(0)
    expect(gpg('--import', put('k.asc', kai.privateKeyArmored)).status).toBe(0)
    expect(gpg('--list-secret-keys', '--with-colons').out).toContain(openpgp.fingerprint.toUpperCase())
    const [plain, secret] = [put('plain.txt', 'Kære Kai'), join(folder, 'secret.pgp')]
    const toKai = ['-r', kai.fingerprint, '-u', openpgp.fingerprint, '-o', secret]
    expect(gpg(...toKai, '--sign', '--encrypt', plain)).toMatchObject({ status: 0 })
    const opened = gpg('--status-fd', '1', '--decrypt', secret)
    expect(opened.out).toContain('Kære Kai')
    expect(opened.out).toMatch(/GOODSIG .*Søby Kommune/)
    run('gpgconf', '--homedir', home, '--kill', 'all')
  })
})

describe('PKCS #12 files of others', () => {
  for (const kind of ['rsa-2048', 'ec-p256'] as const) {
    it(`that openssl made from a key of kind ${kind} are read, the chain in order`, async () => {
      const identity = await citizen(kind)
      const key = put('key.pem', identity.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
      const [leaf, ca] = [put('leaf.pem', identity.certificatePem), put('ca.pem', (await testCa()).certificatePem)]
      const out = join(folder, 'other.p12')
      const made = ['-inkey', key, '-in', leaf, '-certfile', ca, '-passout', 'pass:æble', '-out', out]
      expect(run('openssl', 'pkcs12', '-export', ...made)).toMatchObject({ status: 0 })
      const read = readPkcs12(execFileSync('cat', [out]), 'æble')
      expect(read.privateKey.equals(identity.privateKey)).toBe(true)
      expect(read.certificateChain.map((der) => Buffer.from(der).toString('hex'))).toEqual(
        identity.certificateChain.map((der) => Buffer.from(der).toString('hex')),
      )
    })
  }
})

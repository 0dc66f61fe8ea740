import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { run } from '../../src/cli/certificate.ts'
import { encodeOid } from '../../src/verify/der/index.ts'
import { EXTENSION } from '../../src/verify/x509/index.ts'
import { extension, makeCa, makeCrl, makeLeaf, NOW, seq } from '../verify/make-pki.ts'

const root = makeCa('Root')
const ca = makeCa('CA', root)
const leaf = makeLeaf('Kai', ca)
const folder = mkdtempSync(join(tmpdir(), 'poststempel-certificate-'))
const pem = (der: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`
const file = (path: string, bytes: Uint8Array | string): string => {
  writeFileSync(join(folder, path), bytes)
  return join(folder, path)
}

mkdirSync(join(folder, 'roots'))
file('roots/root.pem', pem(root.certificate.bytes) + pem(makeCa('Other').certificate.bytes))
file('roots/.hidden', 'not a certificate')
mkdirSync(join(folder, 'crls'))
file('crls/root.crl', makeCrl({ issuer: root }).bytes)
file('crls/ca.crl', makeCrl({ issuer: ca }).bytes)
const roots = join(folder, 'roots')
const crls = join(folder, 'crls')
const caFile = file('ca.der', ca.certificate.bytes)
const leafFile = file('leaf.der', leaf.certificate.bytes)
const at = NOW.toISOString()

let printed: string[] = []
let complained: string[] = []
beforeEach(() => {
  printed = []
  complained = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line))
  vi.spyOn(console, 'error').mockImplementation((line: string) => void complained.push(line))
})
afterEach(() => void vi.restoreAllMocks())
afterAll(() => rmSync(folder, { recursive: true }))

const answers = () => printed.map((line) => JSON.parse(line))
const common = ['--roots', roots, '--intermediates', caFile, '--at', at, '--format', 'json']

describe('certificate validate', () => {
  it('prints PASSED and its path, and ends with 0', async () => {
    expect(await run(['validate', leafFile, ...common, '--crls', crls])).toBe(0)
    expect(answers()).toMatchObject([
      {
        indication: 'PASSED',
        subIndication: null,
        revocation: 'good',
        path: [{ subject: 'CN=Kai' }, {}, { subject: 'CN=Root' }],
      },
    ])
  })

  describe('of what the algorithm policy does not rely on any more', () => {
    const weakLeaf = makeLeaf('Weak', ca, [], { digest: 'sha1' })
    const weakFile = file('weak.der', weakLeaf.certificate.bytes)
    const signing = ['--purpose', 'document-signing']
    const warnings = () =>
      answers()[0]?.findings.map((one: { code: string; severity: string }) => [one.code, one.severity])

    it('ends the path with a purpose, as that of a signature', async () => {
      expect(await run(['validate', leafFile, ...common, '--crls', crls, ...signing])).toBe(0)
      printed = []
      expect(await run(['validate', weakFile, ...common, '--crls', crls, ...signing])).toBe(1)
      expect(answers()[0]?.subIndication).toBe('CRYPTO_CONSTRAINTS_FAILURE_NO_POE')
      expect(warnings()).toContainEqual(['digest-too-weak', 'error'])
    })

    it('is a warning with none, as RFC 5280 has no such rule', async () => {
      expect(await run(['validate', weakFile, ...common, '--crls', crls])).toBe(0)
      expect(warnings()).toEqual([['digest-too-weak', 'warning']])
    })

    it('is judged by the time that is asked about', async () => {
      const old = makeCa('Old', undefined, [], { notBefore: new Date('2010-01-01T00:00:00Z') })
      const below = makeLeaf('Below', old, [], { digest: 'sha1', notBefore: new Date('2012-01-01T00:00:00Z') })
      const oldRoot = file('old.der', old.certificate.bytes)
      const belowFile = file('below.der', below.certificate.bytes)
      const asked = ['validate', belowFile, '--roots', oldRoot, '--check-revocation', 'off', '--format', 'json']
      expect(await run([...asked, ...signing, '--at', '2013-06-01'])).toBe(0)
      expect(await run([...asked, ...signing, '--at', '2015-06-01'])).toBe(1)
    })

    it('counts for evidence too', async () => {
      mkdirSync(join(folder, 'weak-crls'), { recursive: true })
      file('weak-crls/root.crl', makeCrl({ issuer: root }).bytes)
      file('weak-crls/ca.crl', makeCrl({ issuer: ca, digest: 'sha1' }).bytes)
      const weak = ['--crls', join(folder, 'weak-crls')]
      expect(await run(['validate', leafFile, ...common, ...weak, ...signing])).toBe(1)
      expect(answers()[0]?.subIndication).toBe('TRY_LATER')
      expect(warnings()).toContainEqual(['revocation-data-too-weak', 'warning'])
    })
  })

  it('of a certificate that is not valid yet is OUT_OF_BOUNDS_NO_POE, and says so', async () => {
    const early = ['validate', leafFile, '--roots', roots, '--intermediates', caFile, '--format', 'json']
    expect(await run([...early, '--check-revocation', 'off', '--at', '2020-01-01'])).toBe(1)
    expect(answers()[0]?.subIndication).toBe('OUT_OF_BOUNDS_NO_POE')
    const codes = answers()[0]?.findings.map(({ code }: { code: string }) => code)
    expect(codes).toContain('certificate-not-yet-valid')
  })

  it('ends with 1 where the certificate does not pass', async () => {
    expect(await run(['validate', leafFile, ...common])).toBe(1)
    expect(answers()).toMatchObject([{ indication: 'INDETERMINATE', subIndication: 'TRY_LATER', trusted: true }])
    expect(await run(['validate', leafFile, ...common, '--check-revocation', 'off'])).toBe(0)
  })

  it('takes several values of a flag, and says in words what it found', async () => {
    const words = ['validate', leafFile, '--roots', caFile, '--roots', roots, '--at', at, '--check-revocation', 'off']
    expect(await run(words)).toBe(0)
    expect(printed.join('\n')).toContain('PASSED\n  CN=Kai')
  })

  it.each([
    ['a leaf that is not there', ['validate', join(folder, 'none.der'), ...common]],
    ['a leaf that is no certificate', ['validate', join(folder, 'crls/ca.crl'), ...common]],
    ['roots that are not there', ['validate', leafFile, '--roots', join(folder, 'none'), '--format', 'json']],
    ['a wrong time', ['validate', leafFile, '--roots', roots, '--at', 'yesterday']],
    ['a wrong flag', ['validate', leafFile, '--root', roots]],
    ['a wrong mode', ['validate', leafFile, '--roots', roots, '--check-revocation', 'maybe']],
    ['a wrong policy', ['validate', leafFile, '--roots', roots, '--policy', 'x']],
    ['no leaf', ['validate', '--roots', roots]],
    ['no roots', ['validate', leafFile, '--format', 'json']],
    ['two leaves', ['validate', leafFile, caFile, '--roots', roots]],
    ['a wrong format', ['validate', leafFile, '--roots', roots, '--format', 'xml']],
    ['no verb', []],
  ])('ends with 2 for %s', async (_, words) => {
    expect(await run(words)).toBe(2)
    expect(answersOf(printed).every((one) => one.indication !== 'PASSED')).toBe(true)
  })
})

const answersOf = (lines: readonly string[]): { indication?: string }[] =>
  lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))

describe('certificate validate --jobs-from', () => {
  it('answers each job in order with its id, and one that cannot be done does not end the others', async () => {
    const job = { leaf: leafFile, roots: [roots], intermediates: [caFile], at, checkRevocation: 'off' }
    const jobs = [
      { ...job, id: 'a' },
      { ...job, id: 'b', leaf: join(folder, 'none.der') },
      { ...job, id: 'c', roots: [] },
      { ...job, id: 'd', requireExplicitPolicy: true },
      { ...job, id: 'e', purpose: 'timestamping' },
    ]
    const jobsFile = file('jobs.jsonl', `${jobs.map((one) => JSON.stringify(one)).join('\n')}\n\n`)
    expect(await run(['validate', '--format', 'json', '--jobs-from', jobsFile])).toBe(2)
    expect(answers()).toMatchObject([
      { id: 'a', indication: 'PASSED' },
      { id: 'b', indication: 'INDETERMINATE', error: { code: 'unreadable-input' } },
      { id: 'c', indication: 'INDETERMINATE', subIndication: 'NO_CERTIFICATE_CHAIN_FOUND' },
      { id: 'd', indication: 'INDETERMINATE', subIndication: 'CHAIN_CONSTRAINTS_FAILURE' },
      { id: 'e', indication: 'INDETERMINATE', subIndication: 'CHAIN_CONSTRAINTS_FAILURE' },
    ])
  })

  it('answers a line that is no job with its error, and the others all the same', async () => {
    const job = { leaf: leafFile, roots: [roots], intermediates: [caFile], at, checkRevocation: 'off' }
    const lines = [
      '{"id":"a","leaf":1}',
      JSON.stringify({ ...job, id: 'b' }),
      '{"leaf":"x","unknown":true}',
      'nonsense',
      JSON.stringify({ ...job, id: 'e', at: 'yesterday' }),
    ]
    expect(await run(['validate', '--format', 'json', '--jobs-from', file('mixed.jsonl', lines.join('\n'))])).toBe(2)
    expect(answers()).toMatchObject([
      { id: 'a', indication: 'INDETERMINATE', error: { code: 'invalid-request' } },
      { id: 'b', indication: 'PASSED' },
      { id: null, indication: 'INDETERMINATE', error: { code: 'invalid-request' } },
      { id: null, indication: 'INDETERMINATE', error: { code: 'unreadable-input' } },
      { id: 'e', indication: 'INDETERMINATE', error: { code: 'invalid-request' } },
    ])
  })

  it('is not mixed with a leaf or options of its own', async () => {
    const jobs = file('none.jsonl', '')
    expect(await run(['validate', leafFile, '--jobs-from', jobs])).toBe(2)
    expect(await run(['validate', '--roots', roots, '--jobs-from', jobs])).toBe(2)
    expect(complained).toHaveLength(2)
    expect(await run(['validate', '--format', 'json', '--jobs-from', jobs])).toBe(0)
  })
})

describe('the options of certificate validate', () => {
  const policy = '1.2.3.4'
  const policies = extension(EXTENSION.certificatePolicies, seq(seq(encodeOid(policy))))
  const other = makeCa('Policy', root, [policies])
  const otherFile = file('policy-ca.der', other.certificate.bytes)
  const signer = file('signer.der', makeLeaf('Bo', other, [policies]).certificate.bytes)
  const offline = ['--roots', roots, '--intermediates', otherFile, '--at', at, '--format', 'json']
  const judge = (...more: readonly string[]) =>
    run(['validate', signer, ...offline, '--check-revocation', 'off', ...more])

  it('takes policies and flags that inhibit', async () => {
    expect(await judge('--policy', policy, '--require-explicit-policy')).toBe(0)
    expect(await judge('--inhibit-any-policy', '--inhibit-policy-mapping')).toBe(0)
    expect(answers().map((one) => one.policies)).toEqual([[policy], [policy]])
    expect(await judge('--policy', '1.2.3.5', '--require-explicit-policy')).toBe(1)
  })

  it('takes a purpose', async () => {
    expect(await judge('--purpose', 'document-signing')).toBe(0)
    expect(await judge('--purpose', 'timestamping')).toBe(1)
    expect(await judge('--purpose', 'cooking')).toBe(2)
  })

  it('says what is wrong in words', async () => {
    expect(await run(['validate', signer, '--roots', roots, '--at', at, '--check-revocation', 'off'])).toBe(1)
    expect(printed.join('\n')).toContain('INDETERMINATE (NO_CERTIFICATE_CHAIN_FOUND)')
    expect(printed.join('\n')).toContain('no-path-to-anchor')
  })

  it('explains itself', async () => {
    expect(await run(['validate', '--help'])).toBe(0)
    expect(await run(['--help'])).toBe(0)
    for (const flag of ['--roots', '--ocsp', '--policy', '--purpose', '--jobs-from']) expect(printed[0]).toContain(flag)
  })
})

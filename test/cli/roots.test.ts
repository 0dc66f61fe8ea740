import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { run } from '../../src/cli/roots.ts'
import type { Store } from '../../src/model/store.ts'
import { type MadeIdentity, makeCa, makeEndEntity, signPdf } from '../../src/seal/index.ts'
import { createStore } from '../../src/store/index.ts'
import { readAnchorFile, recordGuard } from '../../src/trust/index.ts'
import { kaisAttest, makeAttest } from '../../src/typeset/index.ts'
import { sampleCase, sampleDocument } from '../store/samples.ts'
import { makeZip } from '../support/make-zip.ts'

const validity = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2049-01-01T00:00:00Z') }
const name = (commonName: string) => ({ country: 'DK', commonName })

let ca: MadeIdentity
let old: MadeIdentity
let leaf: MadeIdentity
let signed: Uint8Array
const sha256: Record<'ca' | 'old', string> = { ca: '', old: '' }
beforeAll(async () => {
  ca = await makeCa(name('Test CA'), validity, 'rsa-2048')
  old = await makeCa(name('-----BEGIN CERTIFICATE-----'), { ...validity, notAfter: new Date('2021-01-01') }, 'ec-p256')
  leaf = await makeEndEntity(ca, { profile: 'citizen', subject: name('Anna'), validity })
  signed = signPdf(
    await makeAttest(kaisAttest()),
    { privateKey: leaf.privateKey, certificateChain: [leaf.certificate, ca.certificate] },
    { subFilter: 'ETSI.CAdES.detached', signingTime: new Date('2024-06-01T09:00:00Z'), name: 'Anna' },
  )
  sha256.ca = (await readAnchorFile(ca.certificate))[0]?.sha256 ?? ''
  sha256.old = (await readAnchorFile(old.certificate))[0]?.sha256 ?? ''
})

let folder = ''
let out = ''
let err = ''
let store: Store
const path = (file: string): string => join(folder, file)
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'poststempel-roots-'))
  out = ''
  err = ''
  vi.spyOn(console, 'log').mockImplementation((line) => {
    out += `${line}\n`
  })
  vi.spyOn(console, 'error').mockImplementation((line) => {
    err += `${line}\n`
  })
  store = await createStore({ dataDir: path('data'), database: { engine: 'sqlite' }, clock: () => new Date() })
  await store.commit((write) => write.addCase(sampleCase()))
  writeFileSync(path('ca.pem'), ca.certificatePem)
  writeFileSync(path('old.pem'), old.certificatePem)
  writeFileSync(path('leaf.pem'), leaf.certificatePem)
  writeFileSync(path('config.json'), JSON.stringify({ checkRevocation: 'off' }))
})
afterEach(async () => {
  await store.close()
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

const roots = (...words: string[]) => {
  out = ''
  err = ''
  return run([...words, '--data', path('data'), '--config', path('config.json')])
}
const WHY = ['--purpose', 'document', '--note', 'ringet op', '--by', 'ida']
const add = (...words: string[]) => roots('add', ...words, ...WHY)
const change = (verb: string, fingerprint: string, reason = 'ikke mere') =>
  roots(verb, fingerprint, '--reason', reason, '--by', 'ida')
const jobs = async () => (await store.listJobs({ kinds: ['rejudge'] })).length
const pairsOf = (text: string) => (text.match(/../g) ?? []).join(':').toUpperCase()

describe('poststempel roots add', () => {
  it('shows what it would take in, and changes nothing without --yes', async () => {
    expect(await add(path('ca.pem'), path('old.pem'))).toBe(1)
    for (const shown of [
      pairsOf(sha256.ca),
      'RSA 2048',
      '2020-01-01 to 2049-01-01',
      'Expired on 2021-01-01',
      '--yes',
    ]) {
      expect(out).toContain(shown)
    }
    expect([await store.listAnchors(), await store.listTrustChanges(), await jobs()]).toEqual([[], [], 0])
  })

  it('says which verdicts on open cases would change, each way, and changes nothing', async () => {
    const [open] = await store.queue({ limit: 1, offset: 0 })
    const caseId = open?.id ?? ''
    const blob = await store.blobs.put(signed)
    await store.commit(async (write) => {
      await write.keepBlob(blob)
      await write.addDocument(sampleDocument(blob, { caseId }))
    })
    expect(await add(path('ca.pem'))).toBe(1)
    expect(out).toContain('open cases: 1 of 1 verdicts would change')
    expect(out).toMatch(/2026-\w+ {2}"attest\.pdf" {2}INDETERMINATE -> TOTAL-PASSED/)
    expect(await store.listAnchors()).toEqual([])
    await add(path('ca.pem'), '--yes')
    expect(await roots('disable', sha256.ca, '--show')).toBe(0)
    expect(out).toContain('TOTAL-PASSED -> INDETERMINATE')
    expect(out).toContain('Nothing was changed.')
    expect(await roots('limit', sha256.ca, '--email', 'firm.dk', '--show')).toBe(0)
    expect(out).toContain('TOTAL-PASSED -> INDETERMINATE')
    expect(await store.listAnchors()).toMatchObject([{ disabledAt: null, constraints: null }])
  })

  it('takes them in with it, on record, and open cases are judged again', async () => {
    expect(await add(path('ca.pem'), '--yes', '--from', '2026-01-01', '--until', '2048-01-01T12:00:00Z')).toBe(0)
    expect(out).toContain('Added 1 of 1. 1 open case is judged again.')
    expect(await store.listAnchors()).toMatchObject([
      {
        sha256: sha256.ca,
        purposes: ['document'],
        source: 'file',
        note: 'ringet op',
        addedBy: 'cli:ida',
        countsFrom: '2026-01-01T00:00:00.000Z',
        countsUntil: '2048-01-01T12:00:00.000Z',
      },
    ])
    expect(await store.listTrustChanges()).toMatchObject([{ actor: 'cli:ida', action: 'added', reason: 'ringet op' }])
    expect(await jobs()).toBe(1)
    expect(await add(path('ca.pem'), '--yes')).toBe(2)
    expect(err).toContain('[duplicate]')
    expect(await add(path('ca.pem'))).toBe(1)
    expect(out).toContain('all are there already')
  })

  it('takes only those whose fingerprint is said, and none where one is missing', async () => {
    const both = [path('ca.pem'), path('old.pem')]
    expect(await add(...both, '--fingerprint', pairsOf(sha256.old), '--fingerprint', 'ab'.repeat(32), '--yes')).toBe(2)
    expect(err).toContain('[wrong-fingerprint]')
    expect(await add(...both, '--fingerprint', sha256.old.slice(0, 32), '--yes')).toBe(2)
    expect(await store.listAnchors()).toEqual([])
    expect(await add(...both, '--fingerprint', pairsOf(sha256.old), '--yes')).toBe(0)
    expect((await store.listAnchors()).map((one) => one.sha256)).toEqual([sha256.old])
  })

  it('refuses keys, what is no CA, what cannot be read and 50 MB, and says which file', async () => {
    const key = ca.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    writeFileSync(path('key.pem'), ca.certificatePem + key)
    writeFileSync(path('roots.zip'), makeZip([{ name: 'note.txt', bytes: Buffer.from('x') }]))
    writeFileSync(path('large'), '')
    truncateSync(path('large'), 50 * 1024 * 1024)
    const refusals = {
      'key.pem': 'private-key-refused',
      'leaf.pem': 'not-a-ca',
      'roots.zip': 'unreadable-input',
      large: 'too-large',
      none: 'unreadable-input',
    }
    for (const [file, code] of Object.entries(refusals)) {
      expect([file, await add(path('ca.pem'), path(file), '--yes')]).toEqual([file, 2])
      expect(err).toContain(`[${code}]`)
      expect(err).toContain(file === 'leaf.pem' ? 'CN=Anna' : path(file))
    }
    expect(await store.listAnchors()).toEqual([])
  })

  it('is bad usage without purpose, note, name or file', async () => {
    for (const words of [
      ['add', path('ca.pem'), '--note', 'x', '--by', 'ida', '--yes'],
      ['add', path('ca.pem'), '--purpose', 'document', '--by', 'ida', '--yes'],
      ['add', path('ca.pem'), '--purpose', 'document', '--note', ' ', '--by', 'ida', '--yes'],
      ['add', path('ca.pem'), '--purpose', 'document', '--note', 'x', '--yes'],
      ['add', path('ca.pem'), '--purpose', 'everything', '--note', 'x', '--by', 'ida', '--yes'],
      ['add', ...WHY, '--yes'],
    ]) {
      expect(await roots(...words)).toBe(2)
      expect(err).toContain('usage: poststempel roots add')
    }
    expect(await store.listAnchors()).toEqual([])
  })
})

describe('poststempel roots', () => {
  beforeEach(async () => {
    await add(path('ca.pem'), path('old.pem'), '--yes')
  })

  it('lists one object per line, with key, validity and warnings', async () => {
    expect(await roots('list')).toBe(0)
    const rows = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(rows).toMatchObject([
      { sha256: sha256.ca, key: 'RSA 2048', validTo: '2049-01-01T00:00:00.000Z', warnings: [], disabledAt: null },
      { sha256: sha256.old, warnings: ['Expired on 2021-01-01, counts for signatures proven to be older.'] },
    ])
    expect(rows[0]).not.toHaveProperty('der')
  })

  it('shows one by the beginning of its fingerprint, with what was done with it', async () => {
    expect(await roots('show', pairsOf(sha256.ca.slice(0, 10)))).toBe(0)
    for (const shown of ['CN=Test CA', 'RSA 2048', 'in force', 'cli:ida', 'added by cli:ida: ringet op']) {
      expect(out).toContain(shown)
    }
    expect(await roots('show', sha256.ca.slice(0, 6))).toBe(2)
    expect(await roots('show', '0'.repeat(64))).toBe(2)
    expect(err).toContain('[not-found]')
  })

  it('disables, enables and removes by the whole fingerprint, each on record with its reason', async () => {
    const before = await jobs()
    expect(await change('disable', pairsOf(sha256.ca))).toBe(0)
    expect(out).toMatch(/^Disabled: CN=Test CA, C=DK \(.*1 open case is judged again\.\n$/)
    expect(await change('disable', sha256.ca)).toBe(2)
    expect(err).toContain('[wrong-state]')
    expect(await change('enable', sha256.ca)).toBe(0)
    expect(await change('remove', sha256.ca)).toBe(0)
    expect(await jobs()).toBe(before + 3)
    expect((await store.listTrustChanges()).map(({ actor, action }) => `${actor} ${action}`).slice(2)).toEqual([
      'cli:ida disabled',
      'cli:ida enabled',
      'cli:ida removed',
    ])
    for (const [fingerprint, reason] of [
      [sha256.old.slice(0, 40), 'x'],
      [sha256.old, ' '],
    ] as const) {
      expect(await change('remove', fingerprint, reason)).toBe(2)
    }
    expect(await store.listAnchors()).toHaveLength(1)
  })

  it('limits whom one vouches for, and says so', async () => {
    const limit = (...words: string[]) => roots('limit', sha256.ca, ...words, '--reason', 'kun dem', '--by', 'ida')
    expect(await limit('--email', 'firma.dk', '--organization', 'Firma ApS')).toBe(0)
    expect(await roots('show', sha256.ca)).toBe(0)
    expect(out).toContain('only for     emails: firma.dk\n  only for     organizations: Firma ApS')
    expect(await limit('--email', 'firma.dk', '--organization', 'Firma ApS')).toBe(2)
    expect(await limit('--policy', 'qcp')).toBe(2)
    expect(await limit('--exclude', 'firma.dk')).toBe(2)
    expect(await limit('--permit', 'email:.firma.dk', '--exclude', 'dns:ond.dk')).toBe(0)
    expect(await roots('show', sha256.ca)).toBe(0)
    expect(out).toContain('only for     permitted: email:.firma.dk\n  never for    excluded: dns:ond.dk')
    expect(await limit()).toBe(0)
    expect((await store.anchor(sha256.ca))?.constraints).toBeNull()
  })

  it('only proposes where a second admin must agree, each with its reason', async () => {
    writeFileSync(path('config.json'), JSON.stringify({ trust: { secondAdmin: true } }))
    const before = [await store.listAnchors(), await store.listTrustChanges(), await jobs()]
    expect(await change('disable', sha256.ca)).toBe(0)
    expect(out).toMatch(
      /^Proposed: disable: CN=Test CA.* Nothing has changed yet: .*\/staff\/roots\/changes\/[0-9a-f-]{36} /,
    )
    writeFileSync(path('new.pem'), (await makeCa(name('New CA'), validity, 'ec-p256')).certificatePem)
    expect(await add(path('ca.pem'), path('new.pem'), '--yes')).toBe(0)
    expect(out).toContain('Proposed 1 of 2.')
    expect(await change('enable', sha256.ca)).toBe(2)
    expect(err).toContain('[wrong-state]')
    expect([await store.listAnchors(), await store.listTrustChanges(), await jobs()]).toEqual(before)
    const open = await store.listProposals(['open'])
    expect(open.map(({ reason, proposedBy }) => [reason, proposedBy.name])).toEqual([
      ['ikke mere', 'cli:ida'],
      ['ringet op', 'cli:ida'],
    ])
    expect((await store.adminHistory()).slice(-2).map(({ event }) => event)).toEqual([
      'trust-proposed',
      'trust-proposed',
    ])
  })

  it('only proposes, too, where the gateway asks for a second admin and the command was given no such configuration', async () => {
    const settings = (secondAdmin: boolean) => ({
      trust: { secondAdmin, anchors: [], notify: { mail: [], webhook: null } },
    })
    const start = (secondAdmin: boolean) =>
      recordGuard({ store, clock: () => new Date(), settings: settings(secondAdmin) })
    writeFileSync(path('config.json'), '{}')
    await start(true)
    const before = await store.listAnchors()
    expect(await change('disable', sha256.ca)).toBe(0)
    expect(out).toContain('Proposed: disable')
    expect(await store.listAnchors()).toEqual(before)
    await start(false)
    expect(await change('disable', sha256.ca)).toBe(0)
    expect((await store.anchor(sha256.ca))?.disabledAt).not.toBeNull()
    expect(await change('enable', sha256.ca)).toBe(0)
  })

  it('exports those in force as PEM that is read again, whatever a subject says', async () => {
    expect(await roots('export')).toBe(0)
    expect(out).toContain(`# CN=Test CA, C=DK; SHA-256 ${sha256.ca}; document\n-----BEGIN`)
    expect((await readAnchorFile(Buffer.from(out))).map((one) => one.sha256)).toEqual([sha256.ca, sha256.old])
    await change('disable', sha256.old)
    expect(await roots('export', '--purpose', 'document', '--out', path('out.pem'))).toBe(0)
    expect((await readAnchorFile(readFileSync(path('out.pem')))).map((one) => one.sha256)).toEqual([sha256.ca])
    expect(await roots('export', '--purpose', 'timestamp')).toBe(1)
    expect(await roots('export', '--out', path('none/out.pem'))).toBe(2)
  })

  it('tests files by the anchors in force and by the planned ones, and changes nothing', async () => {
    writeFileSync(path('a.pdf'), signed)
    writeFileSync(path('b.txt'), 'no document')
    expect(await roots('test', path('a.pdf'))).toBe(0)
    expect(out).toBe(`${path('a.pdf')}: TOTAL-PASSED\n`)
    expect(await roots('test', path('a.pdf'), '--without', sha256.ca)).toBe(1)
    expect(out).toMatch(/: TOTAL-PASSED → INDETERMINATE \(NO_CERTIFICATE_CHAIN_FOUND\)\n$/)
    await change('disable', sha256.ca)
    const changes = (await store.listTrustChanges()).length
    expect(await roots('test', path('a.pdf'), '--with', path('ca.pem'), '--format', 'json')).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      before: { indication: 'INDETERMINATE' },
      after: { indication: 'TOTAL-PASSED', subIndication: null },
      changed: true,
    })
    expect(await roots('test', path('a.pdf'), '--with', path('ca.pem'), '--purpose', 'mail')).toBe(1)
    expect(out).toContain('(unchanged)')
    expect(await roots('test', path('b.txt'), path('a.pdf'), '--with', path('ca.pem'))).toBe(2)
    expect(out).toMatch(/b\.txt: .* \[.*\]\n.*→ TOTAL-PASSED\n$/)
    expect(await roots('test', path('a.pdf'), '--with', path('leaf.pem'))).toBe(2)
    expect(await roots('test', path('a.pdf'), '--without', '0'.repeat(64))).toBe(2)
    expect([(await store.listTrustChanges()).length, (await store.listAnchors()).length]).toEqual([changes, 2])
  })

  it.each(['list', 'show', 'add', 'disable', 'enable', 'limit', 'remove', 'export', 'test'])(
    '%s has --help',
    async (verb) => {
      expect(await roots(verb, '--help')).toBe(0)
      expect(out).toMatch(new RegExp(`^usage: poststempel roots ${verb} `))
    },
  )

  it('says its verbs, and ends with 2 for one that it does not know', async () => {
    expect(await run(['--help'])).toBe(0)
    expect(await run(['toString'])).toBe(2)
    expect(await run([])).toBe(2)
    await expect(roots('show', '--nope')).rejects.toMatchObject({ code: 'ERR_PARSE_ARGS_UNKNOWN_OPTION' })
  })
})

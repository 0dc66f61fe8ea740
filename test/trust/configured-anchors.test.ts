import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { TrustSettings } from '../../src/model/settings.ts'
import {
  addAnchor,
  type CatalogueEntry,
  disableAnchor,
  readCertificate,
  takeInConfigured,
} from '../../src/trust/index.ts'
import { silentLog } from '../casework/scene.ts'
import { sampleCase } from '../store/samples.ts'
import { type MemoryStore, memoryStore } from '../support/memory-store.ts'
import { makeCa } from './certificates.ts'

const [ca, other] = [makeCa('Test CA'), makeCa('Other CA')]
const AT = '2026-11-24T09:00:00.000Z'
const free = { emails: [], organizations: [], policies: [], permitted: [], excluded: [] }
const entry: CatalogueEntry = {
  id: 'town-ca',
  subject: 'x',
  fingerprint: other.sha256,
  source: { url: 'https://ca.example/', takenOn: '2026-11-01', confirmedBy: 'x' },
  purposes: ['document'],
  note: '',
  file: 'x',
  certificate: readCertificate(other.der),
}

let folder: string
let store: MemoryStore
const path = (name: string) => join(folder, name)
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'poststempel-configured-'))
  writeFileSync(path('ca.pem'), ca.pem)
  writeFileSync(path('both.pem'), ca.pem + other.pem)
  writeFileSync(path('key.pem'), ca.privateKeyPem)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
beforeEach(async () => {
  store = memoryStore({ clock: () => new Date(AT) })
  await store.commit((write) => write.addCase(sampleCase()))
})

type Anchors = TrustSettings['anchors']
const fromFile = (file: string, more: Partial<Anchors[number]> = {}): Anchors[number] => ({
  from: { file: path(file) },
  purposes: ['document'],
  note: 'aftalt',
  constraints: free,
  ...more,
})
const start = (...anchors: Anchors) =>
  takeInConfigured({
    store,
    clock: () => new Date(AT),
    log: silentLog,
    settings: { trust: { secondAdmin: true, anchors, notify: { mail: [], webhook: null } } },
    catalogue: async () => [entry],
  })
const rejudged = async () => (await store.listJobs({ kinds: ['rejudge'] })).length
const actions = async () => (await store.listTrustChanges()).map(({ action, actor, sha256 }) => [action, actor, sha256])

describe('roots of the configuration', () => {
  it('are in force from the start on, by file and out of the catalogue, on record; open cases follow', async () => {
    await start(fromFile('ca.pem'), { ...fromFile('x'), from: { catalogue: 'town-ca' }, purposes: ['mail'] })
    expect(await store.listAnchors()).toMatchObject([
      { sha256: ca.sha256, source: 'configuration', addedBy: 'configuration', note: 'aftalt', purposes: ['document'] },
      { sha256: other.sha256, source: 'configuration', purposes: ['mail'], disabledAt: null },
    ])
    expect(await actions()).toEqual([
      ['added', 'configuration', ca.sha256],
      ['added', 'configuration', other.sha256],
    ])
    expect([(await store.adminHistory()).length, await rejudged()]).toEqual([2, 1])
  })

  it('change nothing at the next start with the same file', async () => {
    await start(fromFile('both.pem'))
    const before = [(await store.adminHistory()).length, await rejudged()]
    await start(fromFile('both.pem'))
    expect([(await store.adminHistory()).length, await rejudged()]).toEqual(before)
  })

  it('go out of force when they stand there no more, and may then be changed by hand', async () => {
    await start(fromFile('both.pem'))
    await start(fromFile('ca.pem'))
    expect(await store.anchor(other.sha256)).toMatchObject({ disabledAt: AT, source: 'formerly-configuration' })
    expect((await actions()).at(-1)).toEqual(['disabled', 'configuration', other.sha256])
    await start(fromFile('both.pem'))
    expect(await store.anchor(other.sha256)).toMatchObject({ disabledAt: null, source: 'configuration' })
    expect((await actions()).at(-1)).toEqual(['enabled', 'configuration', other.sha256])
  })

  it('follow the file where purposes, note or limits change there', async () => {
    await start(fromFile('ca.pem'))
    await start(fromFile('ca.pem', { purposes: ['mail'], note: 'nyt', constraints: { ...free, emails: ['firma.dk'] } }))
    expect(await store.anchor(ca.sha256)).toMatchObject({
      purposes: ['mail'],
      note: 'nyt',
      constraints: { emails: ['firma.dk'] },
    })
    expect((await actions()).at(-1)).toEqual(['changed', 'configuration', ca.sha256])
  })

  it('take over what an admin took in or out, and leave the rest of theirs alone', async () => {
    const about = { purposes: ['document'], source: 'file', note: 'x', actor: 'ida', at: AT } as const
    await store.commit(async (write) => {
      await addAnchor(write, { ...about, der: ca.der })
      await addAnchor(write, { ...about, der: other.der })
      await disableAnchor(write, ca.sha256, { actor: 'ida', reason: 'x', at: AT })
    })
    await start(fromFile('ca.pem'))
    expect(await store.listAnchors()).toMatchObject([
      { sha256: ca.sha256, source: 'configuration', disabledAt: null },
      { sha256: other.sha256, source: 'file', disabledAt: null },
    ])
  })

  it('that cannot be used stop the start: every one is named, with its file, and nothing has changed', async () => {
    const bad = start(
      fromFile('ca.pem'),
      fromFile('none.pem'),
      fromFile('key.pem'),
      fromFile('both.pem'),
      { ...fromFile('x'), from: { catalogue: 'nothing' } },
      fromFile('both.pem', { constraints: { ...free, policies: ['qcp'] } }),
    )
    await expect(bad).rejects.toMatchObject({ code: 'configuration' })
    const message = await bad.catch((fault: Error) => fault.message)
    for (const said of [
      `trust.anchors.1 (${path('none.pem')})`,
      `trust.anchors.2 (${path('key.pem')})`,
      `trust.anchors.3 (${path('both.pem')}): CN=Test CA, C=DK stands in two entries`,
      'trust.anchors.4 (catalogue nothing)',
    ]) {
      expect(message).toContain(said)
    }
    expect([await store.listAnchors(), await store.adminHistory()]).toEqual([[], []])
  })
})

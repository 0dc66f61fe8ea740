import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { approveCase } from '../../src/casework/index.ts'
import type { Document } from '../../src/model/document.ts'
import type { Preservation } from '../../src/model/preservation.ts'
import { signPdf } from '../../src/seal/index.ts'
import { makeAttest } from '../../src/typeset/index.ts'
import { verifyArchiveTimeStamps, verifyDocument } from '../../src/verify/index.ts'
import { CASEWORKER } from '../casework/scene.ts'
import { makePkcs12 } from '../seal/make-pkcs12.ts'
import { type RunningGateway, startRunningGateway } from '../support/running-gateway.ts'
import { anchorOf, publishedCrl } from '../support/time-stamp-authority.ts'
import { TSA_URL, timeStampWorld } from '../support/time-stamp-world.ts'

const world = timeStampWorld('2026-11-24T10:00:00Z', 'rsa-2048')
let gateway: RunningGateway
let caseId: string

/** The gateway's seal is one that holds until the middle of 2028. */
function dataFolderWithSeal(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'poststempel-preservation-'))
  const keys = join(dataDir, 'keys')
  mkdirSync(keys, { recursive: true })
  const { privateKey, certificateChain } = world.seal
  writeFileSync(join(keys, 'seal.p12'), makePkcs12(privateKey, certificateChain, 'hemmelig'))
  writeFileSync(join(keys, 'seal.passphrase'), 'hemmelig\n')
  return dataDir
}

const timestamps = { url: TSA_URL, user: null, password: null, hash: 'sha512', policy: null } as const

beforeAll(async () => {
  const dataDir = dataFolderWithSeal()
  const change = { timestamps, dataDir, archiveDir: join(dataDir, 'archive') }
  gateway = await startRunningGateway(change, { clock: world.clock, fetcher: world.fetcher })
  await gateway.store.commit((write) => write.addAnchor(anchorOf(world, ['document', 'timestamp'])))
  const pdf = signPdf(await makeAttest(), world.citizen, { subFilter: 'ETSI.CAdES.detached', signingTime: world.now })
  await gateway.send(mailWith(pdf))
  caseId = (await gateway.whatBecameOf('<kai-1@example.org>')).opened.id
  await approveCase({ caseId, actor: CASEWORKER }, gateway.running.parts)
  await gateway.running.idle()
})
afterAll(() => gateway?.stop())

const mailWith = (pdf: Uint8Array): string =>
  [
    'From: borger@example.org',
    'To: olietank@demokobing.example',
    'Subject: Attest',
    'Message-ID: <kai-1@example.org>',
    'MIME-Version: 1.0',
    'Content-Type: application/pdf; name="attest.pdf"',
    'Content-Disposition: attachment; filename="attest.pdf"',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from(pdf)
      .toString('base64')
      .replace(/(.{76})/g, '$1\r\n'),
    '',
  ].join('\r\n')

const bytesOf = ({ sha256 }: Pick<Document, 'sha256'>): Promise<Uint8Array> => gateway.store.blobs.get(sha256)

async function ofRole(role: Document['role']): Promise<readonly Document[]> {
  return (await gateway.store.documentsOfCase(caseId)).filter((document) => document.role === role)
}

async function judgeAt(pdf: Uint8Array, at: string, poe: Date | null = null) {
  const now = world.now
  world.now = new Date(at)
  const crls = [await publishedCrl(world), ...(await keptCrls())]
  const report = verifyDocument(pdf, {
    validationTime: world.now,
    trustAnchors: [world.root.certificate.bytes],
    crls,
    poe,
  })
  world.now = now
  return report
}

async function keptCrls(): Promise<readonly Uint8Array[]> {
  const ids = (await gateway.store.preservationsOfCase(caseId)).flatMap((one) => one.validationData)
  const rows = (await gateway.store.validationData(ids)).filter(({ kind }) => kind === 'crl')
  return Promise.all(rows.map(bytesOf))
}

async function chainOf(rows: readonly Preservation[]) {
  return Promise.all(
    rows.map(async (row) => ({
      manifest: await gateway.store.blobs.get(row.manifestSha256),
      token: await gateway.store.blobs.get(row.tokenSha256),
    })),
  )
}

async function nextRun(at: string): Promise<void> {
  world.now = new Date(at)
  await gateway.running.parts.store.commit((write) => write.addJob('renew-timestamps', at, {}, world.now.toISOString()))
  await gateway.running.idle()
}

/** One story: a case of 2026, whose seal ends in 2028 and whose time-stamping authority ends with that year. */
describe('a case that is kept', () => {
  it('was sealed with a time-stamp, and is kept in an own rendition that lasts', async () => {
    expect(await gateway.store.case(caseId)).toMatchObject({ state: 'archived', indication: 'TOTAL-PASSED' })
    const [[approved], [rendition]] = [await ofRole('approved'), await ofRole('rendition')]
    if (!approved || !rendition) throw new Error('nothing was sealed')
    expect(rendition).toMatchObject({ derivedFrom: approved.id, name: 'attest-godkendt-tidsstemplet.pdf' })
    const [sent, kept] = [await bytesOf(approved), await bytesOf(rendition)]
    expect(Buffer.from(kept.subarray(0, sent.length)).equals(Buffer.from(sent))).toBe(true)
    const at = '2026-11-24T12:00:00Z'
    expect((await judgeAt(sent, at)).signatures[0]).toMatchObject({ level: 'PAdES-B-T', indication: 'TOTAL-PASSED' })
    expect((await judgeAt(kept, at)).signatures[0]).toMatchObject({ level: 'PAdES-B-LTA', indication: 'TOTAL-PASSED' })
  })

  it('has one time-stamp over everything, before its package was made, in the history and in the package', async () => {
    const rows = await gateway.store.preservationsOfCase(caseId)
    expect(rows).toMatchObject([
      {
        seq: 1,
        at: '2026-11-24T10:00:00.000Z',
        authority: 'Prøve-tidsstempel 2026',
        holdsUntil: '2029-01-01T00:00:00.000Z',
        renewAt: '2028-07-05T00:00:00.000Z',
      },
    ])
    const [one] = await chainOf(rows)
    const list = Buffer.from(one?.manifest ?? []).toString('utf8')
    const kinds = [...list.matchAll(/^[0-9a-f]{128} {2}([a-z-]+)\//gm)].map(([, kind]) => kind)
    expect([...new Set(kinds)]).toEqual(['document', 'report', 'sent', 'submission', 'validation-data'])
    const events = (await gateway.store.history(caseId)).map(({ event }) => event)
    expect(events.slice(-4)).toEqual(['answered', 'time-stamped', 'archive-planned', 'archived'])
    expect(await gateway.store.packagesOfCase(caseId)).toMatchObject([{ version: 1, state: 'acknowledged' }])
  })

  it('is left alone until its time comes', async () => {
    await nextRun('2028-07-04T10:00:00Z')
    expect(await gateway.store.preservationsOfCase(caseId)).toHaveLength(1)
  })

  it('waits unharmed while the authority is away, and the admin is told', async () => {
    world.answering = { authority: world.secondAuthority, away: true }
    await nextRun('2028-08-01T10:00:00Z')
    expect(await gateway.store.preservationsOfCase(caseId)).toHaveLength(1)
    expect(await gateway.store.setting('last-timestamp-renewal')).toMatchObject({
      stamped: 0,
      fault: expect.stringContaining('gave no answer'),
    })
  })

  it('is renewed once the authority is back, once, and goes to the archive again', async () => {
    world.answering = { authority: world.secondAuthority }
    await nextRun('2028-09-01T10:00:00Z')
    await nextRun('2028-09-02T10:00:00Z')
    const rows = await gateway.store.preservationsOfCase(caseId)
    expect(rows.map(({ seq, authority }) => [seq, authority])).toEqual([
      [1, 'Prøve-tidsstempel 2026'],
      [2, 'Prøve-tidsstempel 2028'],
    ])
    expect((await gateway.store.packagesOfCase(caseId)).map(({ version, state }) => [version, state])).toEqual([
      [1, 'acknowledged'],
      [2, 'acknowledged'],
    ])
    expect(await gateway.store.case(caseId)).toMatchObject({ state: 'archived' })
    const history = await gateway.store.history(caseId)
    expect(history.find(({ event }) => event === 'time-stamp-renewed')?.payload).toMatchObject({ seq: 2, inTime: true })
    expect(gateway.running.parts).toBeDefined()
  })

  it('is valid in 2040, sealed copy and original alike; without the renewal it is not', async () => {
    const at = '2040-06-01T00:00:00Z'
    const [first, second] = await ofRole('rendition')
    const [approved] = await ofRole('approved')
    const original = (await ofRole('attachment'))[0]
    if (!first || !second || !approved || !original) throw new Error('something is missing')
    expect((await judgeAt(await bytesOf(second), at)).indication).toBe('TOTAL-PASSED')
    expect((await judgeAt(await bytesOf(first), at)).indication).toBe('INDETERMINATE')
    expect((await judgeAt(await bytesOf(approved), at)).indication).toBe('INDETERMINATE')

    const rows = await gateway.store.preservationsOfCase(caseId)
    const crls = await keptCrls()
    world.now = new Date(at)
    const by = {
      validationTime: world.now,
      trustAnchors: [{ der: world.root.certificate.bytes, uses: ['timestamp'] as const }],
      crls: [...crls, await publishedCrl(world)],
    }
    const pdf = await bytesOf(original)
    const proven = verifyArchiveTimeStamps(await chainOf(rows), crls, by).provenAt(pdf)
    expect(proven).toEqual(new Date('2026-11-24T10:00:00Z'))
    expect((await judgeAt(pdf, at, proven)).indication).toBe('TOTAL-PASSED')
    expect(verifyArchiveTimeStamps(await chainOf(rows.slice(0, 1)), crls, by).provenAt(pdf)).toBeNull()
  })
})

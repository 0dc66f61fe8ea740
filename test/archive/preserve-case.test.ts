import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  archiveCase,
  lastRun,
  type PreserveCaseParts,
  preserveCase,
  type RenewParts,
  renewTimestamps,
  stampBeforeArchiving,
} from '../../src/archive/index.ts'
import type { Document } from '../../src/model/document.ts'
import { GatewayError } from '../../src/model/errors.ts'
import { findBrokenLink } from '../../src/model/history.ts'
import { newId, sha256Hex } from '../../src/model/ids.ts'
import type { Job } from '../../src/model/job.ts'
import type { TimeStamp } from '../../src/model/preservation.ts'
import type { GatheredData } from '../../src/model/validation-data.ts'
import { pdf } from '../casework/scene.ts'
import { type AnsweredScene, answeredCase } from './answered-case.ts'

const AWAY = new GatewayError('timestamp-unavailable', 'The authority gave no answer', { retryable: true })

interface Authority {
  fault: GatewayError | null
  readonly stamped: string[]
  holdsUntil: string
  algorithms: readonly string[]
}

const answer = (bytes: string): GatheredData => ({
  data: {
    id: newId(),
    kind: 'crl',
    url: 'http://crl.example/ca.crl',
    certificate: 'ab',
    sha256: sha256Hex(Buffer.from(bytes)),
    fetchedAt: '2026-11-24T09:00:00.000Z',
    freshUntil: null,
  },
  bytes: Buffer.from(bytes),
  isNew: true,
})

/** An answered case, with an authority that stamps whatever it is shown. */
async function kept() {
  const world = await answeredCase([pdf('attest.pdf'), { name: 'note.txt', bytes: Buffer.from('hej') }])
  const authority: Authority = {
    fault: null,
    stamped: [],
    holdsUntil: '2029-01-01T00:00:00.000Z',
    algorithms: ['rsa:2048', 'sha512'],
  }
  const stamp = (content: Uint8Array): TimeStamp => {
    if (authority.fault) throw authority.fault
    authority.stamped.push(Buffer.from(content).toString('utf8'))
    const token = Buffer.concat([Buffer.from('token over '), Buffer.from(sha256Hex(content))])
    const { holdsUntil, algorithms } = authority
    return {
      token,
      at: world.clock().toISOString(),
      authority: 'TSA',
      holdsUntil,
      algorithms,
      evidence: [answer('tsa')],
    }
  }
  const parts: RenewParts = {
    ...world.parts,
    timestamps: { stamp: async (pieces) => stamp(Buffer.concat(pieces)) },
    gatherForKeeping: async ({ mediaType }) => (mediaType === 'application/pdf' ? [answer('ca')] : []),
    gatherForTimeStamp: async () => [answer('of the older one')],
    extendSeal: async (bytes) => ({ pdf: Buffer.concat([bytes, Buffer.from(' LTA')]), stamp: stamp(bytes) }),
    endOfAlgorithm: () => null,
  }
  return { ...world, authority, timestampParts: parts, caseId: world.row.id }
}

type Kept = Awaited<ReturnType<typeof kept>>

async function renewalJob({ store }: Pick<AnsweredScene, 'store'>, key = '1'): Promise<Job> {
  await store.commit((write) => write.addJob('renew-timestamps', key, {}))
  const [job] = await store.jobs.lease('test', ['renew-timestamps'], 1, 60_000)
  if (!job) throw new Error('no job')
  return job
}

const renew = async (world: Kept, key?: string): Promise<void> =>
  renewTimestamps(await renewalJob(world, key), world.timestampParts)

const stampsOf = ({ store, caseId }: Kept) => store.preservationsOfCase(caseId)
const renditions = async ({ store, caseId }: Kept): Promise<readonly Document[]> =>
  (await store.documentsOfCase(caseId)).filter(({ role }) => role === 'rendition')

describe('what is kept of a case', () => {
  it('is listed whole by SHA-512, with nothing that names anybody, and the list is what was stamped', async () => {
    const world = await kept()
    expect(await preserveCase(world.caseId, world.timestampParts)).toBe(true)
    const [row] = await stampsOf(world)
    const list = Buffer.from(await world.store.blobs.get(row?.manifestSha256 ?? '')).toString('utf8')
    expect(world.authority.stamped.at(-1)).toBe(list)
    const lines = list.split('\n').filter((line) => /^[0-9a-f]{128} {2}/.test(line))
    const documents = await world.store.documentsOfCase(world.caseId)
    const blobs = new Set([...documents.map(({ sha256 }) => sha256)])
    for (const document of documents) expect(lines.filter((line) => line.includes(document.id)).length).toBeLessThan(2)
    expect(lines.filter((line) => line.includes('  document/') || line.includes('  submission/'))).toHaveLength(
      blobs.size,
    )
    expect(lines.filter((line) => line.includes('  report/'))).toHaveLength(1)
    expect(lines.filter((line) => line.includes('  validation-data/'))).toHaveLength(2)
    const sent = []
    for (const letter of await world.store.lettersOfCase(world.caseId)) {
      sent.push(...(await world.store.deliveriesOfLetter(letter.id)))
    }
    expect(sent.length).toBeGreaterThan(0)
    for (const { id, rawSha256 } of sent) {
      expect(list).toContain(`${sha512Of(await world.store.blobs.get(rawSha256 ?? ''))}  sent/${id}`)
    }
    expect(list).not.toMatch(/attest|note|kai|@/i)
    const last = (await world.store.history(world.caseId)).at(-2)
    expect(list).toContain(`# history up to entry ${last?.seq}: ${last?.hash}`)
  })

  it('gets a rendition of each sealed copy that goes on from the one before, and originals stay', async () => {
    const world = await kept()
    const before = await world.store.documentsOfCase(world.caseId)
    await preserveCase(world.caseId, world.timestampParts)
    await preserveCase(world.caseId, world.timestampParts)
    const [first, second] = await renditions(world)
    const bytes = await Promise.all([first, second].map(async (one) => world.store.blobs.get(one?.sha256 ?? '')))
    expect(bytes.map((one) => Buffer.from(one).toString('latin1').slice(-8))).toEqual(['aled LTA', ' LTA LTA'])
    expect(second?.derivedFrom).toBe(before.find(({ role }) => role === 'approved')?.id)
    expect((await world.store.documentsOfCase(world.caseId)).slice(0, before.length)).toEqual(before)
  })

  it('is stamped over the time-stamp before it, its list and what was gathered for it', async () => {
    const world = await kept()
    await preserveCase(world.caseId, world.timestampParts)
    await preserveCase(world.caseId, world.timestampParts)
    const [first] = await stampsOf(world)
    const list = world.authority.stamped.at(-1) ?? ''
    const digest = (bytes: Uint8Array): string => sha512Of(bytes)
    for (const sha256 of [first?.manifestSha256, first?.tokenSha256]) {
      expect(list).toContain(digest(await world.store.blobs.get(sha256 ?? '')))
    }
    expect(list).toContain(digest(Buffer.from('of the older one')))
    expect(list).toContain(digest(Buffer.from('tsa')))
    const history = await world.store.history(world.caseId)
    expect(findBrokenLink(history)).toBeNull()
    expect(history.map(({ event }) => event).filter((event) => event.startsWith('time-stamp'))).toEqual([
      'time-stamped',
      'time-stamp-renewed',
    ])
  })

  it('is nothing where the authority is away, or the commit fails; a repeat makes it once', async () => {
    const world = await kept()
    const before = [...world.store.tables().documents.keys()]
    world.authority.fault = AWAY
    await expect(preserveCase(world.caseId, world.timestampParts)).rejects.toBe(AWAY)
    world.authority.fault = null
    const killed: PreserveCaseParts = {
      ...world.timestampParts,
      store: {
        ...world.store,
        commit: async () => {
          throw new GatewayError('storage-unavailable', 'killed', { retryable: true })
        },
      },
    }
    await expect(preserveCase(world.caseId, killed)).rejects.toMatchObject({ code: 'storage-unavailable' })
    expect([...world.store.tables().documents.keys()]).toEqual(before)
    expect(await stampsOf(world)).toEqual([])
    await preserveCase(world.caseId, world.timestampParts)
    expect(await stampsOf(world)).toHaveLength(1)
  })

  it('gets one where two runs meet', async () => {
    const world = await kept()
    const both = [preserveCase(world.caseId, world.timestampParts), preserveCase(world.caseId, world.timestampParts)]
    expect((await Promise.all(both)).sort()).toEqual([false, true])
    expect(await stampsOf(world)).toHaveLength(1)
    expect(await renditions(world)).toHaveLength(1)
  })

  it('is not stamped where kept bytes are damaged, or while a caseworker has it, or without an authority', async () => {
    const world = await kept()
    const damaged = { ...world.store.blobs, get: () => Promise.reject(new GatewayError('internal', 'damaged')) }
    const parts = { ...world.timestampParts, store: { ...world.store, blobs: damaged } }
    await expect(preserveCase(world.caseId, parts)).rejects.toMatchObject({ code: 'internal' })
    expect(await preserveCase(world.caseId, { ...world.timestampParts, timestamps: null })).toBe(false)
    await world.store.commit((write) => write.updateCase(world.caseId, { state: 'with-caseworker' }))
    expect(await preserveCase(world.caseId, world.timestampParts)).toBe(false)
    expect(await stampsOf(world)).toEqual([])
  })
})

const sha512Of = (bytes: Uint8Array): string => createHash('sha512').update(bytes).digest('hex')

describe('the package of a case', () => {
  const pathsIn = (dir: string): readonly string[] =>
    readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((path) => /\.[a-z0-9]+$/.test(path))

  it('holds lists, tokens, renditions and what was gathered; each listed digest is in the bag’s manifest', async () => {
    const world = await kept()
    await stampBeforeArchiving(world.job, world.timestampParts)
    await archiveCase(world.job, world.archive)
    const paths = pathsIn(world.dir)
    const find = (end: string): string => paths.find((path) => path.endsWith(end)) ?? `nothing ends with ${end}`
    const list = readFileSync(join(world.dir, find('time-stamps/001/list.sha512')), 'utf8')
    expect(readFileSync(join(world.dir, find('time-stamps/001/list.tst')), 'utf8')).toContain('token over ')
    expect(find('-tidsstemplet.pdf')).toContain('representations/preservation/data/')
    const manifest = readFileSync(join(world.dir, find('/manifest-sha512.txt')), 'utf8')
    for (const [, sha512] of list.matchAll(/^([0-9a-f]{128}) /gm)) expect(manifest).toContain(sha512)
    const about = JSON.parse(readFileSync(join(world.dir, find('case.json')), 'utf8'))
    expect(about.timeStamps).toMatchObject([{ seq: 1, authority: 'TSA', holdsUntil: '2029-01-01T00:00:00.000Z' }])
  })

  it('is made anew, as the next version, when a time-stamp came after it', async () => {
    const world = await kept()
    await archiveCase(world.job, world.archive)
    await renew(world)
    const [again] = await world.leaseAll('archive')
    if (!again) throw new Error('no job')
    expect(again.payload).toEqual({ caseId: world.caseId, version: '2' })
    await archiveCase(again, world.archive)
    await archiveCase({ ...again }, world.archive).catch(() => undefined)
    const packages = await world.store.packagesOfCase(world.caseId)
    expect(packages.map(({ version, state }) => [version, state])).toEqual([
      [1, 'acknowledged'],
      [2, 'acknowledged'],
    ])
    expect(pathsIn(world.dir).filter((path) => path.endsWith('.tst'))).toHaveLength(1)
    expect(await world.store.case(world.caseId)).toMatchObject({ state: 'archived' })
    const archived = (await world.store.history(world.caseId)).filter(({ event }) => event === 'archived')
    expect(archived.map(({ payload }) => payload?.['version'])).toEqual([1, 2])
  })

  it('says for the admin that an authority is back', async () => {
    const world = await kept()
    world.authority.fault = AWAY
    await expect(stampBeforeArchiving(world.job, world.timestampParts)).rejects.toThrow()
    expect(await lastRun(world.store)).toMatchObject({ fault: 'The authority gave no answer', stamped: 0 })
    world.authority.fault = null
    await stampBeforeArchiving(world.job, world.timestampParts)
    expect(await lastRun(world.store)).toMatchObject({ fault: null, stamped: 1 })
  })

  it('waits some hours for an authority that is away, and then goes without', async () => {
    const world = await kept()
    world.authority.fault = AWAY
    const waits = { code: 'timestamp-unavailable', retryable: true, message: 'The authority gave no answer' }
    await expect(stampBeforeArchiving(world.job, world.timestampParts)).rejects.toMatchObject(waits)
    // A refusal too: tried by the clock, as its dozen tries would be over within an hour or so.
    world.authority.fault = new GatewayError('timestamp-refused', 'no root is trusted', { retryable: true })
    const refused = { ...waits, message: 'no root is trusted' }
    await expect(stampBeforeArchiving(world.job, world.timestampParts)).rejects.toMatchObject(refused)
    expect(await lastRun(world.store)).toMatchObject({ fault: 'no root is trusted' })
    const later = { ...world.timestampParts, clock: () => new Date(world.clock().getTime() + 7 * 3_600_000) }
    await stampBeforeArchiving(world.job, later)
    await archiveCase(world.job, world.archive)
    expect(await world.store.case(world.caseId)).toMatchObject({ state: 'archived' })
    world.authority.fault = null
    await renew(world)
    expect(await stampsOf(world)).toHaveLength(1)
  })
})

describe('the daily renewal', () => {
  it('renews half a year before the end, and a short-lived one when half of it is over', async () => {
    const world = await kept()
    await preserveCase(world.caseId, world.timestampParts)
    expect((await stampsOf(world))[0]?.renewAt).toBe('2028-07-05T00:00:00.000Z')
    const begin = world.clock()
    world.authority.holdsUntil = new Date(begin.getTime() + 100 * 86_400_000).toISOString()
    await preserveCase(world.caseId, world.timestampParts)
    const renewAt = Date.parse((await stampsOf(world))[1]?.renewAt ?? '')
    expect(Math.abs(renewAt - begin.getTime() - 50 * 86_400_000)).toBeLessThan(60_000)
  })

  it('renews what rests on an algorithm that is about to end, and not again every day where there is no better', async () => {
    const world = await kept()
    await preserveCase(world.caseId, world.timestampParts)
    const parts: RenewParts = {
      ...world.timestampParts,
      endOfAlgorithm: (name) => (name === 'rsa:2048' ? '2027-01-01T00:00:00Z' : null),
    }
    await renewTimestamps(await renewalJob(world, 'early'), parts)
    expect(await stampsOf(world)).toHaveLength(1)
    world.advance(40 * 86_400_000)
    await renewTimestamps(await renewalJob(world, 'due'), parts)
    await renewTimestamps(await renewalJob(world, 'again'), parts)
    expect(await stampsOf(world)).toHaveLength(2)
  })

  it('says in the history where it came too late', async () => {
    const world = await kept()
    await preserveCase(world.caseId, world.timestampParts)
    world.advance(900 * 86_400_000)
    world.authority.holdsUntil = '2040-01-01T00:00:00.000Z'
    await renew(world)
    const entry = (await world.store.history(world.caseId)).find(({ event }) => event === 'time-stamp-renewed')
    expect(entry?.payload).toMatchObject({ inTime: false })
  })

  it('says so, too, where an algorithm that the older one rests on had been given up by then', async () => {
    const world = await kept()
    await preserveCase(world.caseId, world.timestampParts)
    world.advance(40 * 86_400_000)
    const gaveUp = (end: string): RenewParts => ({
      ...world.timestampParts,
      endOfAlgorithm: (name) => (name === 'rsa:2048' ? end : null),
    })
    await preserveCase(world.caseId, gaveUp('2027-12-31T00:00:00Z'))
    await preserveCase(world.caseId, gaveUp('2026-12-01T00:00:00Z'))
    const renewed = (await world.store.history(world.caseId)).filter(({ event }) => event === 'time-stamp-renewed')
    expect(renewed.map(({ payload }) => payload?.['inTime'])).toEqual([true, false])
  })

  it('ends at a fault of the authority, with the job to be tried again and the reason for the admin', async () => {
    const world = await kept()
    world.authority.fault = AWAY
    await expect(renew(world)).rejects.toBe(AWAY)
    expect(await world.store.setting('last-timestamp-renewal')).toMatchObject({
      stamped: 0,
      failed: [],
      fault: 'The authority gave no answer',
    })
  })

  it('does not have a case stamped twice while the run of an earlier day is still tried again', async () => {
    const world = await kept()
    const first = await renewalJob(world, '2026-11-24')
    const second = await renewalJob(world, '2026-11-25')
    await renewTimestamps(second, world.timestampParts)
    expect(world.authority.stamped).toEqual([])
    expect(await world.store.listJobs({ kinds: ['renew-timestamps'], states: ['done'] })).toMatchObject([
      { key: '2026-11-25' },
    ])
    await renewTimestamps(first, world.timestampParts)
    expect(await stampsOf(world)).toHaveLength(1)
  })

  it('ends at a full disk, and asks for no more tokens that could not be kept', async () => {
    const world = await kept()
    const full = new GatewayError('storage-full', 'no room', { retryable: true })
    const blobs = { ...world.store.blobs, put: () => Promise.reject(full) }
    const parts = { ...world.timestampParts, store: { ...world.store, blobs } }
    await expect(renewTimestamps(await renewalJob(world), parts)).rejects.toBe(full)
    expect(await world.store.setting('last-timestamp-renewal')).toMatchObject({
      stamped: 0,
      failed: [],
      fault: 'no room',
    })
  })

  it('goes on past a case that something of its own stands against, and names it', async () => {
    const world = await kept()
    const parts: RenewParts = {
      ...world.timestampParts,
      gatherForKeeping: () => Promise.reject(new GatewayError('internal', 'damaged')),
    }
    await renewTimestamps(await renewalJob(world), parts)
    expect(await world.store.setting('last-timestamp-renewal')).toMatchObject({
      stamped: 0,
      failed: [{ caseId: world.caseId, code: 'internal' }],
      fault: null,
    })
  })

  it('does so many cases and no more, and leaves the rest to a next run at once', async () => {
    const world = await kept()
    await renewTimestamps(await renewalJob(world), { ...world.timestampParts, maxCases: 1 })
    expect(await stampsOf(world)).toHaveLength(1)
    expect((await world.leaseAll('renew-timestamps')).map(({ key }) => key)).toEqual(['1+'])
  })

  it('does nothing without an authority', async () => {
    const world = await kept()
    await renewTimestamps(await renewalJob(world), { ...world.timestampParts, timestamps: null })
    expect(await stampsOf(world)).toEqual([])
    expect(await world.store.setting('last-timestamp-renewal')).toBeNull()
  })
})

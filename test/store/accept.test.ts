import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { CompiledQuery } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/model/errors.ts'
import { newId } from '../../src/model/ids.ts'
import type { Store } from '../../src/model/store.ts'
import { createAcceptQueue } from '../../src/store/accept-queue.ts'
import type { Engine } from '../../src/store/engine.ts'
import { openPostgres } from '../../src/store/postgres/engine.ts'
import { openSqlite } from '../../src/store/sqlite/engine.ts'
import { engines, type TestStore } from '../support/engines.ts'
import { AT, acceptOne, sampleToken, smallBlob, submissionOf } from './samples.ts'

/** The same database behind an engine of its own, whose group commits are counted. */
async function countedQueue({ database, dataDir }: TestStore) {
  const inner =
    database.engine === 'sqlite'
      ? await openSqlite(join(dataDir, 'poststempel.sqlite'))
      : await openPostgres(database.url)
  const commits: (readonly CompiledQuery[])[] = []
  let work = 0
  const engine: Engine = {
    ...inner,
    runTogether: async (queries) => {
      commits.push(queries)
      await inner.runTogether(queries)
    },
  }
  const onWork = (): void => {
    work++
  }
  const queue = createAcceptQueue({ engine, now: () => AT, newId, onWork })
  return { queue, engine, commits, worked: () => work, close: () => inner.close() }
}

describe.each(engines())('accept on $name', (engine) => {
  let place: TestStore
  let store: Store
  let counted: Awaited<ReturnType<typeof countedQueue>>
  beforeAll(async () => {
    place = await engine.open()
    store = place.store
    counted = await countedQueue(place)
  })
  afterAll(async () => {
    await counted.close()
    await place.close()
  })

  it('leaves the submission, its bytes, its tokens and one job behind', async () => {
    const raw = smallBlob()
    const submission = submissionOf(raw)
    const token = sampleToken({ submissionId: submission.id })
    expect(await store.accept(submission, raw, [token])).toEqual({ id: submission.id, duplicate: false })
    expect(await store.blobs.get(raw.sha256)).toStrictEqual(raw.inline)
    expect(await store.tokensOfSubmission(submission.id)).toStrictEqual([token])
    const jobs = (await store.listJobs({ kinds: ['normalise'] })).filter(({ key }) => key === submission.id)
    expect(jobs).toMatchObject([{ state: 'ready', attempts: 0, payload: { submissionId: submission.id } }])
  })

  it('of the same key gives the first id and writes nothing', async () => {
    const { submission } = await acceptOne(store)
    const jobs = (await store.listJobs()).length
    const raw = smallBlob()
    const again = submissionOf(raw, { dedupKey: submission.dedupKey })
    const token = sampleToken({ submissionId: again.id })
    expect(await store.accept(again, raw, [token])).toEqual({ id: submission.id, duplicate: true })
    expect(await store.submission(again.id)).toBeNull()
    expect(await store.blobs.has(raw.sha256)).toBe(false)
    expect(await store.token(token.tokenHash)).toBeNull()
    expect(await store.listJobs()).toHaveLength(jobs)
  })

  it('of the same key many times at once makes one submission', async () => {
    const raw = smallBlob()
    const dedupKey = newId()
    const all = await Promise.all(Array.from({ length: 20 }, () => store.accept(submissionOf(raw, { dedupKey }), raw)))
    expect(new Set(all.map(({ id }) => id)).size).toBe(1)
    expect(all.filter(({ duplicate }) => !duplicate)).toHaveLength(1)
  })

  it('of the same key by two processes at once makes one submission', async () => {
    for (let round = 0; round < 10; round++) {
      const raw = smallBlob()
      const dedupKey = newId()
      const [one, two] = await Promise.all([
        store.accept(submissionOf(raw, { dedupKey }), raw),
        counted.queue.accept(submissionOf(raw, { dedupKey }), raw),
      ])
      expect(one.id).toBe(two.id)
      expect([one.duplicate, two.duplicate].toSorted()).toEqual([false, true])
    }
  })

  it('of callers that wait together is one commit, and all of them are there', async () => {
    counted.commits.length = 0
    const all = await Promise.all(Array.from({ length: 100 }, () => acceptOne({ ...store, ...counted.queue })))
    expect(counted.commits).toHaveLength(1)
    for (const { submission, raw } of all) {
      expect(await store.submission(submission.id)).not.toBeNull()
      expect(await store.blobs.get(raw.sha256)).toStrictEqual(raw.inline)
    }
  })

  it('gathers the next group while one is being flushed', async () => {
    counted.commits.length = 0
    const worked = counted.worked()
    const waves = Array.from({ length: 40 }, async (_, index) => {
      await new Promise((resolve) => setTimeout(resolve, index / 8))
      await acceptOne({ ...store, ...counted.queue })
    })
    await Promise.all(waves)
    expect(counted.commits.length).toBeLessThan(40)
    expect(counted.worked() - worked).toBe(counted.commits.length)
  })

  it('splits a group that is too large for one transaction', async () => {
    counted.commits.length = 0
    const large = Array.from({ length: 90 }, async () => {
      const raw = smallBlob(new Uint8Array(randomBytes(128 * 1024)))
      await counted.queue.accept(submissionOf(raw), raw)
    })
    await Promise.all(large)
    expect(counted.commits).toHaveLength(2)
  })

  it('of one that cannot be written fails alone, the others of its group are accepted', async () => {
    const { submission: known } = await acceptOne(store)
    const token = sampleToken({ submissionId: newId() })
    const raw = smallBlob()
    const good = Array.from({ length: 5 }, () => submissionOf(raw))
    // The same id under another key; a token of a submission that is not there.
    const sameId = store.accept(submissionOf(raw, { id: known.id }), raw)
    const lostToken = store.accept(submissionOf(raw), raw, [token])
    const answers = await Promise.allSettled([sameId, lostToken, ...good.map((it) => store.accept(it, raw))])
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', ...good.map(() => 'fulfilled')])
    await expect(sameId).rejects.toMatchObject({ code: 'duplicate' })
    for (const { id } of good) expect(await store.submission(id)).not.toBeNull()
  })

  it('with the bytes of another submission is refused', async () => {
    await expect(store.accept(submissionOf(smallBlob()), smallBlob())).rejects.toMatchObject({ code: 'internal' })
  })

  it('tells every caller when the storage is full, and works again once it is not', async () => {
    const full = new GatewayError('storage-full', 'full', { retryable: true })
    let isFull = true
    const engine: Engine = {
      ...counted.engine,
      runTogether: async (queries) => {
        if (isFull) throw full
        await counted.engine.runTogether(queries)
      },
    }
    const queue = createAcceptQueue({ engine, now: () => AT, newId, onWork: () => {} })
    const raw = smallBlob()
    const submissions = [submissionOf(raw), submissionOf(raw), submissionOf(raw)]
    const answers = await Promise.allSettled(submissions.map((it) => queue.accept(it, raw)))
    for (const answer of answers) expect(answer).toMatchObject({ status: 'rejected', reason: full })
    isFull = false
    for (const it of submissions) expect(await queue.accept(it, raw)).toEqual({ id: it.id, duplicate: false })
  })

  it('wakes whoever listens for work', async () => {
    let woken = 0
    const stop = store.jobs.onWork(() => {
      woken++
    })
    const { submission, raw } = await acceptOne(store)
    expect(woken).toBe(1)
    await store.accept(submission, raw)
    expect(woken).toBe(1)
    stop()
    await acceptOne(store)
    expect(woken).toBe(1)
  })
})

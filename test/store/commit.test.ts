import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../../src/model/ids.ts'
import type { Store, Writer } from '../../src/model/store.ts'
import { engines, type TestStore } from '../support/engines.ts'
import { acceptOne, addCase, sampleCase, sampleDocument, sampleParty, smallBlob, submissionOf } from './samples.ts'

describe.each(engines())('a commit on $name', (engine) => {
  let place: TestStore
  let store: Store
  /** The same store, as another node or the command line has it open. */
  let other: Store
  beforeAll(async () => {
    place = await engine.open()
    store = place.store
    other = await place.openAgain()
  })
  afterAll(async () => {
    await other.close()
    await place.close()
  })

  it('whose work throws leaves nothing and throws the same', async () => {
    const fault = new Error('no')
    const row = sampleCase()
    let woken = 0
    const stop = store.jobs.onWork(() => {
      woken++
    })
    const work = async (write: Writer): Promise<never> => {
      await write.addCase(row)
      await write.addJob('archive', row.id, {})
      expect(await write.case(row.id)).toStrictEqual(row)
      expect(await store.case(row.id)).toBeNull()
      throw fault
    }
    await expect(store.commit(work)).rejects.toBe(fault)
    stop()
    expect(await store.case(row.id)).toBeNull()
    expect((await store.listJobs()).filter(({ key }) => key === row.id)).toEqual([])
    expect(woken).toBe(0)
  })

  it('whose work swallows the fault of a write does not stand', async () => {
    const row = sampleCase()
    const work = async (write: Writer): Promise<string> => {
      await write.addCase(row)
      await write.addCase(row).catch(() => {})
      return 'fine'
    }
    await expect(store.commit(work)).rejects.toMatchObject({ code: 'duplicate' })
    expect(await store.case(row.id)).toBeNull()
  })

  it('is seen by another process as soon as it returns', async () => {
    const { id } = await store.commit((write) => addCase(write))
    expect(await other.case(id)).not.toBeNull()
    const { submission } = await acceptOne(other)
    expect(await store.submission(submission.id)).not.toBeNull()
  })

  it('waits for another one, also of another process: nothing read is overtaken', async () => {
    const { id } = await store.commit((write) => addCase(write, { title: '0' }))
    const count = async (through: Store): Promise<void> => {
      await through.commit(async (write) => {
        const before = Number((await write.case(id))?.title)
        await new Promise((resolve) => setTimeout(resolve, 1))
        await write.updateCase(id, { title: String(before + 1) })
      })
    }
    await Promise.all(Array.from({ length: 20 }, (_, index) => count(index % 2 === 0 ? store : other)))
    expect((await store.case(id))?.title).toBe('20')
  })

  it('runs writes that were started together', async () => {
    const rows = Array.from({ length: 10 }, () => sampleCase())
    await store.commit(async (write) => {
      await Promise.all(rows.map((row) => write.addCase(row)))
    })
    for (const { id } of rows) expect(await store.case(id)).not.toBeNull()
  })

  it('inside a commit is refused at once instead of waiting for itself', async () => {
    const inner = store.commit(async () => store.commit((write) => addCase(write)))
    await expect(inner).rejects.toMatchObject({ code: 'internal' })
    const raw = smallBlob()
    const accept = store.commit(async () => store.accept(submissionOf(raw), raw))
    await expect(accept).rejects.toMatchObject({ code: 'internal' })
    const lease = store.commit(async () => store.jobs.lease('me', ['archive'], 1, 1000))
    await expect(lease).rejects.toMatchObject({ code: 'internal' })
  })

  it('may be followed by another, from a timer that its work has started', async () => {
    const later = Promise.withResolvers<string>()
    await store.commit(async () => {
      setTimeout(() => later.resolve(store.commit((write) => addCase(write)).then(({ id }) => id)), 20)
    })
    expect(await store.case(await later.promise)).not.toBeNull()
  })

  it('that ended gives its writer no more power', async () => {
    const kept: Writer[] = []
    await store.commit(async (write) => {
      kept.push(write)
    })
    for (const write of kept) await expect(addCase(write)).rejects.toThrow()
  })

  it('that refers to what is not there does not stand', async () => {
    const party = sampleParty(newId())
    await expect(store.commit((write) => write.addParty(party))).rejects.toMatchObject({ code: 'internal' })
    const document = sampleDocument(smallBlob())
    await expect(store.commit((write) => write.addDocument(document))).rejects.toMatchObject({ code: 'internal' })
    expect(await store.party(party.id)).toBeNull()
    expect(await store.document(document.id)).toBeNull()
    expect((await store.commit((write) => addCase(write))).id).toBeTruthy()
  })

  it('counts cases of a year without gaps, also where one was rolled back', async () => {
    const next = (through: Store) => through.commit((write) => write.nextCaseSerial(2031))
    expect(await next(store)).toBe(1)
    const undone = store.commit(async (write) => {
      expect(await write.nextCaseSerial(2031)).toBe(2)
      throw new Error('no')
    })
    await expect(undone).rejects.toThrow('no')
    const all = await Promise.all([next(store), next(other), next(store), next(other)])
    expect(all.toSorted()).toEqual([2, 3, 4, 5])
    expect(await store.commit((write) => write.nextCaseSerial(2032))).toBe(1)
  })

  it('after close is refused as storage-unavailable', async () => {
    const closed = await place.openAgain()
    await closed.close()
    await expect(closed.commit((write) => addCase(write))).rejects.toMatchObject({ code: 'storage-unavailable' })
    await expect(closed.countCases()).rejects.toMatchObject({ code: 'storage-unavailable' })
  })
})

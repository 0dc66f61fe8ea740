import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sha256Hex } from '../../src/model/ids.ts'
import type { Blobs, Store } from '../../src/model/store.ts'
import { createBlobFiles } from '../../src/store/blobs/blob-files.ts'
import { createBlobs } from '../../src/store/blobs/blobs.ts'
import { type FileSystem, nodeFileSystem } from '../../src/store/blobs/file-system.ts'
import { MAX_INLINE_BYTES } from '../../src/store/index.ts'
import { openSqlite } from '../../src/store/sqlite/engine.ts'
import { engines, type TestStore } from '../support/engines.ts'
import { smallBlob, submissionOf } from './samples.ts'

const large = (size = MAX_INLINE_BYTES + 1): Uint8Array => new Uint8Array(randomBytes(size))

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size)
}

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

describe.each(engines())('blobs on $name', (engine) => {
  let place: TestStore
  let store: Store
  let fileOf: (sha256: string) => string
  let unfinished: string
  beforeAll(async () => {
    place = await engine.open()
    store = place.store
    fileOf = (sha256) => join(place.dataDir, 'blobs', sha256.slice(0, 2), sha256)
    unfinished = join(place.dataDir, 'blobs', 'unfinished')
  })
  afterAll(() => place.close())

  it.each([0, 1, MAX_INLINE_BYTES])('of %i bytes travel in the commit', async (size) => {
    const bytes = new Uint8Array(randomBytes(size))
    const blob = await store.blobs.put(bytes)
    expect(blob).toStrictEqual({ sha256: sha256Hex(bytes), size, inline: bytes })
    expect(await store.blobs.has(blob.sha256)).toBe(false)
    await expect(store.blobs.get(blob.sha256)).rejects.toMatchObject({ code: 'not-found' })
    await store.commit((write) => write.keepBlob(blob))
    expect(await store.blobs.has(blob.sha256)).toBe(true)
    expect(await store.blobs.get(blob.sha256)).toStrictEqual(bytes)
    expect(existsSync(fileOf(blob.sha256))).toBe(false)
  })

  it('that are large lie in a file of their own, for the owner alone', async () => {
    const bytes = large()
    const blob = await store.blobs.put(bytes)
    expect(blob).toStrictEqual({ sha256: sha256Hex(bytes), size: bytes.byteLength, inline: null })
    expect(readFileSync(fileOf(blob.sha256)).equals(bytes)).toBe(true)
    expect(modeOf(fileOf(blob.sha256))).toBe('600')
    expect(modeOf(join(place.dataDir, 'blobs', blob.sha256.slice(0, 2)))).toBe('700')
    await expect(store.blobs.get(blob.sha256)).rejects.toMatchObject({ code: 'not-found' })
    const submission = submissionOf(blob)
    await store.accept(submission, blob)
    expect(Buffer.from(await store.blobs.get(blob.sha256)).equals(bytes)).toBe(true)
    expect(readdirSync(unfinished)).toEqual([])
  })

  it('put twice are one, also where another has written it meanwhile', async () => {
    const bytes = large()
    const [one, two] = await Promise.all([store.blobs.put(bytes), store.blobs.put(bytes)])
    expect(one).toStrictEqual(two)
    await store.commit(async (write) => {
      await write.keepBlob(one)
      await write.keepBlob(two)
    })
    expect(Buffer.from(await store.blobs.get(one.sha256)).equals(bytes)).toBe(true)
  })

  it('of a view keep only what the view shows', async () => {
    const whole = new Uint8Array(randomBytes(1000))
    const view = whole.subarray(100, 200)
    const blob = await store.blobs.put(view)
    await store.commit((write) => write.keepBlob(blob))
    expect(whole.byteLength).toBe(1000)
    expect(await store.blobs.get(blob.sha256)).toStrictEqual(whole.slice(100, 200))
  })

  it('that come in pieces are the same as those that come whole, however they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 3 * MAX_INLINE_BYTES }),
        fc.integer({ min: 1000, max: 200_000 }),
        async (size, piece) => {
          const bytes = new Uint8Array(randomBytes(size))
          const streamed = await store.blobs.putStream(inPieces(bytes, piece), size)
          expect({ ...streamed, inline: streamed.inline && sha256Hex(streamed.inline) }).toStrictEqual({
            sha256: sha256Hex(bytes),
            size,
            inline: size > MAX_INLINE_BYTES ? null : sha256Hex(bytes),
          })
          if (streamed.inline === null) expect(readFileSync(fileOf(streamed.sha256)).equals(bytes)).toBe(true)
        },
      ),
      { numRuns: 25 },
    )
    expect(readdirSync(unfinished)).toEqual([])
  })

  it.each([1000, 2 * MAX_INLINE_BYTES])('in pieces beyond a limit of %i are refused and leave nothing', async (max) => {
    const bytes = large(max + 1)
    let taken = 0
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        yield* inPieces(bytes, 10_000)
        taken++
      }
    }
    await expect(store.blobs.putStream(endless(), max)).rejects.toMatchObject({ code: 'too-large', retryable: false })
    expect(taken).toBeLessThan(2)
    expect(existsSync(fileOf(sha256Hex(bytes)))).toBe(false)
    expect(readdirSync(unfinished)).toEqual([])
  })

  it('whose source breaks off leave nothing, and the fault is the one of the source', async () => {
    const broken = new Error('the client went away')
    async function* breaking(): AsyncGenerator<Uint8Array> {
      yield large()
      throw broken
    }
    await expect(store.blobs.putStream(breaking(), 10_000_000)).rejects.toBe(broken)
    expect(readdirSync(unfinished)).toEqual([])
  })

  it('that were changed, cut or removed on disk are noticed, and healed by putting them again', async () => {
    const bytes = large()
    const blob = await store.blobs.put(bytes)
    await store.commit((write) => write.keepBlob(blob))
    const path = fileOf(blob.sha256)
    const damaged = bytes.slice()
    damaged[5] = (damaged[5] ?? 0) ^ 1
    writeFileSync(path, damaged)
    await expect(store.blobs.get(blob.sha256)).rejects.toMatchObject({ code: 'internal' })
    await store.blobs.put(bytes)
    expect(Buffer.from(await store.blobs.get(blob.sha256)).equals(bytes)).toBe(true)
    truncateSync(path, 10)
    await expect(store.blobs.get(blob.sha256)).rejects.toMatchObject({ code: 'internal' })
  })

  it('unfinished since yesterday are swept at start, younger ones may be another process at work', async () => {
    const [old, young] = [join(unfinished, 'old'), join(unfinished, 'young')]
    for (const path of [old, young]) writeFileSync(path, 'x')
    const yesterday = (Date.now() - 25 * 60 * 60 * 1000) / 1000
    utimesSync(old, yesterday, yesterday)
    await (await place.openAgain()).close()
    expect(readdirSync(unfinished)).toEqual(['young'])
  })
})

describe('blobs on a disk that is full', () => {
  let place: TestStore
  let blobs: (files: FileSystem) => Blobs
  let close: () => Promise<void>
  beforeAll(async () => {
    const [sqlite] = engines()
    if (!sqlite) throw new Error('no engine')
    place = await sqlite.open()
    const engine = await openSqlite(join(place.dataDir, 'poststempel.sqlite'))
    blobs = (files) => createBlobs(engine.reader, createBlobFiles(join(place.dataDir, 'blobs'), files))
    close = () => engine.close()
    await mkdir(join(place.dataDir, 'blobs', 'unfinished'), { recursive: true })
  })
  afterAll(async () => {
    await close()
    await place.close()
  })

  const noSpace = (): never => {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  }
  /** A file system in which one call of a file handle, or of the system itself, finds no space. */
  const fullAt = (call: 'open' | 'write' | 'datasync' | 'rename' | 'sync'): FileSystem => ({
    ...nodeFileSystem,
    rename: call === 'rename' ? async () => noSpace() : nodeFileSystem.rename,
    async open(path, flags, mode) {
      if (call === 'open' && flags === 'wx') noSpace()
      const handle = await nodeFileSystem.open(path, flags, mode)
      // The folders' own names are flushed before: what fails is the flush after the rename.
      const spared = call === 'sync' && !/blobs\/[0-9a-f]{2}$/.test(path)
      if (call !== 'open' && call !== 'rename' && !spared) handle[call] = async () => noSpace()
      return handle
    },
  })

  it.each(['open', 'write', 'datasync', 'rename', 'sync'] as const)('at %s: storage-full, retryable', async (call) => {
    const bytes = large()
    const full = { code: 'storage-full', retryable: true }
    await expect(blobs(fullAt(call)).put(bytes)).rejects.toMatchObject(full)
    await expect(blobs(fullAt(call)).putStream(inPieces(bytes, 50_000), 1e6)).rejects.toMatchObject(full)
    expect(readdirSync(join(place.dataDir, 'blobs', 'unfinished'))).toEqual([])
    const blob = await blobs(nodeFileSystem).put(bytes)
    expect(blob.sha256).toBe(sha256Hex(bytes))
  })

  it('small ones need no file', async () => {
    const { inline, sha256 } = smallBlob()
    expect((await blobs(fullAt('open')).put(inline)).sha256).toBe(sha256)
  })
})

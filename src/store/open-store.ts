import { newId } from '../model/ids.ts'
import type { Store } from '../model/store.ts'
import { type Clock, instant } from '../model/time.ts'
import { createAcceptQueue } from './accept-queue.ts'
import type { BlobFiles } from './blobs/blob-files.ts'
import { createBlobs } from './blobs/blobs.ts'
import type { Engine } from './engine.ts'
import { createJobQueue } from './job-queue.ts'
import { createListeners } from './listeners.ts'
import { createCommitGuard } from './mutex.ts'
import type { AnchorList } from './tables/anchor-list.ts'
import { createReader, createWriter } from './tables/index.ts'

/** Puts the store together over an engine whose schema is up to date. */
export function openStore(parts: {
  readonly engine: Engine
  readonly blobFiles: BlobFiles
  readonly clock: Clock
  readonly random: () => number
}): Store {
  const { engine, blobFiles, clock, random } = parts
  const now = () => instant(clock())
  const id = () => newId(clock().getTime())
  const work = createListeners()
  const guard = createCommitGuard()
  const queue = createAcceptQueue({ engine, now, newId: id, onWork: work.tell })
  const anchors: AnchorList = { kept: null }
  let closing: Promise<void> | null = null

  return {
    ...createReader(engine.reader, anchors),
    engine: engine.kind,
    blobs: createBlobs(engine.reader, blobFiles),
    jobs: createJobQueue({ engine, clock, random, guard, work }),
    async accept(submission, raw, tokens) {
      guard.refuseInside('accept')
      return queue.accept(submission, raw, tokens)
    },
    async commit(run) {
      guard.refuseInside('commit')
      let hasNewJobs = false
      const onJob = (): void => {
        hasNewJobs = true
      }
      const result = await engine.transaction((db) =>
        guard.inside(() => run(createWriter(db, { now, newId: id, onJob, anchors }))),
      )
      if (hasNewJobs) work.tell()
      return result
    },
    close() {
      closing ??= queue.drain().then(() => engine.close())
      return closing
    },
  }
}

import { randomUUID } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { GatewayError } from '../../model/errors.ts'
import type { FileSystem } from './file-system.ts'

/** A file being written under a temporary name. */
export interface UnfinishedBlob {
  write(piece: Uint8Array): Promise<void>
  /** Flushes it, gives it its name by content and flushes the folder: from here on a row may refer to it. */
  finish(sha256: string): Promise<void>
  /** Removes it; does nothing once finished. */
  discard(): Promise<void>
}

/** Large blobs as files blobs/ab/<sha256>, whole or not there. All throw GatewayError storage-full, storage-unavailable. */
export interface BlobFiles {
  start(): Promise<UnfinishedBlob>
  /** Gives the bytes as they lie there, unchecked; null where there is no such file. */
  read(sha256: string): Promise<Uint8Array | null>
  exists(sha256: string): Promise<boolean>
  /** Removes unfinished files that a kill left more than a day before nowMs. */
  sweep(nowMs: number): Promise<void>
}

const DAY_MS = 24 * 60 * 60 * 1000

/** Takes the folder of all blobs (made where it is missing, for the owner alone). */
export function createBlobFiles(folder: string, files: FileSystem): BlobFiles {
  const unfinished = join(folder, 'unfinished')
  const pathOf = (sha256: string): string => join(folder, sha256.slice(0, 2), sha256)
  const flushedFolders = new Set<string>()

  /** Makes a folder and flushes its name into the one above: else a power loss could take the file with the folder. */
  const makeFolder = async (path: string): Promise<void> => {
    if (flushedFolders.has(path)) return
    await files.mkdir(path, { recursive: true, mode: 0o700 })
    await flushFolder(files, dirname(path))
    flushedFolders.add(path)
  }

  return {
    start: () =>
      named(async () => {
        await makeFolder(folder)
        await makeFolder(unfinished)
        const path = join(unfinished, randomUUID())
        const handle = await files.open(path, 'wx', 0o600)
        return unfinishedBlob({ files, handle, path, pathOf, makeFolder })
      }),
    read: (sha256) => named(() => orNull(() => files.readFile(pathOf(sha256)))),
    exists: async (sha256) => (await named(() => orNull(() => files.stat(pathOf(sha256))))) !== null,
    sweep: (nowMs) =>
      named(async () => {
        for (const name of (await orNull(() => files.readdir(unfinished))) ?? []) {
          const path = join(unfinished, name)
          const found = await orNull(() => files.stat(path))
          // A younger one may belong to another process on the same folder.
          if (found !== null && found.mtimeMs < nowMs - DAY_MS) await files.rm(path, { force: true })
        }
      }),
  }
}

function unfinishedBlob(parts: {
  readonly files: FileSystem
  readonly handle: FileHandle
  readonly path: string
  readonly pathOf: (sha256: string) => string
  readonly makeFolder: (path: string) => Promise<void>
}): UnfinishedBlob {
  const { files, handle, path, pathOf, makeFolder } = parts
  let open = true
  let renamed = false
  const close = async (): Promise<void> => {
    if (!open) return
    open = false
    await handle.close()
  }
  return {
    write: (piece) =>
      named(async () => {
        let offset = 0
        // A nearly full disk may take a part of it.
        while (offset < piece.byteLength) offset += (await handle.write(piece, offset)).bytesWritten
      }),
    finish: (sha256) =>
      named(async () => {
        await handle.datasync()
        await close()
        const target = pathOf(sha256)
        await makeFolder(dirname(target))
        // Also where it is there already: it may be another's that is not flushed yet, or decayed.
        await files.rename(path, target)
        renamed = true
        await flushFolder(files, dirname(target))
      }),
    discard: () =>
      named(async () => {
        if (renamed) return
        await close().finally(() => files.rm(path, { force: true }))
      }),
  }
}

async function flushFolder(files: FileSystem, path: string): Promise<void> {
  const handle = await files.open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function orNull<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return null
    throw thrown
  }
}

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** Gives faults of the file system their names; paths (they hold no personal data, but machine names) stay out. */
async function named<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    const errno = errnoOf(thrown)
    if (errno === null) throw thrown
    const code = FULL.has(errno) ? 'storage-full' : 'storage-unavailable'
    throw new GatewayError(code, `a blob file: ${errno}`, { retryable: true, facts: { errno }, cause: thrown })
  }
}

function errnoOf(thrown: unknown): string | null {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : null
}

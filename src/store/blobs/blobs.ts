import { createHash } from 'node:crypto'
import { GatewayError } from '../../model/errors.ts'
import { sha256Hex } from '../../model/ids.ts'
import type { BlobRef, Blobs } from '../../model/store.ts'
import type { Db } from '../schema.ts'
import type { BlobFiles, UnfinishedBlob } from './blob-files.ts'

/** Up to here bytes travel in the commit: one flush for all. Beyond, a file is cheaper than a row. */
export const MAX_INLINE_BYTES = 128 * 1024

/** Gives the blobs of a store: rows through the reader, files through the folder. */
export function createBlobs(reader: Db, files: BlobFiles): Blobs {
  const row = (sha256: string) =>
    reader.selectFrom('blobs').select(['size', 'bytes']).where('sha256', '=', sha256).executeTakeFirst()

  return {
    async put(bytes) {
      const sha256 = sha256Hex(bytes)
      const size = bytes.byteLength
      if (size <= MAX_INLINE_BYTES) return { sha256, size, inline: bytes }
      const file = await files.start()
      await finishing(file, async () => {
        await file.write(bytes)
        await file.finish(sha256)
      })
      return { sha256, size, inline: null }
    },
    putStream: (pieces, maxBytes) => putStream(files, pieces, maxBytes),
    async get(sha256) {
      const found = await row(sha256)
      if (!found) throw new GatewayError('not-found', 'no such blob', { facts: { sha256 } })
      const bytes = found.bytes ?? (await files.read(sha256))
      if (bytes === null) throw damaged('is missing', sha256)
      if (bytes.byteLength !== found.size || sha256Hex(bytes) !== sha256) throw damaged('no longer matches', sha256)
      return bytes
    },
    async has(sha256) {
      const found = await reader
        .selectFrom('blobs')
        .select((it) => it('bytes', 'is', null).as('inFile'))
        .where('sha256', '=', sha256)
        .executeTakeFirst()
      if (!found) return false
      return found.inFile ? files.exists(sha256) : true
    },
  }
}

const damaged = (what: string, sha256: string): GatewayError =>
  new GatewayError('internal', `the stored blob ${what}`, { facts: { sha256 } })

async function putStream(files: BlobFiles, pieces: AsyncIterable<Uint8Array>, maxBytes: number): Promise<BlobRef> {
  const hash = createHash('sha256')
  const small: Uint8Array[] = []
  let size = 0
  let file: UnfinishedBlob | null = null
  const take = async (): Promise<BlobRef> => {
    for await (const piece of pieces) {
      size += piece.byteLength
      if (size > maxBytes) throw new GatewayError('too-large', 'more than is taken', { facts: { maxBytes } })
      hash.update(piece)
      if (file === null && size > MAX_INLINE_BYTES) {
        file = await files.start()
        for (const before of small) await file.write(before)
      }
      if (file === null) small.push(piece)
      else await file.write(piece)
    }
    const sha256 = hash.digest('hex')
    if (file === null) return { sha256, size, inline: new Uint8Array(Buffer.concat(small)) }
    await file.finish(sha256)
    return { sha256, size, inline: null }
  }
  return finishing({ discard: async () => file?.discard() }, take)
}

/** Runs the work; where it throws, nothing is left behind, and its own fault is the one reported. */
async function finishing<T>(file: { discard(): Promise<void> | undefined }, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (fault) {
    await Promise.allSettled([file.discard()])
    throw fault
  }
}

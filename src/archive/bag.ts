import { createHash, type Hash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { GatewayError } from '../model/errors.ts'
import { encodeBagPath, isSafeBagPath } from './bag-path.ts'
import { flushFolder, writeDurably } from './durable-file.ts'

export const BAG_ALGORITHMS = ['sha256', 'sha512'] as const
export type BagAlgorithm = (typeof BAG_ALGORITHMS)[number]

/** One line of bag-info.txt: label and value, each on one line. */
export type BagInfo = readonly (readonly [label: string, value: string])[]

/** A BagIt 1.0 bag that is being written. */
export interface BagWriter {
  /** Adds a payload file; the path is relative to data/. @throws GatewayError internal for an unsafe or repeated path */
  addFile(path: string, bytes: Uint8Array): Promise<{ readonly sha256: string }>
  /** Writes bag-info.txt and the manifests and flushes every folder. Gives the SHA-256 (hex) of tagmanifest-sha256.txt. */
  finish(info: BagInfo): Promise<{ readonly fixity: string; readonly files: number; readonly bytes: number }>
}

type Digests = Readonly<Record<BagAlgorithm, string>>

const DECLARATION = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n'

/**
 * Begins a bag in an empty folder. Files go to disk one at a time, so that a case of any size fits in memory; each is
 * flushed. Same files and info give the same bytes: nothing in a bag comes from a clock or from the order of adding.
 * @see RFC 8493
 */
export function createBag(folder: string): BagWriter {
  const payload = new Map<string, Digests>()
  let bytesInAll = 0

  return {
    addFile: async (path, bytes) => {
      const inBag = `data/${path}`
      if (!isSafeBagPath(path) || payload.has(inBag)) {
        throw new GatewayError('internal', 'This path cannot be in the bag, or is there already')
      }
      await writeDurably(join(folder, inBag), [bytes])
      const digests = digestsOf(bytes)
      payload.set(inBag, digests)
      bytesInAll += bytes.length
      return digests
    },
    finish: async (info) => {
      const tags = new Map<string, Digests>()
      const writeTag = async (name: string, text: string): Promise<string> => {
        const bytes = Buffer.from(text, 'utf8')
        await writeDurably(join(folder, name), [bytes])
        const digests = digestsOf(bytes)
        tags.set(name, digests)
        return digests.sha256
      }
      await writeTag('bagit.txt', DECLARATION)
      await writeTag('bag-info.txt', infoText([...info, ['Payload-Oxum', `${bytesInAll}.${payload.size}`]]))
      for (const algorithm of BAG_ALGORITHMS) {
        await writeTag(`manifest-${algorithm}.txt`, manifestText(payload, algorithm))
      }
      // A tag manifest lists every tag file but the tag manifests (§2.2.1).
      const listed = new Map(tags)
      const fixity = await writeTag('tagmanifest-sha256.txt', manifestText(listed, 'sha256'))
      await writeTag('tagmanifest-sha512.txt', manifestText(listed, 'sha512'))
      await flushFolders(folder)
      return { fixity, files: payload.size, bytes: bytesInAll }
    },
  }
}

function digestsOf(bytes: Uint8Array): Digests {
  const digest = (hash: Hash): string => hash.update(bytes).digest('hex')
  return { sha256: digest(createHash('sha256')), sha512: digest(createHash('sha512')) }
}

function manifestText(files: ReadonlyMap<string, Digests>, algorithm: BagAlgorithm): string {
  const paths = [...files.keys()].sort()
  return paths.map((path) => `${files.get(path)?.[algorithm]}  ${encodeBagPath(path)}\n`).join('')
}

/** Label and value stand on one line each: a line break in a name must not become a field of its own. */
function infoText(info: BagInfo): string {
  return info.map(([label, value]) => `${oneLine(label)}: ${oneLine(value)}\n`).join('')
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()

async function flushFolders(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name))
  for (const path of [...folders, folder]) await flushFolder(path)
}

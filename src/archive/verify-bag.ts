import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { BAG_ALGORITHMS, type BagAlgorithm } from './bag.ts'
import { decodeBagPath, isSafeBagPath } from './bag-path.ts'

export interface BagProblem {
  readonly code:
    | 'unreadable'
    | 'no-declaration'
    | 'no-manifest'
    | 'no-files'
    | 'malformed-manifest'
    | 'unsafe-path'
    | 'symbolic-link'
    | 'file-missing'
    | 'file-not-listed'
    | 'checksum-differs'
    | 'oxum-differs'
    | 'fetch-file'
  /** Inside the bag. */
  readonly path: string
}

export interface BagConclusion {
  readonly valid: boolean
  readonly problems: readonly BagProblem[]
  /** Payload files whose every checksum was computed anew. */
  readonly filesChecked: number
  /** SHA-256 (hex) of tagmanifest-sha256.txt; null where there is none. */
  readonly fixity: string | null
}

/** A manifest as read: path in the bag → checksum, lower-case hex. */
export interface Manifest {
  readonly entries: ReadonlyMap<string, string>
  readonly problems: readonly BagProblem[]
}

const MAX_TAG_FILE_BYTES = 64 * 1024 * 1024
const HEX_LENGTH: Readonly<Record<BagAlgorithm, number>> = { sha256: 64, sha512: 128 }
const DECLARATION = /^BagIt-Version: (?:0\.97|1\.0)\r?\nTag-File-Character-Encoding: UTF-8(?:\r?\n)?$/

/**
 * Reads a bag back and computes every checksum anew. Valid means: declared, payload listed completely in each SHA-256
 * or SHA-512 manifest and nothing beside it, every checksum as listed, tag files too, and at least one file checked.
 * What does not hold comes as a list; nothing throws.
 * @see RFC 8493 §3
 */
export async function verifyBag(folder: string): Promise<BagConclusion> {
  const problems: BagProblem[] = []
  const names = await readdir(folder).catch(() => null)
  if (names === null)
    return { valid: false, problems: [{ code: 'unreadable', path: '' }], filesChecked: 0, fixity: null }
  const declaration = await readTag(folder, 'bagit.txt')
  if (declaration === null || !DECLARATION.test(declaration))
    problems.push({ code: 'no-declaration', path: 'bagit.txt' })
  if (names.includes('fetch.txt')) problems.push({ code: 'fetch-file', path: 'fetch.txt' })

  const payload = await listFiles(folder, 'data', problems)
  const manifests = await readManifests(folder, 'manifest', problems)
  if (manifests.size === 0) problems.push({ code: 'no-manifest', path: '' })
  const tags = await readManifests(folder, 'tagmanifest', problems)
  const checked = await checkListed(folder, manifests, problems, (path) => path.startsWith('data/'))
  await checkListed(folder, tags, problems, (path) => !path.startsWith('data/') && !path.startsWith('tagmanifest-'))
  for (const entries of manifests.values()) {
    for (const { path } of payload) if (!entries.has(path)) problems.push({ code: 'file-not-listed', path })
  }
  if (checked === 0) problems.push({ code: 'no-files', path: 'data' })
  const info = await readTag(folder, 'bag-info.txt')
  const oxum = /^Payload-Oxum: *(\d+\.\d+)\s*$/m.exec(info ?? '')?.[1]
  const counted = `${payload.reduce((sum, { size }) => sum + size, 0)}.${payload.length}`
  if (oxum !== undefined && oxum !== counted) problems.push({ code: 'oxum-differs', path: 'bag-info.txt' })
  return { valid: problems.length === 0, problems, filesChecked: checked, fixity: await fixityOf(folder) }
}

/** Takes a manifest's text; gives its entries. Lines that cannot be read, unsafe and repeated paths are problems. */
export function parseManifest(text: string, algorithm: BagAlgorithm, name: string): Manifest {
  const entries = new Map<string, string>()
  const problems: BagProblem[] = []
  for (const line of text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)) {
    if (line === '') continue
    const separator = line.search(/[ \t]/)
    const checksum = line.slice(0, Math.max(separator, 0)).toLowerCase()
    const path = decodeBagPath(line.slice(separator).replace(/^[ \t]+\*?/, ''))
    if (!/^[0-9a-f]+$/.test(checksum) || checksum.length !== HEX_LENGTH[algorithm] || entries.has(path)) {
      problems.push({ code: 'malformed-manifest', path: name })
    } else if (!isSafeBagPath(path)) problems.push({ code: 'unsafe-path', path })
    else entries.set(path, checksum)
  }
  return { entries, problems }
}

async function readManifests(
  folder: string,
  kind: 'manifest' | 'tagmanifest',
  problems: BagProblem[],
): Promise<Map<BagAlgorithm, ReadonlyMap<string, string>>> {
  const found = new Map<BagAlgorithm, ReadonlyMap<string, string>>()
  for (const algorithm of BAG_ALGORITHMS) {
    const name = `${kind}-${algorithm}.txt`
    const text = await readTag(folder, name)
    if (text === null) continue
    const manifest = parseManifest(text, algorithm, name)
    problems.push(...manifest.problems)
    found.set(algorithm, manifest.entries)
  }
  return found
}

/** Gives the number of files of which every listed checksum held. */
async function checkListed(
  folder: string,
  manifests: ReadonlyMap<BagAlgorithm, ReadonlyMap<string, string>>,
  problems: BagProblem[],
  mayBeListed: (path: string) => boolean,
): Promise<number> {
  const paths = new Set([...manifests.values()].flatMap((entries) => [...entries.keys()]))
  let held = 0
  for (const path of [...paths].sort()) {
    if (!mayBeListed(path)) {
      problems.push({ code: 'malformed-manifest', path })
      continue
    }
    const digests = await digestFile(folder, path, [...manifests.keys()])
    if (digests === null) {
      problems.push({ code: 'file-missing', path })
      continue
    }
    const differs = [...manifests].some(([algorithm, entries]) => {
      const listed = entries.get(path)
      return listed !== undefined && listed !== digests.get(algorithm)
    })
    if (differs) problems.push({ code: 'checksum-differs', path })
    else held++
  }
  return held
}

async function digestFile(
  folder: string,
  path: string,
  algorithms: readonly BagAlgorithm[],
): Promise<ReadonlyMap<BagAlgorithm, string> | null> {
  const file = join(folder, path)
  const facts = await lstat(file).catch(() => null)
  if (!facts?.isFile()) return null
  const hashes = algorithms.map((algorithm) => [algorithm, createHash(algorithm)] as const)
  for await (const piece of createReadStream(file)) for (const [, hash] of hashes) hash.update(piece)
  return new Map(hashes.map(([algorithm, hash]) => [algorithm, hash.digest('hex')]))
}

async function listFiles(
  folder: string,
  under: string,
  problems: BagProblem[],
): Promise<readonly { readonly path: string; readonly size: number }[]> {
  const entries = await readdir(join(folder, under), { recursive: true, withFileTypes: true }).catch(() => [])
  const files: { path: string; size: number }[] = []
  for (const entry of entries) {
    const file = join(entry.parentPath, entry.name)
    const path = relative(folder, file)
    // A link could name a file outside: what lies behind it is no part of the bag.
    if (entry.isSymbolicLink()) problems.push({ code: 'symbolic-link', path })
    else if (entry.isFile()) files.push({ path, size: (await lstat(file)).size })
  }
  return files
}

async function readTag(folder: string, name: string): Promise<string | null> {
  const file = join(folder, name)
  const facts = await lstat(file).catch(() => null)
  if (!facts?.isFile() || facts.size > MAX_TAG_FILE_BYTES) return null
  return readFile(file, 'utf8')
}

async function fixityOf(folder: string): Promise<string | null> {
  return (await digestFile(folder, 'tagmanifest-sha256.txt', ['sha256']))?.get('sha256') ?? null
}

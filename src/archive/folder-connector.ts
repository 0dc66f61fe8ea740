import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { GatewayError } from '../model/errors.ts'
import type { ArchiveConnector } from '../model/ports.ts'
import { flushFolder, writeDurably } from './durable-file.ts'
import { verifyBag } from './verify-bag.ts'

/** Unfinished bags and replaced ones: on the same file system, so that a rename is one step. */
const WORKSHOP = '.unfinished'
const RECEIPTS = '.acknowledged'

/**
 * The archive that is a folder: one bag a package, under the package's id.
 * A bag appears whole or not at all (written beside, flushed, renamed). A repeated put of the same bytes changes
 * nothing; until a package is acknowledged, different or damaged bytes are replaced; afterwards never.
 */
export function createFolderConnector(dir: string): ArchiveConnector {
  const receiptOf = (id: string): string => join(dir, RECEIPTS, id)

  return {
    name: 'folder',
    put: (packageId, writePackage) =>
      guarded(async () => {
        if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(packageId)) {
          throw new GatewayError('internal', 'This package id cannot name a folder')
        }
        const location = join(dir, packageId)
        const acknowledged = await readFile(receiptOf(packageId), 'utf8').catch(() => null)
        if (acknowledged !== null) return { location, fixity: acknowledged.trim() }
        const workshop = join(dir, WORKSHOP, packageId)
        await rm(workshop, { recursive: true, force: true })
        const fresh = join(workshop, 'bag')
        await mkdir(fresh, { recursive: true })
        const { fixity } = await writePackage(fresh)
        const before = await verifyBag(location)
        if (!before.valid || before.fixity !== fixity) {
          if (await exists(location)) await rename(location, join(workshop, 'replaced'))
          await rename(fresh, location)
          await flushFolder(dir)
        }
        await rm(workshop, { recursive: true, force: true })
        return { location, fixity }
      }),
    acknowledge: (location, fixity) =>
      guarded(async () => {
        const found = await verifyBag(location)
        const [problem] = found.problems
        if (problem) return { acknowledged: false, problem: `${problem.code}: ${problem.path}` }
        if (found.fixity !== fixity) return { acknowledged: false, problem: 'checksum-differs: tagmanifest-sha256.txt' }
        await leaveReceipt(dir, basename(location), fixity)
        return { acknowledged: true, problem: null }
      }),
  }
}

async function leaveReceipt(dir: string, packageId: string, fixity: string): Promise<void> {
  const receipt = join(dir, RECEIPTS, packageId)
  if (await exists(receipt)) return
  const fresh = join(dir, WORKSHOP, `${packageId}.acknowledged`)
  await rm(fresh, { force: true })
  await writeDurably(fresh, [Buffer.from(`${fixity}\n`)])
  await mkdir(join(dir, RECEIPTS), { recursive: true })
  await rename(fresh, receipt)
  await flushFolder(join(dir, RECEIPTS))
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** The folder may be a mounted share: what the file system refuses today, it may take tomorrow. */
async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause
    const isFull = cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT')
    throw new GatewayError(isFull ? 'storage-full' : 'archive-unavailable', 'The archive folder cannot be written', {
      retryable: true,
      cause,
    })
  }
}

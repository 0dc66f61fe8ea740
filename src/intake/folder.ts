import { createHash } from 'node:crypto'
import { constants, type Dirent } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, readdir, rename, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { asGatewayError, GatewayError } from '../model/errors.ts'
import { newId, newToken } from '../model/ids.ts'
import type { Log } from '../model/ports.ts'
import type { FolderSettings, Settings } from '../model/settings.ts'
import type { Store } from '../model/store.ts'
import type { Clock } from '../model/time.ts'
import { formPreamble } from './normalise-form.ts'
import { pause } from './pause.ts'
import { folderSubmission } from './submission-rows.ts'

export interface FolderParts {
  readonly settings: Pick<Settings, 'web'> & { readonly folder: FolderSettings }
  readonly store: Pick<Store, 'accept' | 'blobs'>
  readonly clock: Clock
  readonly log: Log
}

export interface RunningFolder {
  /** Ends after the file in hand; what was not taken lies there for the next start. */
  stop(): Promise<void>
}

/** A file as one look found it. */
interface Sighting {
  /** The bytes of its name as the file system keeps them. */
  readonly name: Buffer
  readonly path: Buffer
  readonly size: number
  readonly mtimeMs: number
}

/** Where files go once they are stored, and where those go that cannot be taken. */
const RECEIVED = 'received'
const REFUSED = 'refused'
/** Names that programs give to what they have not finished. */
const UNFINISHED = /^(?:\.|~\$)|\.(?:tmp|temp|part|partial|filepart|crdownload)$/i

const WHY_TOO_LARGE = (maxBytes: number): string =>
  `Filen er større end de ${maxBytes} byte, der tages imod (web.maxUploadBytes), og blev ikke til en sag. [too-large]\n` +
  `The file is larger than the ${maxBytes} bytes that are taken (web.maxUploadBytes), and became no case. [too-large]\n`

/**
 * Watches a folder, as a scanner fills it. A file that two looks find unchanged is stored with its job in one durable
 * commit, and only then moved to received/<submission>/; a kill between the two finds the same submission again, by
 * name, time and content. What is too large goes to refused/ with the reason beside it. What cannot be stored stays
 * where it is, and the others go on. Hidden and unfinished names, links, folders and empty files are left alone.
 */
export function startFolder(parts: FolderParts): RunningFolder {
  const { settings, log } = parts
  const path = resolve(settings.folder.path)
  const stopping = new AbortController()
  // Stored, but not to be moved: said once, and not stored at every look.
  const stuck = new Set<string>()
  let before = new Map<string, string>()
  let isReadable = true

  const look = async (): Promise<void> => {
    const seen = await sightings(path)
    const quiet = seen.filter((one) => before.get(keyOf(one)) === stateOf(one) && !stuck.has(sameFile(one)))
    before = new Map(seen.map((one) => [keyOf(one), stateOf(one)]))
    for (const one of quiet) {
      if (stopping.signal.aborted) return
      if ((await take(one, path, parts)) === 'cannot-move') stuck.add(sameFile(one))
    }
  }
  const round = async (): Promise<void> => {
    try {
      await look()
      if (!isReadable) log.info({}, 'The watched folder can be read again')
      isReadable = true
    } catch (thrown) {
      if (isReadable)
        log.error({ code: systemCode(thrown) }, 'The watched folder cannot be read: nothing comes from it')
      isReadable = false
    }
  }
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await round()
      await pause(settings.folder.settleMs, stopping.signal)
    }
  })()
  return {
    stop: () => {
      stopping.abort()
      return running
    },
  }
}

async function sightings(folder: string): Promise<readonly Sighting[]> {
  const entries: Dirent<Buffer>[] = await readdir(folder, { withFileTypes: true, encoding: 'buffer' })
  const found: Sighting[] = []
  for (const { name } of entries.sort((a, b) => a.name.compare(b.name))) {
    if (UNFINISHED.test(readableName(name))) continue
    const path = Buffer.concat([Buffer.from(`${folder}/`), name])
    const stat = await lstat(path).catch(ifGone)
    if (stat?.isFile() && stat.size > 0) found.push({ name, path, size: stat.size, mtimeMs: stat.mtimeMs })
  }
  return found
}

async function take(file: Sighting, folder: string, parts: FolderParts): Promise<'done' | 'later' | 'cannot-move'> {
  const { settings, log, clock } = parts
  const { maxUploadBytes } = settings.web
  try {
    if (file.size > maxUploadBytes) {
      log.warn({ code: 'too-large', size: file.size }, 'A file in the watched folder is too large: it was put aside')
      await moveTo(file, join(folder, REFUSED, newId(clock().getTime())), WHY_TOO_LARGE(maxUploadBytes))
      return 'done'
    }
    const submissionId = await store(file, parts)
    await moveTo(file, join(folder, RECEIVED, submissionId), null)
    return 'done'
  } catch (thrown) {
    // A move is all that can fail with a code of the file system here: what was stored is known again by its key.
    const isMove = thrown instanceof MoveFault
    const code = isMove ? systemCode(thrown.cause) : asGatewayError(thrown).code
    const message = isMove
      ? 'A file of the watched folder cannot be moved'
      : 'A file of the watched folder was not stored'
    log.error({ code }, message)
    return isMove ? 'cannot-move' : 'later'
  }
}

class MoveFault extends Error {}

async function moveTo(file: Sighting, target: string, why: string | null): Promise<void> {
  try {
    await mkdir(target, { recursive: true })
    if (why !== null) await writeFile(join(target, 'why.txt'), why)
    await rename(file.path, Buffer.concat([Buffer.from(`${target}/`), file.name]))
  } catch (cause) {
    throw new MoveFault('not moved', { cause })
  }
}

/** Stores the file as the form that it would have been by the page, in one durable commit. Gives the submission's id. */
async function store(file: Sighting, { settings, store, clock, log }: FolderParts): Promise<string> {
  const handle = await openFile(file.path)
  try {
    const boundary = `folder-${newToken()}`
    const preamble = formPreamble(`multipart/form-data; boundary=${boundary}`)
    const digest = createHash('sha256')
    const head = formHead(boundary, readableName(file.name), settings.folder.caseType)
    const tail = Buffer.from(`\r\n--${boundary}--\r\n`)
    const maxBytes = preamble.length + head.length + file.size + tail.length
    const form = async function* (): AsyncGenerator<Uint8Array> {
      yield preamble
      yield head
      for await (const piece of unchanged(handle, file)) {
        digest.update(piece)
        yield piece
      }
      yield tail
    }
    const raw = await store.blobs.putStream(form(), maxBytes)
    const dedupKey = `folder:${sameFile(file)}:${digest.digest('hex')}`
    const submission = folderSubmission({ dedupKey, raw, receivedAt: clock() })
    const { id, duplicate } = await store.accept(submission, raw)
    log.info({ submissionId: id, size: file.size, duplicate }, 'A file of the watched folder was received')
    return id
  } finally {
    await handle.close()
  }
}

/** The link that a name may have become since the look is not followed. */
async function openFile(path: Buffer): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (cause) {
    throw new GatewayError('busy', 'the file cannot be read', { cause, retryable: true })
  }
}

/** The file's bytes. @throws GatewayError busy where it is not the file that was seen, or changed while it was read */
async function* unchanged(handle: FileHandle, seen: Sighting): AsyncGenerator<Uint8Array> {
  await hold(handle, seen)
  yield* handle.createReadStream({ autoClose: false, start: 0, end: seen.size - 1 })
  await hold(handle, seen)
}

async function hold(handle: FileHandle, seen: Sighting): Promise<void> {
  const now = await handle.stat()
  if (now.isFile() && now.size === seen.size && now.mtimeMs === seen.mtimeMs) return
  throw new GatewayError('busy', 'the file is still being written', { retryable: true })
}

/** As a browser writes it (HTML standard, multipart/form-data): three characters of a name are escaped. */
function formHead(boundary: string, name: string, caseType: string | null): Buffer {
  const escaped = name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
  const type =
    caseType === null ? '' : `--${boundary}\r\nContent-Disposition: form-data; name="caseType"\r\n\r\n${caseType}\r\n`
  return Buffer.from(
    `${type}--${boundary}\r\nContent-Disposition: form-data; name="files"; filename="${escaped}"\r\n\r\n`,
  )
}

/** Old scanners write names in windows-1252. */
function readableName(name: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(name)
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown
    return new TextDecoder('windows-1252').decode(name)
  }
}

const keyOf = ({ name }: Sighting): string => name.toString('latin1')
const stateOf = ({ size, mtimeMs }: Sighting): string => `${size}:${mtimeMs}`
/** Name and time as a digest: the name may hold a personal number. */
const sameFile = (file: Sighting): string =>
  createHash('sha256')
    .update(file.name)
    .update(`\0${stateOf(file)}`)
    .digest('hex')

/** Somebody took it away between two calls. */
function ifGone(thrown: unknown): null {
  if (systemCode(thrown) === 'ENOENT') return null
  throw thrown
}

const systemCode = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown'

import { buffer } from 'node:stream/consumers'
import { crc32 } from 'node:zlib'
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl'
import { asGatewayError, GatewayError } from '../model/errors.ts'

/** A file within a ZIP. Its name is for messages only: nothing is written, and nothing decided, by it. */
export interface ZipEntry {
  readonly name: string
  readonly bytes: Uint8Array
}

export interface ZipLimits {
  readonly maxEntries: number
  /** All entries together, inflated. */
  readonly maxBytes: number
}

const NAME_CHARACTERS = 80

/** Says whether the bytes begin as a ZIP does (APPNOTE §4.3.6, §4.3.16). */
export const isZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6))

/**
 * Unpacks a ZIP in memory, folders left out. A ZIP within it is refused, and so is what is encrypted or not what its
 * directory says.
 * @throws GatewayError too-many-parts, too-large, unreadable-input (with the fact "entry" where it is about one)
 */
export async function unpackZip(bytes: Uint8Array, limits: ZipLimits): Promise<readonly ZipEntry[]> {
  const zip = await openZip(bytes)
  if (zip.entryCount > limits.maxEntries) {
    throw new GatewayError('too-many-parts', `A ZIP holds at most ${limits.maxEntries} files`)
  }
  const entries: ZipEntry[] = []
  let left = limits.maxBytes
  try {
    for await (const entry of zip.eachEntry()) {
      const name = showName(entry.fileName)
      if (name.endsWith('/')) continue
      // The reader stops where more comes out than is declared: what is declared is what may be inflated.
      left -= entry.uncompressedSize
      if (left < 0) throw new GatewayError('too-large', `A ZIP unpacks to at most ${limits.maxBytes} bytes`)
      entries.push({ name, bytes: await inflate(zip, entry, name) })
    }
  } catch (thrown) {
    throw asGatewayError(thrown).code === 'internal' ? unreadable('The ZIP cannot be read', thrown) : thrown
  }
  return entries
}

async function openZip(bytes: Uint8Array): Promise<ZipFile> {
  const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  try {
    return await fromBufferPromise(zip, { lazyEntries: true, validateEntrySizes: true, autoClose: false })
  } catch (cause) {
    throw unreadable('The ZIP cannot be read', cause)
  }
}

async function inflate(zip: ZipFile, entry: Entry, name: string): Promise<Uint8Array> {
  let bytes: Buffer
  try {
    bytes = await buffer(await zip.openReadStreamPromise(entry))
  } catch (cause) {
    throw inEntry(name, unreadable('it cannot be unpacked', cause))
  }
  if (crc32(bytes) !== entry.crc32) throw inEntry(name, unreadable('its checksum is wrong'))
  if (isZip(bytes)) throw inEntry(name, unreadable('it is a ZIP in a ZIP'))
  return bytes
}

const unreadable = (message: string, cause?: unknown): GatewayError =>
  new GatewayError('unreadable-input', message, cause === undefined ? {} : { cause })

/** Gives a fault as one of that entry: the message and the fact "entry" name it. */
export function inEntry(name: string, thrown: unknown): GatewayError {
  const fault = asGatewayError(thrown)
  const facts = { ...fault.facts, entry: name }
  return new GatewayError(fault.code, `"${name}": ${fault.message}`, { cause: fault, facts })
}

/** A name made by a stranger: no control or formatting characters, and short. */
const showName = (name: string): string => name.replace(/[\p{C}\p{Zl}\p{Zp}"]/gu, '?').slice(-NAME_CHARACTERS)

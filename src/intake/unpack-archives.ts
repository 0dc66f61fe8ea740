import { isUtf8 } from 'node:buffer'
import { buffer } from 'node:stream/consumers'
import { crc32 } from 'node:zlib'
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl'
import type { NormalisedPart } from '../model/ports.ts'
import { cleanLine } from './clean-text.ts'
import { extensionFor, mediaTypeOf } from './media-type.ts'
import { filesInMsg, filesInTnef, type OutlookContent } from './outlook-files.ts'
import { safeName } from './safe-name.ts'

/** What all archives of one submission may hold together, so that a small mail cannot fill disk or memory. */
export interface ArchiveLimits {
  readonly maxEntries: number
  readonly maxBytes: number
  /** What comes out may be so many times as large as what came in, beside a megabyte that small files get. */
  readonly maxRatio: number
  /** An archive in an archive in an archive is three. */
  readonly maxDepth: number
}

export const ARCHIVE_LIMITS: ArchiveLimits = {
  maxEntries: 200,
  maxBytes: 100 * 1024 * 1024,
  maxRatio: 100,
  maxDepth: 3,
}

const FREE_BYTES = 1024 * 1024
const MAX_ORIGINAL_NAME = 1000
const ENCRYPTED_FLAG = 0x1
const UTF8_FLAG = 0x800

interface Budget {
  entries: number
  bytes: number
}

/**
 * Takes the parts of a submission; gives them with the files that stand in ZIP archives, winmail.dat (TNEF) and Outlook's .msg behind each of
 * these, which stays as it came. What cannot be unpacked, or would grow beyond the limits, is left in its archive, and noted with the archive's path, as
 * "archive-encrypted@2": archive-encrypted, -too-large, -too-many, -too-deep, -unreadable; outlook-unreadable.
 */
export async function unpackArchives(
  parts: readonly NormalisedPart[],
  notes: Set<string>,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
): Promise<readonly NormalisedPart[]> {
  const budget: Budget = { entries: limits.maxEntries, bytes: limits.maxBytes }
  const hasText = parts.some(({ role, bytes }) => role === 'body' && bytes.length > 0)
  const unpack = async (part: NormalisedPart, depth: number): Promise<readonly NormalisedPart[]> => {
    const filesIn = part.role === 'attachment' ? OPENERS[part.mediaType] : undefined
    if (!filesIn) return [part]
    const note = (code: string): void => void notes.add(`${code}@${part.path}`)
    if (depth >= limits.maxDepth) {
      note('archive-too-deep')
      return [part]
    }
    const inside: NormalisedPart[] = []
    for await (const file of filesIn({ archive: part, budget, limits, note, withText: depth > 0 || !hasText }))
      inside.push(...(await unpack(file, depth + 1)))
    return [part, ...inside]
  }
  const all: NormalisedPart[] = []
  for (const part of parts) all.push(...(await unpack(part, 0)))
  return all
}

interface Opening {
  readonly archive: NormalisedPart
  readonly budget: Budget
  readonly limits: ArchiveLimits
  readonly note: (code: string) => void
  /** A message's text becomes a file as well. */
  readonly withText: boolean
}

const OPENERS: Readonly<Record<string, (opening: Opening) => AsyncGenerator<NormalisedPart>>> = {
  'application/zip': filesInZip,
  'application/ms-tnef': (opening) => filesOfOutlook(opening, filesInTnef),
  'application/vnd.ms-outlook': (opening) => filesOfOutlook(opening, filesInMsg),
}

async function* filesOfOutlook(
  { archive, budget, note, withText }: Opening,
  read: (bytes: Uint8Array, withText: boolean) => Promise<OutlookContent>,
): AsyncGenerator<NormalisedPart> {
  const { files, isDamaged } = await read(archive.bytes, withText).catch(() => ({ files: [], isDamaged: true }))
  if (isDamaged) note('outlook-unreadable')
  for (const [index, { name, bytes, mediaType }] of files.entries()) {
    budget.entries -= 1
    if (budget.entries < 0) return note('archive-too-many')
    budget.bytes -= bytes.length
    if (budget.bytes < 0) return note('archive-too-large')
    yield partOf(bytes, name ?? '', `${archive.path}!${index + 1}`, mediaType)
  }
}

async function* filesInZip({ archive, budget, limits, note }: Opening): AsyncGenerator<NormalisedPart> {
  const { bytes, path } = archive
  let left = FREE_BYTES + limits.maxRatio * bytes.length
  let number = 0
  try {
    const zip = await openZip(bytes)
    for await (const entry of zip.eachEntry()) {
      const name = nameOf(entry)
      if (name.endsWith('/') || isOfSystem(name)) continue
      budget.entries -= 1
      if (budget.entries < 0) return note('archive-too-many')
      if ((entry.generalPurposeBitFlag & ENCRYPTED_FLAG) !== 0) {
        note('archive-encrypted')
        continue
      }
      // The reader stops where more comes out than is declared: what is declared is what may come out.
      budget.bytes -= entry.uncompressedSize
      left -= entry.uncompressedSize
      if (budget.bytes < 0 || left < 0) return note('archive-too-large')
      const content = await inflate(zip, entry)
      number += 1
      if (content) yield partOf(content, name, `${path}!${number}`)
      else note('archive-unreadable')
    }
  } catch {
    // The library has no error codes: whatever is wrong with an archive is the same to who sent it.
    note('archive-unreadable')
  }
}

function openZip(bytes: Uint8Array): Promise<ZipFile> {
  const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return fromBufferPromise(zip, { lazyEntries: true, validateEntrySizes: true, decodeStrings: false, autoClose: false })
}

/** Null where it is packed in a way that is not read, or is not what its directory says. */
async function inflate(zip: ZipFile, entry: Entry): Promise<Uint8Array | null> {
  try {
    const content = await buffer(await zip.openReadStreamPromise(entry))
    return crc32(content) === entry.crc32 ? content : null
  } catch {
    return null
  }
}

/** What macOS and Windows put in beside what people do. */
const isOfSystem = (name: string): boolean => /(?:^|\/)(?:__MACOSX\/|\.DS_Store$|Thumbs\.db$|desktop\.ini$)/i.test(name)

/**
 * A name is UTF-8 where it says so, or can be nothing else (macOS does not say so). Else it is of a Danish DOS code page (850, 865), which
 * differ from code page 437 in two letters that matter.
 */
function nameOf(entry: Entry): string {
  const raw = Buffer.from(entry.fileNameRaw)
  if ((entry.generalPurposeBitFlag & UTF8_FLAG) !== 0 || isUtf8(raw)) return raw.toString('utf8')
  return [...raw].map((octet) => (octet < 0x80 ? String.fromCharCode(octet) : (CP865[octet - 0x80] ?? '_'))).join('')
}

const CP865 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø₧ƒáíóúñÑªº¿⌐¬½¼¡«¤░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■ '

function partOf(
  bytes: Uint8Array,
  name: string,
  path: string,
  mediaType: string = mediaTypeOf(bytes, null, name),
): NormalisedPart {
  return {
    path,
    role: 'attachment',
    name: safeName(name, `bilag-${path.replaceAll('!', '-')}${extensionFor(mediaType)}`),
    originalName: cleanLine(name, MAX_ORIGINAL_NAME) || null,
    mediaType,
    declaredMediaType: null,
    bytes,
  }
}

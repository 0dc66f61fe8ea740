import { type OutlookMessage, readOutlookMessage } from './outlook-message.ts'
import { readTnef } from './tnef.ts'

/** A file that stands in another, as its writer named it. */
export interface InnerFile {
  readonly name: string | null
  readonly bytes: Uint8Array
  /** What we know it to be, having written it ourselves; else it counts by its content. */
  readonly mediaType?: string
}

/** What a file of Outlook's holds. */
export interface OutlookContent {
  readonly files: readonly InnerFile[]
  /** Not all of it could be read. */
  readonly isDamaged: boolean
}

const MAX_COMPRESSED_RTF = 1024 * 1024
const MAX_RTF = 8 * 1024 * 1024
const RTF_HEADER_BYTES = 16

/**
 * Takes a winmail.dat; gives the files in it, and where withText says so its text as a file: a mail that shows a text of its
 * own says the same there. @throws GatewayError unreadable-input where it is none
 */
export async function filesInTnef(bytes: Uint8Array, withText: boolean): Promise<OutlookContent> {
  const { body, files, isDamaged } = readTnef(bytes)
  // A message within is a stream of its own, and opened as one.
  const inner: InnerFile[] = files.map((file) => ({
    name: file.isMessage ? `${file.name ?? 'besked'}.dat` : file.name,
    bytes: file.bytes,
  }))
  if (!withText || body === null) return { files: inner, isDamaged }
  const text = body.kind === 'rtf' ? await decompressRtf(body.bytes) : body.bytes
  if (text === null) return { files: inner, isDamaged: true }
  const extension = { text: '.txt', html: '.html', rtf: '.rtf' }[body.kind]
  return { files: [{ name: `besked${extension}`, bytes: text }, ...inner], isDamaged }
}

/** MS-OXRTFCP; null where it cannot be read, or would become too large. */
async function decompressRtf(compressed: Uint8Array): Promise<Uint8Array | null> {
  const view = Buffer.from(compressed)
  if (view.length < RTF_HEADER_BYTES || view.length > MAX_COMPRESSED_RTF || view.readUInt32LE(4) > MAX_RTF) return null
  // The library believes the length that stands there, and writes zeros behind the end.
  if (view.readUInt32LE(0) + 4 > view.length) return null
  try {
    const { decompressRTF } = await import('@kenjiuno/decompressrtf')
    return Buffer.from(decompressRTF([...view]))
  } catch {
    return null
  }
}

/**
 * Takes a mail as Outlook saves it (.msg); gives its text with who wrote it, to whom, when and about what, and its
 * attachments; of a mail within it the same. @throws GatewayError unreadable-input where it is none
 */
export async function filesInMsg(bytes: Uint8Array): Promise<OutlookContent> {
  return contentOf(readOutlookMessage(bytes))
}

function contentOf(message: OutlookMessage): OutlookContent {
  const text = messageText(message)
  const name = `${message.subject.slice(0, 80) || 'besked'}.txt`
  const files: InnerFile[] = text === '' ? [] : [{ name, bytes: Buffer.from(text), mediaType: 'text/plain' }]
  let isDamaged = false
  for (const attachment of message.attachments) {
    const inner = attachment.message && contentOf(attachment.message)
    if (inner) files.push(...inner.files)
    // Both: which of them Outlook shows is not ours to guess.
    if (attachment.bytes) files.push({ name: attachment.name, bytes: attachment.bytes })
    if (inner?.isDamaged || (!inner && !attachment.bytes)) isDamaged = true
  }
  return { files, isDamaged }
}

function messageText({ sender, recipients, date, subject, body }: OutlookMessage): string {
  const fields: readonly (readonly [string, string])[] = [
    ['From', sender],
    ['To', recipients.join(', ')],
    ['Date', date?.toISOString() ?? ''],
    ['Subject', subject],
  ]
  const header = fields.filter(([, value]) => value !== '').map(([name, value]) => `${name}: ${value}`)
  return header.length === 0 && body.trim() === '' ? '' : `${header.join('\n')}\n\n${body.trim()}\n`
}

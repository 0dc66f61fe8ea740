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
  try {
    const { decompressRTF } = await import('@kenjiuno/decompressrtf')
    return Buffer.from(decompressRTF([...view]))
  } catch {
    return null
  }
}

/**
 * Takes a mail as Outlook saves it (.msg); gives its text with who wrote it, to whom, when and about what, and
 * its attachments, mails within as .msg. @throws whatever the library finds wrong with a file that is none
 */
export async function filesInMsg(bytes: Uint8Array): Promise<OutlookContent> {
  const { default: library } = await import('@kenjiuno/msgreader')
  // Published as CommonJS: the class stands one level deeper.
  const Reader = 'default' in library ? library.default : library
  const reader = new Reader(new Uint8Array(bytes).buffer)
  const message = reader.getFileData()
  if (message.error) return { files: [], isDamaged: true }
  let isDamaged = false
  const files: InnerFile[] = []
  const text = messageText(message)
  if (text) {
    const name = `${message.subject?.slice(0, 80) || 'besked'}.txt`
    files.push({ name, bytes: Buffer.from(text), mediaType: 'text/plain' })
  }
  for (const attachment of message.attachments ?? []) {
    const { fileName, content } = reader.getAttachment(attachment)
    if (content) files.push({ name: fileName || attachment.fileNameShort || null, bytes: content })
    else isDamaged = true
  }
  return { files, isDamaged }
}

function messageText(message: {
  readonly senderName?: string
  readonly senderSmtpAddress?: string
  readonly senderEmail?: string
  readonly recipients?: readonly { readonly name?: string; readonly smtpAddress?: string; readonly email?: string }[]
  readonly subject?: string
  readonly messageDeliveryTime?: string
  readonly clientSubmitTime?: string
  readonly body?: string
}): string {
  const person = (name = '', address = ''): string =>
    (address && address !== name ? `${name} <${address}>` : name).trim()
  const to = (message.recipients ?? []).map((one) => person(one.name, one.smtpAddress ?? one.email)).join(', ')
  const fields: readonly (readonly [string, string])[] = [
    ['From', person(message.senderName, message.senderSmtpAddress ?? message.senderEmail)],
    ['To', to],
    ['Date', message.messageDeliveryTime ?? message.clientSubmitTime ?? ''],
    ['Subject', message.subject ?? ''],
  ]
  const header = fields.filter(([, value]) => value !== '').map(([name, value]) => `${name}: ${value}`)
  const body = message.body?.trim() ?? ''
  return header.length === 0 && body === '' ? '' : `${header.join('\n')}\n\n${body}\n`
}

import { readCompoundFile, type Storage } from './compound-file.ts'
import { decodeCodepage } from './tnef.ts'

/** A mail as Outlook saves it. */
export interface OutlookMessage {
  readonly subject: string
  readonly sender: string
  readonly recipients: readonly string[]
  readonly date: Date | null
  readonly body: string
  readonly attachments: readonly OutlookAttachment[]
}

export interface OutlookAttachment {
  readonly name: string | null
  /** Null where it is a message, or what it is cannot be read. */
  readonly bytes: Uint8Array | null
  readonly message: OutlookMessage | null
}

const MAX_DEPTH = 3
const PROPERTIES = '__properties_version1.0'
const MESSAGE_DATA = '__substg1.0_3701000D'
/** Before the entries of the properties' stream: of a file's own message, of one in another (MS-OXMSG §2.4.1). */
const PROPERTIES_HEADER = { own: 32, inner: 24 } as const
const UNIX_EPOCH_MS = 11_644_473_600_000

/** Takes a .msg; gives the mail in it (MS-OXMSG), with the mails attached to it to three deep. @throws GatewayError unreadable-input */
export const readOutlookMessage = (bytes: Uint8Array): OutlookMessage => readMessage(readCompoundFile(bytes), 1)

function readMessage(storage: Storage, depth: number): OutlookMessage {
  const header = depth === 1 ? PROPERTIES_HEADER.own : PROPERTIES_HEADER.inner
  const properties = new Properties(storage, header)
  const within = (prefix: string): readonly Storage[] => storage.storages.filter(({ name }) => name.startsWith(prefix))
  return {
    subject: properties.text(['0037']),
    sender: person(properties.text(['0C1A', '0042']), properties.text(['5D01', '0C1F', '0065'])),
    recipients: within('__recip_version1.0_#').map((one) => {
      const recipient = new Properties(one, 8)
      return person(recipient.text(['3001']), recipient.text(['39FE', '3003']))
    }),
    date: properties.time(['0E06', '0039']),
    body: properties.text(['1000']),
    attachments: within('__attach_version1.0_#').map((one) => readAttachment(one, properties.codepage, depth)),
  }
}

function readAttachment(storage: Storage, codepage: number, depth: number): OutlookAttachment {
  const properties = new Properties(storage, 8, codepage)
  const inner = storage.storages.find(({ name, streams }) => name === MESSAGE_DATA && streams.has(PROPERTIES))
  return {
    name: properties.text(['3707', '3704', '3001']) || null,
    bytes: storage.streams.get('__substg1.0_37010102') ?? null,
    message: inner && depth < MAX_DEPTH ? readMessage(inner, depth + 1) : null,
  }
}

const person = (name: string, address: string): string =>
  (address !== '' && address !== name ? `${name} <${address}>` : name).trim()

/** Properties by number, as four hexadecimal digits. */
class Properties {
  readonly codepage: number
  readonly #streams: Storage['streams']
  readonly #fixed = new Map<string, Buffer>()

  constructor({ streams }: Storage, header: number, codepage = 1252) {
    this.#streams = streams
    const list = Buffer.from(streams.get(PROPERTIES) ?? [])
    for (let at = header; at + 16 <= list.length; at += 16) {
      const tag = list.readUInt32LE(at).toString(16).toUpperCase().padStart(8, '0')
      this.#fixed.set(tag, list.subarray(at + 8, at + 16))
    }
    this.codepage = this.#fixed.get('3FFD0003')?.readUInt32LE() ?? codepage
  }

  /** The first of them that says something. */
  text(ids: readonly string[]): string {
    for (const id of ids) {
      const unicode = this.#streams.get(`__substg1.0_${id}001F`)
      const bytes = this.#streams.get(`__substg1.0_${id}001E`)
      const text = unicode
        ? new TextDecoder('utf-16le').decode(unicode).split('\0', 1)[0]
        : bytes && decodeCodepage(bytes, this.codepage)
      if (text) return text
    }
    return ''
  }

  time(ids: readonly string[]): Date | null {
    for (const id of ids) {
      const ticks = this.#fixed.get(`${id}0040`)?.readBigUInt64LE()
      const date = ticks ? new Date(Number(ticks / 10_000n) - UNIX_EPOCH_MS) : null
      if (date && !Number.isNaN(date.getTime())) return date
    }
    return null
  }
}

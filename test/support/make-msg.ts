import { burn } from '@kenjiuno/msgreader/lib/Burner.js'
import { TypeEnum } from '@kenjiuno/msgreader/lib/Reader.js'

interface Message {
  readonly subject: string
  readonly body: string
  readonly from: string
  readonly files: readonly {
    readonly name: string
    /** Null: only an object that is no message. */
    readonly bytes: Buffer | null
    readonly hasObject?: boolean
  }[]
}

interface Entry {
  readonly name: string
  readonly type: TypeEnum
  readonly length: number
  readonly binaryProvider?: () => Uint8Array
  children?: number[]
}

/** Takes a message; gives it as Outlook saves it: a compound file with a stream for each property (MS-OXMSG). */
export function makeMsg({ subject, body, from, files }: Message): Buffer {
  const entries: Entry[] = [folder('Root Entry', TypeEnum.ROOT)]
  const root = entries[0]
  const add = (into: Entry | undefined, entry: Entry): Entry => {
    into?.children?.push(entries.length)
    entries.push(entry)
    return entry
  }
  const names = add(root, folder('__nameid_version1.0'))
  for (const id of ['0002', '0003', '0004']) add(names, stream(`__substg1.0_${id}0102`, Buffer.alloc(0)))
  add(root, stream('__properties_version1.0', Buffer.alloc(32)))
  add(root, stream('__substg1.0_0037001F', Buffer.from(subject, 'utf16le')))
  add(root, stream('__substg1.0_1000001F', Buffer.from(body, 'utf16le')))
  add(root, stream('__substg1.0_0C1A001F', Buffer.from(from, 'utf16le')))
  for (const [index, { name, bytes, hasObject = false }] of files.entries()) {
    const attachment = add(root, folder(`__attach_version1.0_#${index.toString(16).padStart(8, '0')}`))
    add(attachment, stream('__properties_version1.0', Buffer.alloc(8)))
    add(attachment, stream('__substg1.0_3707001F', Buffer.from(name, 'utf16le')))
    if (bytes) add(attachment, stream('__substg1.0_37010102', bytes))
    if (hasObject) add(attachment, folder('__substg1.0_3701000D'))
  }
  return Buffer.from(burn(entries))
}

const folder = (name: string, type = TypeEnum.DIRECTORY): Entry => ({ name, type, length: 0, children: [] })
const stream = (name: string, bytes: Buffer): Entry => ({
  ...{ name, type: TypeEnum.DOCUMENT, length: bytes.length, binaryProvider: () => new Uint8Array(bytes) },
})

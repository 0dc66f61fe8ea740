import { crc32, deflateRawSync } from 'node:zlib'

export interface ZippedFile {
  /** As octets where it is not UTF-8. */
  readonly name: string | Uint8Array
  readonly bytes: Uint8Array
  /** What the directory says otherwise than is so. */
  /** Its content is that of an earlier file, by index: the two overlap. */
  readonly over?: number
  readonly lies?: { readonly size?: number; readonly crc?: number; readonly flags?: number }
}

/** Makes a ZIP (APPNOTE §4.3), honest but for what a file is told to lie about. */
export function makeZip(files: readonly ZippedFile[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  const starts: number[] = []
  let at = 0
  for (const { name, bytes, lies = {}, over } of files) {
    const data = deflateRawSync(bytes)
    const named = Buffer.from(name as string)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(lies.flags ?? 0x0800, 2)
    common.writeUInt16LE(8, 4)
    common.writeUInt32LE(lies.crc ?? crc32(bytes), 10)
    common.writeUInt32LE(data.length, 14)
    common.writeUInt32LE(lies.size ?? bytes.length, 18)
    common.writeUInt16LE(named.length, 22)
    const local = Buffer.concat([Buffer.from('504b0304', 'hex'), common, named, data])
    const tail = Buffer.alloc(14)
    const start = over === undefined ? at : (starts[over] ?? 0)
    starts.push(start)
    tail.writeUInt32LE(start, 10)
    directory.push(Buffer.concat([Buffer.from('504b01021400', 'hex'), common, tail, named]))
    if (over !== undefined) continue
    parts.push(local)
    at += local.length
  }
  const end = Buffer.alloc(18)
  const listed = Buffer.concat(directory)
  end.writeUInt16LE(files.length, 4)
  end.writeUInt16LE(files.length, 6)
  end.writeUInt32LE(listed.length, 8)
  end.writeUInt32LE(at, 12)
  return Buffer.concat([...parts, listed, Buffer.from('504b0506', 'hex'), end])
}

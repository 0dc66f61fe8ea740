/** A property of MAPI: its id, its type, its value. */
export type TnefProperty = readonly [id: number, type: number, value: Buffer]

/** Takes what is to stand in a winmail.dat; gives it as Outlook writes it (MS-OXTNEF). */
export function makeTnef(content: {
  readonly codepage?: number
  readonly properties?: readonly TnefProperty[]
  readonly files?: readonly {
    readonly title?: Buffer
    readonly data?: Buffer
    readonly properties?: readonly TnefProperty[]
  }[]
}): Buffer {
  const attributes = [attribute(1, 0x00069007, Buffer.concat([u32(content.codepage ?? 1252), u32(0)]))]
  if (content.properties) attributes.push(attribute(1, 0x00069003, propertyList(content.properties)))
  for (const { title, data, properties } of content.files ?? []) {
    attributes.push(attribute(2, 0x00069002, Buffer.alloc(14)))
    if (title) attributes.push(attribute(2, 0x00018010, title))
    if (data) attributes.push(attribute(2, 0x0006800f, data))
    if (properties) attributes.push(attribute(2, 0x00069005, propertyList(properties)))
  }
  return Buffer.concat([u32(0x223e9f78), Buffer.from([1, 0]), ...attributes])
}

export const unicode = (text: string): Buffer => Buffer.from(`${text}\0`, 'utf16le')

/** What an attached message is: the interface's name, and a stream of its own. */
export const embedded = (stream: Buffer): Buffer => Buffer.concat([Buffer.alloc(16, 7), stream])

/** RTF as Outlook packs it, here as it stands (MS-OXRTFCP, "MELA"). */
export const packedRtf = (rtf: string, declared = rtf.length): Buffer =>
  Buffer.concat([u32(rtf.length + 12), u32(declared), Buffer.from('MELA'), u32(0), Buffer.from(rtf)])

function attribute(level: number, id: number, data: Buffer): Buffer {
  const sum = data.reduce((total, octet) => (total + octet) & 0xffff, 0)
  return Buffer.concat([Buffer.from([level]), u32(id), u32(data.length), data, Buffer.from([sum & 255, sum >> 8])])
}

const SIZED: ReadonlySet<number> = new Set([0x0d, 0x1e, 0x1f, 0x102])

function propertyList(properties: readonly TnefProperty[]): Buffer {
  const parts = properties.map(([id, type, value]) => {
    const head = Buffer.from([type & 255, type >> 8, id & 255, id >> 8])
    // A property that a program named by itself says how.
    const name =
      id < 0x8000 ? [] : [Buffer.alloc(16, 3), u32(1), u32(6), Buffer.from('ab\0', 'utf16le'), Buffer.alloc(2)]
    const size = SIZED.has(type) ? [u32(1), u32(value.length)] : []
    return Buffer.concat([head, ...name, ...size, value, Buffer.alloc((4 - (value.length % 4)) % 4)])
  })
  return Buffer.concat([u32(properties.length), ...parts])
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

import { GatewayError } from '../model/errors.ts'

/** A folder of a compound file, as Outlook and old Office programs write it. */
export interface Storage {
  readonly name: string
  readonly streams: ReadonlyMap<string, Uint8Array>
  readonly storages: readonly Storage[]
}

const SIGNATURE = 'd0cf11e0a1b11ae1'
const HEADER_BYTES = 512
const ENTRY_BYTES = 128
const LAST_SECTOR = 0xfffffffa
const NO_ENTRY = 0xffffffff
const MAX_ENTRIES = 20_000
const MAX_DEPTH = 24

interface Entry {
  readonly name: string
  readonly type: number
  readonly left: number
  readonly right: number
  readonly child: number
  readonly start: number
  readonly size: number
}

/**
 * Takes a compound file (MS-CFB); gives its root with all streams. Chains that run in circles or out of the file, and streams that together
 * hold more than the file, end it. @throws GatewayError unreadable-input
 */
export function readCompoundFile(bytes: Uint8Array): Storage {
  return new CompoundFile(bytes).root()
}

class CompoundFile {
  readonly #view: Buffer
  readonly #sectorBytes: number
  readonly #fat: readonly number[]
  readonly #miniFat: readonly number[]
  readonly #miniStream: Uint8Array
  readonly #entries: readonly Entry[]
  readonly #seen = new Set<number>()
  #left: number

  constructor(bytes: Uint8Array) {
    this.#view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    if (bytes.length < HEADER_BYTES || this.#view.toString('hex', 0, 8) !== SIGNATURE) throw unreadable()
    const shift = this.#view.readUInt16LE(30)
    if (shift !== 9 && shift !== 12) throw unreadable()
    this.#sectorBytes = 1 << shift
    // Directory, tables and streams stand in the file once; who shares them has made them up.
    this.#left = 2 * bytes.length
    this.#fat = this.#readFat()
    this.#entries = this.#readEntries()
    const [root] = this.#entries
    if (root?.type !== 5) throw unreadable()
    this.#miniFat = numbersIn(this.#chain(this.#view.readUInt32LE(60), null))
    this.#miniStream = root.size === 0 ? new Uint8Array() : this.#chain(root.start, root.size)
  }

  root(): Storage {
    return this.#storage(0, 0)
  }

  /** The table of sectors: the first 109 of its own sectors stand in the header, the others in a chain. */
  #readFat(): readonly number[] {
    const sectors: number[] = []
    for (let at = 76; at < HEADER_BYTES; at += 4) sectors.push(this.#view.readUInt32LE(at))
    const perSector = this.#sectorBytes / 4 - 1
    const most = this.#view.length / this.#sectorBytes
    let next = this.#view.readUInt32LE(68)
    for (let count = 0; next < LAST_SECTOR; count += 1) {
      if (count > most) throw unreadable()
      const table = numbersIn(this.#sector(next))
      sectors.push(...table.slice(0, perSector))
      next = table[perSector] ?? NO_ENTRY
    }
    const used = sectors.filter((sector) => sector < LAST_SECTOR)
    if (used.length > most) throw unreadable()
    return used.flatMap((sector) => numbersIn(this.#sector(sector)))
  }

  #readEntries(): readonly Entry[] {
    const directory = Buffer.from(this.#chain(this.#view.readUInt32LE(48), null))
    const count = Math.floor(directory.length / ENTRY_BYTES)
    if (count > MAX_ENTRIES) throw unreadable()
    return Array.from({ length: count }, (_, index) => {
      const entry = directory.subarray(index * ENTRY_BYTES, (index + 1) * ENTRY_BYTES)
      const nameBytes = Math.min(Math.max(entry.readUInt16LE(64) - 2, 0), 62)
      return {
        name: entry.toString('utf16le', 0, nameBytes),
        type: entry.readUInt8(66),
        left: entry.readUInt32LE(68),
        right: entry.readUInt32LE(72),
        child: entry.readUInt32LE(76),
        start: entry.readUInt32LE(116),
        size: entry.readUInt32LE(120),
      }
    })
  }

  /** Entries of a folder are a tree of brothers and sisters; each entry stands in one of them. */
  #storage(index: number, depth: number): Storage {
    const entry = this.#entries[index]
    if (!entry || depth > MAX_DEPTH) throw unreadable()
    const streams = new Map<string, Uint8Array>()
    const storages: Storage[] = []
    const waiting = [entry.child]
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (at === NO_ENTRY) continue
      const one = this.#entries[at]
      if (!one || this.#seen.has(at)) throw unreadable()
      this.#seen.add(at)
      waiting.push(one.right, one.left)
      if (one.type === 1) storages.push(this.#storage(at, depth + 1))
      else if (one.type === 2) streams.set(one.name, this.#stream(one))
    }
    // Attachments are numbered by name.
    return { name: entry.name, streams, storages: storages.toSorted((a, b) => (a.name < b.name ? -1 : 1)) }
  }

  #stream({ start, size }: Entry): Uint8Array {
    if (size === 0) return new Uint8Array()
    return size >= this.#view.readUInt32LE(56) ? this.#chain(start, size) : this.#miniChain(start, size)
  }

  /** What stands in a chain of sectors. @param size null: as long as the chain is */
  #chain(start: number, size: number | null): Uint8Array {
    return this.#follow(start, size, this.#fat, this.#sectorBytes, (sector) => this.#sector(sector))
  }

  #miniChain(start: number, size: number): Uint8Array {
    const bytes = 1 << this.#view.readUInt16LE(32)
    if (bytes !== 64) throw unreadable()
    return this.#follow(start, size, this.#miniFat, bytes, (sector) => {
      const content = this.#miniStream.subarray(sector * bytes, (sector + 1) * bytes)
      if (content.length === 0) throw unreadable()
      return content
    })
  }

  #follow(
    start: number,
    size: number | null,
    table: readonly number[],
    sectorBytes: number,
    read: (sector: number) => Uint8Array,
  ): Uint8Array {
    const most = size === null ? table.length : Math.ceil(size / sectorBytes)
    const parts: Uint8Array[] = []
    let sector = start
    while (sector < LAST_SECTOR && (size === null || parts.length < most)) {
      if (parts.length >= most) throw unreadable()
      this.#left -= sectorBytes
      if (this.#left < 0) throw unreadable()
      parts.push(read(sector))
      sector = table[sector] ?? NO_ENTRY
    }
    const whole = Buffer.concat(parts)
    if (size !== null && whole.length < size) throw unreadable()
    return size === null ? whole : whole.subarray(0, size)
  }

  #sector(sector: number): Uint8Array {
    const from = (sector + 1) * this.#sectorBytes
    const content = this.#view.subarray(from, from + this.#sectorBytes)
    if (content.length === 0) throw unreadable()
    return content
  }
}

function numbersIn(bytes: Uint8Array): readonly number[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return Array.from({ length: Math.floor(view.length / 4) }, (_, index) => view.readUInt32LE(index * 4))
}

const unreadable = (): GatewayError => new GatewayError('unreadable-input', 'The compound file is damaged')

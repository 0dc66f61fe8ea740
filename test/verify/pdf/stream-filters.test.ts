import { deflateSync, constants as zlib } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newBudget, PDF_LIMITS } from '../../../src/verify/pdf/limits.ts'
import { decodeStream } from '../../../src/verify/pdf/stream-filters.ts'
import type { PdfValue } from '../../../src/verify/pdf/values.ts'

const name = (text: string): PdfValue => ({ kind: 'name', name: text })
const dict = (entries: Readonly<Record<string, PdfValue>>) =>
  ({ kind: 'dict', entries: new Map(Object.entries(entries)), repeated: [] }) as const

function decode(raw: Uint8Array, filter: PdfValue, parameters: PdfValue = null, limits = {}): Buffer {
  const entries = dict({ Filter: filter, DecodeParms: parameters })
  const stream = { kind: 'stream', dict: entries, raw, decrypt: null } as const
  const budget = newBudget({ ...PDF_LIMITS, ...limits }, raw.length)
  return Buffer.from(decodeStream(stream, (value) => value ?? null, budget))
}

const refused = (code: string) => expect.objectContaining({ name: 'VerifyError', code })

/** LZW as clause 7.4.4.2 describes the writing of it. */
function encodeLzw(data: Uint8Array, early: 0 | 1): Buffer {
  let bits = ''
  let [width, table] = [9, new Map<string, number>()]
  const clear = (): void => {
    bits += (256).toString(2).padStart(width, '0')
    table = new Map(Array.from({ length: 256 }, (_, i) => [String.fromCharCode(i), i]))
    width = 9
  }
  clear()
  let [held, next] = ['', 258]
  for (const octet of data) {
    const longer = held + String.fromCharCode(octet)
    if (table.has(longer)) {
      held = longer
      continue
    }
    bits += (table.get(held) ?? 0).toString(2).padStart(width, '0')
    table.set(longer, next)
    next += 1
    // The reader is one entry behind the writer: it learns of this one with the next code.
    if (next - 1 + early === 1 << width && width < 12) width += 1
    if (next > 4094) {
      clear()
      next = 258
    }
    held = String.fromCharCode(octet)
  }
  if (held !== '') {
    bits += (table.get(held) ?? 0).toString(2).padStart(width, '0')
    if (next + early === 1 << width && width < 12) width += 1
  }
  bits += (257).toString(2).padStart(width, '0')
  return Buffer.from((bits.match(/.{1,8}/g) ?? []).map((octet) => Number.parseInt(octet.padEnd(8, '0'), 2)))
}

const repetitive = fc
  .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 400 })), { maxLength: 30 })
  .map((runs) => Buffer.concat(runs.flatMap(([bytes, count]) => new Array<Uint8Array>(count).fill(bytes))))

describe('LZW', () => {
  it('decodes what the standard shows', () => {
    const raw = Buffer.from('800b6050220c0c8501', 'hex')
    expect([...decode(raw, name('LZWDecode'))]).toEqual([45, 45, 45, 45, 45, 65, 45, 45, 45, 66])
    expect(decode(raw, name('LZW'))).toHaveLength(10)
  })

  it.each([0, 1] as const)('gives back what was written with EarlyChange %i, over every width of codes', (early) => {
    const parameters = dict({ EarlyChange: early })
    const noise = fc.uint8Array({ minLength: 0, maxLength: 9000, size: 'max' }).map((bytes) => Buffer.from(bytes))
    fc.assert(
      fc.property(fc.oneof(repetitive, noise), (data) => {
        expect(decode(encodeLzw(data, early), name('LZWDecode'), parameters).equals(data)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('ends with a value or a coded error on any bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.constantFrom('LZW', 'RL', 'A85', 'AHx', 'Fl'),
        (raw, filter) => {
          try {
            decode(raw, name(filter))
          } catch (fault) {
            expect(fault).toEqual(refused('malformed-pdf'))
          }
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('stops where it would swell beyond the limit', () => {
    const raw = encodeLzw(Buffer.alloc(500_000), 1)
    expect(() => decode(raw, name('LZWDecode'), null, { maxStreamBytes: 100_000 })).toThrow(refused('too-large'))
    expect(() => decode(raw, name('LZWDecode'), null, { maxDecodedBytes: 100_000 })).toThrow(refused('too-large'))
  })
})

describe('run lengths', () => {
  it('are put as often as they say', () => {
    expect(decode(Buffer.from([2, 1, 2, 3, 254, 9, 128, 7]), name('RunLengthDecode'))).toEqual(
      Buffer.from([1, 2, 3, 9, 9, 9]),
    )
    expect(decode(Buffer.from([255, 7, 5, 1]), name('RL'))).toEqual(Buffer.from([7, 7, 1]))
  })

  it('stop where they would swell beyond the limit', () => {
    const raw = Buffer.alloc(100_000, 129)
    expect(() => decode(raw, name('RL'), null, { maxStreamBytes: 1_000_000 })).toThrow(refused('too-large'))
  })
})

describe('filters one after another', () => {
  const plain = Buffer.from('the tank is gone\n'.repeat(40))
  const base85 = (data: Buffer): Buffer => {
    const groups = (data.toString('hex').match(/.{1,8}/g) ?? []).map((hex) => {
      const value = Number.parseInt(hex.padEnd(8, '0'), 16)
      const digits = [4, 3, 2, 1, 0].map((power) => String.fromCharCode(33 + (Math.floor(value / 85 ** power) % 85)))
      return digits.slice(0, hex.length / 2 + 1).join('')
    })
    return Buffer.from(`${groups.join('')}~>`)
  }

  it('are undone in their order, by long and short names', () => {
    const flate = deflateSync(plain)
    const both = { kind: 'array', items: [name('A85'), name('Fl')] } as const
    expect(decode(base85(flate), both)).toEqual(plain)
    const hex = { kind: 'array', items: [name('ASCIIHexDecode'), name('LZWDecode')] } as const
    expect(decode(Buffer.from(`${encodeLzw(plain, 1).toString('hex')}>`), hex)).toEqual(plain)
  })

  it('count with what goes in and what comes out of each', () => {
    const raw = Buffer.from(`${'41'.repeat(1000)}>`)
    const twice = { kind: 'array', items: [name('AHx'), name('Crypt')] } as const
    expect(() => decode(raw, twice, null, { maxDecodedBytes: 3500 })).toThrow(refused('too-large'))
    expect(decode(raw, twice, null, { maxDecodedBytes: 4500 })).toHaveLength(1000)
  })

  it('are refused where they are not known, whatever JavaScript knows by their name', () => {
    for (const unknown of ['DCTDecode', 'constructor', 'toString', '__proto__']) {
      expect(() => decode(plain, name(unknown)), unknown).toThrow(refused('unsupported'))
    }
  })
})

describe('predictors', () => {
  const samplesOf = (row: Buffer, bits: number): number[] =>
    [...row]
      .map((octet) => octet.toString(2).padStart(8, '0'))
      .join('')
      .match(new RegExp(`.{${bits}}`, 'g'))
      ?.map((digits) => Number.parseInt(digits, 2)) ?? []

  /** The difference to the sample of the same colour to the left, as TIFF writes it. */
  const writeTiff = (row: Buffer, bits: number, colours: number, columns: number): Buffer => {
    const samples = samplesOf(row, bits)
    const digits = samples
      .map((sample, i) => {
        const left = i >= colours && i < colours * columns ? (samples[i - colours] ?? 0) : 0
        return ((sample - left + 2 ** bits) % 2 ** bits).toString(2).padStart(bits, '0')
      })
      .join('')
    return Buffer.from((digits.match(/.{8}/g) ?? []).map((octet) => Number.parseInt(octet, 2)))
  }

  it.each([1, 2, 4, 8, 16])('of TIFF are undone at %i bits', (bits) => {
    const shape = fc.record({
      colours: fc.integer({ min: 1, max: 4 }),
      columns: fc.integer({ min: 1, max: 9 }),
      rows: fc.integer({ min: 1, max: 4 }),
    })
    fc.assert(
      fc.property(shape, fc.infiniteStream(fc.nat(255)), ({ colours, columns, rows }, noise) => {
        const rowBytes = Math.ceil((colours * bits * columns) / 8)
        const plain = Array.from({ length: rows }, () => Buffer.from([...noise.take(rowBytes)]))
        const written = Buffer.concat(plain.map((row) => writeTiff(row, bits, colours, columns)))
        const parameters = dict({ Predictor: 2, Colors: colours, BitsPerComponent: bits, Columns: columns })
        expect(decode(deflateSync(written), name('FlateDecode'), parameters)).toEqual(Buffer.concat(plain))
      }),
    )
  })

  it('of PNG look as far to the left as a pixel of several octets is wide, rounded up', () => {
    // 3 colours of 4 bits: 12 bits a pixel, 2 octets.
    const parameters = dict({ Predictor: 11, Colors: 3, BitsPerComponent: 4, Columns: 4 })
    const raw = deflateSync(Buffer.from([1, 10, 20, 1, 1, 1, 1]))
    expect([...decode(raw, name('FlateDecode'), parameters)]).toEqual([10, 20, 11, 21, 12, 22])
  })

  it('with rows of gigabytes take no more room than there are bytes', () => {
    const parameters = dict({ Predictor: 12, Colors: 32, BitsPerComponent: 16, Columns: 1 << 24 })
    expect(decode(deflateSync(Buffer.from([2, 1, 2, 3])), name('FlateDecode'), parameters)).toHaveLength(3)
  })
})

describe('streams that turn out to be damaged after they swelled', () => {
  const filter = name('FlateDecode')
  /** A block of no kind stands at the end. */
  const torn = (octets: number): Buffer =>
    Buffer.concat([deflateSync(Buffer.alloc(octets, 0x31), { finishFlush: zlib.Z_SYNC_FLUSH }), Buffer.of(7, 7)])
  const attempts = (raw: Uint8Array, most: number): readonly string[] => {
    const budget = newBudget(PDF_LIMITS, raw.length)
    const stream = { kind: 'stream', dict: dict({ Filter: filter }), raw, decrypt: null } as const
    return Array.from({ length: most }, () => {
      try {
        decodeStream(stream, (value) => value ?? null, budget)
        return 'read'
      } catch (fault) {
        return (fault as { code: string }).code
      }
    })
  }

  it('are tried for so long as they have cost little', () => {
    const codes = attempts(torn(3_000_000), 600)
    expect(codes.slice(0, 50)).toEqual(new Array(50).fill('malformed-pdf'))
    expect(codes.at(-1)).toBe('too-large')
  })

  it('are borne with by the thousand where they are small', () => {
    expect(new Set(attempts(torn(500), 2000))).toEqual(new Set(['malformed-pdf']))
  })

  it('and what is sound is inflated, however much it swells', () => {
    const data = Buffer.alloc(20_000_000, 0x20)
    expect(decode(deflateSync(data), filter).equals(data)).toBe(true)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  encode,
  encodeOid,
  readBigInteger,
  readBitString,
  readBoolean,
  readChildren,
  readElement,
  readOctetString,
  readOid,
  readSmallInteger,
  readString,
  readTime,
} from '../../../src/verify/der/index.ts'
import { VerifyError } from '../../../src/verify/errors.ts'

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const refused = (code: string) => expect.objectContaining({ name: 'VerifyError', code })
const utcTime = (text: string) => readTime(readElement(encode(0x17, Buffer.from(text))))
const generalizedTime = (text: string, fractions = false) =>
  readTime(readElement(encode(0x18, Buffer.from(text))), { fractions })

describe('strict DER', () => {
  it('refuses what X.690 clause 10 and 11 refuse', () => {
    for (const bad of ['30 80 00 00', '04 81 01 00', '04 82 00 80', '1f 1e 00', '1f 80 1f 00', '', '30', '30 05 00']) {
      expect(() => readElement(hex(bad)), bad).toThrow(refused('malformed-der'))
    }
  })

  it('refuses bytes that follow', () => {
    expect(() => readElement(hex('05 00 00'))).toThrow(refused('malformed-der'))
  })

  it('refuses padded integers, half-true booleans and unused bits that are set', () => {
    expect(() => readSmallInteger(readElement(hex('02 02 00 01')))).toThrow(refused('malformed-der'))
    expect(() => readSmallInteger(readElement(hex('02 02 ff ff')))).toThrow(refused('malformed-der'))
    expect(() => readSmallInteger(readElement(hex('02 00')))).toThrow(refused('malformed-der'))
    expect(() => readBoolean(readElement(hex('01 01 01')))).toThrow(refused('malformed-der'))
    expect(() => readBitString(readElement(hex('03 02 01 01')))).toThrow(refused('malformed-der'))
    expect(() => readBitString(readElement(hex('03 01 01')))).toThrow(refused('malformed-der'))
  })

  it('reads integers of any sign and size', () => {
    expect(readSmallInteger(readElement(hex('02 01 80')))).toBe(-128)
    expect(readSmallInteger(readElement(hex('02 02 00 80')))).toBe(128)
    expect(readBigInteger(readElement(hex('02 09 00 ff ff ff ff ff ff ff ff')))).toBe(0xffffffffffffffffn)
    expect(readBigInteger(readElement(hex('02 01 ff')))).toBe(-1n)
  })

  it('gives object identifiers as they were written, large arcs included', () => {
    const arc = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n })
    fc.assert(
      fc.property(fc.constantFrom('0.9', '1.2', '2.5', '2.999'), fc.array(arc, { maxLength: 5 }), (root, arcs) => {
        const oid = [root, ...arcs].join('.')
        expect(readOid(readElement(encodeOid(oid)))).toBe(oid)
      }),
    )
    expect(() => readOid(readElement(hex('06 02 80 01')))).toThrow(refused('malformed-der'))
    expect(() => readOid(readElement(hex('06 01 81')))).toThrow(refused('malformed-der'))
  })
})

describe('times', () => {
  it('are read in the form of DER only', () => {
    expect(utcTime('491231235959Z').toISOString()).toBe('2049-12-31T23:59:59.000Z')
    expect(utcTime('500101000000Z').toISOString()).toBe('1950-01-01T00:00:00.000Z')
    expect(generalizedTime('00010101000000Z').getUTCFullYear()).toBe(1)
    expect(generalizedTime('20260601120000.5Z', true).toISOString()).toBe('2026-06-01T12:00:00.500Z')
    for (const bad of ['2606011200Z', '260601120000+0000', '260631120000Z', '260601240000Z', '260601120060Z', '']) {
      expect(() => utcTime(bad), bad).toThrow(refused('malformed-der'))
    }
    expect(() => generalizedTime('20260601120000.5Z')).toThrow(refused('malformed-der'))
    expect(() => generalizedTime('20260601120000.50Z', true)).toThrow(refused('malformed-der'))
  })
})

describe('strings', () => {
  it('refuse what their type does not hold', () => {
    expect(readString(readElement(hex('1e 04 00 c6 00 41')))).toBe('ÆA')
    expect(() => readString(readElement(hex('0c 01 ff')))).toThrow(refused('malformed-der'))
    expect(() => readString(readElement(hex('13 01 e6')))).toThrow(refused('malformed-der'))
    expect(() => readString(readElement(hex('1e 01 00')))).toThrow(refused('malformed-der'))
    expect(() => readString(readElement(hex('1c 04 ff ff ff ff')))).toThrow(refused('malformed-der'))
  })
})

describe('BER where it is allowed', () => {
  it('reads indefinite lengths and strings in pieces', () => {
    const nested = readElement(hex('24 80 04 02 01 02 24 80 04 01 03 00 00 04 01 04 00 00'), 'ber')
    expect([...readOctetString(nested)]).toEqual([1, 2, 3, 4])
    expect(readChildren(readElement(hex('30 81 02 05 00'), 'ber'))).toHaveLength(1)
  })

  it('refuses a hundred thousand nested indefinite lengths at once, without a deep call stack', () => {
    const bomb = Buffer.alloc(200_000)
    for (let i = 0; i < bomb.length; i += 2) bomb.writeUInt16BE(0x3080, i)
    expect(() => readElement(bomb, 'ber')).toThrow(refused('too-deep'))
  })

  it('refuses a list of more elements than anybody needs', () => {
    const list = encode(0x30, new Uint8Array(400_000).fill(0))
    const nulls = Buffer.from(list)
    for (let i = nulls.length - 400_000; i < nulls.length; i += 2) nulls.writeUInt16BE(0x0500, i)
    expect(() => readChildren(readElement(nulls))).toThrow(refused('too-many-elements'))
  })
})

describe('arbitrary bytes', () => {
  const readAll = (bytes: Uint8Array, rules: 'der' | 'ber'): number => {
    let seen = 0
    let open = [readElement(bytes, rules)]
    while (open.length > 0 && seen < 10_000) {
      seen += open.length
      open = open.flatMap((element) => (element.constructed ? readChildren(element) : []))
    }
    return seen
  }

  it('end in elements or a coded error', () => {
    const tagged = fc.array(fc.constantFrom(0x30, 0x80, 0x00, 0x24, 0x04, 0x02, 0x81, 0xff, 0xa0), { maxLength: 60 })
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      tagged.map((octets) => Uint8Array.from(octets)),
    )
    fc.assert(
      fc.property(bytes, fc.constantFrom('der' as const, 'ber' as const), (input, rules) => {
        try {
          expect(readAll(input, rules)).toBeGreaterThan(0)
        } catch (fault) {
          expect(fault).toBeInstanceOf(VerifyError)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('that are accepted as DER are exactly the bytes of the element', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(0x04, 0x30, 0xa3), (content, tag) => {
        const element = readElement(encode(tag, content))
        expect([...element.content]).toEqual([...content])
      }),
    )
  })
})

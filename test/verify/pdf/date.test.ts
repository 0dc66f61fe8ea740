import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dateOf } from '../../../src/verify/pdf/date.ts'
import type { PdfValue } from '../../../src/verify/pdf/values.ts'

const text = (value: string): PdfValue => ({
  kind: 'string',
  bytes: Buffer.from(value),
  hex: false,
  start: -1,
  end: -1,
})

describe('a date in a PDF', () => {
  it.each([
    ['D:20261123191400Z', '2026-11-23T19:14:00.000Z'],
    ["D:20261123191400+01'00'", '2026-11-23T18:14:00.000Z'],
    ["D:20261123191400-03'30", '2026-11-23T22:44:00.000Z'],
    ["D:20261123191400Z00'00'", '2026-11-23T19:14:00.000Z'],
    ['D:20261123191400', '2026-11-23T19:14:00.000Z'],
    ['D:2026', '2026-01-01T00:00:00.000Z'],
  ])('%s is %s', (value, time) => {
    expect(dateOf(text(value))?.toISOString()).toBe(time)
  })

  it.each([
    '',
    '20261123191400Z',
    'D:20260230',
    'D:202613',
    'D:20261123250000Z',
    "D:20261123191400+24'00",
    'D:2026-11-23',
  ])('%s is none', (value) => {
    expect(dateOf(text(value))).toBeNull()
  })

  it('is a time or none, whatever the text', () => {
    const digits = fc.stringMatching(/^D:\d{4,16}[Z+-]?[\d']{0,6}$/)
    fc.assert(
      fc.property(fc.oneof(fc.string(), digits), (value) => {
        const date = dateOf(text(value))
        expect(date === null || !Number.isNaN(date.getTime())).toBe(true)
      }),
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkDigit } from '../../src/casework/case-number.ts'
import { formatCaseNumber, parseCaseNumber } from '../../src/casework/index.ts'

const numbers = fc
  .tuple(fc.integer({ min: 2000, max: 2099 }), fc.integer({ min: 1, max: 9_999_999 }))
  .map(([year, serial]) => formatCaseNumber(year, serial))

describe('a case number', () => {
  it("has the check digit of Damm's published example", () => {
    expect(checkDigit('572')).toBe('4')
    const accepted = [...'0123456789'].filter((digit) => parseCaseNumber(`2026-000123-${digit}`) !== null)
    expect(accepted).toHaveLength(1)
  })

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(numbers, (number) => {
        expect(parseCaseNumber(number)).toBe(number)
      }),
    )
  })

  it('with one wrong digit is refused, whichever digit it is', () => {
    fc.assert(
      fc.property(numbers, fc.nat(), fc.integer({ min: 1, max: 9 }), (number, place, shift) => {
        const at = place % number.length
        fc.pre(number[at] !== '-')
        const wrong = (Number(number[at]) + shift) % 10
        expect(parseCaseNumber(`${number.slice(0, at)}${wrong}${number.slice(at + 1)}`)).toBeNull()
      }),
    )
  })

  it('with two neighbours swapped is refused', () => {
    fc.assert(
      fc.property(numbers, fc.nat(), (number, place) => {
        const digits = number.replaceAll('-', '')
        const at = place % (digits.length - 1)
        fc.pre(digits[at] !== digits[at + 1])
        const swapped = `${digits.slice(0, at)}${digits[at + 1]}${digits[at]}${digits.slice(at + 2)}`
        expect(parseCaseNumber(`${swapped.slice(0, 4)}-${swapped.slice(4, -1)}-${swapped.slice(-1)}`)).toBeNull()
      }),
    )
  })

  it('is understood with spaces and long dashes, as people type it', () => {
    const number = formatCaseNumber(2026, 123)
    expect(parseCaseNumber(` ${number.replaceAll('-', ' – ')} `)).toBe(number)
    expect(parseCaseNumber(number.replaceAll('-', ' '))).toBe(number)
  })

  it('has one spelling: more zeros in front are refused', () => {
    const [year, serial, check] = formatCaseNumber(2026, 123).split('-')
    expect(parseCaseNumber(`${year}-0${serial}-${check}`)).toBeNull()
  })

  it('is null or itself for any text, at once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 5000 }), (text) => {
        const parsed = parseCaseNumber(text)
        expect(parsed === null || parseCaseNumber(parsed) === parsed).toBe(true)
      }),
    )
    expect(parseCaseNumber(' '.repeat(1_000_000))).toBeNull()
  })

  it('is made from serials only', () => {
    expect(() => formatCaseNumber(2026, 0)).toThrow(expect.objectContaining({ code: 'internal' }))
    expect(() => formatCaseNumber(26, 1)).toThrow(expect.objectContaining({ code: 'internal' }))
  })
})

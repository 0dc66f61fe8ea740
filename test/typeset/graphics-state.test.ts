import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countStates } from '../../src/typeset/graphics-state.ts'

const balance = (content: string) => countStates(Buffer.from(content, 'latin1'))

describe('the balance of saved graphics states', () => {
  it('counts q without Q and Q without q', () => {
    expect(balance('q 1 0 0 1 5 5 cm Q')).toEqual({ excess: 0, open: 0 })
    expect(balance('q q\nQ')).toEqual({ excess: 0, open: 1 })
    expect(balance('Q Q q')).toEqual({ excess: 2, open: 1 })
  })

  it('passes over strings, names, comments, longer words and inline images', () => {
    expect(balance('(Q \\) Q (Q)) Tj /Q gs % Q\nBQ qq [(Q)Q] <q>')).toEqual({ excess: 1, open: 1 })
    expect(balance('BI /W 4 ID Q Q qEIq Q\nEI Q')).toEqual({ excess: 1, open: 0 })
  })

  it('ends for any bytes, with more operators never counted than there are bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const { excess, open } = countStates(bytes)
        expect(excess + open).toBeLessThanOrEqual(bytes.length)
      }),
    )
  })
})

import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { startDigests } from '../../../src/verify/pdf/running-digest.ts'

const SIZE = 200_000
const bytes = Uint8Array.from({ length: SIZE }, (_, i) => (i * i + 7) & 0xff)
const at = fc.integer({ min: 0, max: SIZE })

describe('the digests of a document', () => {
  it('are those of the same ranges hashed alone, in whatever order they are asked for', () => {
    const range = fc.record({
      algorithm: fc.constantFrom('sha256', 'sha512', 'sha3-256', 'shake256'),
      a: at,
      b: at,
      c: at,
    })
    fc.assert(
      fc.property(fc.array(range, { maxLength: 6 }), (ranges) => {
        const digests = startDigests(bytes)
        for (const { algorithm, a, b, c } of ranges) {
          const [prefixEnd = 0, start = 0, end = 0] = [a, b, c].sort((x, y) => x - y)
          const alone = createHash(algorithm, algorithm === 'shake256' ? { outputLength: 64 } : {})
            .update(bytes.subarray(0, prefixEnd))
            .update(bytes.subarray(start, end))
            .digest('hex')
          expect(Buffer.from(digests.over(algorithm, prefixEnd, start, end)).toString('hex')).toBe(alone)
        }
        expect(digests.sha256()).toBe(createHash('sha256').update(bytes).digest('hex'))
      }),
      { numRuns: 60 },
    )
  })
})

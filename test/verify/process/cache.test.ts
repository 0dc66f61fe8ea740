import * as crypto from 'node:crypto'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createVerificationCache, prepareTrustStore } from '../../../src/verify/index.ts'
import { daysFromNow, makeCa, makeLeaf } from '../make-pki.ts'
import { ca, judge, only, signedPdf, signWith } from './pdf-cases.ts'

vi.mock('node:crypto', async (importOriginal) => {
  const real = await importOriginal<typeof crypto>()
  return { ...real, verify: vi.fn(real.verify), createPublicKey: vi.fn(real.createPublicKey) }
})

/** How many signatures were checked and how many keys were made. */
const spent = (work: () => unknown): { signatures: number; keys: number } => {
  vi.mocked(crypto.verify).mockClear()
  vi.mocked(crypto.createPublicKey).mockClear()
  work()
  return {
    signatures: vi.mocked(crypto.verify).mock.calls.length,
    keys: vi.mocked(crypto.createPublicKey).mock.calls.length,
  }
}

const trustAnchors = prepareTrustStore([ca.certificate.bytes])
const pdf = signedPdf()

describe('verifyDocument', () => {
  // What belongs to the anchors themselves is kept with them.
  beforeEach(() => void judge(pdf, { trustAnchors }))

  it('keeps nothing between documents unless it is given a cache', () => {
    const first = spent(() => judge(pdf, { trustAnchors }))
    const second = spent(() => judge(pdf, { trustAnchors }))
    expect(first).toEqual({ signatures: 2, keys: 1 })
    expect(second).toEqual(first)
  })

  it('with a cache checks only what is new: the signature of the document', () => {
    const cache = createVerificationCache()
    expect(spent(() => judge(pdf, { trustAnchors, cache }))).toEqual({ signatures: 2, keys: 1 })
    expect(spent(() => judge(pdf, { trustAnchors, cache }))).toEqual({ signatures: 1, keys: 0 })
  })

  it('gives the same report with a cache as without', () => {
    const cache = createVerificationCache()
    const without = judge(pdf)
    expect(judge(pdf, { cache })).toEqual(without)
    expect(judge(pdf, { cache })).toEqual(without)
  })

  it('keeps no verdict in a cache: other anchors and another time are judged anew', () => {
    const cache = createVerificationCache()
    expect(only(judge(pdf, { cache })).indication).toBe('TOTAL-PASSED')
    expect(only(judge(pdf, { cache, trustAnchors: [] })).trusted).toBe(false)
    expect(only(judge(pdf, { cache, validationTime: daysFromNow(4000) })).indication).toBe('INDETERMINATE')
    const stranger = makeCa('Test CA')
    expect(only(judge(pdf, { cache, trustAnchors: [stranger.certificate.bytes] })).trusted).toBe(false)
  })

  it('reads certificates of one document once, however many signatures name them', () => {
    const { keys } = spent(() => judge(signedPdf({ sign: signWith(makeLeaf('Ida Holm', ca)) }), { trustAnchors }))
    expect(keys).toBe(1)
  })

  it('sees what was written over memory that was judged before', () => {
    const bytes = Buffer.from(pdf)
    const cache = createVerificationCache()
    expect(only(judge(bytes, { cache })).intact).toBe(true)
    bytes.write('bank', bytes.indexOf('tank'))
    expect(only(judge(bytes, { cache })).intact).toBe(false)
  })
})

describe('a verification cache', () => {
  const people = Array.from({ length: 6 }, (_, i) => makeLeaf(`Citizen ${i}`, ca))
  const judgeAll = (cache: ReturnType<typeof createVerificationCache>): void => {
    for (const person of people) judge(signedPdf({ sign: signWith(person) }), { trustAnchors, cache })
  }

  it('holds no more certificates than it may', () => {
    const cache = createVerificationCache({ maxEntries: 3 })
    judgeAll(cache)
    expect(cache.size).toBe(3)
  })

  it('holds no more bytes than it may, and counts what it lets go', () => {
    const cache = createVerificationCache({ maxBytes: 30_000 })
    judgeAll(cache)
    expect(cache.size).toBe(2)
    expect(cache.bytes).toBeLessThanOrEqual(30_000)
    const none = createVerificationCache({ maxBytes: 100 })
    judgeAll(none)
    expect([none.size, none.bytes]).toEqual([0, 0])
  })

  it('lets go what was not asked for the longest time', () => {
    const cache = createVerificationCache({ maxEntries: 2 })
    const [one, two, three] = people
    if (!one || !two || !three) throw new Error('there are six')
    for (const person of [one, two, one, three]) judge(signedPdf({ sign: signWith(person) }), { trustAnchors, cache })
    expect(cache.get(one.certificate.sha256)).toBeDefined()
    expect(cache.get(two.certificate.sha256)).toBeUndefined()
  })
})

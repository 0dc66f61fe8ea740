import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/model/errors.ts'
import { failed, refused } from '../../src/net/faults.ts'
import { createCachingFetcher, type WebAnswer, type WebRequest } from '../../src/net/index.ts'
import { NOW } from './scene.ts'

const CA = { host: 'ca.example', port: 80 }

/** A cache before a fetcher that answers as told, with a clock that is moved by hand. */
function scene(limits: { readonly maxEntries?: number; readonly maxBytes?: number } = {}) {
  const asked: string[] = []
  const world = {
    nowMs: NOW.getTime(),
    freshSeconds: 600 as number | null,
    size: 10,
    fault: null as unknown,
    /** Where set, an answer waits for it. */
    until: null as Promise<void> | null,
  }
  const answer = async (request: WebRequest): Promise<WebAnswer> => {
    asked.push(request.url)
    await world.until
    if (world.fault) throw world.fault
    const freshUntil = world.freshSeconds === null ? null : new Date(world.nowMs + world.freshSeconds * 1000)
    return { url: request.url, status: 200, mediaType: null, bytes: Buffer.alloc(world.size, 'a'), freshUntil }
  }
  const fetcher = createCachingFetcher(
    { fetch: answer },
    { maxEntries: 100, maxBytes: 1_000_000, ...limits, now: () => new Date(world.nowMs) },
  )
  const codeOf = (url: string): Promise<string> =>
    fetcher.fetch({ url }).then(
      () => 'answered',
      (thrown: unknown) => (thrown instanceof GatewayError ? String(thrown.facts['reason']) : String(thrown)),
    )
  return { world, asked, fetcher, codeOf, pass: (seconds: number) => (world.nowMs += seconds * 1000) }
}

const A = 'http://ca.example/a.crl'
const B = 'http://ca.example/b.crl'
const C = 'http://ca.example/c.crl'
const OTHER = 'http://other.example/a.crl'

describe('an answer', () => {
  it('is used again while it is fresh, and no longer', async () => {
    const { fetcher, asked, pass } = scene()
    const first = await fetcher.fetch({ url: A })
    pass(599)
    expect(await fetcher.fetch({ url: `${A}#del` })).toBe(first)
    expect(asked).toHaveLength(1)
    pass(1)
    await fetcher.fetch({ url: A })
    expect(asked).toHaveLength(2)
  })

  it.each([null, 0])('without freshness (%s) is not used again', async (freshSeconds) => {
    const { fetcher, asked, world } = scene()
    world.freshSeconds = freshSeconds
    await fetcher.fetch({ url: A })
    await fetcher.fetch({ url: A })
    expect(asked).toHaveLength(2)
  })

  it('is used for a day at most, whatever its server says', async () => {
    const { fetcher, asked, world, pass } = scene()
    world.freshSeconds = 10 * 365 * 86_400
    await fetcher.fetch({ url: A })
    pass(86_399)
    await fetcher.fetch({ url: A })
    expect(asked).toHaveLength(1)
    pass(1)
    await fetcher.fetch({ url: A })
    expect(asked).toHaveLength(2)
  })

  it('to a POST is neither kept nor shared', async () => {
    const { fetcher, asked } = scene()
    const post = { url: A, method: 'POST', body: Buffer.from('a') } as const
    await fetcher.fetch({ url: A })
    await Promise.all([fetcher.fetch(post), fetcher.fetch(post)])
    expect(asked).toHaveLength(3)
  })

  it('is not that to another query, type or limit', async () => {
    const { fetcher, asked } = scene()
    await fetcher.fetch({ url: A })
    await fetcher.fetch({ url: `${A}?1` })
    await fetcher.fetch({ url: A, accept: 'application/pkix-crl' })
    await fetcher.fetch({ url: A, maxBytes: 5 })
    expect(asked).toHaveLength(4)
  })

  it('is asked for once where several want it at the same time', async () => {
    const { fetcher, asked, world } = scene()
    const gate = Promise.withResolvers<void>()
    world.until = gate.promise
    world.freshSeconds = null
    const all = [A, A, A, B].map((url) => fetcher.fetch({ url }))
    gate.resolve()
    const [first, second, third] = await Promise.all(all)
    expect(asked).toEqual([A, B])
    expect(second).toBe(first)
    expect(third).toBe(first)
    await fetcher.fetch({ url: A })
    expect(asked).toEqual([A, B, A])
  })
})

describe('what is held', () => {
  it('is bounded in number; what was not asked for the longest time goes first', async () => {
    const { fetcher, asked } = scene({ maxEntries: 2 })
    for (const url of [A, B, A, C]) await fetcher.fetch({ url })
    expect(asked).toEqual([A, B, C])
    await fetcher.fetch({ url: A })
    expect(asked).toEqual([A, B, C])
    await fetcher.fetch({ url: B })
    expect(asked).toEqual([A, B, C, B])
  })

  it('is bounded in octets', async () => {
    const { fetcher, asked, world } = scene({ maxBytes: 6_000 })
    world.size = 2_000
    for (const url of [A, B, A, B]) await fetcher.fetch({ url })
    expect(asked).toEqual([A, B])
    for (const url of [A, B, C, A]) await fetcher.fetch({ url })
    expect(asked).toEqual([A, B, C, A])
  })

  it('gives room again when it is no longer fresh or comes anew', async () => {
    const { fetcher, asked, world, pass } = scene({ maxBytes: 6_000 })
    world.size = 2_000
    for (let n = 0; n < 10; n++) {
      await fetcher.fetch({ url: A })
      await fetcher.fetch({ url: B })
      pass(600)
    }
    asked.length = 0
    for (const url of [A, B, A, B]) await fetcher.fetch({ url })
    expect(asked).toEqual([A, B])
  })

  it('is not all given up for one answer that has no room at all', async () => {
    const { fetcher, asked, world } = scene({ maxBytes: 5_000 })
    await fetcher.fetch({ url: A })
    world.size = 6_000
    await fetcher.fetch({ url: B })
    await fetcher.fetch({ url: A })
    expect(asked).toEqual([A, B])
  })

  it('counts the failures too', async () => {
    const { codeOf, asked, world } = scene({ maxEntries: 2 })
    world.fault = failed('status', CA, 'x', { facts: { status: 500 } })
    for (const url of [A, B, C, A]) await codeOf(url)
    expect(asked).toEqual([A, B, C, A])
  })
})

describe('a failure', () => {
  it.each([
    ['of the answer', failed('status', CA, 'x', { facts: { status: 404 }, retryable: false })],
    ['of the time', failed('timeout', CA, 'x', { facts: { stage: 'answer' } })],
    ['by our own rules', refused('too-large', CA, 'x')],
  ])('%s is remembered for 30 seconds, for its URL', async (_, fault) => {
    const { codeOf, asked, world, pass } = scene()
    world.fault = fault
    expect(await codeOf(A)).toBe(fault.facts['reason'])
    world.fault = null
    pass(29)
    expect(await codeOf(A)).toBe(fault.facts['reason'])
    expect(await codeOf(B)).toBe('answered')
    expect(asked).toEqual([A, B])
    pass(1)
    expect(await codeOf(A)).toBe('answered')
  })

  it.each([
    ['whose name does not resolve', failed('dns', CA, 'x')],
    ['that does not take connections', failed('connect', CA, 'x')],
    ['that takes too long to connect to', failed('timeout', CA, 'x', { facts: { stage: 'connect' } })],
  ])('to reach a server %s is remembered for everything on it, and for nothing else', async (_, fault) => {
    const { codeOf, asked, world, pass } = scene()
    world.fault = fault
    await codeOf(A)
    world.fault = null
    expect(await codeOf(B)).toBe(fault.facts['reason'])
    expect(await codeOf('https://ca.example/a.crl')).toBe('answered')
    expect(await codeOf('http://ca.example:8080/a.crl')).toBe('answered')
    expect(await codeOf(OTHER)).toBe('answered')
    expect(asked).toHaveLength(4)
    pass(30)
    expect(await codeOf(B)).toBe('answered')
  })

  it('to reach a server that another one redirects to says nothing about either as a whole', async () => {
    const { codeOf, world } = scene()
    world.fault = failed('connect', CA, 'x')
    await codeOf(OTHER)
    world.fault = null
    expect(await codeOf(OTHER)).toBe('connect')
    expect(await codeOf('http://other.example/b.crl')).toBe('answered')
    expect(await codeOf(A)).toBe('answered')
  })

  it('to reach a server does not take away what is held and fresh', async () => {
    const { codeOf, fetcher, asked, world } = scene()
    await fetcher.fetch({ url: A })
    world.fault = failed('connect', CA, 'x')
    await codeOf(B)
    expect(await codeOf(A)).toBe('answered')
    expect(asked).toEqual([A, B])
  })

  it('is told to all who wait for the same', async () => {
    const { codeOf, asked, world } = scene()
    world.fault = failed('timeout', CA, 'x', { facts: { stage: 'answer' } })
    expect(await Promise.all([codeOf(A), codeOf(A), codeOf(A)])).toEqual(Array(3).fill('timeout'))
    expect(asked).toHaveLength(1)
  })

  it.each([
    ['to get a turn', failed('turn', CA, 'x')],
    ['that nobody named', new TypeError('x')],
  ])('%s is not remembered', async (_, fault) => {
    const { codeOf, asked, world } = scene()
    world.fault = fault
    await codeOf(A)
    world.fault = null
    expect(await codeOf(A)).toBe('answered')
    expect(asked).toHaveLength(2)
  })

  it('for what is no URL is no fetch', async () => {
    const { codeOf, asked } = scene()
    expect(await codeOf('ftp://ca.example/')).toBe('scheme')
    expect(asked).toEqual([])
  })
})

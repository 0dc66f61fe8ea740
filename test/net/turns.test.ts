import { describe, expect, it } from 'vitest'
import { createTurns } from '../../src/net/turns.ts'
import { faultOf, localFetcher, startHttp, startRaw } from './scene.ts'

/** A server that answers when told to, and knows how many waited at most. */
async function holding() {
  const waiting: (() => void)[] = []
  let most = 0
  const server = await startHttp((_, answer) => {
    waiting.push(() => answer.end('hej'))
    most = Math.max(most, waiting.length)
  })
  return {
    server,
    waiting,
    most: () => most,
    answerNext: async () => {
      await expect.poll(() => waiting.length).toBeGreaterThan(0)
      waiting.shift()?.()
    },
  }
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 100))
const at = (host: string) => ({ host, port: 80 })

describe('turns', () => {
  it('are two at a time for one host, and all come', async () => {
    const { server, most, answerNext } = await holding()
    const fetcher = localFetcher()
    const all = Array.from({ length: 5 }, () => fetcher.fetch({ url: server.at('ca.example') }))
    await settle()
    for (let n = 0; n < 5; n++) await answerNext()
    expect(await Promise.all(all)).toHaveLength(5)
    expect(most()).toBe(2)
  })

  it('of a busy host do not hold up another one', async () => {
    const { server, waiting } = await holding()
    const quick = await startHttp((_, answer) => answer.end('hej'))
    const fetcher = localFetcher()
    const all = Array.from({ length: 5 }, () => fetcher.fetch({ url: server.at('ca.example') }))
    await fetcher.fetch({ url: quick.at('other.example') })
    const done = Promise.all(all)
    for (let n = 0; n < 5; n++) {
      await expect.poll(() => waiting.length).toBeGreaterThan(0)
      waiting.shift()?.()
    }
    await done
  })

  it('go to the first whose host is free, where all places were taken', async () => {
    const turns = createTurns({ maxInAll: 2, maxPerHost: 1, maxWaitMs: 10_000 })
    const started: string[] = []
    const gates: Record<string, PromiseWithResolvers<void>> = {}
    const take = (name: string) => {
      const gate = Promise.withResolvers<void>()
      gates[name] = gate
      return turns.take(at(name.slice(0, 1)), () => {
        started.push(name)
        return gate.promise
      })
    }
    const all = ['a1', 'b1', 'a2', 'c1'].map(take)
    gates['b1']?.resolve()
    await expect.poll(() => started).toEqual(['a1', 'b1', 'c1'])
    for (const gate of Object.values(gates)) gate.resolve()
    await Promise.all(all)
    expect(started).toEqual(['a1', 'b1', 'c1', 'a2'])
  })

  it('are sixteen in all', async () => {
    let running = 0
    let most = 0
    const turns = createTurns({ maxInAll: 16, maxPerHost: 2, maxWaitMs: 10_000 })
    const work = async () => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setTimeout(resolve, 2))
      running--
    }
    await Promise.all(Array.from({ length: 200 }, (_, n) => turns.take(at(`${n % 30}.example`), work)))
    expect({ most, running }).toEqual({ most: 16, running: 0 })
  })

  it('are sixteen in all for a fetcher of which nothing else is asked', async () => {
    const { server, waiting, most } = await holding()
    const fetcher = localFetcher({ maxPerHost: 100 })
    const all = Promise.all(Array.from({ length: 20 }, () => fetcher.fetch({ url: server.at('ca.example') })))
    await expect.poll(() => waiting.length).toBe(16)
    await settle()
    expect(most()).toBe(16)
    const timer = setInterval(() => waiting.shift()?.(), 1)
    await all
    clearInterval(timer)
  })

  it('come back from whatever failed', async () => {
    const server = await startRaw((socket) => socket.resetAndDestroy())
    const fetcher = localFetcher({ maxWaitMs: 500, maxInAll: 2 })
    for (let n = 0; n < 5; n++) {
      expect(await faultOf(fetcher, server.at('ca.example'))).toMatchObject({ facts: { reason: 'answer' } })
      expect(await faultOf(fetcher, 'http://10.0.0.1/')).toMatchObject({ facts: { reason: 'address' } })
      expect(await faultOf(fetcher, 'http://unknown.example/')).toMatchObject({ facts: { reason: 'dns' } })
    }
  })

  it('that do not come in time are given up, and take no place later', async () => {
    const { server, answerNext, waiting } = await holding()
    const fetcher = localFetcher({ maxWaitMs: 200, maxPerHost: 1 })
    const first = fetcher.fetch({ url: server.at('ca.example') })
    await expect.poll(() => waiting.length).toBe(1)
    const fault = await faultOf(fetcher, server.at('ca.example'))
    expect(fault).toMatchObject({ code: 'fetch-failed', retryable: true, facts: { reason: 'turn' } })
    await answerNext()
    await first
    const again = fetcher.fetch({ url: server.at('ca.example') })
    await answerNext()
    await again
  })

  it('do not count as time of the fetch', async () => {
    const server = await startHttp((_, answer) => {
      setTimeout(() => answer.end('hej'), 300)
    })
    const fetcher = localFetcher({ timeoutMs: 700, maxPerHost: 1 })
    await Promise.all(Array.from({ length: 3 }, () => fetcher.fetch({ url: server.at('ca.example') })))
    expect(server.connections).toHaveLength(3)
  })

  it('are those of the host that a redirect leads to', async () => {
    const { server, waiting } = await holding()
    const first = await startHttp((_, answer) => answer.writeHead(302, { location: server.at('other.example') }).end())
    const fetcher = localFetcher({ maxPerHost: 1 })
    const all = Promise.all(Array.from({ length: 3 }, () => fetcher.fetch({ url: first.at('ca.example') })))
    await expect.poll(() => first.connections.length).toBe(3)
    await settle()
    expect(waiting).toHaveLength(1)
    const timer = setInterval(() => waiting.shift()?.(), 1)
    await all
    clearInterval(timer)
  })
})

import { describe, expect, it } from 'vitest'
import { createFetcher, parseNetworks } from '../../src/net/index.ts'
import { faultOf, localFetcher, lookupOf, NOW, SECRET, startHttp, textOf } from './scene.ts'

const redirecting = (to: string, status = 302) =>
  startHttp((incoming, answer) => {
    if (incoming.url === '/') answer.end('fremme')
    else answer.writeHead(status, { location: to }).end('se der')
  })

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('with %i is followed to its end', async (status) => {
    const target = await startHttp((_, answer) => answer.end('fremme'))
    const server = await redirecting(target.at('other.example'), status)
    const answer = await localFetcher().fetch({ url: server.at('ca.example') })
    expect(textOf(answer.bytes)).toBe('fremme')
    expect(answer.url).toBe(target.at('other.example'))
  })

  it('takes no header along that was meant for the first server', async () => {
    const seen: unknown[] = []
    const target = await startHttp((incoming, answer) => {
      seen.push(incoming.headers['x-kode'])
      answer.end('fremme')
    })
    const server = await startHttp((incoming, answer) => {
      seen.push(incoming.headers['x-kode'])
      answer.writeHead(302, { location: target.at('other.example') }).end()
    })
    await localFetcher().fetch({ url: server.at('ca.example'), headers: { 'x-kode': '1', host: 'evil.example' } })
    expect(seen).toEqual(['1', undefined])
  })

  it('may be relative', async () => {
    const server = await redirecting('/')
    expect(textOf((await localFetcher().fetch({ url: server.at('ca.example') })).bytes)).toBe('fremme')
  })

  it.each([
    ['http://169.254.169.254/latest/meta-data/', 'address', '169.254.169.254'],
    ['http://0xa9fea9fe/', 'address', '169.254.169.254'],
    ['http://[::ffff:10.0.0.1]/', 'address', '[::ffff:a00:1]'],
    ['http://inner.example/', 'address', 'inner.example'],
    ['//inner.example/', 'address', 'inner.example'],
    ['http://kai:kode@ca.example/', 'url', 'ca.example'],
    ['file:///etc/passwd', 'scheme', 'ca.example'],
    ['http://ca.example:25/', 'port', 'ca.example'],
    ['http://', 'url', 'ca.example'],
    [`/${'a'.repeat(2100)}`, 'url', 'ca.example'],
  ])('to %s is not followed', async (to, reason, host) => {
    const server = await redirecting(to)
    const { lookup } = lookupOf({ 'ca.example': ['127.0.0.1'], 'inner.example': ['10.1.2.3'] })
    const fetcher = createFetcher({ lookup, allowed: parseNetworks(['127.0.0.1']), now: () => NOW })
    const fault = await faultOf(fetcher, server.at('ca.example'))
    expect(fault).toMatchObject({ code: 'fetch-refused', retryable: false, facts: { reason, host } })
  })

  it('back to the same name is looked up and checked anew', async () => {
    const server = await redirecting('/')
    const given = [['127.0.0.1'], ['10.0.0.1']]
    const fetcher = createFetcher({
      lookup: async () => given.shift() ?? [],
      allowed: parseNetworks(['127.0.0.1']),
      now: () => NOW,
    })
    expect(await faultOf(fetcher, server.at('ca.example'))).toMatchObject({ facts: { reason: 'address' } })
    expect(server.connections).toHaveLength(1)
  })

  it('is followed three times and not four', async () => {
    const server = await startHttp((incoming, answer) => {
      const left = Number(incoming.url?.slice(1, 2))
      if (left === 0) answer.end('fremme')
      else answer.writeHead(301, { location: `/${left - 1}` }).end()
    })
    const base = `http://ca.example:${server.port}`
    expect(textOf((await localFetcher().fetch({ url: `${base}/3` })).bytes)).toBe('fremme')
    expect(await faultOf(localFetcher(), `${base}/4?${SECRET}`)).toMatchObject({
      code: 'fetch-refused',
      facts: { reason: 'redirect' },
    })
    expect(server.connections).toHaveLength(8)
  })

  it('in a circle ends', async () => {
    const server = await startHttp((incoming, answer) => {
      answer.writeHead(301, { location: incoming.url }).end()
    })
    expect(await faultOf(localFetcher(), server.at('ca.example'))).toMatchObject({ facts: { reason: 'redirect' } })
    expect(server.connections).toHaveLength(4)
  })

  it('of a POST is not followed', async () => {
    const target = await startHttp((_, answer) => answer.end('fremme'))
    const server = await redirecting(target.at('other.example'), 307)
    const request = { url: server.at('ca.example'), method: 'POST', body: Buffer.from('hej') } as const
    expect(await faultOf(localFetcher(), request)).toMatchObject({
      code: 'fetch-refused',
      facts: { reason: 'redirect', host: 'ca.example' },
    })
    expect(target.connections).toEqual([])
  })

  it('without a place to go to is no answer', async () => {
    const server = await startHttp((_, answer) => answer.writeHead(302).end('hvor?'))
    expect(await faultOf(localFetcher(), server.at('ca.example'))).toMatchObject({
      code: 'fetch-failed',
      retryable: false,
      facts: { reason: 'status', status: 302 },
    })
  })

  it('with an endless body is followed, and the body is left behind', async () => {
    const target = await startHttp((_, answer) => answer.end('fremme'))
    const left = Promise.withResolvers<void>()
    const server = await startHttp((_, answer) => {
      answer.writeHead(302, { location: target.at('other.example') })
      const timer = setInterval(() => answer.write('a'.repeat(1000)), 1)
      answer.on('close', () => {
        clearInterval(timer)
        left.resolve()
      })
    })
    expect(textOf((await localFetcher().fetch({ url: server.at('ca.example') })).bytes)).toBe('fremme')
    await left.promise
  })

  it('shares the time of the whole fetch', async () => {
    const server = await startHttp((incoming, answer) => {
      setTimeout(() => answer.writeHead(302, { location: incoming.url }).end(), 100)
    })
    expect(await faultOf(localFetcher({ timeoutMs: 250 }), server.at('ca.example'))).toMatchObject({
      facts: { reason: 'timeout' },
    })
  })
})

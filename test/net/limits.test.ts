import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createFetcher } from '../../src/net/index.ts'
import { faultOf, LOOPBACK, localFetcher, NOW, rawAnswer, startHttp, startRaw, textOf } from './scene.ts'

const TOO_LARGE = { code: 'fetch-refused', retryable: false, facts: { reason: 'too-large' } }
const TIMED_OUT = { code: 'fetch-failed', retryable: true, facts: { reason: 'timeout' } }
const CUT_OFF = { code: 'fetch-failed', retryable: true, facts: { reason: 'answer' } }
const OK = 'HTTP/1.1 200 OK'

/** Milliseconds until the work has ended. */
async function durationOf(work: Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work
  return performance.now() - startedAt
}

describe('the time of a fetch', () => {
  it('ends although a byte comes each 200 ms', async () => {
    const server = await startHttp((_, answer) => {
      const timer = setInterval(() => answer.write('a'), 200)
      answer.on('close', () => clearInterval(timer))
    })
    const request = { url: server.at('ca.example'), timeoutMs: 500 }
    const work = faultOf(localFetcher(), request)
    expect(await durationOf(work)).toBeLessThan(3_000)
    expect(await work).toMatchObject({ ...TIMED_OUT, facts: { reason: 'timeout', stage: 'answer' } })
  })

  it('ends although headers come byte by byte', async () => {
    const server = await startRaw((socket) => {
      socket.write(`${OK}\r\nx-a: `)
      const timer = setInterval(() => socket.write('a'), 50)
      socket.on('close', () => clearInterval(timer))
    })
    expect(await faultOf(localFetcher({ timeoutMs: 300 }), server.at('ca.example'))).toMatchObject(TIMED_OUT)
  })

  it('ends although answers of status 100 come for ever', async () => {
    const server = await startRaw((socket) => {
      const timer = setInterval(() => socket.write('HTTP/1.1 100 Continue\r\n\r\n'), 5)
      socket.on('close', () => clearInterval(timer))
    })
    expect(await faultOf(localFetcher({ timeoutMs: 300 }), server.at('ca.example'))).toMatchObject(TIMED_OUT)
  })

  it('ends where a server says nothing for too long, before the whole time is over', async () => {
    const server = await startHttp((_, answer) => {
      answer.write('a')
    })
    const work = faultOf(localFetcher({ timeoutMs: 5_000, maxIdleMs: 100 }), server.at('ca.example'))
    expect(await durationOf(work)).toBeLessThan(3_000)
    expect(await work).toMatchObject(TIMED_OUT)
  })

  it('ends where a TLS greeting is never answered', async () => {
    const server = await startRaw(() => {}, 'https')
    const fault = await faultOf(localFetcher({ timeoutMs: 200 }), server.at('ca.example'))
    expect(fault).toMatchObject({ ...TIMED_OUT, facts: { reason: 'timeout', stage: 'connect' } })
    await expect.poll(() => server.connections[0]?.received).toBeGreaterThan(0)
  })

  it('ends where the name is never resolved', async () => {
    const fetcher = createFetcher({ lookup: () => new Promise(() => {}), now: () => NOW, limits: { timeoutMs: 50 } })
    expect(await faultOf(fetcher, 'http://ca.example/')).toMatchObject({ ...TIMED_OUT, facts: { stage: 'dns' } })
  })

  it('that is over keeps a name that resolves later from being connected to', async () => {
    const server = await startHttp((_, answer) => answer.end('hej'))
    const lookup = () => new Promise<string[]>((resolve) => setTimeout(() => resolve(['127.0.0.1']), 100))
    const fetcher = createFetcher({ lookup, allowed: LOOPBACK, now: () => NOW, limits: { timeoutMs: 50 } })
    await faultOf(fetcher, server.at('ca.example'))
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(server.connections).toEqual([])
  })

  it('that is over closes the connection', async () => {
    const closed = Promise.withResolvers<void>()
    const server = await startHttp((incoming) => incoming.socket.on('close', () => closed.resolve()))
    await faultOf(localFetcher({ timeoutMs: 100 }), server.at('ca.example'))
    await closed.promise
  })
})

describe('the size of an answer', () => {
  it('may be just the limit, and not one octet more', async () => {
    const server = await startHttp((_, answer) => {
      answer.write('a'.repeat(500))
      answer.end('a'.repeat(500))
    })
    const url = server.at('ca.example')
    expect((await localFetcher({ maxBytes: 1000 }).fetch({ url })).bytes).toHaveLength(1000)
    expect((await localFetcher({ maxBytes: 10 }).fetch({ url, maxBytes: 1000 })).bytes).toHaveLength(1000)
    expect(await faultOf(localFetcher({ maxBytes: 999 }), url)).toMatchObject(TOO_LARGE)
    expect(await faultOf(localFetcher(), { url, maxBytes: 999 })).toMatchObject(TOO_LARGE)
  })

  it('is a megabyte where nothing is said', async () => {
    const server = await startHttp((incoming, answer) => answer.end(Buffer.alloc(Number(incoming.url?.slice(1)))))
    const base = `http://ca.example:${server.port}`
    expect((await localFetcher().fetch({ url: `${base}/1048576` })).bytes).toHaveLength(1_048_576)
    expect(await faultOf(localFetcher(), `${base}/1048577`)).toMatchObject(TOO_LARGE)
  })

  it('is bounded where the body never ends, and the server is left at once', async () => {
    let written = 0
    const server = await startHttp((_, answer) => {
      const more = () => {
        while (!answer.destroyed && answer.write(Buffer.alloc(16_384))) written += 16_384
        written += 16_384
      }
      answer.on('drain', more)
      more()
    })
    expect(await faultOf(localFetcher(), server.at('ca.example'))).toMatchObject(TOO_LARGE)
    // What lies in the buffers of both ends comes to it.
    expect(written).toBeLessThan(16 * 1024 * 1024)
  })

  it('is refused by its announced length, without waiting for it', async () => {
    const server = await startRaw((socket) => socket.write(rawAnswer(OK, 'content-length: 99999999', '', 'a')))
    const work = faultOf(localFetcher({ timeoutMs: 5_000 }), server.at('ca.example'))
    expect(await durationOf(work)).toBeLessThan(3_000)
    expect(await work).toMatchObject(TOO_LARGE)
  })

  it('that is less than announced is no answer', async () => {
    const server = await startRaw((socket) => socket.end(rawAnswer(OK, 'content-length: 10', '', 'kort')))
    expect(await faultOf(localFetcher(), server.at('ca.example'))).toMatchObject(CUT_OFF)
  })

  it('that is more than announced ends where it was announced to end', async () => {
    const body = `hej${'x'.repeat(100_000)}`
    const server = await startRaw((socket) => socket.end(rawAnswer(OK, 'content-length: 3', '', body)))
    const answer = await localFetcher().fetch({ url: server.at('ca.example') })
    expect(textOf(answer.bytes)).toBe('hej')
  })

  it('announced twice differently, or in two ways, is no answer', async () => {
    for (const second of ['content-length: 4', 'transfer-encoding: chunked']) {
      const server = await startRaw((socket) => socket.end(rawAnswer(OK, 'content-length: 3', second, '', 'hej')))
      expect(await faultOf(localFetcher(), server.at('ca.example'))).toMatchObject(CUT_OFF)
    }
  })

  it('counts as it comes: gzip that nobody asked for is kept as it is', async () => {
    const packed = gzipSync(Buffer.alloc(1_000_000))
    const server = await startHttp((_, answer) => answer.setHeader('content-encoding', 'gzip').end(packed))
    const answer = await localFetcher({ maxBytes: packed.length }).fetch({ url: server.at('ca.example') })
    expect(Buffer.from(answer.bytes).equals(packed)).toBe(true)
  })
})

describe('headers', () => {
  it.each([
    ['one that is long', `x: ${'a'.repeat(20_000)}`],
    ['many that are short', Array.from({ length: 4_000 }, (_, at) => `x${at}: a`).join('\r\n')],
  ])('are refused where they are too large: %s', async (_, header) => {
    const server = await startRaw((socket) => socket.end(rawAnswer(OK, header, 'content-length: 3', '', 'hej')))
    expect(await faultOf(localFetcher(), server.at('ca.example'))).toMatchObject(TOO_LARGE)
  })

  it('may be as large as the limit that is set', async () => {
    const server = await startHttp((_, answer) => answer.setHeader('x', 'a'.repeat(2_000)).end('hej'))
    const url = server.at('ca.example')
    expect(await faultOf(localFetcher({ maxHeaderBytes: 2_000 }), url)).toMatchObject(TOO_LARGE)
    expect(textOf((await localFetcher({ maxHeaderBytes: 3_000 }).fetch({ url })).bytes)).toBe('hej')
  })

  it('that never end are refused before the time is over', async () => {
    const server = await startRaw((socket) => {
      socket.write(`${OK}\r\n`)
      const timer = setInterval(() => socket.write(`x: ${'a'.repeat(1_000)}\r\n`), 1)
      socket.on('close', () => clearInterval(timer))
    })
    const work = faultOf(localFetcher({ timeoutMs: 5_000 }), server.at('ca.example'))
    expect(await durationOf(work)).toBeLessThan(3_000)
    expect(await work).toMatchObject(TOO_LARGE)
  })
})

describe('a connection', () => {
  it('that is reset in the middle of the body is no answer', async () => {
    const server = await startRaw((socket) => {
      socket.write(rawAnswer(OK, 'content-length: 10', '', 'halv'), () =>
        setTimeout(() => socket.resetAndDestroy(), 50),
      )
    })
    expect(await faultOf(localFetcher(), server.at('ca.example'))).toMatchObject(CUT_OFF)
  })

  it('that ends in the middle of a chunk is no answer', async () => {
    const server = await startRaw((socket) => socket.end(rawAnswer(OK, 'transfer-encoding: chunked', '', '5', 'hal')))
    expect(await faultOf(localFetcher(), server.at('ca.example'))).toMatchObject(CUT_OFF)
  })

  it.each([
    ['nothing', ''],
    ['another protocol', '220 mail.example ESMTP\r\n'],
    ['half a head', `${OK}\r\nconte`],
    ['an upgrade', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
  ])('that brings %s is no answer', async (_, bytes) => {
    const server = await startRaw((socket) => socket.end(bytes))
    expect(await faultOf(localFetcher({ timeoutMs: 2_000 }), server.at('ca.example'))).toMatchObject(CUT_OFF)
  })

  it('whose broken answer repeats the path tells nothing of it', async () => {
    const server = await startHttp((incoming, answer) => {
      answer.socket?.end(`${OK}\r\nlocation ${incoming.url}\r\n\r\n`)
    })
    expect(await faultOf(localFetcher(), server.at('ca.example'))).toMatchObject(CUT_OFF)
  })
})

describe('a status', () => {
  it.each([
    [400, false],
    [404, false],
    [408, true],
    [410, false],
    [429, true],
    [500, true],
    [503, true],
    [304, false],
  ])('of %i is no answer; trying again helps: %s', async (status, retryable) => {
    const server = await startHttp((_, answer) => answer.writeHead(status).end())
    const fault = await faultOf(localFetcher(), server.at('ca.example'))
    expect(fault).toMatchObject({ code: 'fetch-failed', retryable })
    expect(fault.facts).toEqual({ reason: 'status', status, host: 'ca.example', port: server.port })
  })

  it('of success without a body is an answer', async () => {
    const server = await startHttp((_, answer) => answer.writeHead(204).end())
    const answer = await localFetcher().fetch({ url: server.at('ca.example') })
    expect(answer).toMatchObject({ status: 204, mediaType: null })
    expect(answer.bytes).toHaveLength(0)
  })
})

import { randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createClamd } from '../../src/intake/index.ts'
import { fakeClamd } from '../support/clamd.ts'

const MiB = 1024 * 1024
const away = { code: 'scanner-unavailable', retryable: true }
const some = Buffer.from('some bytes')

/** Asks a clamd that answers so. */
async function asked(answer: Parameters<typeof fakeClamd>[0], bytes: Uint8Array = some) {
  const clamd = await fakeClamd(answer)
  try {
    return await createClamd({ address: clamd.address, maximumBytes: 25 * MiB, timeoutMs: 300 })(bytes)
  } finally {
    void clamd.stop()
  }
}

describe("clamd's protocol", () => {
  it.each([0, 1, 65_536, 65_537, 5 * MiB])('carries all of a file of %i bytes, in chunks', async (size) => {
    const clamd = await fakeClamd(() => 'stream: OK\0')
    const bytes = randomBytes(size)
    const scan = createClamd({ address: clamd.address, maximumBytes: 25 * MiB })
    expect(await scan(bytes)).toEqual({ result: 'clean' })
    expect(clamd.files[0]?.equals(bytes)).toBe(true)
    expect(clamd.chunks[0]).toBe(Math.ceil(size / 65_536))
    await clamd.stop()
  })

  it('gives the name of what was found', async () => {
    const found = { result: 'infected', name: 'Win.Test.EICAR_HDB-1' }
    expect(await asked(() => 'stream: Win.Test.EICAR_HDB-1 FOUND\0')).toEqual(found)
  })

  it('takes an answer that comes in pieces', async () => {
    const slowly = asked((_, socket) => {
      socket.write('stream: ')
      setTimeout(() => socket.end('X FOUND\0'), 50)
      return null
    })
    expect(await slowly).toEqual({ result: 'infected', name: 'X' })
  })

  it('what clamd finds too large, or holds more than it looks at, is not scanned', async () => {
    expect(await asked(() => 'INSTREAM size limit exceeded. ERROR\0')).toEqual({
      result: 'not-scanned',
      why: 'too-large',
    })
    expect(await asked(() => 'stream: Heuristics.Limits.Exceeded.MaxFiles FOUND\0')).toEqual({
      result: 'not-scanned',
      why: 'beyond-limits',
    })
  })

  it('an answer over the limit counts though the connection closes in the middle of the file', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => socket.end('INSTREAM size limit exceeded. ERROR\0'))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const at = server.address()
    const port = at !== null && typeof at === 'object' ? at.port : 0
    const scan = createClamd({ address: { host: '127.0.0.1', port }, maximumBytes: 25 * MiB })
    expect(await scan(randomBytes(20 * MiB))).toEqual({ result: 'not-scanned', why: 'too-large' })
    server.close()
  })

  it('"OK" before it had the whole file is no answer', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => socket.end('stream: OK\0'))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const at = server.address()
    const port = at !== null && typeof at === 'object' ? at.port : 0
    const scan = createClamd({ address: { host: '127.0.0.1', port }, maximumBytes: 25 * MiB })
    await expect(scan(randomBytes(20 * MiB))).rejects.toMatchObject(away)
    server.close()
  })

  it.each([
    ['an answer without its end', 'stream: OK'],
    ['another answer', 'stream: OK, I think\0'],
    ['a fault of its own', "stream: Can't allocate memory ERROR\0"],
    ['nothing at all', '\0'],
    ['bytes without end', 'x'.repeat(10_000)],
    ['a name with control characters', 'stream: a\u001b[2Jb FOUND\0'],
    ['another command', 'UNKNOWN COMMAND\0'],
  ])('%s is never clean: it is asked again', async (_, text) => {
    await expect(asked(() => text)).rejects.toMatchObject(away)
  })

  it('a connection that is cut off, a scanner that is silent, and none at all, are asked again', async () => {
    const cut = asked((_, socket) => {
      socket.destroy()
      return null
    })
    await expect(cut).rejects.toMatchObject(away)
    await expect(asked(() => null)).rejects.toMatchObject(away)
    const nobody = createClamd({ address: { path: '/nowhere/clamd.sock' }, maximumBytes: MiB })
    await expect(nobody(some)).rejects.toMatchObject(away)
  })

  it('larger files than may be sent are not sent', async () => {
    const clamd = await fakeClamd(() => 'stream: OK\0')
    const scan = createClamd({ address: clamd.address, maximumBytes: 1024 })
    expect(await scan(Buffer.alloc(1025))).toEqual({ result: 'not-scanned', why: 'too-large' })
    expect(clamd.files).toEqual([])
    expect(await scan(Buffer.alloc(1024))).toEqual({ result: 'clean' })
    await clamd.stop()
  })

  it('no more files than said are with the scanner at once, and all get their turn', async () => {
    const clamd = await fakeClamd((_, socket) => {
      setTimeout(() => socket.end('stream: OK\0'), 20)
      return null
    })
    const scan = createClamd({ address: clamd.address, maximumBytes: MiB, atOnce: 3 })
    const answers = await Promise.all(Array.from({ length: 20 }, () => scan(some)))
    expect(answers.every(({ result }) => result === 'clean')).toBe(true)
    expect(clamd.files).toHaveLength(20)
    expect(clamd.mostOpen()).toBeLessThanOrEqual(4)
    await clamd.stop()
  })
})

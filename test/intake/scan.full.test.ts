import { randomBytes } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClamd } from '../../src/intake/index.ts'
import { BAD, hasClamd, startClamd } from '../support/clamd.ts'

const MiB = 1024 * 1024

describe.skipIf(!hasClamd)('a real clamd with one signature of our own', () => {
  let clamd: Awaited<ReturnType<typeof startClamd>>
  beforeAll(async () => {
    clamd = await startClamd('1M')
  }, 60_000)
  afterAll(() => clamd.stop())
  const scan = (bytes: Uint8Array) => createClamd({ address: { path: clamd.path }, maximumBytes: 25 * MiB })(bytes)

  it('finds what the signature names, and nothing elsewhere', async () => {
    expect(await scan(Buffer.from(`a ${BAD} b`))).toEqual({ result: 'infected', name: 'Poststempel.Test.UNOFFICIAL' })
    expect(await scan(Buffer.from('a letter'))).toEqual({ result: 'clean' })
    expect(await scan(randomBytes(900_000))).toEqual({ result: 'clean' })
    // The same bytes packed are others: the signature was not found by chance.
    expect(await scan(deflateRawSync(Buffer.from(`a ${BAD} b`)))).toEqual({ result: 'clean' })
  })

  it('says of a file over its StreamMaxLength that it was not scanned', async () => {
    expect(await scan(randomBytes(5 * MiB))).toEqual({ result: 'not-scanned', why: 'too-large' })
  })

  it('killed and started again, is away and then answers', async () => {
    await clamd.kill()
    await expect(scan(Buffer.from('x'))).rejects.toMatchObject({ code: 'scanner-unavailable', retryable: true })
    await clamd.restart()
    expect(await scan(Buffer.from('x'))).toEqual({ result: 'clean' })
  }, 60_000)
})

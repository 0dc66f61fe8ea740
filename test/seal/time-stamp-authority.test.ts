import { describe, expect, it } from 'vitest'
import { flipSignatureValue } from '../../scripts/fixtures/faults.ts'
import { createTimeStampRequest, readTimeStampResponse } from '../../src/seal/timestamp-request.ts'
import { readCertificate } from '../../src/trust/index.ts'
import { anchorOf, authorityOf } from '../support/time-stamp-authority.ts'
import { type Answering, readRequest, timeStampWorld } from '../support/time-stamp-world.ts'

const CONTENT = [Buffer.from('en '), Buffer.from('liste')]
const world = timeStampWorld()

async function stampWith(answering: Partial<Answering>, asked: Parameters<typeof authorityOf>[1] = {}) {
  world.answering = { authority: world.firstAuthority, ...answering }
  return (await authorityOf(world, asked)).stamp(CONTENT)
}

describe('a time-stamp from the configured authority', () => {
  it('asks for the SHA-512 of the content, with a nonce of its own and the certificate', async () => {
    await stampWith({})
    await stampWith({}, { policy: '1.3.6.1.4.1.32473.1.7' })
    const [first, second] = world.asked.slice(-2)
    expect(first).toMatchObject({ hash: 'sha512', policy: null, wantsCertificate: true })
    expect(second?.policy).toBe('1.3.6.1.4.1.32473.1.7')
    expect(first?.nonce).not.toEqual(second?.nonce)
    expect(first?.digest).toEqual(second?.digest)
  })

  it('says when, by whom, until when it holds and on what it rests, with the list that was fetched', async () => {
    const stamp = await stampWith({})
    expect(stamp).toMatchObject({
      at: '2026-11-24T10:00:00.000Z',
      authority: 'Prøve-tidsstempel 2026',
      holdsUntil: '2029-01-01T00:00:00.000Z',
      algorithms: ['ec:256', 'ecdsa', 'sha256', 'sha512'],
    })
    expect(stamp.evidence.map(({ data }) => [data.kind, data.url])).toEqual([['crl', 'http://crl.example/root.crl']])
  })

  it.each<[string, Partial<Answering>, Record<string, string>]>([
    ['is over something else', { reads: (asked) => ({ ...asked, digest: Buffer.alloc(64) }) }, { reason: 'broken' }],
    [
      'answers an older question',
      { reads: (asked) => ({ ...asked, nonce: Buffer.from('12345678') }) },
      { reason: 'nonce' },
    ],
    ['answers no question', { reads: (asked) => ({ ...asked, nonce: null }) }, { reason: 'nonce' }],
    ['was forged', { spoil: flipSignatureValue }, { reason: 'broken' }],
    [
      'is from an authority that nobody enabled',
      { authority: world.strangeAuthority },
      { reason: 'NO_CERTIFICATE_CHAIN_FOUND' },
    ],
    ['says a time an hour ago', { offMs: -3_600_000 }, { reason: 'clock' }],
    ['says a time an hour ahead', { offMs: 3_600_000 }, { reason: 'clock' }],
    ['is no token', { spoil: () => Buffer.from('3003020101', 'hex') }, { reason: 'broken' }],
  ])('refuses a token that %s', async (_, answering, facts) => {
    await expect(stampWith(answering)).rejects.toMatchObject({ code: 'timestamp-refused', facts })
  })

  it('takes a token of a unit that is pinned itself, as trusted lists do, while it is in force there', async () => {
    const pinned = (until: string | null) => ({
      ...anchorOf(world),
      ...readCertificate(world.firstAuthority.certificate.bytes),
      periods: [{ from: '2026-01-01T00:00:00.000Z', until }],
    })
    expect(await stampWith({}, { anchors: [pinned(null)] })).toMatchObject({ authority: 'Prøve-tidsstempel 2026' })
    await expect(stampWith({}, { anchors: [pinned('2026-06-01T00:00:00.000Z')] })).rejects.toMatchObject({
      code: 'timestamp-refused',
    })
  })

  it('refuses a token under another policy than the one asked for', async () => {
    const asked = stampWith({ policy: '1.2.3' }, { policy: '1.3.6.1.4.1.32473.1.7' })
    await expect(asked).rejects.toMatchObject({ code: 'timestamp-refused', facts: { reason: 'policy' } })
  })

  it('refuses a token whose root is trusted for documents alone', async () => {
    const asked = stampWith({}, { purposes: ['document'] })
    await expect(asked).rejects.toMatchObject({ code: 'timestamp-refused' })
  })

  it('takes a token whose clock is half a minute ahead', async () => {
    expect((await stampWith({ offMs: 30_000 })).at).toBe('2026-11-24T10:00:30.000Z')
  })

  it('tells an authority that is away, or cannot now, from one that says no', async () => {
    const away = { code: 'timestamp-unavailable', retryable: true }
    await expect(stampWith({ away: true })).rejects.toMatchObject(away)
    await expect(stampWith({ failure: 14 })).rejects.toMatchObject({ ...away, facts: { reason: 'timeNotAvailable' } })
    const no = { code: 'timestamp-refused', facts: { reason: 'unacceptedPolicy' } }
    await expect(stampWith({ failure: 15 })).rejects.toMatchObject(no)
  })
})

describe('what goes over the line', () => {
  it('is a request that is read back as it was meant', () => {
    const nonce = Buffer.from('80ffffffffffffff', 'hex')
    const digest = Buffer.alloc(32, 7)
    const der = createTimeStampRequest({ hash: 'sha256', digest, nonce, policy: null })
    const read = readRequest(der)
    expect(read).toMatchObject({ hash: 'sha256', policy: null, wantsCertificate: true })
    expect(Buffer.from(read.digest)).toEqual(digest)
    expect(Buffer.from(read.nonce ?? []).toString('hex')).toMatch(/^(00)?80ffffffffffffff$/)
  })

  it('is refused as an answer where it is none, whatever it is', () => {
    for (const hex of ['', '30', '3000', '02010a', '3003020100', '30053003020100', 'ff'.repeat(40)]) {
      expect(() => readTimeStampResponse(Buffer.from(hex, 'hex'))).toThrowError(
        expect.objectContaining({ code: 'timestamp-refused' }),
      )
    }
  })
})

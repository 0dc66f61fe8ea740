import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { freshUntil } from '../../src/net/freshness.ts'
import { localFetcher, NOW, startHttp } from './scene.ts'

const DATE = 'Tue, 24 Nov 2026 08:00:00 GMT'
const LATER = 'Tue, 24 Nov 2026 08:10:00 GMT'

/** Seconds after the moment of asking; null where the headers say nothing. */
function secondsOf(headers: Readonly<Record<string, string>>): number | null {
  const until = freshUntil(headers, NOW)
  return until === null ? null : (until.getTime() - NOW.getTime()) / 1000
}

describe('freshness', () => {
  it.each([
    ['nothing', {}, null],
    ['only who may keep it', { 'cache-control': 'public, must-revalidate' }, null],
    ['max-age', { 'cache-control': 'public, Max-Age=600' }, 600],
    ['max-age in quotes', { 'cache-control': 'max-age="600"' }, 600],
    ['max-age and the age that it has', { 'cache-control': 'max-age=600', age: '100' }, 500],
    ['an age beyond it', { 'cache-control': 'max-age=600', age: '700' }, 0],
    ['max-age before Expires', { 'cache-control': 'max-age=60', expires: LATER, date: DATE }, 60],
    ['two of max-age', { 'cache-control': 'max-age=60, max-age=600' }, 60],
    ['max-age without end', { 'cache-control': `max-age=${'9'.repeat(400)}` }, 2 ** 31],
    ['max-age that is no number', { 'cache-control': 'max-age=-1' }, 0],
    ['max-age of nothing', { 'cache-control': 'max-age=' }, 0],
    ['no-store', { 'cache-control': 'max-age=600, no-store' }, 0],
    ['no-cache', { 'cache-control': 'No-Cache="set-cookie", max-age=600', expires: LATER }, 0],
    ['Expires by its own clock', { expires: LATER, date: DATE }, 600],
    ['Expires without a date', { expires: 'Tue, 24 Nov 2026 09:01:00 GMT' }, 60],
    ['Expires in the past', { expires: DATE, date: LATER }, 0],
    ['Expires that is no date', { expires: '0', date: DATE }, 0],
    ['Expires that is no date at all', { expires: 'aldrig', date: DATE }, 0],
  ])('from %s', (_, headers, seconds) => {
    expect(secondsOf(headers as Readonly<Record<string, string>>)).toBe(seconds)
  })

  it('is a valid time or null for any headers', () => {
    const text = fc.option(
      fc.oneof(
        fc.string(),
        fc.nat().map((n) => `max-age=${n}`),
        fc.date().map(String),
      ),
      {
        nil: undefined,
      },
    )
    fc.assert(
      fc.property(fc.record({ 'cache-control': text, expires: text, date: text, age: text }), (headers) => {
        const given = Object.entries(headers).filter(([, value]) => value !== undefined)
        const until = freshUntil(Object.fromEntries(given), NOW)
        expect(until === null || until.getTime() >= NOW.getTime()).toBe(true)
      }),
    )
  })

  it('counts from the moment of asking', async () => {
    const server = await startHttp((_, answer) => answer.setHeader('cache-control', 'max-age=600').end())
    const answer = await localFetcher().fetch({ url: server.at('ca.example') })
    expect(answer.freshUntil).toEqual(new Date(NOW.getTime() + 600_000))
  })
})

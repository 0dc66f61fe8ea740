import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readFields } from '../../src/web/http/bodies.ts'
import { readCookies, writeCookie } from '../../src/web/http/cookies.ts'
import { chooseLanguage } from '../../src/web/http/language.ts'
import { contentDisposition, ownPath } from '../../src/web/http/reply.ts'
import { isSameOrigin } from '../../src/web/http/same-origin.ts'
import { placeOf, rateLimit } from '../../src/web/sign-in/rate-limit.ts'

describe('cookies', () => {
  it('are read whatever stands in the header, and the first of a name counts', () => {
    expect([...readCookies('a=1; b=2;a=3; =x; c')]).toEqual([
      ['a', '1'],
      ['b', '2'],
    ])
    fc.assert(fc.property(fc.string(), (header) => readCookies(header).size <= header.length))
  })

  it('are HttpOnly always and Secure over https', () => {
    const cookie = { name: 'staff', value: 'x', path: '/', sameSite: 'Lax', maxAgeSeconds: 60 } as const
    expect(writeCookie(cookie, true)).toBe('staff=x; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure')
    expect(writeCookie({ ...cookie, value: '' }, false)).toContain('Max-Age=0')
  })
})

describe('language', () => {
  const choose = (query: string | null, cookie: string | undefined, acceptLanguage: string | undefined) =>
    chooseLanguage({ query, cookie, acceptLanguage, fallback: 'da' })

  it('is asked for in the address, then the cookie, then the browser, then the municipality', () => {
    expect(choose('en', 'da', 'da')).toBe('en')
    expect(choose('xx', 'en', 'da')).toBe('en')
    expect(choose(null, undefined, 'fr, en-GB;q=0.8, da;q=0.5')).toBe('en')
    expect(choose(null, undefined, 'en;q=0.2, da-DK')).toBe('da')
    expect(choose(null, undefined, 'en;q=0, fr')).toBe('da')
    expect(choose(null, undefined, undefined)).toBe('da')
  })

  it('comes out of any header as one of the two', () => {
    fc.assert(fc.property(fc.string(), (header) => ['da', 'en'].includes(choose(null, header, header))))
  })
})

describe('redirects', () => {
  it('never lead out of our own pages', () => {
    for (const wanted of [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      '/\tevil',
      'javascript:alert(1)',
      '/staff/../../x',
      '\\\\evil',
      ' /staff',
      '/%0d%0aSet-Cookie:x',
    ]) {
      const path = ownPath(wanted, '/staff')
      expect([wanted, new URL(path, 'https://own.example').origin]).toEqual([wanted, 'https://own.example'])
      expect(path).not.toMatch(/[\r\n]|\.\./)
    }
    fc.assert(
      fc.property(
        fc.string(),
        (wanted) => new URL(ownPath(wanted, '/'), 'https://own.example').origin === 'https://own.example',
      ),
    )
  })

  it('keep a plain path', () => {
    expect(ownPath('/staff/cases/2026-000123-7', '/staff')).toBe('/staff/cases/2026-000123-7')
  })
})

describe('same origin', () => {
  const own = ['https://post.example']
  it('is said by fetch metadata, else by Origin, and never assumed', () => {
    expect(isSameOrigin({ secFetchSite: 'same-origin', origin: undefined }, own)).toBe(true)
    expect(isSameOrigin({ secFetchSite: undefined, origin: 'https://post.example' }, own)).toBe(true)
    expect(isSameOrigin({ secFetchSite: 'cross-site', origin: 'https://post.example' }, own)).toBe(false)
    expect(isSameOrigin({ secFetchSite: 'same-site', origin: undefined }, own)).toBe(false)
    expect(isSameOrigin({ secFetchSite: undefined, origin: 'https://post.example.evil' }, own)).toBe(false)
    expect(isSameOrigin({ secFetchSite: undefined, origin: 'null' }, own)).toBe(false)
    expect(isSameOrigin({ secFetchSite: undefined, origin: undefined }, own)).toBe(false)
  })
})

describe('file names in headers', () => {
  it('cannot break out of Content-Disposition', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const header = contentDisposition('attachment', name)
        return /^attachment; filename="[\w.\- ]+"; filename\*=UTF-8''[\w.!~%-]*$/.test(header)
      }),
    )
    expect(contentDisposition('attachment', 'sløjfning "1".pdf')).toBe(
      `attachment; filename="sl_jfning _1_.pdf"; filename*=UTF-8''sl%C3%B8jfning%20%221%22.pdf`,
    )
  })
})

describe('forms', () => {
  it('of any bytes end in fields or a coded refusal', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        try {
          const { fields } = readFields(bytes)
          return Object.values(fields).every((value) => typeof value === 'string')
        } catch (fault) {
          return fault instanceof Error && 'code' in fault && fault.code === 'invalid-request'
        }
      }),
    )
  })

  it('have no field named by a prototype', () => {
    expect(readFields(Buffer.from('a=1&a=2')).fields['a']).toBe('1')
    expect(readFields(Buffer.from('')).fields['constructor']).toBeUndefined()
    expect(readFields(Buffer.from('__proto__=x')).fields['toString']).toBeUndefined()
  })

  it('with too many fields are refused', () => {
    expect(() => readFields(Buffer.from('a=1&'.repeat(101)))).toThrow(
      expect.objectContaining({ code: 'invalid-request' }),
    )
  })
})

describe('rate limits', () => {
  it('count per key, slide, and say when to come back', () => {
    let now = 0
    const limit = rateLimit(2, 60_000, () => new Date(now))
    limit.take('a')
    now = 10_000
    limit.take('a')
    limit.take('b')
    expect(() => limit.take('a')).toThrow(
      expect.objectContaining({ code: 'rate-limited', facts: { retryAfterSeconds: 50 } }),
    )
    now = 60_001
    limit.take('a')
    expect(() => limit.take('a')).toThrow()
    limit.forget('a')
    limit.take('a')
  })

  it('take an IPv6 /64 for one place, and IPv4 by address', () => {
    expect(placeOf('2001:db8:1:2:aaaa::1')).toBe(placeOf('2001:db8:1:2:bbbb:1:2:3'))
    expect(placeOf('2001:db8:1:3::1')).not.toBe(placeOf('2001:db8:1:2::1'))
    expect(placeOf('::ffff:10.0.0.1')).toBe('10.0.0.1')
    fc.assert(fc.property(fc.string(), (address) => placeOf(address).length < 200 + address.length))
  })
})

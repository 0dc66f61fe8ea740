import type { Language } from '../../model/time.ts'

const asLanguage = (value: string | null | undefined): Language | null =>
  value === 'da' || value === 'en' ? value : null

/**
 * Chooses a page's language: ?lang=, then the cookie, then Accept-Language by quality (RFC 9110 §12.5.4), then the
 * municipality's own.
 */
export function chooseLanguage(asked: {
  readonly query: string | null
  readonly cookie: string | undefined
  readonly acceptLanguage: string | undefined
  readonly fallback: Language
}): Language {
  return (
    asLanguage(asked.query) ?? asLanguage(asked.cookie) ?? fromAcceptLanguage(asked.acceptLanguage) ?? asked.fallback
  )
}

function fromAcceptLanguage(header: string | undefined): Language | null {
  const wishes = (header ?? '')
    .slice(0, 500)
    .split(',')
    .map((wish) => {
      const [range = '', ...parameters] = wish.trim().toLowerCase().split(';')
      const quality = parameters.map((p) => /^\s*q=([\d.]+)\s*$/.exec(p)?.[1]).find((q) => q !== undefined)
      return { primary: range.split('-')[0] ?? '', quality: quality === undefined ? 1 : Number(quality) }
    })
    .filter((wish) => asLanguage(wish.primary) !== null && wish.quality > 0)
    .sort((a, b) => b.quality - a.quality)
  return asLanguage(wishes[0]?.primary)
}

import type { PdfView } from './pdf-document.ts'
import { dictOf, isKind, nameOf, type PdfDict, type PdfStream, type PdfValue } from './values.ts'

const FONTS: ReadonlySet<string> = new Set(
  'Type0 Type1 MMType1 TrueType Type3 CIDFontType0 CIDFontType2 CIDFontType0C'.split(' '),
)

/** Says whether a font is one that some readers draw nothing with, and others by one of their own (clause 9.5). */
export function isOddFont(view: PdfView, { entries }: PdfDict): boolean {
  if (nameOf(view.resolve(entries.get('Type'))) !== 'Font') return false
  const subtype = nameOf(view.resolve(entries.get('Subtype'))) ?? ''
  return !FONTS.has(subtype) || (subtype !== 'Type3' && nameOf(view.resolve(entries.get('BaseFont'))) === null)
}

/** Fonts as content names them (clause 9.3.1), outside of strings. */
const NAMED = /\/([^\s<>[\](){}/%]+)\s+[-+.\d]+\s+Tf(?![^\s<>[\](){}/%])/g
const STRINGS = /\((?:[^()\\]|\\[\s\S])*\)/g

/**
 * Says whether a page draws with a font that its resources do not hold: some readers draw nothing then, and others by a font
 * of their own. `read` gives what a stream holds; null where it cannot be read.
 */
export function namesNoFont(
  view: PdfView,
  page: PdfDict,
  resources: PdfValue | undefined,
  read: (stream: PdfStream) => Uint8Array | null,
): boolean {
  const contents = view.resolve(page.entries.get('Contents'))
  const streams = (isKind(contents, 'array') ? contents.items : [contents]).map(view.resolve)
  const fonts = dictOf(view.resolve(dictOf(view.resolve(resources))?.entries.get('Font')))
  let text = ''
  for (const stream of streams) {
    const bytes = isKind(stream, 'stream') ? read(stream) : null
    if (bytes) text += ` ${Buffer.from(bytes).toString('latin1')}`
  }
  if (!text.includes('Tf')) return false
  return [...text.replace(STRINGS, '()').matchAll(NAMED)].some(([, name = '']) => {
    if (name.includes('#')) return false
    const font = dictOf(view.resolve(fonts?.entries.get(name)))
    return !FONTS.has(nameOf(view.resolve(font?.entries.get('Subtype'))) ?? '')
  })
}

import { asBuffer, isDigit, isRegular } from './characters.ts'
import { placesOf } from './hidden-syntax.ts'
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
/** Data of an image within the content, in which parentheses are no strings (clause 8.9.7). */
const INLINE_IMAGE = /(?:^|[\s\])>}])BI(?![^\s<>[\](){}/%])/

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
  const isMissing = (name: string): boolean => {
    if (name.includes('#')) return false
    const font = dictOf(view.resolve(fonts?.entries.get(name)))
    return !FONTS.has(nameOf(view.resolve(font?.entries.get('Subtype'))) ?? '')
  }
  const drawn = streams.flatMap((stream) => (isKind(stream, 'stream') ? (read(stream) ?? []) : []))
  const [first = NOTHING, ...more] = drawn.map(asBuffer)
  const content = more.length === 0 ? first : Buffer.concat([first, ...more.flatMap((one) => [BLANK, one])])
  // Strings cost more to leave out than all the rest: they are where one of the fonts that they seem to name is missing.
  if (!namesBefore(content).some(isMissing)) return false
  const whole = content.toString('latin1')
  const text = INLINE_IMAGE.test(whole) ? whole : withoutStrings(whole)
  return [...text.matchAll(NAMED)].some(([, name = '']) => isMissing(name))
}

/** Leaves out strings and remarks; what begins a string that does not end stays, as readers part on where they go on. */
function withoutStrings(text: string): string {
  let kept = ''
  let from = 0
  for (let at = nextOf(text, 0); at < text.length; at = nextOf(text, from)) {
    const end = text[at] === '%' ? endOfLine(text, at) : endOfString(text, at)
    if (end < 0) break
    kept += `${text.slice(from, at)} `
    from = end
  }
  return kept + text.slice(from)
}

function nextOf(text: string, from: number): number {
  let at = from
  while (at < text.length && text[at] !== '(' && text[at] !== '%') at += 1
  return at
}

function endOfLine(text: string, from: number): number {
  let at = from
  while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at += 1
  return at
}

/** Gives where it goes on behind a string (clause 7.3.4.2); -1 where that does not end. */
function endOfString(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '(') depth += 1
    else if (text[at] === ')') depth -= 1
    if (depth === 0) return at + 1
  }
  return -1
}

const NOTHING = Buffer.alloc(0)
const BLANK = Buffer.from(' ')

/** Gives whatever stands as a name before a number before Tf, be it within a string; each once. */
function namesBefore(content: Buffer): readonly string[] {
  const names = new Set<string>()
  for (const place of placesOf(content, 'Tf')) {
    const behindSize = backOver(content, place, isBlank)
    const size = behindSize < place ? backOver(content, behindSize, isNumeric) : behindSize
    const behindName = size < behindSize ? backOver(content, size, isBlank) : size
    const start = behindName < size ? backOver(content, behindName, isOfName) : behindName
    if (content[start - 1] === SLASH) names.add(content.toString('latin1', start, behindName))
  }
  return [...names]
}

const SLASH = 0x2f
/** White space as regular expressions have it, which is more than that of clause 7.2.3. */
const isBlank = (octet: number): boolean => octet === 32 || (octet >= 9 && octet <= 13) || octet === 0xa0
const isNumeric = (octet: number): boolean => isDigit(octet) || octet === 0x2b || octet === 0x2d || octet === 0x2e
const isOfName = (octet: number): boolean => (isRegular(octet) || octet === 0) && !isBlank(octet)

function backOver(content: Buffer, from: number, is: (octet: number) => boolean): number {
  let at = from
  while (at > 0 && is(content[at - 1] ?? 0)) at -= 1
  return at
}

const MAX_HTML_CHARS = 2_000_000
const SILENT = new Set(['script', 'style', 'title', 'template', 'noscript', 'svg', 'math'])
const NEW_LINE = new Set([
  ...['br', 'p', 'div', 'tr', 'li', 'ul', 'ol', 'table', 'blockquote', 'hr', 'pre', 'section', 'article'],
  ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'header', 'footer', 'dt', 'dd', 'address'],
])
const NAMED: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', euro: '€', copy: '©', sect: '§', deg: '°' },
  ...{ aelig: 'æ', oslash: 'ø', aring: 'å', AElig: 'Æ', Oslash: 'Ø', Aring: 'Å', eacute: 'é', uuml: 'ü', ouml: 'ö' },
  ...{ auml: 'ä', Uuml: 'Ü', Ouml: 'Ö', Auml: 'Ä', szlig: 'ß', hellip: '…', ndash: '–', mdash: '—', bull: '•' },
  ...{ lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”', laquo: '«', raquo: '»', shy: '', zwnj: '', zwj: '' },
}

/**
 * Takes HTML; gives the text that it shows, roughly: tags away, blocks on lines of their own, entities decoded, at most
 * maxChars. One pass over at most 2 million characters. For reading only: no browser ever sees the result as HTML.
 */
export function htmlToText(html: string, maxChars: number): string {
  const source = html.slice(0, MAX_HTML_CHARS)
  // ASCII only: lower-casing other letters can change the length, and offsets must stay.
  const lower = source.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
  const unclosed = new Set<string>()
  const out: string[] = []
  let length = 0
  const push = (text: string) => {
    out.push(text)
    length += text.length
  }
  let at = 0
  // Room for the white space that goes in the end.
  while (at < source.length && length < maxChars * 2) {
    const open = source.indexOf('<', at)
    push(decodeEntities(collapse(source.slice(at, open < 0 ? source.length : open))))
    if (open < 0) break
    if (!/[a-z/!?]/i.test(source[open + 1] ?? '')) {
      push('<')
      at = open + 1
      continue
    }
    const tag = readTag(source, lower, open, unclosed)
    if (tag === null) {
      // No '>' in the rest: what follows is text, however many '<' stand in it.
      push(decodeEntities(collapse(source.slice(open))))
      break
    }
    if (NEW_LINE.has(tag.name)) push('\n')
    else if (tag.name === 'td' || tag.name === 'th') push(' ')
    at = tag.end
  }
  return out
    .join('')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
    .slice(0, maxChars)
}

const collapse = (text: string): string => text.replace(/\s+/g, ' ')

/** Reads the tag, comment or silent element at open; null where it never ends. */
function readTag(
  source: string,
  lower: string,
  open: number,
  unclosed: Set<string>,
): { name: string; end: number } | null {
  if (source.startsWith('<!--', open)) {
    const close = source.indexOf('-->', open + 4)
    return { name: '', end: close < 0 ? source.length : close + 3 }
  }
  const close = source.indexOf('>', open)
  if (close < 0) return null
  const name = /^<\/?([a-z][a-z0-9]*)/.exec(lower.slice(open, Math.min(close, open + 30)))?.[1] ?? ''
  if (!SILENT.has(name) || source[open + 1] === '/' || unclosed.has(name)) return { name, end: close + 1 }
  const end = lower.indexOf(`</${name}`, close)
  // Found missing once is missing for the rest: looking again at each such tag would be quadratic.
  if (end < 0) unclosed.add(name)
  // An element that is never closed would swallow the mail: then only its tag goes.
  return { name, end: end < 0 ? close + 1 : end }
}

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));?/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return NAMED[name] ?? NAMED[name.toLowerCase()] ?? whole
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    const valid = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
    return valid ? String.fromCodePoint(code) : '\ufffd'
  })
}

/** A property of an XMP packet: its path of expanded names (`{namespace}name`), and its texts in their order. */
export type XmpProperties = ReadonlyMap<string, readonly string[]>

const MAX_CHARACTERS = 2 * 1024 * 1024
const MAX_DEPTH = 32

const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#'
const XML = 'http://www.w3.org/XML/1998/namespace'
/** Written around a property's texts, and no part of it (ISO 16684-1 clauses 7.4 to 7.9). */
const WRAPPERS: ReadonlySet<string> = new Set(
  ['Description', 'Alt', 'Bag', 'Seq', 'li', 'RDF'].map((name) => `{${RDF}}${name}`),
)
const META = '{adobe:ns:meta/}xmpmeta'

/** An open element: the path of the property that it stands in, its namespaces and its own texts. */
interface Open {
  readonly tag: string
  readonly path: string
  readonly spaces: ReadonlyMap<string, string>
  text: string
  hasElements: boolean
}

/** Comment, processing instruction, CDATA, tag, or text. */
const TOKEN =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([^\s<>/!?="']+)((?:\s+[^\s<>/="']+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/y
const ATTRIBUTE = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g

/**
 * Reads the properties of an XMP packet, however they are written: as elements or as attributes, with whatever prefixes.
 * Null where it is no XML that we can read.
 * @see ISO 16684-1 clause 7
 */
export function readXmp(packet: string): XmpProperties | null {
  if (packet.length > MAX_CHARACTERS) return null
  const properties = new Map<string, string[]>()
  const open: Open[] = [{ tag: '', path: '', spaces: new Map([['xml', XML]]), text: '', hasElements: false }]
  const token = new RegExp(TOKEN)
  const text = packet.replace(/^\ufeff/, '')
  while (token.lastIndex < text.length) {
    const match = token.exec(text)
    if (!match) return null
    const [, data, closing, tag, attributes = '', empty, characters] = match
    const current = open.at(-1)
    if (!current) return null
    if (characters !== undefined || data !== undefined) {
      const plain = data ?? decoded(characters ?? '')
      if (plain === null) return null
      current.text += plain
    }
    if (tag === undefined) continue
    if (closing === '') {
      current.hasElements = true
      const begun = begin(current, tag, attributes, properties)
      if (!begun || open.length > MAX_DEPTH) return null
      open.push(begun)
    }
    if (closing !== '' || empty !== '') {
      if (open.length < 2 || open.at(-1)?.tag !== tag) return null
      end(open.pop(), properties)
    }
  }
  return open.length === 1 ? properties : null
}

/** Takes the element around and a tag; gives the element, its attributes noted as the properties that they are. */
function begin(around: Open, tag: string, attributes: string, properties: Map<string, string[]>): Open | null {
  const pairs: [string, string][] = []
  const spaces = new Map(around.spaces)
  for (const [, name = '', double, single] of attributes.matchAll(ATTRIBUTE)) {
    const value = decoded(double ?? single ?? '')
    if (value === null) return null
    if (name === 'xmlns') spaces.set('', value)
    else if (name.startsWith('xmlns:')) spaces.set(name.slice(6), value)
    else pairs.push([name, value])
  }
  const name = expanded(tag, spaces, spaces.get('') ?? '')
  if (name === null) return null
  const path = WRAPPERS.has(name) || name === META ? around.path : `${around.path}/${name}`
  for (const [key, value] of pairs) {
    const attribute = expanded(key, spaces, '')
    if (attribute === null) return null
    const isWritten = attribute.startsWith(`{${RDF}}`) || attribute.startsWith(`{${XML}}`) || name === META
    if (attribute === `{${RDF}}resource`) add(properties, path, value)
    else if (!isWritten) add(properties, `${path}/${attribute}`, value)
  }
  return { tag, path, spaces, text: '', hasElements: false }
}

function end(element: Open | undefined, properties: Map<string, string[]>): void {
  if (element && !element.hasElements) add(properties, element.path, element.text)
}

/** Nothing is said by a property without text, nor by what stands in none. */
function add(properties: Map<string, string[]>, path: string, value: string): void {
  const text = value.trim()
  if (text === '' || path === '') return
  const known = properties.get(path)
  if (known) known.push(text)
  else properties.set(path, [text])
}

function expanded(name: string, spaces: ReadonlyMap<string, string>, plain: string): string | null {
  const colon = name.indexOf(':')
  if (colon < 0) return `{${plain}}${name}`
  const space = spaces.get(name.slice(0, colon))
  return space === undefined ? null : `{${space}}${name.slice(colon + 1)}`
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function decoded(text: string): string | null {
  if (!text.includes('&')) return text
  let known = true
  const plain = text.replace(/&(#x[0-9a-fA-F]{1,6}|#[0-9]{1,7}|[a-z]+);|&/g, (_all, name: string | undefined) => {
    const code = name?.startsWith('#x')
      ? Number.parseInt(name.slice(2), 16)
      : name?.startsWith('#')
        ? Number(name.slice(1))
        : null
    const meant = code === null ? ENTITIES[name ?? ''] : code <= 0x10ffff ? String.fromCodePoint(code) : undefined
    known &&= meant !== undefined
    return meant ?? ''
  })
  return known ? plain : null
}

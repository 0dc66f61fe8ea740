/** An element as these tests look at it. */
export interface ReadElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: ReadElement[]
  text: string
}

const TOKEN = /<(\/?)([\w:.-]+)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y
const CHARACTER = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u

/** Reads XML without declarations, comments and doctypes. Throws where it is not well-formed. */
export function readXml(xml: string): ReadElement {
  if (!CHARACTER.test(xml)) throw new Error('a character that XML cannot hold')
  const root: ReadElement = { name: '', attributes: {}, children: [], text: '' }
  const open = [root]
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < xml.length) {
    const match = TOKEN.exec(xml)
    if (!match) throw new Error('neither a tag nor text')
    const [, closes, name, attributes, empty, text] = match
    const top = open.at(-1)
    if (!top) throw new Error('text behind the root')
    if (text !== undefined) top.text += unescaped(text)
    else if (closes) {
      if (top.name !== name || open.length === 1) throw new Error(`</${name}> closes <${top.name}>`)
      open.pop()
    } else if (name) {
      const made = { name, attributes: readAttributes(attributes ?? ''), children: [], text: '' }
      top.children.push(made)
      if (!empty) open.push(made)
    }
  }
  const [only] = root.children
  if (open.length !== 1 || root.children.length !== 1 || root.text !== '' || !only) throw new Error('not one root')
  return only
}

function readAttributes(text: string): Readonly<Record<string, string>> {
  const found = [...text.matchAll(/([\w:.-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value] as const)
  if (new Set(found.map(([name]) => name)).size !== found.length) throw new Error('an attribute stands twice')
  return Object.fromEntries(found.map(([name, value]) => [name, unescaped(value)]))
}

function unescaped(text: string): string {
  return text.replace(/&([^;]*);?/g, (_, entity: string) => {
    const named = { amp: '&', lt: '<', gt: '>', quot: '"' }[entity]
    const code = /^#(\d+)$/.exec(entity)?.[1]
    if (named === undefined && code === undefined) throw new Error(`&${entity} is no entity`)
    return named ?? String.fromCodePoint(Number(code))
  })
}

/** Gives all elements of that name at any depth, in the order of the document. */
export function all(element: ReadElement, name: string): readonly ReadElement[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...all(child, name)])
}

/** Gives the text of the first element under that path of names; undefined where there is none. */
export function textAt(element: ReadElement, ...path: readonly string[]): string | undefined {
  const [name, ...rest] = path
  if (name === undefined) return element.text
  const child = element.children.find((one) => one.name === name)
  return child && textAt(child, ...rest)
}

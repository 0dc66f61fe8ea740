/** An element to be written; text stands as a string among the children. */
export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlNode[]
}

export type XmlNode = XmlElement | string

/** Makes an element. Children that are null are left out, so that what is not known needs no branch. */
export function element(
  name: string,
  children: readonly (XmlNode | null)[] | string = [],
  attributes: Readonly<Record<string, string>> = {},
): XmlElement {
  const nodes = typeof children === 'string' ? [children] : children
  return { name, attributes, children: nodes.filter((child) => child !== null) }
}

/** Writes an element and all in it, on one line: ends of lines in texts are written by number. */
export function writeXml(node: XmlNode): string {
  if (typeof node === 'string') return escapeText(node)
  const attributes = Object.entries(node.attributes).map(([name, value]) => ` ${name}="${escapeText(value)}"`)
  const start = `<${node.name}${attributes.join('')}`
  return node.children.length === 0 ? `${start}/>` : `${start}>${node.children.map(writeXml).join('')}</${node.name}>`
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Names come from strangers. What XML 1.0 cannot hold at all (§2.2: most controls, lone surrogates) becomes U+FFFD. */
function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"]/g, (c) => ESCAPES[c] ?? c)
    .replace(/[\t\n\r\u0085\u2028]/g, (c) => `&#${c.charCodeAt(0)};`)
}

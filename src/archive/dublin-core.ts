/** The few fields by which any archive can list a case. */
export interface DublinCore {
  readonly identifier: readonly string[]
  readonly title: string
  readonly creator: string
  readonly date: string
  readonly language: string
  readonly subject: string
  readonly type: string
}

/** Gives simple Dublin Core (DCMES 1.1) as an XML document, UTF-8. */
export function dublinCoreXml(record: DublinCore): string {
  const elements = (
    [
      ...record.identifier.map((identifier) => ['identifier', identifier] as const),
      ['title', record.title],
      ['creator', record.creator],
      ['date', record.date],
      ['language', record.language],
      ['subject', record.subject],
      ['type', record.type],
    ] as const
  ).map(([name, value]) => `  <dc:${name}>${escapeXml(value)}</dc:${name}>\n`)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    '<simpledc xmlns:dc="http://purl.org/dc/elements/1.1/">\n',
    ...elements,
    '</simpledc>\n',
  ].join('')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}
/** XML 1.0 §2.2 has no place for these, not even escaped. */
const NOT_IN_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu

const escapeXml = (text: string): string =>
  text
    .toWellFormed()
    .replace(NOT_IN_XML, '\uFFFD')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')

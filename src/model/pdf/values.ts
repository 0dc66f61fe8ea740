/** PDF objects as data (ISO 32000-2 §7.3). Numbers keep their text, so that what we copy stays as it was written. */
export type PdfValue =
  | null
  | boolean
  | PdfNumber
  | PdfName
  | PdfString
  | PdfReference
  | PdfDictionary
  | PdfStream
  | readonly PdfValue[]

export interface PdfNumber {
  readonly kind: 'number'
  readonly text: string
}
export interface PdfName {
  readonly kind: 'name'
  readonly name: string
}
export interface PdfString {
  readonly kind: 'string'
  readonly bytes: Uint8Array
}
export interface PdfReference {
  readonly kind: 'reference'
  readonly number: number
  readonly generation: number
}
export interface PdfDictionary {
  readonly kind: 'dictionary'
  readonly entries: ReadonlyMap<string, PdfValue>
}
export interface PdfStream {
  readonly kind: 'stream'
  readonly dictionary: PdfDictionary
  /** As it stands in the file, filters not undone. */
  readonly raw: Uint8Array
}

export const pdfNumber = (value: number): PdfNumber => ({ kind: 'number', text: formatNumber(value) })
export const pdfName = (name: string): PdfName => ({ kind: 'name', name })
export const pdfReference = (number: number, generation = 0): PdfReference => ({
  kind: 'reference',
  number,
  generation,
})
export const pdfArray = (...items: readonly PdfValue[]): readonly PdfValue[] => items

/** Takes members in order; those that are undefined are left out. */
export function pdfDictionary(members: Readonly<Record<string, PdfValue | undefined>>): PdfDictionary {
  const entries = new Map<string, PdfValue>()
  for (const [key, value] of Object.entries(members)) if (value !== undefined) entries.set(key, value)
  return { kind: 'dictionary', entries }
}

/** The same dictionary with some members set anew. */
export function withMembers(dictionary: PdfDictionary, members: Readonly<Record<string, PdfValue>>): PdfDictionary {
  return { kind: 'dictionary', entries: new Map([...dictionary.entries, ...Object.entries(members)]) }
}

/** A text string (§7.9.2.2): ASCII as it is, anything else as UTF-16BE with its byte order mark. */
export function pdfText(text: string): PdfString {
  if (/^[\x20-\x7e]*$/.test(text)) return { kind: 'string', bytes: Buffer.from(text, 'latin1') }
  return { kind: 'string', bytes: Buffer.from(`\ufeff${text}`, 'utf16le').swap16() }
}

export const isReference = (value: PdfValue | undefined): value is PdfReference => isKind(value, 'reference')
export const isDictionary = (value: PdfValue | undefined): value is PdfDictionary => isKind(value, 'dictionary')
export const isStream = (value: PdfValue | undefined): value is PdfStream => isKind(value, 'stream')
export const isArray = (value: PdfValue | undefined): value is readonly PdfValue[] => Array.isArray(value)

function isKind(value: PdfValue | undefined, kind: string): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind
}

/** The whole number that stands there, or null. */
export function asInteger(value: PdfValue | undefined): number | null {
  if (typeof value !== 'object' || value === null || !('kind' in value) || value.kind !== 'number') return null
  const number = Number(value.text)
  return Number.isSafeInteger(number) ? number : null
}

/** The name that stands there, or null. */
export function asName(value: PdfValue | undefined): string | null {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'name' ? value.name : null
}

function formatNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(4).replace(/0+$/, '').replace(/\.$/, '')
}

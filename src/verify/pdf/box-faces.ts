import type { PdfView } from './pdf-document.ts'
import { isKind, type PdfDict, type PdfValue } from './values.ts'

/** How many numbers a key takes (clauses 7.7.3.3, 8.10.2, 12.5.2). */
const NUMBERS: Readonly<Record<string, number>> = { MediaBox: 4, CropBox: 4, Rect: 4, BBox: 4 }

/** Some count with numbers of 32 bits (annex C.2). */
const isSmall = (value: PdfValue): boolean => typeof value === 'number' && Math.abs(value) < 2 ** 31

/** Gives a key whose box, turn or scale readers would have to guess at. */
export function oddNumbers(view: PdfView, { entries }: PdfDict): string | undefined {
  for (const [key, count] of Object.entries(NUMBERS)) {
    const value = entries.has(key) ? view.resolve(entries.get(key)) : null
    if (value === null) continue
    const numbers = isKind(value, 'array') ? value.items.map(view.resolve) : []
    if (numbers.length !== count || !numbers.every(isSmall)) return key
  }
  const rotate = entries.has('Rotate') ? view.resolve(entries.get('Rotate')) : null
  if (rotate !== null && !(typeof rotate === 'number' && rotate % 90 === 0)) return 'Rotate'
  return entries.has('UserUnit') && !isSmall(view.resolve(entries.get('UserUnit'))) ? 'UserUnit' : undefined
}

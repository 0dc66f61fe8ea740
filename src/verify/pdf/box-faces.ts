import type { PdfView } from './pdf-document.ts'
import { isKind, type PdfDict, type PdfValue } from './values.ts'

/** Keys that take four numbers (clauses 7.7.3.3, 8.10.2, 12.5.2). */
const BOXES = ['MediaBox', 'CropBox', 'Rect', 'BBox']

/** Some count with numbers of 32 bits (annex C.2). */
const isSmall = (value: PdfValue): boolean => typeof value === 'number' && Math.abs(value) < 2 ** 31

/** Gives a key whose box, turn or scale readers would have to guess at. */
export function oddNumbers(view: PdfView, { entries }: PdfDict): string | undefined {
  for (const key of BOXES) {
    const entry = entries.get(key)
    const value = entry === undefined ? null : view.resolve(entry)
    if (value === null) continue
    const numbers = isKind(value, 'array') ? value.items : []
    if (numbers.length !== 4 || !numbers.every((item) => isSmall(view.resolve(item)))) return key
  }
  const rotate = view.resolve(entries.get('Rotate'))
  if (rotate !== null && !(typeof rotate === 'number' && rotate % 90 === 0)) return 'Rotate'
  return entries.has('UserUnit') && !isSmall(view.resolve(entries.get('UserUnit'))) ? 'UserUnit' : undefined
}

import type { PDFDocument, PDFPage } from 'pdf-lib'
import { drawLine, drawParagraph, type TextStyle, wrap } from './ink.ts'
import { A4 } from './stamp-page.ts'

export const MARGIN = 56
export const WIDTH = A4.width - 2 * MARGIN
const TOP = A4.height - 56
const BOTTOM = 74
const LEADING = 1.35

/** Text that runs down pages, and on to the next one where it must. */
export interface Flow {
  /** The page that is written on, and the baseline that is next. */
  readonly place: () => { readonly page: PDFPage; readonly y: number }
  /** Goes on to the next page where this height does not fit here. Gives false where no further page may be made. */
  readonly need: (height: number) => boolean
  readonly skip: (height: number) => void
  /** Writes wrapped text; cut at so many lines. */
  readonly paragraph: (
    text: string,
    style: TextStyle,
    options?: { readonly x?: number; readonly maxLines?: number },
  ) => void
  /** Writes a label and beside it a value. */
  readonly row: (label: string, value: string, styles: { readonly label: TextStyle; readonly value: TextStyle }) => void
  /** Says whether text was left out for want of pages. */
  readonly isCut: () => boolean
}

/** Where a row's value begins. */
const VALUE_AT = 112

/** Starts on a fresh page. @param maxPages what comes after is left out, and isCut says so */
export function createFlow(document: PDFDocument, maxPages: number): Flow {
  let page = document.addPage([A4.width, A4.height])
  let y: number = TOP
  let cut = false
  const need = (height: number): boolean => {
    if (cut) return false
    if (y - height >= BOTTOM) return true
    if (document.getPageCount() >= maxPages) {
      cut = true
      return false
    }
    page = document.addPage([A4.width, A4.height])
    y = TOP
    return true
  }
  const write = (text: string, style: TextStyle, x: number, maxLines: number): void => {
    if (cut) return
    const all = wrap(text, style, A4.width - MARGIN - x)
    const lines = all.length > maxLines ? [...all.slice(0, maxLines - 1), `${all[maxLines - 1] ?? ''}…`] : all
    for (const line of lines) {
      if (!need(style.size * LEADING)) return
      drawLine(page, line, x, y, style)
      y -= style.size * LEADING
    }
  }
  return {
    place: () => ({ page, y }),
    need,
    skip: (height) => {
      y -= height
    },
    paragraph: (text, style, { x = MARGIN, maxLines = 40 } = {}) => write(text, style, x, maxLines),
    row: (label, value, styles) => {
      if (!need(styles.value.size * LEADING)) return
      drawParagraph(page, label, { x: MARGIN + 10, y, width: VALUE_AT - 16 }, styles.label, 1)
      write(value, styles.value, MARGIN + 10 + VALUE_AT, 6)
    },
    isCut: () => cut,
  }
}

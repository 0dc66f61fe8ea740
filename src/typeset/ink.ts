import { type PDFDocument, type PDFFont, type PDFPage, type RGB, rgb, StandardFonts } from 'pdf-lib'
import { toWinAnsiText } from '../model/winansi.ts'

export interface Fonts {
  readonly regular: PDFFont
  readonly bold: PDFFont
  readonly mono: PDFFont
}

/** Adds the fonts that every viewer has; they cover Danish (WinAnsiEncoding). */
export async function embedFonts(document: PDFDocument): Promise<Fonts> {
  return {
    regular: await document.embedFont(StandardFonts.Helvetica),
    bold: await document.embedFont(StandardFonts.HelveticaBold),
    mono: await document.embedFont(StandardFonts.Courier),
  }
}

export const STAMP_GREEN: RGB = rgb(0.05, 0.4, 0.25)
export const INK: RGB = rgb(0.12, 0.13, 0.15)
export const GREY: RGB = rgb(0.38, 0.4, 0.43)
export const RULE: RGB = rgb(0.78, 0.8, 0.82)

export interface TextStyle {
  readonly font: PDFFont
  readonly size: number
  readonly color?: RGB
}

/** Width in points of text as it will be drawn. */
export const widthOf = (text: string, { font, size }: TextStyle): number =>
  font.widthOfTextAtSize(toWinAnsiText(text), size)

/** The same style, made smaller where the text would be wider than the room. */
export function fitted(text: string, style: TextStyle, maxWidth: number): TextStyle {
  const width = widthOf(text, style)
  return width <= maxWidth ? style : { ...style, size: (style.size * maxWidth) / width }
}

/** Draws one line with its baseline's left end at x, y. Characters outside the font are transliterated, never thrown at. */
export function drawLine(page: PDFPage, text: string, x: number, y: number, style: TextStyle): void {
  page.drawText(toWinAnsiText(text), { x, y, font: style.font, size: style.size, color: style.color ?? INK })
}

/** Draws one line centred on x. */
export function drawCentred(page: PDFPage, text: string, x: number, y: number, style: TextStyle): void {
  drawLine(page, text, x - widthOf(text, style) / 2, y, style)
}

/** Breaks text into lines that fit; what has no space to break at is cut. */
export function wrap(text: string, style: TextStyle, maxWidth: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of toWinAnsiText(text).split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (widthOf(longer, style) <= maxWidth) {
      line = longer
      continue
    }
    if (line !== '') lines.push(line)
    line = word
    while (widthOf(line, style) > maxWidth && line.length > 1) {
      const fits = longestThatFits(line, style, maxWidth)
      lines.push(line.slice(0, fits))
      line = line.slice(fits)
    }
  }
  return line === '' ? lines : [...lines, line]
}

function longestThatFits(text: string, style: TextStyle, maxWidth: number): number {
  let length = Math.max(1, Math.floor((text.length * maxWidth) / widthOf(text, style)))
  while (length > 1 && widthOf(text.slice(0, length), style) > maxWidth) length -= 1
  return length
}

/** Draws wrapped text downwards from y; gives the baseline below the last line. */
export function drawParagraph(
  page: PDFPage,
  text: string,
  box: { readonly x: number; readonly y: number; readonly width: number },
  style: TextStyle,
  maxLines = 40,
): number {
  let { y } = box
  const lines = wrap(text, style, box.width)
  const shown = lines.length > maxLines ? [...lines.slice(0, maxLines - 1), `${lines[maxLines - 1] ?? ''}…`] : lines
  for (const line of shown) {
    drawLine(page, line, box.x, y, style)
    y -= style.size * 1.35
  }
  return y
}

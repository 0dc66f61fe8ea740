import { type PdfStream, pdfArray, pdfDictionary, pdfName, pdfNumber } from '../model/pdf/values.ts'
import { winAnsiBytes } from '../model/winansi.ts'
import { concatBytes } from './der-writer.ts'

/** Left, bottom, right, top in points from the page's lower left corner. */
export type Rectangle = readonly [number, number, number, number]

const PADDING = 6

/**
 * Draws a visible signature: a frame and lines of text, as the form XObject of a widget (ISO 32000-2 §12.5.5).
 * The first line is bold; the size follows the height at hand.
 */
export function drawAppearance(rectangle: Rectangle, lines: readonly string[]): PdfStream {
  const width = rectangle[2] - rectangle[0]
  const height = rectangle[3] - rectangle[1]
  const leading = Math.min(13, (height - PADDING) / Math.max(lines.length, 1))
  const size = leading * 0.78
  const text = lines.flatMap((line, index) => [
    latin1(
      `BT /${index === 0 ? 'FB' : 'F'} ${round(size)} Tf ${PADDING} ${round(height - PADDING / 2 - size - index * leading)} Td <`,
    ),
    latin1(Buffer.from(winAnsiBytes(line)).toString('hex')),
    latin1('> Tj ET\n'),
  ])
  const frame = latin1(
    `q 0.94 0.96 0.98 rg 0.12 0.30 0.47 RG 0.8 w 0.4 0.4 ${round(width - 0.8)} ${round(height - 0.8)} re B Q\n0.1 0.1 0.1 rg\n`,
  )
  return {
    kind: 'stream',
    dictionary: pdfDictionary({
      Type: pdfName('XObject'),
      Subtype: pdfName('Form'),
      BBox: pdfArray(pdfNumber(0), pdfNumber(0), pdfNumber(width), pdfNumber(height)),
      Resources: pdfDictionary({
        Font: pdfDictionary({ F: standardFont('Helvetica'), FB: standardFont('Helvetica-Bold') }),
      }),
    }),
    raw: concatBytes(frame, ...text),
  }
}

/** An invisible signature still has an appearance, an empty one: PDF/A asks for it (ISO 19005-2 §6.3.3). */
export function emptyAppearance(): PdfStream {
  return {
    kind: 'stream',
    dictionary: pdfDictionary({
      Type: pdfName('XObject'),
      Subtype: pdfName('Form'),
      BBox: pdfArray(pdfNumber(0), pdfNumber(0), pdfNumber(0), pdfNumber(0)),
    }),
    raw: new Uint8Array(0),
  }
}

const standardFont = (name: string) =>
  pdfDictionary({
    Type: pdfName('Font'),
    Subtype: pdfName('Type1'),
    BaseFont: pdfName(name),
    Encoding: pdfName('WinAnsiEncoding'),
  })

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1')
const round = (value: number): string => value.toFixed(2)

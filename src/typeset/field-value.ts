import {
  isDictionary,
  latin1,
  type PdfDictionary,
  type PdfFile,
  type PdfStream,
  type PdfValue,
  pdfArray,
  pdfDictionary,
  pdfName,
  pdfNumber,
} from '../model/pdf/index.ts'
import { winAnsiBytes } from '../model/winansi.ts'
import { boxOf } from './appearance-matrix.ts'

const MAX_PARENTS = 32

/**
 * Draws a field's value where its file has no appearance for it (/NeedAppearances leaves that to the viewer), so that
 * nothing that the citizen wrote is lost. Null where there is no text.
 */
export function fieldValueAppearance(file: PdfFile, widget: PdfDictionary): PdfStream | null {
  const text = textOf(inheritedValue(file, widget))
  const rectangle = boxOf(file, widget.entries.get('Rect'))
  if (!text || !rectangle) return null
  const [width, height] = [rectangle[2] - rectangle[0], rectangle[3] - rectangle[1]]
  const lines = text.split(/\r\n|\r|\n/)
  const size = Math.max(4, Math.min(11, (height / lines.length) * 0.7))
  const top = lines.length === 1 ? (height - size) / 2 + size * 0.15 : height - size
  const shown = lines.map((line, index) => {
    const hex = Buffer.from(winAnsiBytes(line)).toString('hex')
    return `BT /F ${size.toFixed(2)} Tf 2 ${(top - index * size * 1.15).toFixed(2)} Td <${hex}> Tj ET\n`
  })
  const font = { Type: pdfName('Font'), Subtype: pdfName('Type1'), BaseFont: pdfName('Helvetica') }
  return {
    kind: 'stream',
    dictionary: pdfDictionary({
      BBox: pdfArray(pdfNumber(0), pdfNumber(0), pdfNumber(width), pdfNumber(height)),
      Resources: pdfDictionary({
        Font: pdfDictionary({ F: pdfDictionary({ ...font, Encoding: pdfName('WinAnsiEncoding') }) }),
      }),
    }),
    raw: latin1(`0 g\n${shown.join('')}`),
  }
}

function inheritedValue(file: PdfFile, widget: PdfDictionary): PdfValue {
  let node: PdfValue = widget
  for (let hops = 0; hops < MAX_PARENTS && isDictionary(node); hops += 1) {
    const value = file.resolve(node.entries.get('V'))
    if (value !== null) return value
    node = file.resolve(node.entries.get('Parent'))
  }
  return null
}

/** A text string: UTF-16BE or UTF-8 by its mark, else taken as Latin-1 (ISO 32000-2 §7.9.2.2). */
function textOf(value: PdfValue): string | null {
  if (typeof value !== 'object' || value === null || !('kind' in value) || value.kind !== 'string') return null
  const bytes = Buffer.from(value.bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes.subarray(2))
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.subarray(3).toString('utf8')
  return bytes.toString('latin1')
}

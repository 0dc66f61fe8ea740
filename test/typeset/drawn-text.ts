import { inflateSync } from 'node:zlib'
import { PDFDocument, PDFName, PDFRawStream } from 'pdf-lib'

/** All text that is drawn anywhere in the file, in order of its objects: our fonts are WinAnsi, strings hex. */
export async function drawnText(pdf: Uint8Array): Promise<string> {
  const document = await PDFDocument.load(pdf, { updateMetadata: false })
  const streams = document.context
    .enumerateIndirectObjects()
    .flatMap(([, object]) => (object instanceof PDFRawStream ? [object] : []))
  return streams
    .map((stream) => {
      const packed = stream.dict.get(PDFName.of('Filter')) === PDFName.of('FlateDecode')
      const content = Buffer.from(packed ? inflateSync(stream.contents) : stream.contents).toString('latin1')
      const strings = content.matchAll(/<([0-9A-Fa-f]+)> Tj/g)
      return [...strings].map((match) => Buffer.from(match[1] ?? '', 'hex').toString('latin1')).join('\n')
    })
    .join('\n')
}

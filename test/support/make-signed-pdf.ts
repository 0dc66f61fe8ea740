/** A PDF writer of its own, for tests of the verifier: nothing here is shared with what reads. */

export type Objects = ReadonlyMap<number, string>

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')

export const PAGE_CONTENT = 'BT /F1 18 Tf 20 100 Td (Attest: the tank is gone) Tj ET'

/** A one-page document: 1 catalog, 2 pages, 3 page, 4 content, 5 font. */
export const BASE_OBJECTS: Objects = new Map([
  [1, '<< /Type /Catalog /Pages 2 0 R >>'],
  [2, '<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 300 144] >>'],
  [3, '<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>'],
  [4, streamObject(PAGE_CONTENT)],
  [5, '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'],
])

export function streamObject(data: string, entries = ''): string {
  return `<< ${entries} /Length ${data.length} >>\nstream\n${data}\nendstream`
}

/** Writes a document with a classic cross-reference. */
export function writePdf(objects: Objects = BASE_OBJECTS, header = '%PDF-1.7\n'): Buffer {
  return writeSection(latin1(header), objects, null)
}

/** Appends an incremental update that holds these objects. */
export function appendUpdate(pdf: Buffer, objects: Objects, trailer = ''): Buffer {
  return writeSection(pdf, objects, lastStartXref(pdf), trailer)
}

const lastStartXref = (pdf: Buffer): number =>
  Number(/startxref\s+(\d+)\s+%%EOF\s*$/.exec(pdf.subarray(-64).toString('latin1'))?.[1])

function writeSection(before: Buffer, objects: Objects, previous: number | null, trailer = ''): Buffer {
  const pieces: Buffer[] = [before]
  let at = before.length
  const offsets = new Map<number, number>()
  for (const [number, body] of objects) {
    const piece = latin1(`${number} 0 obj\n${body}\nendobj\n`)
    offsets.set(number, at)
    pieces.push(piece)
    at += piece.length
  }
  const rows = [...offsets].map(([number, offset]) => `${number} 1\n${String(offset).padStart(10, '0')} 00000 n \n`)
  const free = previous === null ? '0 1\n0000000000 65535 f \n' : ''
  const prev = previous === null ? '' : ` /Prev ${previous}`
  const end = `xref\n${free}${rows.join('')}trailer\n<< /Root 1 0 R /Size 100${prev} ${trailer}>>\nstartxref\n${at}\n%%EOF\n`
  return Buffer.concat([...pieces, latin1(end)])
}

export interface SignRequest {
  /** Gives the CMS over the covered bytes. */
  readonly sign: (covered: Buffer) => Uint8Array
  /** Object numbers of the field and of the signature; 10 and 11 where absent. */
  readonly field?: number
  readonly signature?: number
  readonly name?: string
  readonly subFilter?: string
  /** Fields of the form that are there already, as references. */
  readonly otherFields?: string
  /** Further entries of the signature dictionary. */
  readonly entries?: string
  /** Further objects of the same update. */
  readonly objects?: Objects
  /** Bytes reserved for the CMS. */
  readonly reserved?: number
  /** Leaves the field out of the form and the page. */
  readonly hidden?: boolean
}

const BYTE_RANGE = '[0 0000000000 0000000000 0000000000]'

/** Signs by an incremental update: a field with its widget on page 3, and the signature. */
export function signPdf(pdf: Buffer, request: SignRequest): Buffer {
  const { field = 10, signature = 11, name = 'Signature1', subFilter = 'adbe.pkcs7.detached' } = request
  const others = request.otherFields ?? ''
  const hole = '0'.repeat((request.reserved ?? 4096) * 2)
  const shown: [number, string][] = request.hidden
    ? []
    : [
        [1, `<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [${others} ${field} 0 R] /SigFlags 3 >> >>`],
        [
          3,
          `<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> /Annots [${others} ${field} 0 R] >>`,
        ],
        [
          field,
          `<< /FT /Sig /T (${name}) /Type /Annot /Subtype /Widget /F 132 /Rect [0 0 0 0] /P 3 0 R /V ${signature} 0 R >>`,
        ],
      ]
  const dictionary = `<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /${subFilter} ${request.entries ?? ''} /ByteRange ${BYTE_RANGE} /Contents <${hole}> >>`
  const objects: Objects = new Map([...shown, ...(request.objects ?? []), [signature, dictionary]])
  return fillSignature(appendUpdate(pdf, objects), pdf.length, request.sign)
}

function fillSignature(pdf: Buffer, from: number, sign: SignRequest['sign']): Buffer {
  const out = Buffer.from(pdf)
  const open = out.indexOf('/Contents <', from, 'latin1') + '/Contents '.length
  const close = out.indexOf('>', open, 'latin1') + 1
  const range = `[0 ${open} ${close} ${out.length - close}]`.padEnd(BYTE_RANGE.length, ' ')
  out.write(range, out.indexOf(BYTE_RANGE, from, 'latin1'), 'latin1')
  const cms = Buffer.from(sign(Buffer.concat([out.subarray(0, open), out.subarray(close)])))
  out.write(cms.toString('hex'), open + 1, 'latin1')
  return out
}

/** Gives where a signature's Contents begins and ends, delimiters included. */
export function gapOf(pdf: Buffer): { readonly open: number; readonly close: number } {
  const open = pdf.lastIndexOf('/Contents <', undefined, 'latin1') + '/Contents '.length
  return { open, close: pdf.indexOf('>', open, 'latin1') + 1 }
}

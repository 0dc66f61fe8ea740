import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { cpuTimeMs } from '../../support/cpu-time.ts'
import { BASE_OBJECTS, type Objects, signPdf, streamObject, writePdf } from '../../support/make-signed-pdf.ts'
import { judge, signWith } from './pdf-cases.ts'

const deflated = (data: Buffer): string => streamObject(deflateSync(data).toString('latin1'), '/Filter /FlateDecode')
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => 100 + i)

/** A document of many pages; Size says so. */
function signedPages(pages: readonly (readonly [number, string])[], more: Objects): Buffer {
  const kids = pages.map(([number]) => `${number} 0 R`).join(' ')
  const tree = `<< /Type /Pages /Kids [3 0 R ${kids}] /Count ${pages.length + 1} /MediaBox [0 0 300 144] >>`
  const objects = new Map([...BASE_OBJECTS, [2, tree] as const, ...pages, ...more])
  const pdf = writePdf(objects).toString('latin1').replace('/Size 100', '/Size 99999')
  return signPdf(Buffer.from(pdf, 'latin1'), { sign: signWith() })
}

const timed = (pdf: Buffer): Promise<number> => cpuTimeMs(() => judge(pdf))

describe('looking for what readers part on ends in time', () => {
  const font = '/Resources << /Font << /F1 5 0 R >> >>'

  it('where thousands of pages draw one long content', async () => {
    const content = deflated(Buffer.from('BT /F1 9 Tf (x) Tj ET '.repeat(10_000)))
    const pages = numbers(5000).map((n) => [n, `<< /Type /Page /Parent 2 0 R /Contents 6 0 R ${font} >>`] as const)
    expect(await timed(signedPages(pages, new Map([[6, content]])))).toBeLessThan(5000)
  })

  it.each([
    ['in strings that do not end', '(\\'],
    ['in brackets without number', '('],
    ['in names without number', '/X 1 Tf '],
    ['in remarks without number', '%\n'],
  ])('where a page draws by a font that is not there, %s', async (_what, word) => {
    const content = streamObject(`/X 1 Tf ${word.repeat(2_000_000)}`)
    const page = '<< /Type /Page /Parent 2 0 R /Contents 6 0 R /Resources << /Font << /F1 5 0 R >> >> >>'
    const pdf = writePdf(new Map([...BASE_OBJECTS, [3, page], [6, content]]))
    expect(await timed(signPdf(pdf, { sign: signWith() }))).toBeLessThan(5000)
  })

  it('where hundreds of streams swell to many megabytes each', async () => {
    const bomb = deflated(Buffer.alloc(40_000_000, ' '))
    const pages = numbers(200).map(
      (n) => [n, `<< /Type /Page /Parent 2 0 R /Contents ${n + 200} 0 R ${font} >>`] as const,
    )
    const streams = new Map(numbers(200).map((n) => [n + 200, bomb] as const))
    expect(await timed(signedPages(pages, streams))).toBeLessThan(5000)
  })

  it('where thousands of streams run over one another to the end of the file', async () => {
    const count = 4000
    const padding = 8_000_000
    const ones = numbers(count)
    const heads = ones.map((n) => `${n} 0 obj\n<< /Length 0000000000 >>\nstream\n`)
    const base = writePdf(new Map([...BASE_OBJECTS, [6, `[${ones.map((n) => `${n} 0 R`).join(' ')}]`]])).toString(
      'latin1',
    )
    const at = base.indexOf('xref\n')
    let [body, rows] = ['', '']
    const total = heads.reduce((sum, head) => sum + head.length, 0)
    for (const [i, head] of heads.entries()) {
      rows += `${ones[i]} 1\n${String(at + body.length).padStart(10, '0')} 00000 n \n`
      const left = total - body.length - head.length + padding
      body += head.replace('0000000000', String(left).padStart(10, '0'))
    }
    body += `${' '.repeat(padding)}\nendstream\nendobj\n`
    const table = base.slice(at).replace('trailer', `${rows}trailer`).replace('/Size 100', '/Size 99999')
    const end = table.replace(/startxref\n\d+/, `startxref\n${at + body.length}`)
    const pdf = Buffer.from(base.slice(0, at) + body + end, 'latin1')
    const page = '<< /Type /Page /Parent 2 0 R /Contents 6 0 R /Annots [10 0 R] >>'
    expect(await timed(signPdf(pdf, { sign: signWith(), objects: new Map([[3, page]]) }))).toBeLessThan(5000)
  })
})

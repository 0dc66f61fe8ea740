import fc from 'fast-check'
import { degrees, PDFDocument, PDFName, PDFRawStream, StandardFonts } from 'pdf-lib'
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/model/errors.ts'
import { findCatalog, listPages, openPdf } from '../../src/model/pdf/index.ts'
import type { ApprovalStamp } from '../../src/model/ports.ts'
import { signPdf } from '../../src/seal/index.ts'
import { countStates } from '../../src/typeset/graphics-state.ts'
import { createTypesetter, flattenPdf, makeAttest } from '../../src/typeset/index.ts'
import { citizen, NOW, plainPdf } from '../seal/identities.ts'
import { drawnText } from './drawn-text.ts'

const stamp: ApprovalStamp = {
  municipality: 'Søby Kommune',
  caseNumber: '2026-000123-7',
  decidedAt: '2026-11-24T23:30:00.000Z',
  decidedBy: 'Åse Ørsted',
  language: 'da',
  timeZone: 'Europe/Copenhagen',
  originalSha256: '4b80445b115403c43ff8d6d0aac2eb2b2a854db3c07e6f393b9f43b4c6db367f',
  verdict: 'Underskriften er gyldig.',
  genuineUrl: 'https://post.soeby.example/g/0192f3a4?t=AbCdEfGhIjKlMnOpQrStUvWxYz0',
}
const typesetter = createTypesetter()
const cades = { subFilter: 'ETSI.CAdES.detached', signingTime: NOW } as const

const codeOf = async (work: () => Promise<unknown>): Promise<string> =>
  await work().then(
    () => 'nothing was thrown',
    (thrown) => (thrown instanceof GatewayError ? thrown.code : `not coded: ${String(thrown)}`),
  )

describe('the approved copy', () => {
  it('keeps every page and adds one, with case, verdict, whole digest and the day in the municipality zone', async () => {
    const out = await typesetter.stampApproved(await plainPdf({ pages: 3 }), stamp)
    expect(listPages(openPdf(out)).length).toBe(4)
    const text = await drawnText(out)
    for (const page of ['Side 1', 'Side 2', 'Side 3']) expect(text).toContain(page)
    // 23:30 in UTC is the next day in Denmark.
    for (const said of [
      'GODKENDT',
      '2026-000123-7',
      stamp.originalSha256,
      stamp.verdict,
      '25. november 2026 kl. 00.30',
    ]) {
      expect(text).toContain(said)
    }
  })

  it('shows the signature as it looked, and holds no signature, form or permission any more', async () => {
    for (const objectStreams of [false, true]) {
      const visible = { rectangle: [60, 60, 260, 110], lines: ['Kai Jensen', 'Æblevej 12'] } as const
      const signed = signPdf(await plainPdf({ objectStreams }), await citizen('ec-p256'), {
        ...cades,
        visible,
        certify: 2,
      })
      const out = await typesetter.stampApproved(signed, stamp)
      expect(await drawnText(out)).toContain('Kai Jensen\nÆblevej 12')
      const catalog = findCatalog(openPdf(out)).dictionary
      expect([catalog.entries.has('AcroForm'), catalog.entries.has('Perms')]).toEqual([false, false])
      expect(Buffer.from(out).toString('latin1')).not.toMatch(/ByteRange|ETSI\.CAdES|\/Widget/)
    }
  })

  it('gives the same bytes for the same input', async () => {
    const pdf = await makeAttest()
    const [first, second] = [await typesetter.stampApproved(pdf, stamp), await typesetter.stampApproved(pdf, stamp)]
    expect(Buffer.from(first).equals(Buffer.from(second))).toBe(true)
    const page = { ...stamp, originalName: 'ansøgning.docx' }
    const [alone, again] = [await typesetter.approvalPage(page), await typesetter.approvalPage(page)]
    expect(Buffer.from(alone).equals(Buffer.from(again))).toBe(true)
  })

  it('draws what was filled in, with and without an appearance of its own', async () => {
    const document = await PDFDocument.create()
    const form = document.getForm()
    const page = document.addPage()
    const shown = form.createTextField('navn')
    shown.setText('Med udseende')
    shown.addToPage(page, { x: 50, y: 600, width: 200, height: 20 })
    const bare = form.createTextField('adresse')
    bare.setText('Uden udseende ÆØÅ')
    bare.addToPage(page, { x: 50, y: 500, width: 200, height: 20 })
    form.updateFieldAppearances(await document.embedFont(StandardFonts.Helvetica))
    for (const widget of bare.acroField.getWidgets()) widget.dict.delete(PDFName.of('AP'))
    const text = await drawnText(flattenPdf(await document.save({ updateFieldAppearances: false })))
    expect(text).toContain('Med udseende')
    expect(text).toContain('Uden udseende ÆØÅ')
  })

  it('shows what the cross-reference names, not an object that hides behind it', async () => {
    const pdf = Buffer.from(await plainPdf()).toString('latin1')
    // A second version of every page content, which no cross-reference names: viewers do not show it, so we must not.
    const content = /(\d+) 0 obj\s*<<[^>]*\/Length \d+[^>]*>>\s*stream/.exec(pdf)?.[1] ?? '0'
    const hidden = `${content} 0 obj\n<< /Length 40 >>\nstream\nBT /F 12 Tf 50 500 Td <4c757265> Tj ET       \nendstream\nendobj\n`
    const at = pdf.lastIndexOf('startxref')
    const tricked = Buffer.from(`${pdf.slice(0, at)}${hidden}${pdf.slice(at)}`, 'latin1')
    // A reader that goes through the file from top to bottom falls for it.
    expect(await drawnText(tricked)).toContain('Lure')
    const text = await drawnText(await typesetter.stampApproved(tricked, stamp))
    expect(text).toContain('Side 1')
    expect(text).not.toContain('Lure')
  })

  it('balances what the page left open, so that nothing moves or stops what is drawn after it', async () => {
    const document = await PDFDocument.create()
    const page = document.addPage()
    const sloppy = document.context.stream('Q Q q 0.1 0 0 0.1 900 900 cm q')
    page.node.set(PDFName.of('Contents'), document.context.register(sloppy))
    const out = await PDFDocument.load(flattenPdf(await document.save()))
    const contents = out.getPage(0).node.normalizedEntries().Contents?.asArray() ?? []
    const content = contents.map((reference) => {
      const stream = out.context.lookup(reference)
      return stream instanceof PDFRawStream ? Buffer.from(stream.contents).toString('latin1') : ''
    })
    expect(countStates(Buffer.from(content.join('\n')))).toEqual({ excess: 0, open: 0 })
  })

  it('carries no script and no older revision', async () => {
    const document = await PDFDocument.create()
    document.addPage().drawText('Ny tekst')
    document.addJavaScript('hej', 'app.alert(1)')
    const before = await document.save({ useObjectStreams: false })
    expect(Buffer.from(before).toString('latin1')).toMatch(/JavaScript/)
    const out = flattenPdf(before)
    expect(Buffer.from(out).toString('latin1')).not.toMatch(/JavaScript|app\.alert|6170702e616c657274/i)
  })

  it('grows the first page by a band on top as one reads, whatever the rotation', async () => {
    const grown = async (angle: number) => {
      const document = await PDFDocument.create()
      const page = document.addPage([300, 400])
      page.setCropBox(10, 20, 280, 360)
      page.setRotation(degrees(angle))
      const out = await PDFDocument.load(await typesetter.stampApproved(await document.save(), stamp))
      const { x, y, width, height } = out.getPage(0).getCropBox()
      return [x, y, x + width, y + height]
    }
    expect(await grown(0)).toEqual([10, 20, 290, 406])
    expect(await grown(90)).toEqual([-16, 20, 290, 380])
    expect(await grown(180)).toEqual([10, -6, 290, 380])
    expect(await grown(270)).toEqual([10, 20, 316, 380])
  })

  it('takes names in any script without failing', async () => {
    const names = { decidedBy: 'Łukasz Żółć 王小明 🙂', municipality: 'Čačak\u0000', verdict: 'x'.repeat(3000) }
    const text = await drawnText(await typesetter.stampApproved(await plainPdf(), { ...stamp, ...names }))
    expect(text).toContain('Lukasz Zólc ??? ?')
  })

  it('refuses encrypted and broken input by code', async () => {
    const text = Buffer.from(await plainPdf()).toString('latin1')
    const encrypted = Buffer.from(text.replace('/Root', '/Encrypt 9 0 R /Root'), 'latin1')
    expect(await codeOf(() => typesetter.stampApproved(encrypted, stamp))).toBe('encrypted-input')
    expect(await codeOf(() => typesetter.stampApproved(Buffer.from(text).subarray(0, 300), stamp))).toBe(
      'malformed-pdf',
    )
    expect(await codeOf(() => typesetter.stampApproved(Buffer.from('PK\u0003\u0004'), stamp))).toBe('not-a-pdf')
  })

  it('answers damaged input with a copy or a coded error', async () => {
    const pdf = Buffer.from(
      signPdf(await makeAttest(undefined, { objectStreams: true }), await citizen('ec-p256'), cades),
    )
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), fc.nat(pdf.length), async (noise, at) => {
        const bytes = Buffer.concat([pdf.subarray(0, at), noise, pdf.subarray(at + noise.length)])
        expect(await codeOf(() => typesetter.stampApproved(bytes, stamp))).not.toMatch(/^not coded/)
      }),
      { numRuns: 120 },
    )
  })
})

describe('the approval page', () => {
  it('says in the case language which document was approved', async () => {
    const page = await typesetter.approvalPage({ ...stamp, language: 'en', originalName: 'ansøgning.docx' })
    const text = await drawnText(page)
    for (const said of ['APPROVED', 'ansøgning.docx', '25 November 2026 at 00:30', stamp.originalSha256]) {
      expect(text).toContain(said)
    }
    expect(listPages(openPdf(page)).length).toBe(1)
  })
})

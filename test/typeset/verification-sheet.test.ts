import fc from 'fast-check'
import { PDFDocument } from 'pdf-lib'
import { describe, expect, it } from 'vitest'
import type { VerificationSheet } from '../../src/model/ports.ts'
import { makeVerificationSheet } from '../../src/typeset/index.ts'
import { describeReport, type VerificationReport } from '../../src/verify/index.ts'
import { makeCa, makeLeaf } from '../verify/make-pki.ts'
import { judge, signedPdf, signWith } from '../verify/process/pdf-cases.ts'
import { HOSTILE, STAMPED } from '../verify/report/etsi-cases.ts'
import { drawnText } from './drawn-text.ts'

const zone = { timeZone: 'Europe/Copenhagen' }
const sheetOf = (report: VerificationReport, language: 'da' | 'en' = 'da'): VerificationSheet => ({
  ...{ municipality: 'Søby Kommune', language, timeZone: zone.timeZone, caseNumber: '2026-000123-7' },
  judgedAt: '2026-11-24T23:30:00.000Z',
  report: describeReport(report, language, zone),
})
const textOf = async (report: VerificationReport, language: 'da' | 'en' = 'da'): Promise<string> =>
  (await drawnText(await makeVerificationSheet(sheetOf(report, language)))).replace(/\n/g, ' ')

describe('the sheet on a verdict', () => {
  const good = judge(signedPdf(), { fileName: 'attest.pdf' })

  it('says which file, when it was judged, the verdict, and who signed by which path', async () => {
    const text = await textOf(good)
    for (const said of [
      ...['Kontrolrapport', 'Søby Kommune', 'attest.pdf', '2026-000123-7', good.sha256, 'I ORDEN'],
      ...['25. november 2026 kl. 00.30', 'Underskrevet af Kai Jensen', 'Test CA (på kommunens liste)'],
      ...['TOTAL-PASSED', 'revocation-not-checked', 'EN 319 102-1', 'Side 1 af 1'],
    ]) {
      expect(text).toContain(said)
    }
  })

  it('says the same in English', async () => {
    const text = await textOf(good, 'en')
    for (const said of ['Verification report', 'IN ORDER', 'Signed by Kai Jensen', 'Page 1 of 1', 'Warning']) {
      expect(text).toContain(said)
    }
    expect(text).not.toMatch(/Underskr|kommunens/)
  })

  it('calls nobody the signer whom nobody vouches for, or whose signature does not hold', async () => {
    const stranger = await textOf(judge(signedPdf({ sign: signWith(makeLeaf('Kai Jensen', makeCa('Ukendt'))) })))
    const bytes = signedPdf()
    bytes.write('bank', bytes.indexOf('tank'))
    for (const text of [stranger, await textOf(judge(bytes))]) {
      expect(text).toContain('Påstået underskrift: Kai Jensen')
      expect(text).not.toContain('Underskrevet af')
    }
    expect(stranger).toContain('(ikke på kommunens liste)')
    expect(stranger).toMatch(/Hvad kan gøres: Bed administratoren/)
  })

  it('calls a seal a seal, names time-stamps, and judges files inside one by one', async () => {
    const [signature, stamp] = STAMPED.signatures
    if (!signature?.signer || !stamp) throw new Error('no case')
    const penneo = { ...signature.signer, subject: 'CN=Penneo A/S,O=Penneo A/S', names: ['Penneo A/S'] }
    const tsa = { ...penneo, subject: 'CN=TSA 1', names: ['TSA 1'] }
    const signatures = [
      { ...signature, signer: penneo },
      { ...stamp, trusted: true, intact: true, signer: tsa },
    ]
    const parts = [{ ...good, name: 'inde.pdf' }]
    const text = await textOf({ ...STAMPED, indication: 'TOTAL-PASSED', signatures, parts })
    for (const said of [
      ...['Forseglet af Penneo A/S', 'Tidsstemplet af TSA 1', '24. nov. 2026 kl. 10.02 (i orden)', 'PAdES-B-LTA'],
      ...['Filer indeni (1)', 'inde.pdf', 'Underskrevet af Kai Jensen', 'past-validation'],
    ]) {
      expect(text).toContain(said)
    }
    expect(text).not.toContain('Underskrevet af Penneo')
  })

  it('of a file that cannot be read says why', async () => {
    expect(await textOf(judge(Buffer.alloc(0)))).toMatch(/KAN IKKE LÆSES.*empty-file/)
  })

  it('is the same bytes for the same verdict, and holds the language', async () => {
    const twice = [await makeVerificationSheet(sheetOf(good)), await makeVerificationSheet(sheetOf(good))]
    expect(Buffer.from(twice[0] ?? []).equals(Buffer.from(twice[1] ?? []))).toBe(true)
    const document = await PDFDocument.load(twice[0] ?? new Uint8Array(), { updateMetadata: false })
    expect(document.getTitle()).toBe('Kontrolrapport: attest.pdf')
    expect(document.getCreationDate()?.toISOString()).toBe('2026-11-24T23:30:00.000Z')
  })

  it('of a file with very many signatures ends, and says that it was cut', async () => {
    const [one] = good.signatures
    const many = { ...good, signatures: Array.from({ length: 1000 }, () => one).filter((s) => s !== undefined) }
    const pdf = await makeVerificationSheet(sheetOf(many))
    expect((await PDFDocument.load(pdf)).getPageCount()).toBe(10)
    expect((await drawnText(pdf)).replace(/\n/g, ' ')).toContain('Rapporten er for lang')
  })

  it('bears any name', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), async (name) => {
        const [one] = good.signatures
        if (!one?.signer) throw new Error('no case')
        const signer = { ...one.signer, names: [name], subject: `CN=${name}${HOSTILE}` }
        await makeVerificationSheet(sheetOf({ ...good, file: name, signatures: [{ ...one, id: name, signer }] }))
      }),
      { numRuns: 30 },
    )
  })
})

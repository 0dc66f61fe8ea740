import { describe, expect, it } from 'vitest'
import { describeReport, describeVerdict, type SignatureReport } from '../../../src/verify/index.ts'
import { signPdf } from '../../support/make-signed-pdf.ts'
import {
  attribute,
  contentType,
  makeCms,
  makeTimeStamp,
  messageDigest,
  signatureTimeStamp,
  signingCertificateV2,
} from '../make-cms.ts'
import { daysFromNow, extendedKeyUsage, generalizedTime, type Identity, makeCa, makeLeaf, NOW } from '../make-pki.ts'
import { ca, codes, judge, signedPdf, signer } from './pdf-cases.ts'

const stamping = extendedKeyUsage(['1.3.6.1.5.5.7.3.8'], true)
const tsa = makeLeaf('TSA', ca, [stamping])
const strangeTsa = makeLeaf('Strange TSA', makeCa('Stranger'), [stamping])
const expired = makeLeaf('Kai Jensen', ca, [], { notBefore: daysFromNow(-90), notAfter: daysFromNow(-20) })

const signing =
  (who: Identity, at: Date | null, stampedAt: Date | null = null) =>
  (covered: Buffer) =>
    makeCms({
      signer: who,
      content: covered,
      signedAttributes: [
        contentType(),
        messageDigest(covered),
        signingCertificateV2(who),
        ...(at ? [attribute('1.2.840.113549.1.9.5', generalizedTime(at))] : []),
      ],
      ...(stampedAt
        ? { unsignedAttributes: (value) => [signatureTimeStamp(makeTimeStamp({ tsa, time: stampedAt, over: value }))] }
        : {}),
    })

/** A document time-stamp over a signed document. */
const stampOver = (pdf: Buffer, authority: Identity, time: Date, n = 1) =>
  signPdf(pdf, {
    sign: (covered) => makeTimeStamp({ tsa: authority, time, over: covered }),
    ...{ subFilter: 'ETSI.RFC3161', field: 10 + 10 * n, signature: 11 + 10 * n, name: `Stamp${n}` },
    otherFields: Array.from({ length: n }, (_, i) => `${10 + 10 * i} 0 R`).join(' '),
  })
const signatureOf = (pdf: Buffer): SignatureReport => {
  const found = judge(pdf).signatures.find(({ kind }) => kind === 'pdf')
  if (!found) throw new Error('there is no signature')
  return found
}
const minutes = (n: number): Date => new Date(NOW.getTime() + n * 60_000)

describe('the time that a signature states of itself', () => {
  const stated = (at: Date, stampedAt: Date | null = null) => judge(signedPdf({ sign: signing(signer, at, stampedAt) }))

  it('is noted where it is later than the time of judging, and changes no verdict', () => {
    const report = stated(minutes(60))
    expect(report.indication).toBe('TOTAL-PASSED')
    expect(report.signatures[0]?.findings).toContainEqual({
      code: 'claimed-time-in-future',
      severity: 'info',
      message: expect.stringContaining(minutes(60).toISOString()),
      clause: expect.any(String),
    })
    const sheet = describeReport(report, 'da').signatures[0]?.findings.map(({ text }) => text)
    expect(sheet).toContain('Underskriften angiver et tidspunkt, der ligger efter det, den er bedømt ved.')
    expect(describeVerdict(report, 'en', { reader: 'caseworker' }).details.join()).toContain(
      'that is later than the time of judging',
    )
  })

  it('is noted where it is later than what a time-stamp proves', () => {
    const report = stated(minutes(-60), daysFromNow(-1))
    expect(report.indication).toBe('TOTAL-PASSED')
    expect(codes(report.signatures[0] ?? signatureOf(signedPdf()))).toContain('claimed-time-after-proof')
  })

  it('is noted where it is before the certificate began to hold, and changes no verdict', () => {
    const since = signer.certificate.notBefore.getTime()
    const report = stated(new Date(since - 60 * 60_000))
    expect(report.indication).toBe('TOTAL-PASSED')
    expect(codes(report.signatures[0] ?? signatureOf(signedPdf()))).toContain('claimed-time-before-certificate')
    const sheet = describeReport(report, 'da').signatures[0]?.findings.map(({ text }) => text)
    expect(sheet).toContain('Underskriften angiver et tidspunkt, før certifikatet begyndte at gælde.')
    expect(describeVerdict(report, 'da', { reader: 'caseworker' }).details.join()).toContain(
      'før certifikatet begyndte',
    )
    const near = stated(new Date(since - 9 * 60_000)).signatures.flatMap(codes)
    expect(near.filter((code) => code.startsWith('claimed-time'))).toEqual([])
  })

  it('is not noted where clocks may differ by as much, or where it is earlier', () => {
    for (const report of [stated(minutes(9)), stated(minutes(-9)), stated(minutes(-60 * 24 + 9), daysFromNow(-1))]) {
      expect(report.signatures.flatMap(codes).filter((code) => code.startsWith('claimed-time'))).toEqual([])
    }
  })

  it('counts where it stands in the PDF alone', () => {
    const entries = "/M (D:20260701120000+00'00')"
    expect(codes(signatureOf(signedPdf({ entries })))).toContain('claimed-time-in-future')
  })
})

describe('a document time-stamp of a stranger', () => {
  const uncounted = (pdf: Buffer) => signatureOf(pdf).findings.filter(({ code }) => code.startsWith('timestamp-'))

  it('is said of the signature that it covers, with the reason, and what could be done', () => {
    const pdf = stampOver(signedPdf({ sign: signing(expired, null) }), strangeTsa, daysFromNow(-30))
    expect(signatureOf(pdf)).toMatchObject({ indication: 'INDETERMINATE', subIndication: 'OUT_OF_BOUNDS_NO_POE' })
    expect(uncounted(pdf)).toEqual([
      {
        code: 'timestamp-untrusted',
        severity: 'warning',
        message: expect.stringContaining('document time-stamp Stamp1 proves no time'),
        clause: 'EN 319 102-1 §5.4',
      },
    ])
    const da = describeVerdict(judge(pdf), 'da')
    expect(da.headline).toMatch(
      /intet beviser, at der blev underskrevet, mens det gjaldt\. Tidsstemplets udsteder står ikke på kommunens liste/,
    )
    expect(da.whatToDo).toMatch(/^Kommunen kan undersøge udstederen/)
    expect(describeVerdict(judge(pdf), 'en').headline).toContain("The time-stamp's issuer is not on the municipality's")
  })

  it('is said once, however many there are, and as a note where another one counts', () => {
    const first = stampOver(signedPdf(), strangeTsa, daysFromNow(-3))
    const second = stampOver(first, strangeTsa, daysFromNow(-2), 2)
    expect(uncounted(second)).toHaveLength(1)
    expect(uncounted(stampOver(first, tsa, daysFromNow(-2), 2)).map(({ severity }) => severity)).toEqual(['info'])
    expect(judge(first).indication).toBe('TOTAL-PASSED')
  })

  it('is not said where it is trusted, or where there is none', () => {
    expect(uncounted(stampOver(signedPdf(), tsa, daysFromNow(-3)))).toEqual([])
    expect(uncounted(signedPdf())).toEqual([])
  })

  it('is told beside a valid signature, which still holds', () => {
    const { details, headline } = describeVerdict(judge(stampOver(signedPdf(), strangeTsa, daysFromNow(-3))), 'da')
    expect(headline).toMatch(/^Underskriften er gyldig/)
    expect(details.join('\n')).toContain('Kai Jensen: Tidsstemplets udsteder står ikke på kommunens liste')
    expect(details.join('\n')).toContain('Kai Jensen: underskriften holder.')
  })
})

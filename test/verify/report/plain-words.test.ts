import { describe, expect, it } from 'vitest'
import { encode } from '../../../src/verify/der/index.ts'
import { describeReport, describeVerdict, writeJson, writeText } from '../../../src/verify/index.ts'
import { EXTENSION } from '../../../src/verify/x509/index.ts'
import { signPdf, writePdf } from '../../support/make-signed-pdf.ts'
import { daysFromNow, extension, makeCa, makeLeaf, seq, uriName } from '../make-pki.ts'
import { ca, judge, signedPdf, signWith } from '../process/pdf-cases.ts'

describe('a verdict in words', () => {
  it('of a good signature names the signer and asks for nothing', () => {
    const words = describeVerdict(judge(signedPdf()), 'da')
    const valid = 'Underskriften er gyldig. Indholdet er ikke ændret, siden Kai Jensen underskrev.'
    const unchecked = 'Om certifikatet er spærret, er ikke kontrolleret.'
    const why = 'Certifikatet siger ikke, hvor det kan ses, om det er spærret.'
    expect(words.headline).toBe(`${valid} ${unchecked} ${why}`)
    expect(words.whatToDo).toBeNull()
    expect(describeVerdict(judge(signedPdf()), 'en').headline).toContain('Kai Jensen')
  })

  describe('of a certificate that says where it is told whether it is revoked', () => {
    const point = (url: string) =>
      extension(EXTENSION.crlDistributionPoints, seq(seq(encode(0xa0, encode(0xa0, uriName(url))))))
    const headline = (url: string, checkRevocation: 'if-offered' | 'if-present') => {
      const bytes = signedPdf({ sign: signWith(makeLeaf('Kai Jensen', ca, [point(url)])) })
      const report = judge(bytes, { checkRevocation })
      return [
        report.indication,
        ...(['da', 'en'] as const).map((language) => describeVerdict(report, language).headline),
      ]
    }

    it.each(['if-offered', 'if-present'] as const)('in a directory, says that it is not asked (%s)', (mode) => {
      const [indication, da, en] = headline('ldap://by.dk/cn=ca', mode)
      expect(indication).toBe(mode === 'if-offered' ? 'INDETERMINATE' : 'TOTAL-PASSED')
      expect(da).toContain('det katalog spørger vi ikke')
      expect(en).toContain('we do not ask that directory')
    })

    it('on the web, says neither that it names nothing nor that it names a directory', () => {
      const [indication, ...said] = headline('http://by.dk/ca.crl', 'if-offered')
      expect(indication).toBe('INDETERMINATE')
      expect(said.join(' ')).not.toMatch(/katalog|directory|hvor det kan ses|where it is told/)
    })
  })

  it('of a short-lived certificate says so, and not of an own anchor that says it is one', () => {
    const says = extension(EXTENSION.validityAssuredShortTerm, Uint8Array.of(5, 0))
    const brief = { notBefore: daysFromNow(-1), notAfter: daysFromNow(1) }
    const who = makeLeaf('Kai Jensen', ca, [says], brief)
    const bytes = signedPdf({ sign: signWith(who) })
    const told = (trusted: typeof who) => {
      const report = judge(bytes, { trustAnchors: [trusted.certificate.bytes], checkRevocation: 'require' })
      expect(report.indication).toBe('TOTAL-PASSED')
      const facts = describeReport(report, 'da').signatures[0]?.facts.find(([label]) => label === 'Spærring')
      return [/(valid too shortly|own trust anchor)/.exec(writeText(report, 'da'))?.[1], facts?.[1]]
    }
    expect(told(ca)).toEqual(['valid too shortly', 'certifikatet gælder for kort tid til at blive spærret'])
    expect(told(who)).toEqual(['own trust anchor', 'skal ikke kontrolleres for dette certifikat'])
  })

  it('tells who only checks a file nothing that is said of one that was sent', () => {
    const odd = signedPdf()
    odd.write('bank', odd.indexOf('tank'))
    const none = Buffer.from('hello')
    const reports = [odd, none, Buffer.alloc(0), writePdf(), signedPdf().subarray(0, 900)].map((one) => judge(one))
    for (const report of [
      ...reports,
      { ...judge(signedPdf()), indication: 'INDETERMINATE' as const, signatures: [] },
    ]) {
      for (const language of ['da', 'en'] as const) {
        const { whatToDo } = describeVerdict(report, language, { reader: 'visitor' })
        expect(whatToDo).not.toBeNull()
        expect(whatToDo).not.toMatch(/^Send|\bsend\b|En medarbejder|A person looks/i)
      }
    }
    expect(describeVerdict(judge(none), 'da', { reader: 'visitor' }).whatToDo).toBe('Kontrollér filen som PDF.')
  })

  it('of an unknown CA names the CA, and says that the file is unchanged', () => {
    const stranger = makeLeaf('Kai Jensen', makeCa('Ukendt CA, Vejle'))
    const words = describeVerdict(judge(signedPdf({ sign: signWith(stranger) })), 'da')
    expect(words.headline).toContain('Filen er ikke ændret siden underskriften.')
    expect(words.headline).toContain('Underskriverens CA, Ukendt CA, Vejle, står ikke på kommunens liste.')
    expect(words.whatToDo).toContain('Kommunen kan undersøge udstederen')
  })

  it('of a flipped byte says that the file is not the one that was signed', () => {
    const changed = signedPdf()
    const at = changed.indexOf('tank')
    changed.write('bank', at)
    const words = describeVerdict(judge(changed), 'da')
    expect(words.headline).toMatch(/ikke den, der blev underskrevet/)
    expect(words.whatToDo).toMatch(/oprindelige fil/)
  })

  it('of an unsigned file, of no document and of missing revocation evidence says what to do', () => {
    const cases = [judge(writePdf()), judge(Buffer.from('hello')), judge(signedPdf(), { checkRevocation: 'require' })]
    for (const report of cases) {
      for (const language of ['da', 'en'] as const) {
        const words = describeVerdict(report, language)
        expect(words.headline).not.toBe('')
        expect(words.whatToDo).not.toBeNull()
      }
    }
  })

  it('speaks for all of several signatures', () => {
    const more = { field: 20, signature: 21, name: 'S2', otherFields: '10 0 R' }
    const twice = signPdf(signedPdf(), { sign: signWith(), ...more })
    expect(describeVerdict(judge(twice), 'en').headline).toMatch(/^All signatures are valid/)
  })
})

it('a signer’s name is said with all that is not seen in it', () => {
  const stranger = makeLeaf('Borgmester\u202enesneJ iaK\u200b\nTOTAL-PASSED', makeCa('X'))
  const { headline, details } = describeVerdict(judge(signedPdf({ sign: signWith(stranger) })), 'da')
  const said = [headline, ...details].join('|')
  expect(said).toContain('Borgmester\\u{202e}nesneJ iaK\\u{200b}\\u{a}TOTAL-PASSED')
  expect(said).not.toMatch(/[\u202e\u200b\n]/)
})

describe('the writers', () => {
  it('give one line of JSON per report', () => {
    const line = writeJson(judge(signedPdf(), { fileName: 'a\nb.pdf' }))
    expect(line).not.toContain('\n')
    expect(JSON.parse(line)).toMatchObject({ schemaVersion: 1, file: 'a\nb.pdf', indication: 'TOTAL-PASSED' })
  })

  it('keep a hostile name from steering the terminal', () => {
    const stranger = makeLeaf('Kai\u001b[2J\u202e', makeCa('X'))
    const text = writeText(judge(signedPdf({ sign: signWith(stranger) })), 'en')
    for (const steering of ['\u001b', '\u202e']) expect(text).not.toContain(steering)
    expect(text).toContain('INDETERMINATE (NO_CERTIFICATE_CHAIN_FOUND)')
  })
})

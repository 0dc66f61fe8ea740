import { describe, expect, it } from 'vitest'
import { describeVerdict, type SignatureReport, type VerificationReport } from '../../../src/verify/index.ts'
import { writePdf } from '../../support/make-signed-pdf.ts'
import { judge, signedPdf } from '../process/pdf-cases.ts'
import { reportOf, STAMPED } from './etsi-cases.ts'

const holds: Partial<SignatureReport> = {
  ...({ indication: 'TOTAL-PASSED', subIndication: null, intact: true, trusted: true } as const),
  ...({ revocation: 'good', changesAfter: 'none', coverage: 'file' } as const),
}
const signerNamed = (subject: string, shown: string) => ({
  ...{ subject, issuer: 'CN=CA', serial: '1', names: [shown], emails: [], sha256: '00'.repeat(32) },
})
const seal = signerNamed('CN=Penneo A/S,organizationIdentifier=NTRDK-35633766,O=Penneo A/S', 'Penneo A/S')
const passed = (...signatures: readonly Partial<SignatureReport>[]): VerificationReport => ({
  ...reportOf(...signatures),
  indication: 'TOTAL-PASSED',
})

const changed = (): VerificationReport => {
  const bytes = signedPdf()
  bytes.write('bank', bytes.indexOf('tank'))
  return judge(bytes)
}

describe('a file that carries signed files', () => {
  const around = passed({ ...holds, signer: seal })
  const parts = [
    { ...judge(signedPdf()), name: 'attest\u202e.pdf' },
    { ...changed(), name: 'kvittering.pdf' },
    { ...judge(writePdf()), name: 'data.pdf' },
  ]

  it('is said to carry them, with how each was judged, and whose the outer seal is', () => {
    const { headline, details, whatToDo } = describeVerdict({ ...around, parts }, 'da')
    expect(whatToDo).toBe('En medarbejder ser på filen.')
    expect(headline).toContain('Men en fil indeni bestod ikke kontrollen.')
    expect(details.slice(-5)).toEqual([
      'Det ydre segl er tjenestens (Penneo A/S): hvem der har underskrevet, står i filerne indeni.',
      'Filen bærer 3 filer, der er bedømt hver for sig:',
      expect.stringMatching(/^“attest\.pdf”: Underskriften er gyldig\. .* siden Kai Jensen underskrev\./),
      expect.stringMatching(/^“kvittering\.pdf”: Filen er ikke den, der blev underskrevet/),
      '“data.pdf”: Filen er ikke underskrevet.',
    ])
    const english = describeVerdict({ ...around, parts }, 'en').details.join('\n')
    expect(english).toContain('The file carries 3 files, each judged on its own:')
    expect(english).toContain("The outer seal is the service's (Penneo A/S)")
  })

  it('that are all in order has a headline without a but', () => {
    const good = parts.slice(0, 1)
    expect(describeVerdict({ ...around, parts: good }, 'da').headline).not.toContain('Men en fil')
    expect(describeVerdict({ ...around, parts: good }, 'da').details).toContain(
      'Filen bærer én fil, der er bedømt for sig:',
    )
  })

  it('speaks of no seal where a person signed around them', () => {
    const kai = signerNamed('CN=Kai Jensen', 'Kai Jensen')
    const said = describeVerdict({ ...passed({ ...holds, signer: kai }), parts }, 'da').details.join('\n')
    expect(said).not.toMatch(/segl/i)
  })

  it('names no stranger as the service', () => {
    const stranger = reportOf({ trusted: false, subIndication: 'NO_CERTIFICATE_CHAIN_FOUND', signer: seal })
    const said = describeVerdict({ ...stranger, parts }, 'da').details.join('\n')
    expect(said).toContain('tjenestens (en, der angiver at være Penneo A/S)')
  })

  it('is not called unsigned without a word of what is inside', () => {
    const { headline, whatToDo } = describeVerdict({ ...judge(writePdf()), parts }, 'en')
    expect(headline).toBe('The file itself is not signed.')
    expect(whatToDo).toBeNull()
  })

  it('that cannot be judged says so, and makes no file a signed one', () => {
    const data = [{ ...judge(Buffer.from('<Invoice/>')), name: 'faktura.xml' }]
    const { headline, details, whatToDo } = describeVerdict({ ...judge(writePdf()), parts: data }, 'da')
    expect(headline).toBe('Filen er ikke underskrevet.')
    expect(details).toContain('“faktura.xml”: Filen er af en slags, som ikke kan kontrolleres her.')
    expect(whatToDo).toMatch(/send den underskrevne fil/)
  })

  it('in great number is cut, and that is said', () => {
    const many = Array.from({ length: 100 }, () => parts[0]).filter((one) => one !== undefined)
    const { details } = describeVerdict({ ...around, parts: many }, 'en')
    expect(details).toContain('… and 70 more files.')
  })
})

describe('times and levels', () => {
  const kai = signerNamed('CN=Kai Jensen', 'Kai Jensen')
  const [signature, stamp] = STAMPED.signatures
  const stamped = passed(
    { ...signature, ...holds, signer: kai },
    { ...stamp, ...holds, indication: 'PASSED', signer: signerNamed('CN=TSA 1,O=Tid A/S', 'TSA 1') },
  )
  const say = (report: VerificationReport, language: 'da' | 'en') =>
    describeVerdict(report, language, { reader: 'caseworker', timeZone: 'Europe/Copenhagen' }).details

  it('are said to a caseworker, with who stamped', () => {
    expect(say(stamped, 'da')).toEqual([
      'Kai Jensen: underskriften holder.',
      'Kai Jensen: Niveau: PAdES-B-LTA.',
      'Kai Jensen: Tidsstemplet 24. nov. 2026 kl. 10.02.',
      'Kai Jensen: Tidsstemplet 24. nov. 2026 kl. 10.02 af TSA 1.',
      'Kai Jensen: Underskriften fandtes bevisligt 24. nov. 2026 kl. 10.02.',
      'Tidsstempel fra TSA 1: tidsstemplet holder.',
      'Tidsstempel fra TSA 1: siger 24. nov. 2026 kl. 10.02.',
    ])
    expect(say(stamped, 'en')).toContain('Kai Jensen: Time-stamped 24 Nov 2026 at 10:02 by TSA 1.')
  })

  it('say of a time-stamp whether it is qualified, where a list speaks of it', () => {
    const at = { kind: 'signature', time: '2026-11-24T09:02:00Z', indication: 'PASSED', by: 'TSA 1' } as const
    const of = (level: 'qualified' | 'not-qualified') =>
      passed({ ...signature, ...holds, signer: kai, timestamps: [{ ...at, qualified: { level, list: 'DK' } }] })
    expect(say(of('qualified'), 'da')).toContain(
      'Kai Jensen: Tidsstemplet 24. nov. 2026 kl. 10.02 af TSA 1, kvalificeret efter tillidslisten fra Danmark.',
    )
    expect(say(of('not-qualified'), 'en')).toContain(
      'Kai Jensen: Time-stamped 24 Nov 2026 at 10:02 by TSA 1, not qualified by the trusted list of Denmark.',
    )
  })

  it('are not said to a citizen', () => {
    expect(describeVerdict(stamped, 'da').details.join('\n')).not.toMatch(/Niveau|2026/)
  })

  it('of a time-stamp that failed prove nothing', () => {
    const timestamps = [{ kind: 'signature', time: '2026-11-24T09:02:00Z', indication: 'INDETERMINATE' }] as const
    const failed = passed({ ...signature, ...holds, signer: kai, timestamps, bestSignatureTime: null })
    const said = say(failed, 'da').join('\n')
    expect(said).toContain('Et tidsstempel siger 24. nov. 2026 kl. 10.02, men beviser intet.')
    expect(said).not.toMatch(/Tidsstemplet 24|bevisligt/)
    expect(said).toContain('Underskriveren angiver selv 24. nov. 2026 kl. 10.01; det er ikke bevist.')
  })

  it('of receipt prove that the file was there, and no more', () => {
    const received = { ...holds, signer: kai, validationTime: '2026-11-25T00:00:00.000Z', claimedSigningTime: null }
    const report = passed({ ...received, bestSignatureTime: '2026-11-24T08:00:00.000Z' })
    expect(say(report, 'en')).toContain('Kai Jensen: The file is proven to have existed 24 Nov 2026 at 09:00.')
  })

  it('say that they are UTC where nobody names a zone', () => {
    const { details } = describeVerdict(stamped, 'en', { reader: 'caseworker' })
    expect(details).toContain('Kai Jensen: Time-stamped 24 Nov 2026 at 09:02 UTC by TSA 1.')
  })

  it('tell a caseworker what the caseworker can do', () => {
    const unknown = reportOf({ subIndication: 'NO_CERTIFICATE_CHAIN_FOUND', signer: kai })
    expect(describeVerdict(unknown, 'da', { reader: 'caseworker' }).whatToDo).toMatch(/^Bed administratoren/)
    expect(describeVerdict(unknown, 'da').whatToDo).toMatch(/^Kommunen kan undersøge/)
  })
})

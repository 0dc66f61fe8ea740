import { describe, expect, it } from 'vitest'
import { describeVerdict, type SignatureReport, type VerificationReport } from '../../../src/verify/index.ts'
import { blankSignature } from '../../../src/verify/process/signature-facts.ts'
import { makeCa, makeLeaf } from '../make-pki.ts'
import { codes, judge, only, signedPdf, signWith } from '../process/pdf-cases.ts'

const NOT_CHANGED = /ikke ændret|not changed/
const VALID = /(er gyldig[et]?\b|holder\.|(is|are) valid\b|signature holds)/
const OF_A_CERTIFICATE = /certifikat gælder|certificate is not valid/g
const NAME = 'Kai Jensen'
const CLAIMS = /(angiver at være|claims? to be) Kai Jensen/gi

const blank = blankSignature('pdf-1', 'pdf', new Date(0), 'test')
const signer = { subject: `CN=${NAME}`, issuer: 'CN=CA', serial: '1', names: [NAME], emails: [], sha256: '00' }

const unchecked = (revocation: SignatureReport['revocation']) =>
  revocation === 'unknown' || revocation === 'not-checked'

function reportOf(facts: Partial<SignatureReport>): VerificationReport {
  const signature = { ...blank, signer, ...facts }
  const { indication } = signature
  if (indication === 'PASSED' || indication === 'FAILED') throw new RangeError('only of signatures')
  const [parts, findings] = [[], []]
  const file = { schemaVersion: 1, id: null, file: 'a.pdf', mediaType: null, sha256: null } as const
  return { ...file, indication, signatures: [signature], encrypted: false, parts, findings }
}

const SUB_INDICATIONS = [
  null,
  'TRY_LATER',
  'NO_CERTIFICATE_CHAIN_FOUND',
  'REVOKED_NO_POE',
  'REVOKED_CA_NO_POE',
  'OUT_OF_BOUNDS_NO_POE',
  'OUT_OF_BOUNDS_NOT_REVOKED',
  'CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
  'CHAIN_CONSTRAINTS_FAILURE',
  'SIG_CONSTRAINTS_FAILURE',
  'SIGNED_DATA_NOT_FOUND',
  'HASH_FAILURE',
  'FORMAT_FAILURE',
  'CUSTOM',
] as const

/** Every combination of what a report can say of one signature, the impossible ones too. */
function allSignatures(): readonly Partial<SignatureReport>[] {
  return (['TOTAL-PASSED', 'INDETERMINATE', 'TOTAL-FAILED'] as const).flatMap((indication) =>
    (indication === 'TOTAL-PASSED' ? ([null] as const) : SUB_INDICATIONS).flatMap((subIndication) =>
      (['none', 'permitted', 'forbidden', 'unknown', null] as const).flatMap((changesAfter) =>
        (['file', 'revision', 'partial', null] as const).flatMap((coverage) =>
          [true, false, null].flatMap((intact) =>
            [true, false, null].flatMap((trusted) =>
              (['good', 'revoked', 'unknown', 'not-checked', 'exempt'] as const).map((revocation) => ({
                ...{ indication, subIndication, changesAfter, coverage, intact, trusted, revocation },
              })),
            ),
          ),
        ),
      ),
    ),
  )
}

describe('the words of a verdict', () => {
  const all = allSignatures()

  it.each(['da', 'en'] as const)('claim nothing that the report does not hold (%s)', (language) => {
    expect(all.length).toBeGreaterThan(4000)
    const wrong = all.filter((facts) => {
      const { headline, details, whatToDo } = describeVerdict(reportOf(facts), language)
      const said = [headline, ...details, whatToDo ?? ''].join('\n')
      const unchanged = facts.intact === true && facts.changesAfter === 'none' && facts.coverage !== 'partial'
      return (
        (NOT_CHANGED.test(said) && !unchanged) ||
        (VALID.test(said.replace(OF_A_CERTIFICATE, '')) && facts.indication !== 'TOTAL-PASSED') ||
        (said.replace(CLAIMS, '').includes(NAME) && facts.trusted !== true) ||
        /prøver igen|try again/.test(said) ||
        (facts.indication === 'TOTAL-PASSED' &&
          /ikke kontrolleret|not checked/.test(headline) !== unchecked(facts.revocation ?? 'not-checked'))
      )
    })
    expect(wrong.slice(0, 3)).toEqual([])
  })

  it('say of a form that was filled in, and whose CA is unknown, nothing about an unchanged file', () => {
    const facts = { intact: true, trusted: false, changesAfter: 'permitted', coverage: 'revision' } as const
    const report = reportOf({ ...facts, indication: 'INDETERMINATE', subIndication: 'NO_CERTIFICATE_CHAIN_FOUND' })
    expect(describeVerdict(report, 'en').headline).toBe("The signer's CA, CA, is not on the municipality's list.")
  })

  it('do not give the name of a stranger as the name of the signer', () => {
    const stranger = judge(signedPdf({ sign: signWith(makeLeaf('Margrethe', makeCa('Ukendt CA'))) }))
    const { details } = describeVerdict(stranger, 'da')
    expect(details.length).toBeGreaterThan(0)
    for (const line of details) expect(line).toMatch(/^Angiver at være Margrethe: /)
  })

  it('say of a CA with a listed name and another key just that, and accuse nobody', () => {
    const other = makeCa('Test CA')
    const stranger = signedPdf({ sign: signWith(makeLeaf('Margrethe', other)) })
    const report = judge(stranger, { intermediates: [other.certificate.bytes] })
    expect(codes(only(report))).toContain('issuer-key-differs')
    const da = describeVerdict(report, 'da', { reader: 'caseworker' })
    expect(da.headline).toMatch(/CA kalder sig Test CA som en på kommunens liste, men har en anden nøgle\.$/)
    expect(da.whatToDo).toContain('Det kan være udstederens nye nøgle')
    expect(da.whatToDo).toContain('få fingeraftrykket af udstederen selv')
    const en = describeVerdict(report, 'en', { reader: 'visitor' })
    expect(en.headline).toMatch(/CA calls itself Test CA like one on the municipality's list, but has another key\.$/)
    expect(en.whatToDo).toContain("It may be the issuer's new key")
    expect([...da.details, da.headline].join()).not.toMatch(/falsk|forfalsk|ikke udstedt af/)
  })

  it('are about a person’s signature, not about the time-stamp beside it', () => {
    const { signatures, ...file } = reportOf({ indication: 'INDETERMINATE', subIndication: 'REVOKED_NO_POE' })
    const stamp = { ...blank, kind: 'pdf-timestamp', indication: 'INDETERMINATE', subIndication: 'CUSTOM' } as const
    const { headline } = describeVerdict({ ...file, signatures: [stamp, ...signatures] }, 'en')
    expect(headline).toBe("The signer's certificate is revoked.")
  })

  it('call a certificate on hold what it is', () => {
    const hold = { code: 'certificate-on-hold', severity: 'error', message: '', clause: null } as const
    const report = reportOf({ indication: 'INDETERMINATE', subIndication: 'TRY_LATER', findings: [hold] })
    expect(describeVerdict(report, 'en').headline).toBe('The certificate is on hold.')
  })
})

describe('revocation that was not checked', () => {
  it.each(['if-present', 'off'] as const)(
    'is a warning with its clause, and in the headline (%s)',
    (checkRevocation) => {
      const report = judge(signedPdf(), { checkRevocation })
      expect(report.indication).toBe('TOTAL-PASSED')
      expect(only(report).findings).toContainEqual(
        expect.objectContaining({ code: 'revocation-not-checked', severity: 'warning', clause: expect.any(String) }),
      )
      const { headline } = describeVerdict(report, 'en')
      expect(headline).toContain('The signature is valid.')
      expect(headline).toContain('Whether the certificate is revoked was not checked.')
      expect(headline.length).toBeLessThan(200)
    },
  )

  it('is said by its own fault where it is demanded', () => {
    const found = codes(only(judge(signedPdf(), { checkRevocation: 'require' })))
    expect(found).toContain('revocation-unknown')
    expect(found).not.toContain('revocation-not-checked')
  })
})

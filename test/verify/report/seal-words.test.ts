import { describe, expect, it } from 'vitest'
import { encodeOid } from '../../../src/verify/der/index.ts'
import {
  describeReport,
  describeVerdict,
  type SignatureReport,
  type TotalIndication,
} from '../../../src/verify/index.ts'
import { FINDING_WORDS } from '../../../src/verify/report/finding-words.ts'
import { holderOf } from '../../../src/verify/report/holder.ts'
import { isSealCertificate } from '../../../src/verify/report/seal-certificate.ts'
import { ofASeal } from '../../../src/verify/report/seal-words.ts'
import { EXTENSION } from '../../../src/verify/x509/index.ts'
import { extension, makeCa, makeCertificate, makeLeaf, name, seq } from '../make-pki.ts'
import { judge, signedPdf, signWith } from '../process/pdf-cases.ts'
import { reportOf } from './etsi-cases.ts'

/** What is said of persons alone. */
const OF_PERSONS = /underskri[fv]|skrev(et)? under|\bsign(s|ed|er|ers|ing|ature|atures)\b/i

const seal = {
  subject: 'CN=Penneo A/S,organizationIdentifier=NTRDK-35633766,O=Penneo A/S,C=DK',
  ...{ issuer: 'CN=Segl-CA', serial: '1', names: ['Penneo A/S'], emails: [], sha256: '00'.repeat(32) },
}

describe('whose a certificate is', () => {
  it.each([
    ['CN=Penneo A/S,organizationIdentifier=NTRDK-35633766,O=Penneo A/S,C=DK', 'organisation'],
    ['CN=Søby Kommune - segl,O=Søby Kommune,C=DK', 'organisation'],
    ['serialNumber=UI:DK-O:G:1b2c,CN=Systemcertifikat,O=Firma ApS,C=DK', 'organisation'],
    ['serialNumber=CVR:30808460-FID:1255692730737,CN=Funktion,O=Firma A/S', 'organisation'],
    ['O=Firma ApS,C=DK', 'organisation'],
    ['CN=Kai Jensen,C=DK', 'person'],
    ['CN=Kai Jensen,O=Firma ApS,C=DK', 'unclear'],
    ['CN=Attestcenter Nord,O=Tankbranchens Service,C=DK', 'unclear'],
    ['CN=Jensenius Kai,O=Jensen,C=DK', 'unclear'],
    ['CN=Penneo A/S,C=DK', 'organisation'],
    ['CN=Visma,O=Visma Penneo A/S,C=DK', 'organisation'],
    ['CN=Firma eSeal 2026,O=Holding,C=DK', 'organisation'],
    ['CN=Søby Kommune,C=DK', 'organisation'],
    ['serialNumber=NTRDK-35633766,CN=Tjenesten,O=Firma,C=DK', 'organisation'],
    ['CN=Kai Jensen-Lange,C=DK', 'person'],
    ['CN=Bo Segla,C=DK', 'person'],
    ['pseudonym=Den ukendte,CN=Den ukendte,O=Firma,C=DK', 'person'],
    ['serialNumber=UI:DK-E:G:1b2c,CN=Kai Jensen,organizationIdentifier=NTRDK-30808460,O=Firma ApS', 'person'],
    ['SN=Jensen,GN=Kai,CN=Kai Jensen,organizationIdentifier=NTRDK-30808460,O=Firma ApS', 'person'],
    ['serialNumber=PNODK-0000000000,CN=Kai Jensen,C=DK', 'person'],
    ['CN=Kai\\,organizationIdentifier=X,C=DK', 'person'],
  ] as const)('%s', (subject, holder) => {
    expect(holderOf({ subject })).toBe(holder)
  })

  it.each([
    'X a/s',
    'X ApS',
    'Nord I/S',
    'Nord K/S',
    'Nord P/S',
    'Nord A.M.B.A.',
    'Nord amba',
    'Nord am.b.a.',
    'Nord GmbH',
    'Nord Ltd',
    'Nord Limited',
    'Nord Inc.',
    'Nord LLC',
    'Nord Municipality',
    'Region Nord',
    'Firma elektronisk segl',
    'Firma electronic seal',
    'Nord \u212aommune',
  ])('is an organisation’s by the name %s alone', (name) => {
    expect(holderOf({ subject: `CN=${name},C=DK` })).toBe('organisation')
  })

  it('is what the certificate itself says, before its names', () => {
    expect(holderOf({ subject: 'SN=Jensen,GN=Kai', seal: true })).toBe('organisation')
    const types = (...oids: readonly string[]) =>
      extension(EXTENSION.qcStatements, seq(seq(encodeOid('0.4.0.1862.1.6'), seq(...oids.map(encodeOid)))))
    const certificate = (...extensions: readonly Uint8Array[]) =>
      makeCertificate({ subject: name('CN=X'), extensions }).certificate
    expect(isSealCertificate(certificate(types('0.4.0.1862.1.6.2')))).toBe(true)
    expect(isSealCertificate(certificate(types('0.4.0.1862.1.6.1')))).toBe(false)
    expect(isSealCertificate(certificate(types('0.4.0.1862.1.6.1', '0.4.0.1862.1.6.2')))).toBe(false)
    expect(isSealCertificate(certificate(extension(EXTENSION.qcStatements, Uint8Array.of(0x30, 0x05))))).toBe(false)
    expect(isSealCertificate(certificate())).toBe(false)
    const policies = (...oids: readonly string[]) =>
      extension(EXTENSION.certificatePolicies, seq(...oids.map((oid) => seq(encodeOid(oid)))))
    expect(isSealCertificate(certificate(policies('0.4.0.194112.1.3')))).toBe(true)
    expect(isSealCertificate(certificate(policies('0.4.0.194112.1.2')))).toBe(false)
    expect(isSealCertificate(certificate(policies('0.4.0.194112.1.1'), types('0.4.0.1862.1.6.1')))).toBe(false)
  })
})

describe('a seal is never spoken of as a person’s signature', () => {
  it('in the words of any finding', () => {
    for (const [code, words] of Object.entries(FINDING_WORDS)) {
      const { da, en } = ofASeal(words)
      expect(da, code).not.toMatch(OF_PERSONS)
      expect(en, code).not.toMatch(OF_PERSONS)
      expect(da, code).toMatch(/^\p{Lu}.*\.$/u)
      expect(da, code).not.toMatch(/\ben segl\b/)
    }
    expect(ofASeal({ da: 'Certifikatet er spærret.', en: 'The certificate is revoked.' }).en).toMatch(/certificate/)
  })

  it.each(['da', 'en'] as const)('in any verdict (%s)', (language) => {
    const verdicts: (Partial<SignatureReport> & { readonly indication: TotalIndication })[] = [
      { indication: 'TOTAL-PASSED', subIndication: null },
      { indication: 'TOTAL-FAILED', subIndication: 'HASH_FAILURE' },
      { indication: 'TOTAL-FAILED', subIndication: 'SIG_CRYPTO_FAILURE' },
      { indication: 'TOTAL-FAILED', subIndication: 'FORMAT_FAILURE', changesAfter: 'forbidden' },
      ...(
        [
          ...['NO_CERTIFICATE_CHAIN_FOUND', 'OUT_OF_BOUNDS_NO_POE', 'REVOKED_NO_POE', 'TRY_LATER', 'CUSTOM'],
          ...['CRYPTO_CONSTRAINTS_FAILURE_NO_POE', 'CHAIN_CONSTRAINTS_FAILURE', 'NO_POE', 'SIGNED_DATA_NOT_FOUND'],
        ] as const
      ).map((subIndication) => ({ indication: 'INDETERMINATE', subIndication }) as const),
    ]
    for (const verdict of verdicts) {
      for (const changesAfter of ['none', 'permitted'] as const) {
        for (const reader of ['citizen', 'caseworker'] as const) {
          const facts = { changesAfter, coverage: 'file', intact: true, trusted: true, signer: seal } as const
          const report = { ...reportOf({ ...facts, ...verdict }), indication: verdict.indication }
          const { headline, details, whatToDo } = describeVerdict(report, language, { reader })
          const said = [headline, ...details, whatToDo ?? '']
            .join('\n')
            // That nobody signed is the one thing that is said of persons.
            .replace(/Ingen person har skrevet under på selve filen\.|No person signed the file itself\./g, '')
          expect(said).not.toMatch(OF_PERSONS)
        }
      }
    }
  })

  it('and says by whom the file is sealed, and that no person signed it', () => {
    const ca = makeCa('Segl-CA')
    const who = makeLeaf('Penneo A/S', ca, [], { subject: name('C=DK', 'O=Penneo A/S', 'CN=Penneo A/S') })
    const report = judge(signedPdf({ sign: signWith(who) }), { trustAnchors: [ca.certificate.bytes] })
    const { headline, details, sealed } = describeVerdict(report, 'da')
    expect(sealed).toBe(true)
    expect(headline).toMatch(/^Seglet er gyldigt\. Indholdet er ikke ændret, siden Penneo A\/S forseglede filen\./)
    expect(headline).toContain('Ingen person har skrevet under på selve filen.')
    for (const line of details) expect(line).toMatch(/^Segl fra Penneo A\/S: /)
    expect(describeVerdict(report, 'en').headline).toContain('since Penneo A/S sealed the file')
  })

  it('nor is that of a certificate which does not say whose it is', () => {
    const ca = makeCa('CA')
    const subject = name('C=DK', 'O=Tankbranchens Service', 'CN=Attestcenter Nord')
    const who = makeLeaf('', ca, [], { subject })
    const report = judge(signedPdf({ sign: signWith(who) }), { trustAnchors: [ca.certificate.bytes] })
    const da = describeVerdict(report, 'da')
    expect(da.sealed).toBe(false)
    expect(da.headline).toContain('med certifikatet “Attestcenter Nord” (Tankbranchens Service)')
    expect(da.headline).toContain('siger ikke, om det er en persons')
    expect(da.headline).not.toMatch(/Nord underskrev|skrev under/)
    expect(describeVerdict(report, 'en').headline).toContain('does not say whether it is that of a person')
    expect(describeReport(report, 'da').signatures[0]?.title).toBe('Underskrift med certifikatet Attestcenter Nord')
    expect(describeReport(report, 'en').signatures[0]?.title).toBe('Signature with the certificate Attestcenter Nord')
  })

  it('beside a person’s signature, both are said', () => {
    const holds = { indication: 'TOTAL-PASSED', subIndication: null, intact: true, trusted: true } as const
    const person = { ...seal, subject: 'CN=Kai Jensen', names: ['Kai Jensen'] }
    const facts = { ...holds, changesAfter: 'none', coverage: 'file', revocation: 'good' } as const
    const report = reportOf({ ...facts, signer: person }, { ...facts, id: 'S2', signer: seal })
    const words = describeVerdict({ ...report, indication: 'TOTAL-PASSED' }, 'da')
    expect(words.headline).toBe('Alle underskrifter og segl er gyldige, og indholdet er ikke ændret siden.')
    expect(words.sealed).toBe(false)
    expect(words.details).toEqual(['Kai Jensen: underskriften holder.', 'Segl fra Penneo A/S: seglet holder.'])
  })
})

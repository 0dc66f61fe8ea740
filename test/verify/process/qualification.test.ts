import { describe, expect, it } from 'vitest'
import { encodeOid } from '../../../src/verify/der/index.ts'
import { verifyDocument } from '../../../src/verify/index.ts'
import { meets } from '../../../src/verify/process/criteria.ts'
import { qualificationOf, stampQualificationOf } from '../../../src/verify/process/qualification.ts'
import { describeVerdict } from '../../../src/verify/report/plain-words.ts'
import type { Qualified } from '../../../src/verify/report/report.ts'
import { type Criterion, EXTENSION, type ListedService, type ListedStatus } from '../../../src/verify/x509/index.ts'
import { contentType, makeCms, messageDigest, signingCertificateV2 } from '../make-cms.ts'
import { extendedKeyUsage, extension, makeCa, makeLeaf, NOW, name, seq, text } from '../make-pki.ts'

const QC = '0.4.0.1862.1'
const statement = (oid: string, ...info: readonly Uint8Array[]) => seq(encodeOid(oid), ...info)
const COMPLIANT = statement(`${QC}.1`)
const DEVICE = statement(`${QC}.4`)
const typed = (type: number) => statement(`${QC}.6`, seq(encodeOid(`${QC}.6.${type}`)))
const statements = (...all: readonly Uint8Array[]) => extension(EXTENSION.qcStatements, seq(...all))
const policies = (...oids: readonly string[]) =>
  extension(EXTENSION.certificatePolicies, seq(...oids.map((oid) => seq(encodeOid(oid)))))

const root = makeCa('Root')
const leaf = (...extensions: readonly Uint8Array[]) => makeLeaf('Kai', root, extensions).certificate
const listed = (change: Partial<ListedStatus> = {}): readonly ListedService[] => [
  {
    territory: 'DK',
    statuses: [{ from: '2017-01-01T00:00:00.000Z', until: null, uses: ['signature'], qualifications: [], ...change }],
  },
]
const says = (qualifiers: readonly string[], criterion: Criterion) => ({ qualifications: [{ qualifiers, criterion }] })
const POLICY: Criterion = { test: 'policies', oids: ['1.2.3'] }
const levelOf = (one: Qualified | null) => one && [one.level, one.as]
const judge = (certificate: ReturnType<typeof leaf>, services = listed(), at = NOW) =>
  levelOf(qualificationOf(certificate, services, at))

describe('whether a signature is qualified', () => {
  it('is asked of the certificate where the list leaves it to that', () => {
    expect(judge(leaf(statements(COMPLIANT, DEVICE, typed(1))))).toEqual(['qualified', 'signature'])
    expect(judge(leaf(statements(COMPLIANT, typed(1))))).toEqual(['qualified-certificate', 'signature'])
    expect(judge(leaf(statements(COMPLIANT, DEVICE)))).toEqual(['qualified', 'signature'])
    expect(judge(leaf(statements(DEVICE, typed(1))))).toEqual(['not-qualified', null])
    expect(judge(leaf())).toEqual(['not-qualified', null])
    expect(judge(leaf(extension(EXTENSION.qcStatements, Uint8Array.of(0x30, 0x05))))).toEqual(['not-qualified', null])
  })

  it('is not told by services that issue time-stamps, whose time-stamps are', () => {
    const stamping = listed().map((one) => ({ ...one, issues: 'time-stamps' as const }))
    expect(judge(leaf(statements(COMPLIANT, DEVICE, typed(1))), stamping)).toBeNull()
    expect(stampQualificationOf(stamping, NOW)).toEqual({ level: 'qualified', list: 'DK' })
    expect(stampQualificationOf(listed(), NOW)).toBeNull()
    expect(stampQualificationOf(stamping, new Date('2016-12-31T00:00:00Z'))?.level).toBe('not-qualified')
    // Before the Regulation there were none.
    const older = stamping.map((one) => ({ ...one, statuses: [{ ...one.statuses[0], from: '2010-01-01T00:00:00Z' }] }))
    expect(stampQualificationOf(older as typeof stamping, new Date('2016-06-30T00:00:00Z'))).toBeNull()
    expect(stampQualificationOf(older as typeof stamping, new Date('2016-07-01T00:00:00Z'))?.level).toBe('qualified')
  })

  it('is a seal’s where its certificate and its service are for seals', () => {
    const seal = leaf(statements(COMPLIANT, DEVICE, typed(2)))
    expect(judge(seal, listed({ uses: ['seal'] }))).toEqual(['qualified', 'seal'])
    expect(judge(seal)).toEqual(['not-qualified', null])
    expect(judge(seal, listed({ uses: [] }))).toEqual(['not-qualified', null])
    const website = leaf(statements(COMPLIANT, DEVICE, typed(3)))
    expect(judge(website, listed({ uses: ['website'] }))).toEqual(['not-qualified', 'website'])
    expect(
      judge(leaf(statements(COMPLIANT, statement(`${QC}.6`, seq(encodeOid(`${QC}.6.1`), encodeOid(`${QC}.6.2`)))))),
    ).toEqual(['undetermined', null])
  })

  it('is what the list says of those whom it means', () => {
    const certificate = leaf(statements(COMPLIANT), policies('1.2.3'))
    expect(judge(certificate, listed(says(['QCWithQSCD'], POLICY)))).toEqual(['qualified', 'signature'])
    expect(judge(certificate, listed(says(['NotQualified'], POLICY)))).toEqual(['not-qualified', null])
    expect(judge(certificate, listed(says(['NotQualified'], { test: 'policies', oids: ['1.2.4'] })))).toEqual([
      'qualified-certificate',
      'signature',
    ])
    const other = leaf(statements(COMPLIANT, DEVICE), policies('1.2.3'))
    expect(judge(other, listed(says(['QCNoQSCD'], POLICY)))).toEqual(['qualified-certificate', 'signature'])
    expect(judge(other, listed(says(['QCQSCDStatusAsInCert'], POLICY)))).toEqual(['qualified', 'signature'])
    expect(judge(leaf(policies('1.2.3')), listed(says(['QCStatement', 'QCForESig', 'QCWithSSCD'], POLICY)))).toEqual([
      'qualified',
      'signature',
    ])
  })

  it('is not told where the list contradicts itself, or asks what we do not know', () => {
    const certificate = leaf(statements(COMPLIANT, DEVICE, typed(1)), policies('1.2.3'))
    expect(judge(certificate, listed(says(['QCWithQSCD', 'QCNoQSCD'], POLICY)))).toEqual(['undetermined', null])
    expect(judge(certificate, listed(says(['QCStatement', 'NotQualified'], POLICY)))).toEqual(['undetermined', null])
    expect(judge(certificate, listed(says(['QCForESig', 'QCForESeal'], POLICY)))).toEqual(['undetermined', null])
    expect(judge(certificate, listed(says(['NotQualified'], { test: 'unknown' })))).toEqual(['undetermined', null])
  })

  it('is asked for when the certificate was issued, and when it signed', () => {
    const certificate = leaf(statements(COMPLIANT, DEVICE, typed(1)))
    const issued = certificate.notBefore.getTime()
    const on = (ms: number) => new Date(issued + ms).toISOString()
    expect(judge(certificate, listed({ from: on(1) }))).toEqual(['not-qualified', null])
    expect(judge(certificate, listed({ from: on(0), until: on(1) }))).toEqual(['not-qualified', null])
    expect(judge(certificate, listed({ from: on(0), until: null }))).toEqual(['qualified', 'signature'])
    expect(judge(certificate, [])).toBeNull()
  })

  it('before eIDAS was a matter of policies, and services were not listed for anything', () => {
    const validity = { notBefore: new Date('2014-01-01T00:00:00Z') }
    const old = (oid: string) => makeLeaf('Kai', root, [policies(oid)], validity).certificate
    const services = listed({ from: '2010-01-01T00:00:00.000Z', uses: [] })
    const at = new Date('2015-01-01T00:00:00Z')
    expect(judge(old('0.4.0.1456.1.1'), services, at)).toEqual(['qualified', 'signature'])
    expect(judge(old('0.4.0.1456.1.2'), services, at)).toEqual(['qualified-certificate', 'signature'])
    expect(judge(old('0.4.0.1456.1.1'), services, NOW)).toEqual(['not-qualified', null])
  })
})

describe('a list’s criteria', () => {
  const certificate = makeLeaf('Kai', root, [extendedKeyUsage(['1.3.6.1.5.5.7.3.4']), policies('1.2.3', '1.2.4')], {
    subject: name('C=DK', 'O=Tanke', 'CN=Kai'),
  }).certificate
  const YES: Criterion = { test: 'policies', oids: ['1.2.3', '1.2.4'] }
  const NO: Criterion = { test: 'policies', oids: ['1.2.3', '1.2.5'] }
  const UNKNOWN: Criterion = { test: 'unknown' }

  it.each<readonly [Criterion, boolean | null]>([
    [YES, true],
    [NO, false],
    [{ test: 'key-usage', bits: { digitalSignature: true, crlSign: false } }, true],
    [{ test: 'key-usage', bits: { nonRepudiation: true, digitalSignature: true } }, false],
    [{ test: 'extended-key-usage', oids: ['1.3.6.1.5.5.7.3.4'] }, true],
    [{ test: 'extended-key-usage', oids: ['1.3.6.1.5.5.7.3.9'] }, false],
    [{ test: 'subject-attributes', oids: ['2.5.4.10'] }, true],
    [{ test: 'subject-attributes', oids: ['2.5.4.4'] }, false],
    [{ test: 'all', of: [YES, YES] }, true],
    [{ test: 'all', of: [YES, NO, UNKNOWN] }, false],
    [{ test: 'all', of: [YES, UNKNOWN] }, null],
    [{ test: 'any', of: [NO, YES, UNKNOWN] }, true],
    [{ test: 'any', of: [NO, UNKNOWN] }, null],
    [{ test: 'any', of: [NO] }, false],
    [{ test: 'none', of: [NO] }, true],
    [{ test: 'none', of: [NO, YES] }, false],
    [{ test: 'none', of: [NO, UNKNOWN] }, null],
    [UNKNOWN, null],
  ])('%j: %s', (criterion, expected) => {
    expect(meets(certificate, criterion)).toBe(expected)
  })
})

describe('the report of a signature below a listed CA', () => {
  const CONTENT = text('The tank is decommissioned.')
  const signer = makeLeaf('Kai', root, [statements(COMPLIANT, DEVICE, typed(1))])
  const plain = makeLeaf('Kai', root, [])
  const report = (services: readonly ListedService[] | undefined, by = signer, content = CONTENT) =>
    verifyDocument(
      makeCms({
        signer: by,
        content: CONTENT,
        signedAttributes: [contentType(), messageDigest(CONTENT), signingCertificateV2(by)],
      }),
      {
        validationTime: NOW,
        content,
        checkRevocation: 'off',
        trustAnchors: [{ der: root.certificate.bytes, ...(services ? { services } : {}) }],
      },
    )

  it('says it in data and in words', () => {
    const one = report(listed())
    expect(one.signatures[0]).toMatchObject({ qualified: { level: 'qualified', as: 'signature', list: 'DK' } })
    expect(describeVerdict(one, 'da').details).toContain(
      'Kai: Kvalificeret elektronisk signatur efter tillidslisten fra Danmark.',
    )
    expect(describeVerdict(one, 'en').details).toContain(
      'Kai: Qualified electronic signature by the trusted list of Denmark.',
    )
  })

  it('tells a citizen what it is, and a caseworker what it is not', () => {
    const one = report(listed(), plain)
    expect(one.signatures[0]?.qualified?.level).toBe('not-qualified')
    expect(describeVerdict(one, 'da').details.join()).not.toMatch(/kvalificeret/i)
    expect(describeVerdict(one, 'da', { reader: 'caseworker' }).details).toContain(
      'Kai: Ikke kvalificeret efter tillidslisten fra Danmark.',
    )
  })

  it('says nothing without a list, nor of a signature that does not hold', () => {
    expect(report(undefined).signatures[0]).not.toHaveProperty('qualified')
    const forged = report(listed(), signer, text('The tank is kept.'))
    expect(forged.signatures[0]?.indication).not.toBe('TOTAL-PASSED')
    expect(forged.signatures[0]).not.toHaveProperty('qualified')
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { writeEtsiXml } from '../../../src/verify/index.ts'
import { NOW } from '../make-pki.ts'
import { judge, signedPdf, signer } from '../process/pdf-cases.ts'
import { etsiCases, HOSTILE, reportOf, STAMPED } from './etsi-cases.ts'
import { all, type ReadElement, readXml, textAt } from './read-xml.ts'

const cases = etsiCases()
const write = (name: string): ReadElement => readXml(writeEtsiXml(cases[name] ?? reportOf({})))
const reportsIn = (xml: ReadElement): readonly ReadElement[] =>
  xml.children.filter((child) => child.name === 'SignatureValidationReport')
const mainOf = (report: ReadElement): string | undefined =>
  textAt(report, 'SignatureValidationStatus', 'MainIndication')
const dataOf = (xml: ReadElement): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(all(xml, 'ReportData').map((one) => [textAt(one, 'Type'), textAt(one, 'Value')]))

function idsAndReferences(xml: ReadElement): { readonly ids: readonly string[]; readonly used: readonly string[] } {
  const own = [xml.attributes['id'] ?? [], (xml.attributes['VOReference'] ?? '').split(' ').filter(Boolean)]
  const inner = xml.children.map(idsAndReferences)
  return {
    ids: [...(typeof own[0] === 'string' ? [own[0]] : []), ...inner.flatMap(({ ids }) => ids)],
    used: [...(own[1] ?? []), ...inner.flatMap(({ used }) => used)],
  }
}

describe('the ETSI validation report', () => {
  it.each(Object.keys(cases))('is one well-formed line whose references lead to something: %s', (name) => {
    expect(writeEtsiXml(cases[name] ?? reportOf({}))).not.toMatch(/[\r\n]/)
    const xml = write(name)
    expect(xml.name).toBe('ValidationReport')
    expect(xml.attributes['xmlns']).toBe('http://uri.etsi.org/19102/v1.4.1#')
    const { ids, used } = idsAndReferences(xml)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[A-Z]-[0-9A-Fa-f]+$/)
    expect(used.filter((id) => !ids.includes(id))).toEqual([])
    expect(reportsIn(xml).length).toBeGreaterThan(0)
  })

  it('names indications as the standard does', () => {
    const indications = Object.fromEntries(
      Object.keys(cases).map((name) => {
        const [first] = reportsIn(write(name))
        return [name, first && [mainOf(first), textAt(first, 'SignatureValidationStatus', 'SubIndication')]]
      }),
    )
    const main = 'urn:etsi:019102:mainindication'
    const sub = 'urn:etsi:019102:subindication'
    const none = 'urn:cef:dss:mainindication:noSignatureFound'
    expect(indications).toMatchObject({
      good: [`${main}:total-passed`, undefined],
      'two signatures': [`${main}:total-passed`, undefined],
      'an unknown CA': [`${main}:indeterminate`, `${sub}:NO_CERTIFICATE_CHAIN_FOUND`],
      'a changed file': [`${main}:total-failed`, `${sub}:HASH_FAILURE`],
      'no signature': [none, undefined],
      'no document': [`${main}:indeterminate`, `${sub}:CUSTOM`],
      'a time-stamp alone': [none, undefined],
    })
  })

  it('has a report per signature, and those of documents inside behind', () => {
    expect(reportsIn(write('two signatures')).map((one) => textAt(one, 'SignatureIdentifier', 'DAIdentifier'))).toEqual(
      cases['two signatures']?.signatures.map(({ id }) => id),
    )
    const inside = reportsIn(write('a file inside'))
    expect(inside.map(mainOf).map((uri) => uri?.split(':').at(-1))).toEqual([
      'indeterminate',
      'total-passed',
      'noSignatureFound',
    ])
    const digests = inside.map((one) => textAt(one, 'SignersDocument', 'DigestAlgAndValue', 'ds:DigestValue'))
    expect(digests[1]).toBe(Buffer.from('cd'.repeat(32), 'hex').toString('base64'))
    expect(new Set(digests).size).toBe(3)
  })

  it.each([
    ['a CRL', 'CRL'],
    ['an OCSP answer', 'OCSPResponse'],
  ])('names what the status of the certificates rests on: %s', (name, type) => {
    const [evidence] = cases[name]?.signatures[0]?.evidence ?? []
    expect(evidence).toMatchObject({ status: 'good', for: signer.certificate.sha256 })
    const xml = write(name)
    const id = `R-${evidence?.sha256}`
    const [related] = all(xml, 'RelatedValidationObject')
    expect(related?.attributes['VOReference']).toBe(id)
    const object = all(xml, 'ValidationObject').find((one) => one.attributes['id'] === id)
    expect(object && textAt(object, 'ObjectType')).toBe(`urn:etsi:019102:validationObject:${type}`)
    expect(all(xml, 'RevocationStatusInformation')).toEqual([])
  })

  it('tells when and why a certificate was revoked, and by which list', () => {
    const [status] = all(write('a revoked signer'), 'RevocationStatusInformation')
    expect(status?.children.map((one) => [one.name, one.attributes['VOReference'] ?? textAt(one)])).toEqual([
      ['ValidationObjectId', `C-${signer.certificate.sha256}`],
      ['RevocationTime', '2026-05-22T12:00:00.000Z'],
      ['RevocationReason', 'urn:etsi:019102:revocationReason:keyCompromise'],
      ['RevocationObject', `R-${cases['a revoked signer']?.signatures[0]?.evidence?.[0]?.sha256}`],
    ])
  })

  it('tells the path from the signer to the anchor', () => {
    const [report] = reportsIn(write('time-stamps'))
    const chain = report && all(report, 'CertificateChain')[0]
    expect(chain?.children.map((one) => [one.name, one.attributes['VOReference']])).toEqual([
      ['SigningCertificate', `C-${'ab'.repeat(32)}`],
      ['IntermediateCertificate', `C-${'ef'.repeat(32)}`],
      ['TrustAnchor', `C-${'12'.repeat(32)}`],
    ])
  })

  it('gives the best signature time with the time-stamp that proves it', () => {
    const xml = write('time-stamps')
    const [report, ...others] = reportsIn(xml)
    // A document time-stamp is an object with a report of its own, and nobody's signature.
    expect(others).toEqual([])
    const best = report && all(report, 'BestSignatureTime')[0]
    expect(best && textAt(best, 'POETime')).toBe('2026-11-24T09:02:00.000Z')
    expect(best && textAt(best, 'TypeOfProof')).toBe('urn:etsi:019102:poetype:validation')
    expect(report && textAt(report, 'SignatureValidationProcess', 'SignatureValidationProcessID')).toBe(
      'urn:etsi:019102:validationprocess:LTA',
    )
    const stamp = all(xml, 'ValidationObject').find((one) => textAt(one, 'ObjectType')?.endsWith(':timestamp'))
    expect(stamp && mainOf(stamp.children.find(({ name }) => name === 'ValidationReport') ?? stamp)).toBe(
      'urn:etsi:019102:mainindication:passed',
    )
    expect(stamp && textAt(stamp, 'POEProvisioning', 'POETime')).toBe('2026-11-24T09:02:00.000Z')
  })

  it('says of a time-stamp that failed that it proves nothing', () => {
    const [signature, stamp] = STAMPED.signatures
    const timestamps = signature?.timestamps.map((one) => ({ ...one, indication: 'FAILED' as const })) ?? []
    const failed = reportOf(
      { ...signature, timestamps, bestSignatureTime: null },
      { ...stamp, indication: 'FAILED', subIndication: 'HASH_FAILURE' },
    )
    const xml = readXml(writeEtsiXml(failed))
    expect(all(xml, 'POEProvisioning')).toEqual([])
    expect(all(xml, 'POEObject')).toEqual([])
    expect(all(xml, 'MainIndication').map((one) => one.text)).toContain('urn:etsi:019102:mainindication:failed')
  })

  it('calls a time of receipt a proof that was handed in', () => {
    const poe = new Date(NOW.getTime() - 3_600_000)
    const [report] = reportsIn(readXml(writeEtsiXml(judge(signedPdf(), { poe }))))
    expect(report && textAt(report, 'ValidationTimeInfo', 'BestSignatureTime', 'TypeOfProof')).toBe(
      'urn:etsi:019102:poetype:provided',
    )
  })

  it('holds each finding under its code, and why a file was not judged', () => {
    expect(dataOf(write('time-stamps'))['urn:poststempel:finding:past-validation']).toMatch(/^info: .*5\.6\.2\)$/s)
    expect(dataOf(write('an empty file'))).toHaveProperty('urn:poststempel:error:empty-file')
    const unchecked = readXml(writeEtsiXml(judge(signedPdf(), { checkRevocation: 'off' })))
    expect(dataOf(unchecked)['urn:poststempel:fact:revocation-status']).toBe('not-checked')
    const constraints = all(unchecked, 'ValidationConstraint').map((one) => [
      textAt(one, 'ValidationConstraintIdentifier')?.split(':').at(-1),
      textAt(one, 'ConstraintStatus', 'Status')?.split(':').at(-1),
    ])
    expect(constraints).toContainEqual(['revocation-status-of-certificates', 'disabled'])
    expect(constraints).toContainEqual(['cryptographic-verification', 'applied'])
  })

  it('with the bytes holds the signature value and the certificate; other bytes are refused', () => {
    const pdf = signedPdf()
    const report = judge(pdf)
    const xml = readXml(writeEtsiXml(report, { bytes: pdf, validator: { certificate: signer.certificate.bytes } }))
    const value = textAt(xml, 'SignatureValidationReport', 'SignatureIdentifier', 'ds:SignatureValue')
    expect(pdf.toString('latin1').toLowerCase()).toContain(Buffer.from(value ?? '-', 'base64').toString('hex'))
    const der = Buffer.from(signer.certificate.bytes).toString('base64')
    expect(all(xml, 'base64').map((one) => one.text)).toContain(der)
    expect(textAt(xml, 'SignatureValidator', 'DigitalId', 'tsl:X509Certificate')).toBe(der)
    expect(() => writeEtsiXml(report, { bytes: pdf.subarray(1) })).toThrow(
      expect.objectContaining({ code: 'invalid-options' }),
    )
  })

  it('bears any name', () => {
    expect(textAt(write('time-stamps'), 'SignatureValidationReport', 'SignerInformation', 'Signer')).toBe(
      HOSTILE.replace('\u0001', '\ufffd').toWellFormed(),
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const subject = { subject: name, issuer: name, serial: '1', names: [name], emails: [], sha256: 'ab'.repeat(32) }
        const finding = { code: 'x', severity: 'info', message: name, clause: name } as const
        readXml(writeEtsiXml(reportOf({ id: name, signer: subject, findings: [finding], subFilter: name })))
      }),
    )
  })
})

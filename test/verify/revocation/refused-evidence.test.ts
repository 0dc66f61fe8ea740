import { describe, expect, it } from 'vitest'
import { describeVerdict } from '../../../src/verify/index.ts'
import type { OcspResponse } from '../../../src/verify/revocation/index.ts'
import {
  type CertificateList,
  type PathConclusion,
  type PathOptions,
  prepareTrustStore,
  validateCertificate,
} from '../../../src/verify/x509/index.ts'
import {
  type CrlRequest,
  daysFromNow,
  extendedKeyUsage,
  extension,
  makeCa,
  makeCrl,
  makeLeaf,
  makeOcsp,
  NOW,
  type OcspRequest,
} from '../make-pki.ts'
import { ca, codes, judge, only, signedPdf } from '../process/pdf-cases.ts'

const root = makeCa('Root')
const leaf = makeLeaf('Kai', root)
/** Of the same name, with another key. */
const impostor = makeCa('Root')
const stranger = makeCa('Stranger')
const responder = makeLeaf('Responder', root, [
  extendedKeyUsage(['1.3.6.1.5.5.7.3.9']),
  extension('1.3.6.1.5.5.7.48.1.5', Uint8Array.of(5, 0)),
])
const noResponder = makeLeaf('Passer-by', root)

interface EvidenceAtHand {
  readonly crls?: readonly CertificateList[]
  readonly ocsps?: readonly OcspResponse[]
}

function validate(evidence: EvidenceAtHand, more: Partial<PathOptions> = {}): PathConclusion {
  const trustAnchors = prepareTrustStore([root.certificate.bytes])
  return validateCertificate(leaf.certificate, { trustAnchors, validationTime: NOW, ...evidence, ...more })
}
const crl = (more: Partial<CrlRequest> = {}) => makeCrl({ issuer: root, ...more })
const ocsp = (more: Partial<OcspRequest> = {}) =>
  makeOcsp({ signer: root, issuer: root.certificate, certificate: leaf.certificate, status: 'good', ...more })
const refused = (conclusion: PathConclusion) =>
  conclusion.findings.filter(({ code }) => code.startsWith('revocation-data'))
const keyIdOf = (id: number) => extension('2.5.29.35', Uint8Array.of(0x30, 3, 0x80, 1, id))

const PAST = { thisUpdate: daysFromNow(-9), nextUpdate: daysFromNow(-8) }
const TO_COME = { thisUpdate: daysFromNow(1), nextUpdate: daysFromNow(2) }
const NAMED = makeCa('Named', undefined, [extension('2.5.29.14', Uint8Array.of(4, 1, 1))])

describe('evidence about revocation that is not relied on', () => {
  it.each<[string, EvidenceAtHand, string, string]>([
    ['a stale CRL', { crls: [crl(PAST)] }, 'revocation-data-stale', 'RFC 5280 §6.3.3(a)'],
    ['a stale OCSP response', { ocsps: [ocsp(PAST)] }, 'revocation-data-stale', 'RFC 6960 §3.2(6)'],
    ['a CRL to come', { crls: [crl(TO_COME)] }, 'revocation-data-from-future', 'RFC 5280 §6.3.3'],
    ['an OCSP response to come', { ocsps: [ocsp(TO_COME)] }, 'revocation-data-from-future', 'RFC 6960 §3.2(5)'],
    [
      'an OCSP response that is made later than it says it knows',
      { ocsps: [ocsp({ producedAt: daysFromNow(1) })] },
      'revocation-data-from-future',
      'RFC 6960 §3.2(5)',
    ],
    ['a forged CRL', { crls: [crl({ issuer: impostor })] }, 'revocation-data-broken', 'RFC 5280 §6.3.3(g)'],
    ['a forged OCSP response', { ocsps: [ocsp({ signer: impostor })] }, 'revocation-data-broken', 'RFC 6960 §3.2(2)'],
    [
      'an OCSP response of somebody without leave',
      { ocsps: [ocsp({ signer: noResponder, certificates: [noResponder.certificate] })] },
      'revocation-data-unauthorised',
      'RFC 6960 §3.2(4)',
    ],
    [
      'an OCSP response of somebody unknown',
      { ocsps: [ocsp({ signer: stranger })] },
      'revocation-data-unauthorised',
      'RFC 6960 §3.2(4)',
    ],
    [
      'an OCSP response about the same number of another issuer of that name',
      { ocsps: [ocsp({ signer: impostor, issuer: impostor.certificate })] },
      'revocation-data-of-other-issuer',
      'RFC 6960 §3.2(1)',
    ],
    [
      'a CRL without a number',
      { crls: [crl({ unnumbered: true })] },
      'revocation-data-not-processed',
      'RFC 5280 §5.2.3',
    ],
    [
      'a CRL with an unknown critical extension',
      { crls: [crl({ extensions: [extension('1.2.3.4', Uint8Array.of(5, 0), true)] })] },
      'revocation-data-not-processed',
      'RFC 5280 §5.2',
    ],
  ])('is said with its kind, the reason and the clause: %s', (_, evidence, code, clause) => {
    const conclusion = validate(evidence)
    expect(conclusion).toMatchObject({ indication: 'INDETERMINATE', subIndication: 'TRY_LATER', revocation: 'unknown' })
    const kind = evidence.crls ? 'a CRL' : 'an OCSP response'
    expect(refused(conclusion)).toEqual([
      { code, clause, severity: 'warning', message: expect.stringMatching(new RegExp(`^${kind} .* about CN=Kai `)) },
    ])
  })

  it('is said where it was made after the certificate ran out', () => {
    const late = { validationTime: daysFromNow(150) }
    const at = { thisUpdate: daysFromNow(149), nextUpdate: daysFromNow(151) }
    const longer = makeCa('Root', undefined, [], { notAfter: daysFromNow(900) })
    const old = makeLeaf('Kai', longer)
    const trustAnchors = prepareTrustStore([longer.certificate.bytes])
    const conclusion = validateCertificate(old.certificate, {
      ...{ trustAnchors, ...late },
      crls: [makeCrl({ issuer: longer, ...at })],
    })
    expect(refused(conclusion).map(({ code }) => code)).toEqual(['revocation-data-after-expiry'])
  })

  it('is not said where it is about another certificate, or of another scope', () => {
    const other = makeLeaf('Bo', root)
    const ofOther = ocsp({ certificate: other.certificate, ...PAST })
    const ofStranger = ocsp({ signer: stranger, issuer: stranger.certificate })
    const forCas = extension('2.5.29.28', Uint8Array.of(0x30, 3, 0x82, 1, 0xff), true)
    const crls = [makeCrl({ issuer: stranger, ...PAST }), crl({ ...PAST, extensions: [forCas] })]
    const conclusion = validate({ crls, ocsps: [ofOther, ofStranger] })
    expect(conclusion.subIndication).toBe('TRY_LATER')
    expect(refused(conclusion)).toEqual([])
  })

  it('is not said where other evidence says enough, but for a signature that is amiss, which is a note', () => {
    const good = validate({ crls: [crl(PAST), crl()], ocsps: [ocsp(PAST), ocsp(TO_COME)] })
    expect([good.indication, refused(good)]).toEqual(['PASSED', []])
    const beside = validate({ crls: [crl(), crl({ issuer: impostor })], ocsps: [ocsp({ signer: stranger })] })
    expect(beside.indication).toBe('PASSED')
    expect(refused(beside).map(({ code, severity }) => [code, severity])).toEqual([
      ['revocation-data-unauthorised', 'info'],
      ['revocation-data-broken', 'info'],
    ])
    const responded = validate({ ocsps: [ocsp({ signer: responder, certificates: [responder.certificate] })] })
    expect(refused(responded)).toEqual([])
  })

  it('of a CA of the same name is named as that, and not at all beside what says enough', () => {
    const subject = makeLeaf('Kai', NAMED)
    const trustAnchors = prepareTrustStore([NAMED.certificate.bytes])
    const ask = (...crls: readonly CertificateList[]) =>
      validateCertificate(subject.certificate, { trustAnchors, validationTime: NOW, crls })
    const rekeyed = makeCrl({
      issuer: makeCa('Named'),
      extensions: [keyIdOf(2), extension('2.5.29.20', Uint8Array.of(2, 1, 1))],
    })
    expect(refused(ask(rekeyed)).map(({ code }) => code)).toEqual(['revocation-data-of-other-issuer'])
    expect(refused(ask(rekeyed, makeCrl({ issuer: NAMED })))).toEqual([])
  })

  it('is bounded in number, each piece once', () => {
    const many = Array.from({ length: 40 }, (_, i) =>
      ocsp({ thisUpdate: daysFromNow(-50 - i), nextUpdate: daysFromNow(-8) }),
    )
    expect(refused(validate({ ocsps: many }))).toHaveLength(5)
    expect(refused(validate({ crls: [crl(PAST)], ocsps: [] }))).toHaveLength(1)
  })

  it('changes no verdict, and is told to people', () => {
    const stale = makeCrl({ issuer: ca, ...PAST })
    const without = judge(signedPdf(), { checkRevocation: 'require' })
    const report = judge(signedPdf(), { checkRevocation: 'require', crls: [stale.bytes] })
    expect([report.indication, only(report).subIndication, only(report).revocation]).toEqual([
      without.indication,
      only(without).subIndication,
      only(without).revocation,
    ])
    expect(codes(only(report))).toContain('revocation-data-stale')
    const words = describeVerdict(report, 'da').details.join('\n')
    expect(words).toContain('Et svar om spærring er for gammelt')
    const passed = judge(signedPdf(), { crls: [stale.bytes] })
    expect(passed.indication).toBe('TOTAL-PASSED')
    expect(describeVerdict(passed, 'en').details.join('\n')).toMatch(/the signature holds\.[\s\S]*is too old to count/)
  })
})

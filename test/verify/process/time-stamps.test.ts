import { describe, expect, it } from 'vitest'
import { encode } from '../../../src/verify/der/index.ts'
import { verifyDocument } from '../../../src/verify/index.ts'
import type { SignatureReport } from '../../../src/verify/report/report.ts'
import type { CertificateList } from '../../../src/verify/x509/index.ts'
import {
  attribute,
  type CmsRequest,
  contentTimeStamp,
  contentType,
  makeCms,
  makeTimeStamp,
  messageDigest,
  signatureTimeStamp,
  signingCertificateV2,
} from '../make-cms.ts'
import {
  daysFromNow,
  extendedKeyUsage,
  flipped,
  type Identity,
  integer,
  makeCa,
  makeCrl,
  makeLeaf,
  NOW,
  seq,
  text,
} from '../make-pki.ts'

const CONTENT = text('The tank is decommissioned.')
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8'

const root = makeCa('Root')
const stranger = makeCa('Stranger')
const kai = makeLeaf('Kai', root)
const expired = makeLeaf('Kai of old', root, [], { notBefore: daysFromNow(-90), notAfter: daysFromNow(-20) })
const stamping = extendedKeyUsage([TIME_STAMPING], true)
const tsa = makeLeaf('TSA', root, [stamping])
const strangeTsa = makeLeaf('Strange TSA', stranger, [stamping])
const expiredTsa = makeLeaf('TSA of old', root, [stamping], {
  notBefore: daysFromNow(-90),
  notAfter: daysFromNow(-20),
})
const noTsa = makeLeaf('No TSA', root)

interface Asked {
  readonly signer?: Identity
  readonly stamp?: (value: Uint8Array) => Uint8Array
  readonly contentStamp?: Uint8Array
  readonly crls?: readonly CertificateList[]
  readonly mode?: 'require' | 'if-present' | 'off'
  readonly poe?: Date
  readonly spoil?: (cms: Uint8Array) => Uint8Array
}

function judge({ signer = kai, stamp, contentStamp, crls, mode = 'off', poe, spoil }: Asked): SignatureReport {
  const signedAttributes = [
    contentType(),
    messageDigest(CONTENT),
    signingCertificateV2(signer),
    ...(contentStamp ? [contentTimeStamp(contentStamp)] : []),
  ]
  const request: CmsRequest = {
    signer,
    content: CONTENT,
    signedAttributes,
    ...(stamp ? { unsignedAttributes: (value) => [signatureTimeStamp(stamp(value))] } : {}),
  }
  const cms = makeCms(request)
  const report = verifyDocument(spoil ? spoil(cms) : cms, {
    validationTime: NOW,
    trustAnchors: [root.certificate.bytes],
    content: CONTENT,
    checkRevocation: mode,
    crls: crls ?? [],
    poe: poe ?? null,
  })
  const [signature] = report.signatures
  if (!signature) throw new Error('there is no signature')
  return signature
}

const by = (authority: Identity, days: number) => (value: Uint8Array) =>
  makeTimeStamp({ tsa: authority, time: daysFromNow(days), over: value })
const verdict = ({ indication, subIndication }: SignatureReport) => [indication, subIndication]
const codes = (signature: SignatureReport) => signature.findings.map(({ code }) => code)

describe('a certificate that was not valid yet', () => {
  const young = makeLeaf('Kai of late', root, [], { notBefore: daysFromNow(-10) })

  it('when a time-stamp saw the signature fails it with NOT_YET_VALID', () => {
    const early = judge({ signer: young, stamp: by(tsa, -20) })
    expect(verdict(early)).toEqual(['TOTAL-FAILED', 'NOT_YET_VALID'])
    expect(codes(early)).toContain('signature-too-early')
    expect(early.intact).toBe(true)
    expect(verdict(judge({ signer: young, stamp: by(tsa, -9) }))).toEqual(['TOTAL-PASSED', null])
  })

  it('when the signature was received fails it, but for what clocks may differ', () => {
    expect(verdict(judge({ signer: young, poe: daysFromNow(-11) }))).toEqual(['TOTAL-FAILED', 'NOT_YET_VALID'])
    const aMomentBefore = new Date(daysFromNow(-10).getTime() - 60_000)
    expect(judge({ signer: young, poe: aMomentBefore }).indication).toBe('TOTAL-PASSED')
  })

  it('at the time of judging fails it, where nothing says another time', () => {
    const unborn = makeLeaf('Kai to come', root, [], { notBefore: daysFromNow(1) })
    const signature = judge({ signer: unborn })
    expect(verdict(signature)).toEqual(['TOTAL-FAILED', 'NOT_YET_VALID'])
    expect(codes(signature)).toContain('certificate-not-yet-valid')
  })

  it('is not what decides where nobody vouches for the certificate, or a time-stamp proves nothing', () => {
    const unknown = makeLeaf('Kai', stranger, [], { notBefore: daysFromNow(-10) })
    expect(judge({ signer: unknown, stamp: by(tsa, -20) }).subIndication).toBe('NO_CERTIFICATE_CHAIN_FOUND')
    expect(verdict(judge({ signer: young, stamp: by(strangeTsa, -20) }))).toEqual(['TOTAL-PASSED', null])
  })
})

describe('a list that is signed with the document', () => {
  const year = (time: string) => new Date(`${time}T12:00:00Z`)
  const oldRoot = makeCa('Old root', undefined, [], { notBefore: year('2010-01-01') })
  const long = { notBefore: year('2012-01-01') }
  const signer = makeLeaf('Kai of 2013', oldRoot, [], { ...long, notAfter: year('2014-01-01') })
  const authority = makeLeaf('TSA', oldRoot, [stamping], long)
  const weak = makeCrl({
    issuer: oldRoot,
    digest: 'sha1',
    thisUpdate: year('2013-05-31'),
    nextUpdate: year('2013-06-30'),
  })
  const archived = attribute('1.2.840.113583.1.1.8', seq(encode(0xa0, seq(weak.bytes))))
  const judged = (time: Date, inside = true) => {
    const cms = makeCms({
      signer,
      content: CONTENT,
      signedAttributes: [contentType(), messageDigest(CONTENT), ...(inside ? [archived] : [])],
      unsignedAttributes: (over) => [signatureTimeStamp(makeTimeStamp({ tsa: authority, time, over }))],
    })
    const options = { validationTime: NOW, trustAnchors: [oldRoot.certificate.bytes], content: CONTENT }
    const [signature] = verifyDocument(cms, {
      ...options,
      crls: [makeCrl({ issuer: oldRoot }), ...(inside ? [] : [weak])],
    }).signatures
    if (!signature) throw new Error('there is no signature')
    return signature
  }

  it('is as old as the signature: a weak one counts where a time-stamp proves it to be from before', () => {
    expect(verdict(judged(year('2013-06-01')))).toEqual(['TOTAL-PASSED', null])
  })

  it('is weak where it comes from elsewhere: nothing proves it to be old', () => {
    const signature = judged(year('2013-06-01'), false)
    expect(signature.indication).toBe('INDETERMINATE')
    expect(codes(signature)).toContain('revocation-data-too-weak')
  })
})

describe('a time-stamp of the signature', () => {
  it('that holds gives the best signature time', () => {
    const signature = judge({ stamp: by(tsa, -30) })
    expect(verdict(signature)).toEqual(['TOTAL-PASSED', null])
    expect(signature.bestSignatureTime).toBe(daysFromNow(-30).toISOString())
    expect(signature.timestamps).toEqual([
      { kind: 'signature', time: daysFromNow(-30).toISOString(), indication: 'PASSED', by: 'TSA' },
    ])
    expect(codes(signature)).toContain('timestamp-good')
  })

  it('lets a signature pass whose certificate has run out since', () => {
    expect(verdict(judge({ signer: expired }))).toEqual(['INDETERMINATE', 'OUT_OF_BOUNDS_NO_POE'])
    const signature = judge({ signer: expired, stamp: by(tsa, -30) })
    expect(verdict(signature)).toEqual(['TOTAL-PASSED', null])
    expect(codes(signature)).toContain('past-validation')
  })

  it('that came after the certificate ran out proves too little', () => {
    const signature = judge({ signer: expired, stamp: by(tsa, -10) })
    expect(verdict(signature)).toEqual(['INDETERMINATE', 'OUT_OF_BOUNDS_NO_POE'])
    expect(codes(signature)).toContain('signature-not-proven-before-expiry')
  })

  it.each([
    ['of another signature', () => makeTimeStamp({ tsa, time: daysFromNow(-30), over: CONTENT }), 'timestamp-broken'],
    ['by an authority that nobody trusts', by(strangeTsa, -30), 'timestamp-untrusted'],
    ['by an authority whose own certificate ran out', by(expiredTsa, -30), 'timestamp-expired'],
    ['by somebody who is no authority', by(noTsa, -30), 'timestamp-not-proven'],
    ['that is yet to come', by(tsa, 10), 'timestamp-not-proven'],
    ['of before its authority had a certificate', by(tsa, -200), 'timestamp-not-proven'],
    [
      'that does not name its authority',
      (over: Uint8Array) => makeTimeStamp({ tsa, time: daysFromNow(-30), over, unbound: true }),
      'timestamp-not-proven',
    ],
    ['that is none', () => seq(integer(1)), 'timestamp-broken'],
  ])('%s proves nothing, and is a warning', (_what, stamp, code) => {
    const signature = judge({ signer: expired, stamp })
    expect(verdict(signature)).toEqual(['INDETERMINATE', 'OUT_OF_BOUNDS_NO_POE'])
    expect(signature.findings.find((finding) => finding.code === code)?.severity).toBe('warning')
    expect(signature.bestSignatureTime).toBe(NOW.toISOString())
    // A failed time-stamp takes nothing from a signature that needs none.
    expect(verdict(judge({ stamp }))).toEqual(['TOTAL-PASSED', null])
  })

  it('with any octet turned proves nothing', () => {
    const whole = by(tsa, -30)
    let passed = 0
    // Before that stands what no signature covers: the list of digest algorithms.
    for (let at = 60; at < 600; at += 7) {
      const signature = judge({ signer: expired, stamp: (value) => flipped(whole(value), at) })
      if (signature.indication === 'TOTAL-PASSED') passed += 1
    }
    expect(passed).toBe(0)
  })
})

describe('revocation', () => {
  // Certificates on these lists were revoked ten days before NOW.
  const crls = [makeCrl({ issuer: root, revoked: [{ certificate: kai.certificate }] })]

  it('before anything proves the signature is REVOKED_NO_POE', () => {
    const signature = judge({ crls, mode: 'require' })
    expect(verdict(signature)).toEqual(['INDETERMINATE', 'REVOKED_NO_POE'])
    expect(signature.revocation).toBe('revoked')
  })

  it('after the time that a time-stamp proves does not reach the signature', () => {
    const signature = judge({ crls, mode: 'require', stamp: by(tsa, -30) })
    expect(verdict(signature)).toEqual(['TOTAL-PASSED', null])
    expect(signature.revocation).toBe('good')
    expect(codes(signature)).toContain('certificate-revoked-later')
  })

  it('before the time that a time-stamp proves stands', () => {
    const signature = judge({ crls, mode: 'require', stamp: by(tsa, -3) })
    expect(verdict(signature)).toEqual(['INDETERMINATE', 'REVOKED_NO_POE'])
    expect(codes(signature)).toContain('signature-not-proven-before-revocation')
  })

  it('before a time-stamp of the content is final: the signature is younger', () => {
    const contentStamp = makeTimeStamp({ tsa, time: daysFromNow(-5), over: CONTENT })
    expect(verdict(judge({ crls, mode: 'require', contentStamp }))).toEqual(['TOTAL-FAILED', 'REVOKED'])
    const early = makeTimeStamp({ tsa, time: daysFromNow(-15), over: CONTENT })
    expect(verdict(judge({ crls, mode: 'require', contentStamp: early }))).toEqual(['INDETERMINATE', 'REVOKED_NO_POE'])
  })

  it('of the authority takes its proof away', () => {
    const revokedTsa = [makeCrl({ issuer: root, revoked: [{ certificate: tsa.certificate }] })]
    const signature = judge({ signer: expired, crls: revokedTsa, mode: 'if-present', stamp: by(tsa, -30) })
    expect(verdict(signature)).toEqual(['INDETERMINATE', 'OUT_OF_BOUNDS_NO_POE'])
    expect(codes(signature)).toContain('timestamp-not-proven')
  })
})

describe('other proofs of time', () => {
  it('of the content after the end of the certificate make the signature EXPIRED', () => {
    const contentStamp = makeTimeStamp({ tsa, time: daysFromNow(-10), over: CONTENT })
    expect(verdict(judge({ signer: expired, contentStamp }))).toEqual(['TOTAL-FAILED', 'EXPIRED'])
  })

  it('that contradict each other are said: the content cannot be younger than the signature', () => {
    const contentStamp = makeTimeStamp({ tsa, time: daysFromNow(-5), over: CONTENT })
    const signature = judge({ contentStamp, stamp: by(tsa, -30) })
    expect(verdict(signature)).toEqual(['INDETERMINATE', 'TIMESTAMP_ORDER_FAILURE'])
  })

  it('by receipt prove the signature as a time-stamp does', () => {
    expect(verdict(judge({ signer: expired, poe: daysFromNow(-30) }))).toEqual(['TOTAL-PASSED', null])
    expect(verdict(judge({ signer: expired, poe: daysFromNow(-10) }))).toEqual([
      'INDETERMINATE',
      'OUT_OF_BOUNDS_NO_POE',
    ])
  })

  it('by receipt hold for the authority too', () => {
    const signature = judge({ signer: expired, stamp: by(expiredTsa, -40), poe: daysFromNow(-30) })
    expect(signature.timestamps.map(({ indication }) => indication)).toEqual(['PASSED'])
    expect(signature.bestSignatureTime).toBe(daysFromNow(-40).toISOString())
  })

  it('do not mend a signature that is broken', () => {
    const spoil = (cms: Uint8Array) => {
      const at = Buffer.from(cms).indexOf(Buffer.from('Kai of old'))
      return flipped(cms, at)
    }
    const signature = judge({ signer: expired, stamp: by(tsa, -30), spoil })
    expect(signature.indication).not.toBe('TOTAL-PASSED')
  })
})

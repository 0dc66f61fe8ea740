import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { encode, encodeOid } from '../../../src/verify/der/index.ts'
import { gapOf, signPdf, writePdf } from '../../support/make-signed-pdf.ts'
import { attribute, contentType, makeCms, messageDigest, signingCertificateV2 } from '../make-cms.ts'
import { DAY_MS, generalizedTime, integer, makeCa, makeCrl, makeLeaf, NOW, octets, seq } from '../make-pki.ts'
import { ca, codes, judge, only, signedPdf, signer, signWith } from './pdf-cases.ts'

const TST_INFO = '1.2.840.113549.1.9.16.1.4'

/** Signs a TSTInfo (RFC 3161 §2.4.2) whose imprint is over what `choose` gives. */
const stampWith =
  (choose: (covered: Buffer) => Buffer) =>
  (covered: Buffer): Uint8Array => {
    const digest = createHash('sha256').update(choose(covered)).digest()
    const imprint = seq(seq(encodeOid('2.16.840.1.101.3.4.2.1')), octets(digest))
    const content = seq(integer(1), encodeOid('1.2.3.4'), imprint, integer(7), generalizedTime(NOW))
    const signedAttributes = [contentType(TST_INFO), messageDigest(content), signingCertificateV2(signer)]
    return makeCms({ signer, content, enveloped: true, eContentType: TST_INFO, signedAttributes })
  }

describe('a signed PDF', () => {
  it('passes with its signer, anchor and coverage', () => {
    const report = judge(signedPdf())
    expect(report).toMatchObject({ indication: 'TOTAL-PASSED', mediaType: 'application/pdf', encrypted: false })
    expect(only(report)).toMatchObject({
      id: 'Signature1',
      kind: 'pdf',
      intact: true,
      trusted: true,
      coverage: 'file',
      changesAfter: 'none',
      signer: { names: ['Kai Jensen'] },
      trustAnchor: { sha256: ca.certificate.sha256 },
    })
  })

  it('claims the time that stands in its dictionary itself, where the CMS claims none', () => {
    const entries = "/M (D:20240615140000+02'00')"
    expect(only(judge(signedPdf({ entries }))).claimedSigningTime).toBe('2024-06-15T12:00:00.000Z')
    expect(only(judge(signedPdf())).claimedSigningTime).toBeNull()
    const elsewhere = signedPdf({ entries: '/M 40 0 R', objects: new Map([[40, '(D:20240615140000Z)']]) })
    expect(only(judge(elsewhere)).claimedSigningTime).toBeNull()
    const signingTime = attribute('1.2.840.113549.1.9.5', generalizedTime(NOW))
    const sign = (content: Buffer) =>
      makeCms({ signer, content, signedAttributes: [contentType(), signingTime, messageDigest(content)] })
    expect(only(judge(signedPdf({ entries, sign }))).claimedSigningTime).toBe(NOW.toISOString())
  })

  it('passes as PAdES with the certificate bound', () => {
    const signature = only(judge(signedPdf({ subFilter: 'ETSI.CAdES.detached' })))
    expect(signature).toMatchObject({ indication: 'TOTAL-PASSED', level: 'PAdES-B-B' })
  })

  it('as PAdES with its time in the CMS passes with a warning; as an older signature without one', () => {
    const signingTime = attribute('1.2.840.113549.1.9.5', generalizedTime(NOW))
    const sign = (content: Buffer) => {
      const signedAttributes = [contentType(), signingTime, messageDigest(content), signingCertificateV2(signer)]
      return makeCms({ signer, content, signedAttributes })
    }
    const judged = (subFilter: string) => only(judge(signedPdf({ subFilter, sign })))
    const pades = judged('ETSI.CAdES.detached')
    expect(pades.indication).toBe('TOTAL-PASSED')
    expect(pades.findings.find(({ code }) => code === 'signing-time-in-cms')).toMatchObject({
      severity: 'warning',
      clause: 'EN 319 142-1 §6.3',
    })
    expect(codes(judged('adbe.pkcs7.detached'))).not.toContain('signing-time-in-cms')
  })

  it('under a signature policy that is not at hand is undecided, and names it in full', () => {
    const uri = encode(0x16, Buffer.from('https://www.policies.example/policies/signature/2026/1.0'))
    const qualifier = seq(encodeOid('1.2.840.113549.1.9.16.5.1'), uri)
    const hash = seq(seq(encodeOid('2.16.840.1.101.3.4.2.1')), octets(new Uint8Array(32)))
    const policy = seq(encodeOid('1.3.6.1.4.1.99999.2.7.1'), hash, seq(qualifier))
    const sign = (content: Buffer) => {
      const named = attribute('1.2.840.113549.1.9.16.2.15', policy)
      return makeCms({ signer, content, signedAttributes: [contentType(), messageDigest(content), named] })
    }
    const signature = only(judge(signedPdf({ sign })))
    expect(signature.subIndication).toBe('SIGNATURE_POLICY_NOT_AVAILABLE')
    const why = signature.findings.find(({ code }) => code === 'signature-policy-not-available')
    expect(why?.message).toContain('1.3.6.1.4.1.99999.2.7.1, https://www.policies.example/policies/signature/2026/1.0')
  })

  it('as PAdES without a bound certificate does not pass', () => {
    const sign = (covered: Buffer) =>
      makeCms({ signer, content: covered, signedAttributes: [contentType(), messageDigest(covered)] })
    const signature = only(judge(signedPdf({ subFilter: 'ETSI.CAdES.detached', sign })))
    expect(signature).toMatchObject({ indication: 'INDETERMINATE', subIndication: 'SIG_CONSTRAINTS_FAILURE' })
  })

  it('as PAdES with attributes out of order is not intact', () => {
    const sign = (covered: Buffer) =>
      makeCms({
        signer,
        content: covered,
        signedAttributes: [signingCertificateV2(signer), messageDigest(covered), contentType()],
      })
    expect(only(judge(signedPdf({ subFilter: 'ETSI.CAdES.detached', sign })))).toMatchObject({
      intact: false,
      indication: 'TOTAL-FAILED',
    })
  })

  it('of nobody we trust is intact, and INDETERMINATE / NO_CERTIFICATE_CHAIN_FOUND', () => {
    const report = judge(signedPdf(), { trustAnchors: [] })
    expect(only(report)).toMatchObject({
      intact: true,
      trusted: false,
      indication: 'INDETERMINATE',
      subIndication: 'NO_CERTIFICATE_CHAIN_FOUND',
    })
  })

  it('by a stranger with the name of a trusted CA is not trusted', () => {
    const impostor = makeLeaf('Kai Jensen', makeCa('Test CA'))
    const signature = only(judge(signedPdf({ sign: signWith(impostor) })))
    expect(signature).toMatchObject({ intact: true, trusted: false, indication: 'INDETERMINATE' })
  })

  it('without revocation evidence is TRY_LATER by default, and trusted', () => {
    const signature = only(judge(signedPdf(), { checkRevocation: 'require' }))
    expect(signature).toMatchObject({ indication: 'INDETERMINATE', subIndication: 'TRY_LATER', trusted: true })
  })

  it('by a revoked certificate is REVOKED_NO_POE', () => {
    const crl = makeCrl({ issuer: ca, revoked: [{ certificate: signer.certificate }] })
    const signature = only(judge(signedPdf(), { crls: [crl] }))
    expect(signature).toMatchObject({
      indication: 'INDETERMINATE',
      subIndication: 'REVOKED_NO_POE',
      revocation: 'revoked',
    })
  })

  it('passes with a CRL that does not name it, also where evidence is required', () => {
    const signature = only(judge(signedPdf(), { crls: [makeCrl({ issuer: ca })], checkRevocation: 'require' }))
    expect(signature).toMatchObject({ indication: 'TOTAL-PASSED', revocation: 'good' })
  })

  it('does not pass after its certificate has expired', () => {
    const signature = only(judge(signedPdf(), { validationTime: new Date(NOW.getTime() + 200 * DAY_MS) }))
    expect(signature.indication).toBe('INDETERMINATE')
    expect(signature.subIndication).toMatch(/^OUT_OF_BOUNDS/)
  })

  it('is refused with any byte of the signed range flipped', () => {
    const pdf = signedPdf()
    const gap = only(judge(pdf)).byteRange ?? []
    const places = Array.from({ length: 600 }, (_, i) => Math.floor((i * pdf.length) / 600))
    const covered = places.filter((at) => at < (gap[1] ?? 0) || at >= (gap[2] ?? 0))
    expect(covered.length).toBeGreaterThan(80)
    for (const at of covered) {
      const changed = Buffer.from(pdf)
      changed[at] = (changed[at] ?? 0) ^ 1
      const report = judge(changed)
      expect(report.indication, `byte ${at}`).not.toBe('TOTAL-PASSED')
      for (const one of report.signatures) expect(one.intact, `byte ${at}`).not.toBe(true)
    }
  })

  it('is refused with any digit of the signed attributes or the signature value changed', () => {
    const pdf = signedPdf()
    const { open } = gapOf(pdf)
    const bytes = Buffer.from(pdf.subarray(open + 1, open + 5).toString('latin1'), 'hex')
    // ContentInfo of 256 bytes and more: 30 82 and two octets of length.
    const length = 4 + Buffer.from(pdf.subarray(open + 5, open + 9).toString('latin1'), 'hex').readUInt16BE()
    expect(bytes.toString('hex')).toBe('3082')
    const from = pdf.lastIndexOf('06092a864886f70d010903', open + 2 * length, 'latin1')
    expect(from).toBeGreaterThan(open)
    for (let at = from; at < open + 1 + 2 * length; at += 3) {
      const changed = Buffer.from(pdf)
      changed[at] = changed[at] === 0x31 ? 0x32 : 0x31
      if (changed[at] === pdf[at]) continue
      expect(judge(changed).indication, `digit ${at - open}`).not.toBe('TOTAL-PASSED')
    }
  })

  it('says that nothing is signed where nothing is', () => {
    expect(judge(writePdf())).toMatchObject({ indication: 'NO-SIGNATURE', signatures: [] })
  })

  it('with a document time-stamp only is NO-SIGNATURE', () => {
    const report = judge(signedPdf({ subFilter: 'ETSI.RFC3161', sign: stampWith((covered) => covered) }))
    expect(only(report)).toMatchObject({ kind: 'pdf-timestamp', intact: true, indication: 'INDETERMINATE' })
    expect(report.indication).toBe('NO-SIGNATURE')
  })

  it('with a time-stamp over other bytes is not called unsigned: the bytes are not the stamped ones', () => {
    for (const sign of [stampWith(() => Buffer.from('other')), signWith()]) {
      const report = judge(signedPdf({ subFilter: 'ETSI.RFC3161', sign }))
      expect(only(report)).toMatchObject({ kind: 'pdf-timestamp', intact: false })
      expect(report.indication).toBe('TOTAL-FAILED')
    }
  })

  it.each(['Acme.Secret', 'constructor', '__proto__', 'toString'])(
    'with the SubFilter %s is never passed',
    (subFilter) => {
      const signature = only(judge(signedPdf({ subFilter })))
      expect(signature.indication).toBe('INDETERMINATE')
      expect(codes(signature)).toContain('sub-filter-not-judged')
    },
  )

  it('that carries content of its own is refused', () => {
    const sign = (covered: Buffer) => makeCms({ signer, content: covered, enveloped: true })
    const pdf = signPdf(writePdf(), { sign, reserved: 8192 })
    expect(only(judge(pdf))).toMatchObject({ indication: 'TOTAL-FAILED', subIndication: 'FORMAT_FAILURE' })
  })

  it.each(['adbe.pkcs7.detached', 'ETSI.CAdES.detached'])(
    'that calls what it signs other than data is refused: %s',
    (subFilter) => {
      const sign = (covered: Buffer) =>
        makeCms({
          ...{ signer, content: covered, eContentType: TST_INFO },
          signedAttributes: [contentType(TST_INFO), messageDigest(covered), signingCertificateV2(signer)],
        })
      const signature = only(judge(signedPdf({ sign, subFilter })))
      expect(signature).toMatchObject({ indication: 'TOTAL-FAILED', subIndication: 'FORMAT_FAILURE' })
      expect(codes(signature)).toContain('content-type-not-data')
    },
  )

  it('with two signers in one CMS is refused', () => {
    const sign = (covered: Buffer) => makeCms({ signer, content: covered, signerCount: 2 })
    expect(only(judge(signedPdf({ sign }))).subIndication).toBe('FORMAT_FAILURE')
  })

  it('says a policy of its own that is not at hand', () => {
    const policy = attribute('1.2.840.113549.1.9.16.2.15', seq(encodeOid('1.2.3.4')))
    const sign = (covered: Buffer) =>
      makeCms({
        signer,
        content: covered,
        signedAttributes: [contentType(), policy, messageDigest(covered), signingCertificateV2(signer)],
      })
    expect(only(judge(signedPdf({ sign })))).toMatchObject({
      indication: 'INDETERMINATE',
      subIndication: 'SIGNATURE_POLICY_NOT_AVAILABLE',
    })
  })
})

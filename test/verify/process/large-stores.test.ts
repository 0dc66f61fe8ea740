import { describe, expect, it } from 'vitest'
import { day, issueCa, issueSigner } from '../../../scripts/fixtures/certificates.ts'
import { draftAttest, type PdfDraft, written } from '../../../scripts/fixtures/pdf-draft.ts'
import { addDocumentTimeStamp, signWithCms } from '../../../scripts/fixtures/pdf-signature.ts'
import { makeCrl } from '../../../scripts/fixtures/revocation-data.ts'
import { addValidationData } from '../../../scripts/fixtures/security-store.ts'
import { makeAuthority } from '../../../scripts/fixtures/time-stamp-authority.ts'
import { verifyDocument } from '../../../src/verify/index.ts'

const root = issueCa('Poststempel Fixture Root')
const kai = issueSigner('Kai Jensen', root)
const authority = makeAuthority('Poststempel Tidsstempel', root)

const largeCrl = (thisUpdate: string): Uint8Array =>
  makeCrl(
    { privateKey: root.privateKey, certificateChain: [root.certificate.bytes] },
    [],
    { thisUpdate: day(thisUpdate), nextUpdate: day('2027-12-24') },
    300_000,
  )

describe('a security store with a CRL of eight megabytes', () => {
  it.each([
    ['and nine document time-stamps over it', 9, false],
    ['and another with each of two', 2, true],
  ])('%s is PAdES-B-LTA, as each stream counts once', (_what, stamps, renews) => {
    const crl = largeCrl('2026-11-23T20:00:00Z')
    expect(crl.length).toBeGreaterThan(7_000_000)
    const signed = signWithCms(written(draftAttest()), { signer: { identity: kai } })
    let draft: PdfDraft = addValidationData(signed, {
      crls: [crl],
      certificates: [root.certificate.bytes],
      deflate: true,
    })
    for (let i = 1; i <= stamps; i += 1) {
      const at = `2026-11-2${i < 6 ? 4 : 5}T0${i}`
      if (renews) draft = addValidationData(draft, { crls: [largeCrl(`${at}:00:00Z`)], deflate: true })
      draft = addDocumentTimeStamp(draft, { authority, time: `${at}:30:00Z` })
    }
    const report = verifyDocument(draft.bytes ?? new Uint8Array(), {
      validationTime: new Date('2026-12-01T00:00:00Z'),
      trustAnchors: [root.certificate.bytes],
      checkRevocation: 'require',
    })
    expect(report.error).toBeUndefined()
    expect(report).toMatchObject({ indication: 'TOTAL-PASSED' })
    expect(report.signatures[0]).toMatchObject({ level: 'PAdES-B-LTA', revocation: 'good' })
    expect(report.signatures).toHaveLength(1 + stamps)
  })

  it('still ends where streams swell without end', () => {
    const signed = signWithCms(written(draftAttest()), { signer: { identity: kai } })
    const bomb = Buffer.alloc(60_000_000)
    const crls = Array.from({ length: 5 }, () => bomb)
    const { bytes } = addValidationData(signed, { crls, deflate: true })
    expect(bytes.length).toBeLessThan(1_000_000)
    const report = verifyDocument(bytes, { validationTime: new Date('2026-12-01T00:00:00Z'), trustAnchors: [] })
    expect(report.error).toMatchObject({ code: 'too-large' })
  })
})

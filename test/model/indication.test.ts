import { describe, expect, it } from 'vitest'
import { type Attachment, countedIndications, worstIndication } from '../../src/model/indication.ts'

const MAIL = { problem: null, rawMediaType: 'message/rfc822' }
const FORM = { problem: null, rawMediaType: 'multipart/form-data' }
const SIGNED: Attachment = { document: { mediaType: 'application/pdf', size: 50_000 }, indication: 'TOTAL-PASSED' }

const unjudged = (mediaType: string, size = 50_000): Attachment => ({ document: { mediaType, size }, indication: null })
const together = (submission: typeof MAIL, other: Attachment) =>
  worstIndication(countedIndications(submission, [SIGNED, other]))

describe('a signed PDF', () => {
  it.each([
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    'application/x-ole-storage',
    'application/vnd.oasis.opendocument.text',
    'application/pdf',
    'application/rtf',
    'text/plain',
    'text/html',
    'image/jpeg',
    'image/tiff',
    'application/zip',
    'application/pkcs7-mime',
    'application/pgp-encrypted',
    'application/octet-stream',
    'video/mp4',
  ])('beside %s that was not judged is a case without signature', (mediaType) => {
    expect(together(MAIL, unjudged(mediaType))).toBe('NO-SIGNATURE')
    expect(together(FORM, unjudged(mediaType))).toBe('NO-SIGNATURE')
  })

  it.each([
    'application/pgp-signature',
    'application/pgp-keys',
    'application/pkcs7-signature',
    'application/pkix-cert',
    'application/pem-certificate-chain',
    'application/x-empty',
    'message/rfc822',
  ])('beside %s, which is no paper, makes the case pass', (mediaType) => {
    expect(together(MAIL, unjudged(mediaType))).toBe('TOTAL-PASSED')
  })

  it.each(['image/png', 'image/jpeg', 'image/gif'])('beside a logo (%s) in a mail makes the case pass', (mediaType) => {
    expect(together(MAIL, unjudged(mediaType, 16 * 1024))).toBe('TOTAL-PASSED')
    expect(together(MAIL, unjudged(mediaType, 16 * 1024 + 1))).toBe('NO-SIGNATURE')
    expect(together(FORM, unjudged(mediaType, 1000))).toBe('NO-SIGNATURE')
  })

  it('does not lift a small scanned page: TIFF is no format of logos', () => {
    expect(together(MAIL, unjudged('image/tiff', 9000))).toBe('NO-SIGNATURE')
  })
})

describe('a submission that nobody could read', () => {
  it('is an ERROR, alone and beside papers that were not judged', () => {
    const broken = { ...MAIL, problem: 'malformed-mime' }
    expect(worstIndication(countedIndications(broken, []))).toBe('ERROR')
    expect(worstIndication(countedIndications(broken, [unjudged('text/plain')]))).toBe('ERROR')
  })

  it('counts by its papers where those were judged', () => {
    expect(countedIndications({ ...MAIL, problem: 'too-deep' }, [SIGNED])).toEqual(['TOTAL-PASSED'])
  })
})

import { describe, expect, it } from 'vitest'
import { judge, signedPdf } from './pdf-cases.ts'

describe('a signed PDF behind lines that look like the header of a mail', () => {
  const HEADER = 'Content-Type: application/pdf\r\nSubject: attest\r\n\r\n'

  it('is judged as what readers open it as, and never called unsigned', () => {
    const report = judge(Buffer.concat([Buffer.from(HEADER), signedPdf()]))
    expect(report.mediaType).toBe('application/pdf')
    expect(report.indication).not.toBe('NO-SIGNATURE')
    expect(report.signatures).toHaveLength(1)
  })

  it('stays a mail where it is one: what follows the document says so', () => {
    const mail = Buffer.concat([
      Buffer.from('From: a@example.dk\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n'),
      Buffer.from('Content-Type: application/pdf\r\nContent-Transfer-Encoding: binary\r\n\r\n'),
      signedPdf(),
      Buffer.from('\r\n--b--\r\n'),
    ])
    const report = judge(mail)
    expect(report.mediaType).toBe('message/rfc822')
    expect(report.parts.map((part) => part.signatures.length)).toEqual([1])
  })
})

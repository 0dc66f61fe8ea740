import { describe, expect, it } from 'vitest'
import { appendUpdate, type Objects, streamObject } from '../../support/make-signed-pdf.ts'
import { judge, only, signedPdf } from './pdf-cases.ts'

const forbidden = { changesAfter: 'forbidden', indication: 'TOTAL-FAILED', subIndication: 'FORMAT_FAILURE' }
const permitted = { changesAfter: 'permitted', indication: 'TOTAL-PASSED' }

describe('a document security store behind a signature', () => {
  const catalog = (more: string): string =>
    `<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [10 0 R] /SigFlags 3 >> ${more} >>`
  const filled: Objects = new Map([
    [1, catalog('/DSS << /Certs [30 0 R] >>')],
    [30, streamObject('a certificate')],
    [31, streamObject('another certificate')],
  ])
  const followed = (store: string) =>
    only(judge(appendUpdate(appendUpdate(signedPdf(), filled), new Map([[1, catalog(store)]]))))

  it.each(['/DSS << /Certs [31 0 R] >>', ''])('may be made anew or taken away again: %j', (store) => {
    expect(followed(store)).toMatchObject(permitted)
  })

  it.each(['/DSS << >>', '/DSS << /Certs null >>', '/DSS << /Certs [] >>'])('may not be left empty: %j', (store) => {
    expect(followed(store)).toMatchObject(forbidden)
  })
})

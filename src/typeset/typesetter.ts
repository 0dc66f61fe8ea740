import { PDFDocument } from 'pdf-lib'
import { asGatewayError, GatewayError } from '../model/errors.ts'
import type { ApprovalStamp, Typesetter } from '../model/ports.ts'
import { flattenPdf } from './flatten.ts'
import { embedFonts } from './ink.ts'
import { drawStampBand } from './stamp-band.ts'
import { A4, drawStampPage } from './stamp-page.ts'
import { STAMP_WORDS } from './words.ts'

/**
 * Makes the PDFs of approvals. Where the stamp goes: a page of its own at the end carries it whole, and the first page
 * grows by a band at its top that says so. Neither covers anything of the original.
 */
export function createTypesetter(): Typesetter {
  return {
    async stampApproved(pdf, stamp) {
      const plain = flattenPdf(pdf)
      try {
        const document = await PDFDocument.load(plain, { updateMetadata: false })
        const fonts = await embedFonts(document)
        drawStampBand(document, fonts, stamp)
        drawStampPage(document.addPage([A4.width, A4.height]), fonts, stamp, { kind: 'copy' })
        describe(document, stamp)
        return await document.save({ useObjectStreams: false, updateFieldAppearances: false })
      } catch (cause) {
        if (cause instanceof GatewayError) throw cause
        throw new GatewayError('malformed-pdf', `The PDF cannot be stamped: ${asGatewayError(cause).message}`, {
          cause,
        })
      }
    },

    async approvalPage(stamp) {
      const document = await PDFDocument.create({ updateMetadata: false })
      const fonts = await embedFonts(document)
      const { originalName } = stamp
      drawStampPage(document.addPage([A4.width, A4.height]), fonts, stamp, { kind: 'alone', originalName })
      describe(document, stamp)
      document.setCreationDate(new Date(stamp.decidedAt))
      return await document.save({ useObjectStreams: false })
    },
  }
}

/** No clock is read: the time of the decision is the copy's time, so that making it again gives the same bytes. */
function describe(document: PDFDocument, stamp: ApprovalStamp): void {
  document.setTitle(`${STAMP_WORDS[stamp.language].approved} ${stamp.caseNumber}`)
  document.setProducer('Poststempel')
  document.setModificationDate(new Date(stamp.decidedAt))
}

import { asVerifyError } from '../errors.ts'
import { type EmbeddedFile, embeddedFilesOf, type PdfDocument } from '../pdf/index.ts'
import type { VerificationReport } from '../report/report.ts'
import type { JudgePart } from './judged.ts'
import { unopenedPdf } from './unopened-pdf.ts'

type Part = VerificationReport & { readonly name: string }

/**
 * Judges each file that a PDF carries as a document of its own, as signing services attach the persons' signed files
 * to what they seal. What is of no judged kind, or cannot be read, is listed with why.
 */
export function judgeAttachedFiles(
  document: PdfDocument,
  maxParts: number,
  judgePart: JudgePart,
): { readonly parts: readonly Part[]; readonly complete: boolean } {
  const { files, complete } = embeddedFilesOf(document, maxParts)
  return { parts: files.map((file) => judgeAttached(file, judgePart)), complete }
}

function judgeAttached(file: EmbeddedFile, judgePart: JudgePart): Part {
  let bytes: Uint8Array
  try {
    bytes = file.read()
  } catch (fault) {
    const judged = unopenedPdf(asVerifyError(fault))
    return { name: file.name, schemaVersion: 1, id: null, file: null, sha256: null, ...judged, mediaType: null }
  }
  return judgePart({ name: file.name, bytes })
}

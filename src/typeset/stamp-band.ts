import {
  concatTransformationMatrix,
  type PDFDocument,
  type PDFPage,
  popGraphicsState,
  pushGraphicsState,
  rgb,
} from 'pdf-lib'
import type { ApprovalStamp } from '../model/ports.ts'
import { drawLine, type Fonts, fitted, STAMP_GREEN, widthOf } from './ink.ts'
import { longDay, STAMP_WORDS } from './words.ts'

const HEIGHT = 26
const PADDING = 12

interface Band {
  /** The visible box with the band: x, y, width, height. */
  readonly box: readonly [number, number, number, number]
  /** From the band's own axes (right, up, origin at its lower left as one reads it) to the page's. */
  readonly matrix: readonly [number, number, number, number, number, number]
  readonly width: number
}

/**
 * Puts a band above the first page: the page grows by it, so nothing of the original is covered. It follows the page's
 * rotation, so that it is on top as one reads.
 */
export function drawStampBand(document: PDFDocument, fonts: Fonts, stamp: ApprovalStamp): void {
  const page = document.getPage(0)
  const band = bandAbove(page)
  const [x, y, width, height] = band.box
  const media = page.getMediaBox()
  const [left, bottom] = [Math.min(media.x, x), Math.min(media.y, y)]
  const right = Math.max(media.x + media.width, x + width)
  const top = Math.max(media.y + media.height, y + height)
  page.setMediaBox(left, bottom, right - left, top - bottom)
  page.setCropBox(x, y, width, height)

  page.pushOperators(pushGraphicsState(), concatTransformationMatrix(...band.matrix))
  // Opaque: what lay outside the visible page must not come into view.
  page.drawRectangle({ x: 0, y: 0, width: band.width, height: HEIGHT, color: rgb(0.93, 0.97, 0.945) })
  page.drawLine({ start: { x: 0, y: 0.5 }, end: { x: band.width, y: 0.5 }, thickness: 1, color: STAMP_GREEN })
  drawBandText(page, fonts, stamp, band.width)
  page.pushOperators(popGraphicsState())
}

function drawBandText(page: PDFPage, fonts: Fonts, stamp: ApprovalStamp, width: number): void {
  const words = STAMP_WORDS[stamp.language]
  const room = width - 2 * PADDING
  const bold = fitted(words.approved, { font: fonts.bold, size: 12, color: STAMP_GREEN }, room * 0.3)
  drawLine(page, words.approved, PADDING, 9, bold)
  const after = PADDING + widthOf(words.approved, bold) + 10
  const day = longDay(stamp.decidedAt, stamp.language, stamp.timeZone)
  const text = `${stamp.municipality} · ${words.caseNumber} ${stamp.caseNumber} · ${day} · ${words.seeLastPage}`
  drawLine(
    page,
    text,
    after,
    9,
    fitted(text, { font: fonts.regular, size: 9.5, color: STAMP_GREEN }, width - PADDING - after),
  )
}

function bandAbove(page: PDFPage): Band {
  const crop = page.getCropBox()
  const { x, y, width, height } = crop
  const [right, top] = [x + width, y + height]
  // /Rotate turns the page clockwise when shown: its left edge is then on top at 90, its right edge at 270.
  switch ((((page.getRotation().angle % 360) + 360) % 360) / 90) {
    case 1:
      return { box: [x - HEIGHT, y, width + HEIGHT, height], matrix: [0, 1, -1, 0, x, y], width: height }
    case 2:
      return { box: [x, y - HEIGHT, width, height + HEIGHT], matrix: [-1, 0, 0, -1, right, y], width }
    case 3:
      return { box: [x, y, width + HEIGHT, height], matrix: [0, -1, 1, 0, right, top], width: height }
    default:
      return { box: [x, y, width, height + HEIGHT], matrix: [1, 0, 0, 1, x, top], width }
  }
}

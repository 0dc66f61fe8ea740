import { concatTransformationMatrix, type PDFPage, popGraphicsState, pushGraphicsState, rgb } from 'pdf-lib'
import type { ApprovalStamp } from '../model/ports.ts'
import { drawCentred, drawLine, drawParagraph, type Fonts, fitted, GREY, INK, RULE, STAMP_GREEN } from './ink.ts'
import { drawQrCode } from './qr-code.ts'
import { longDay, longTime, STAMP_WORDS } from './words.ts'

export const A4 = { width: 595.28, height: 841.89 } as const
const MARGIN = 62
const STAMP = { width: 372, height: 158, centreX: A4.width / 2, centreY: 640, tiltDegrees: 4 } as const
const QR_SIZE = 104

/** What the stamp page stands for: a copy whose pages are in front of it, or a document that cannot be shown. */
export type StampPageKind = { readonly kind: 'copy' } | { readonly kind: 'alone'; readonly originalName: string }

/** Draws a whole A4 page: the stamp, what was decided on which bytes, and how to check it. */
export function drawStampPage(page: PDFPage, fonts: Fonts, stamp: ApprovalStamp, what: StampPageKind): void {
  const words = STAMP_WORDS[stamp.language]
  const width = A4.width - 2 * MARGIN
  drawLine(page, stamp.municipality, MARGIN, 782, fitted(stamp.municipality, { font: fonts.bold, size: 13 }, width))
  rule(page, 768)
  drawStamp(page, fonts, stamp)

  let y = 500
  const row = (label: string, value: string, maxLines: number, at = { x: MARGIN, width }): number => {
    drawLine(page, label, at.x, y, { font: fonts.regular, size: 8.5, color: GREY })
    return drawParagraph(page, value, { ...at, y: y - 15 }, { font: fonts.regular, size: 11 }, maxLines) - 9
  }
  if (what.kind === 'alone') y = row(words.document, what.originalName, 2)
  row(words.decided, longTime(stamp.decidedAt, stamp.language, stamp.timeZone), 1, { x: MARGIN + 160, width: 300 })
  y = row(words.caseNumber, stamp.caseNumber, 1, { x: MARGIN, width: 150 })
  y = row(words.decidedBy, stamp.decidedBy, 2)
  y = row(words.verdict, stamp.verdict, 5)
  drawLine(page, words.fingerprint, MARGIN, y, { font: fonts.regular, size: 8.5, color: GREY })
  drawLine(page, stamp.originalSha256, MARGIN, y - 15, { font: fonts.mono, size: 9.2 })

  drawCheck(page, fonts, stamp)
  rule(page, 92)
  const about = what.kind === 'alone' ? words.aboutPage : words.aboutCopy
  const small = { font: fonts.regular, size: 8, color: GREY }
  drawParagraph(page, about(stamp.municipality), { x: MARGIN, y: 78, width }, small, 5)
}

function rule(page: PDFPage, y: number): void {
  page.drawLine({ start: { x: MARGIN, y }, end: { x: A4.width - MARGIN, y }, thickness: 0.7, color: RULE })
}

/** The rubber stamp: a double frame, a little tilted, as one does by hand. */
function drawStamp(page: PDFPage, fonts: Fonts, stamp: ApprovalStamp): void {
  const words = STAMP_WORDS[stamp.language]
  const { width, height } = STAMP
  const angle = (STAMP.tiltDegrees * Math.PI) / 180
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  page.pushOperators(pushGraphicsState(), concatTransformationMatrix(cos, sin, -sin, cos, STAMP.centreX, STAMP.centreY))
  frame(page, width, height, 12, 3.2)
  frame(page, width - 13, height - 13, 7, 1)
  const green = { color: STAMP_GREEN }
  const room = width - 44
  const name = stamp.municipality.toLocaleUpperCase(stamp.language)
  drawCentred(page, name, 0, 45, fitted(name, { font: fonts.bold, size: 13, ...green }, room))
  drawCentred(page, words.approved, 0, -9, { font: fonts.bold, size: 56, ...green })
  page.drawLine({ start: { x: -room / 2, y: -23 }, end: { x: room / 2, y: -23 }, thickness: 1, color: STAMP_GREEN })
  const day = longDay(stamp.decidedAt, stamp.language, stamp.timeZone)
  const line = `${words.caseNumber} ${stamp.caseNumber}  ·  ${day}`
  drawCentred(page, line, 0, -42, fitted(line, { font: fonts.bold, size: 12.5, ...green }, room))
  const print = `SHA-256 ${groups(stamp.originalSha256.slice(0, 16))} …`
  drawCentred(page, print, 0, -59, { font: fonts.mono, size: 9, ...green })
  page.pushOperators(popGraphicsState())
}

/** A rounded frame around the origin. The path's y axis points down, as in SVG. */
function frame(page: PDFPage, width: number, height: number, radius: number, thickness: number): void {
  const [w, h, r] = [width / 2, height / 2, radius]
  const path = [
    `M ${-w + r} ${-h} L ${w - r} ${-h} Q ${w} ${-h} ${w} ${-h + r}`,
    `L ${w} ${h - r} Q ${w} ${h} ${w - r} ${h}`,
    `L ${-w + r} ${h} Q ${-w} ${h} ${-w} ${h - r}`,
    `L ${-w} ${-h + r} Q ${-w} ${-h} ${-w + r} ${-h} Z`,
  ].join(' ')
  page.drawSvgPath(path, { x: 0, y: 0, borderColor: STAMP_GREEN, borderWidth: thickness })
}

function drawCheck(page: PDFPage, fonts: Fonts, stamp: ApprovalStamp): void {
  const words = STAMP_WORDS[stamp.language]
  const y = 118
  page.drawRectangle({
    x: MARGIN,
    y: y - 14,
    width: A4.width - 2 * MARGIN,
    height: QR_SIZE + 28,
    color: rgb(0.965, 0.97, 0.975),
  })
  page.drawRectangle({ x: MARGIN + 7, y: y - 7, width: QR_SIZE + 14, height: QR_SIZE + 14, color: rgb(1, 1, 1) })
  drawQrCode(page, stamp.genuineUrl, MARGIN + 14, y, QR_SIZE)
  const x = MARGIN + QR_SIZE + 40
  const width = A4.width - MARGIN - 14 - x
  drawLine(page, words.check, x, y + QR_SIZE - 14, { font: fonts.bold, size: 12, color: INK })
  const how = { font: fonts.regular, size: 10 }
  const below = drawParagraph(page, words.checkHow, { x, y: y + QR_SIZE - 34, width }, how)
  drawParagraph(page, stamp.genuineUrl, { x, y: below - 6, width }, { font: fonts.mono, size: 8.5 }, 4)
}

const groups = (hex: string): string => hex.match(/.{1,4}/g)?.join(' ') ?? ''

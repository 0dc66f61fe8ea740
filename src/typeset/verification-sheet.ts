import { PDFDocument, type RGB, rgb } from 'pdf-lib'
import type { VerificationSheet } from '../model/ports.ts'
import type { FindingInWords, ReportInWords, SignatureInWords } from '../model/report.ts'
import { createFlow, type Flow, MARGIN, WIDTH } from './flow.ts'
import {
  drawLine,
  drawParagraph,
  embedFonts,
  type Fonts,
  fitted,
  GREY,
  INK,
  RULE,
  STAMP_GREEN,
  widthOf,
  wrap,
} from './ink.ts'
import { SHEET_WORDS, type SheetWords } from './sheet-words.ts'
import { longTime } from './words.ts'

const AMBER: RGB = rgb(0.62, 0.4, 0.02)
const RED: RGB = rgb(0.66, 0.1, 0.1)
const COLOURS: Readonly<Record<string, RGB>> = {
  'TOTAL-PASSED': STAMP_GREEN,
  PASSED: STAMP_GREEN,
  FAILED: RED,
  INDETERMINATE: AMBER,
  'TOTAL-FAILED': RED,
  'NO-SIGNATURE': GREY,
  ERROR: RED,
}
const SEVERITY_COLOURS = { error: RED, warning: AMBER, info: GREY } as const

/** A hostile file with thousands of signatures must not become thousands of pages. */
const MAX_PAGES = 10

interface Sheet {
  readonly flow: Flow
  readonly fonts: Fonts
  readonly words: SheetWords
}

/**
 * Makes a verdict a document to file: A4, as many pages as it takes (10 at most; what is left out is said). Takes the
 * verdict in words; gives the PDF. Reads no clock: its time is that of the verdict, so that making it again gives the
 * same bytes.
 */
export async function makeVerificationSheet(sheet: VerificationSheet): Promise<Uint8Array> {
  const words = SHEET_WORDS[sheet.language]
  const document = await PDFDocument.create({ updateMetadata: false })
  const fonts = await embedFonts(document)
  const flow = createFlow(document, MAX_PAGES)
  const drawn = { flow, fonts, words }
  drawHead(drawn, sheet)
  drawVerdict(drawn, sheet.report, 12)
  if (sheet.report.signatures.length > 0) heading(drawn, words.signatures)
  drawReport(drawn, sheet.report)
  drawFooters(document, drawn, sheet)
  const at = new Date(sheet.judgedAt)
  document.setTitle(`${words.title}: ${sheet.report.name ?? ''}`)
  document.setLanguage(sheet.language === 'da' ? 'da-DK' : 'en-GB')
  document.setProducer('Poststempel')
  document.setCreationDate(at)
  document.setModificationDate(at)
  return await document.save({ useObjectStreams: false })
}

function drawHead({ flow, fonts, words }: Sheet, sheet: VerificationSheet): void {
  const { report, language, timeZone } = sheet
  const name = { font: fonts.bold, size: 12 }
  flow.paragraph(sheet.municipality, fitted(sheet.municipality, name, WIDTH), { maxLines: 1 })
  flow.skip(10)
  flow.paragraph(words.title, { font: fonts.bold, size: 22 })
  rule(flow)
  const styles = { label: { font: fonts.regular, size: 9, color: GREY }, value: { font: fonts.regular, size: 10 } }
  flow.row(words.file, report.name ?? '–', { ...styles, value: { font: fonts.bold, size: 10 } })
  if (sheet.caseNumber !== null) flow.row(words.caseNumber, sheet.caseNumber, styles)
  flow.row(words.judgedAt, longTime(sheet.judgedAt, language, timeZone), styles)
  if (report.mediaType !== null) flow.row(words.mediaType, report.mediaType, styles)
  flow.row(words.fingerprint, report.sha256 ?? '–', { ...styles, value: { font: fonts.mono, size: 8 } })
  flow.skip(14)
}

/** The verdict with a bar of its colour; the colour says nothing that the words do not. */
function drawVerdict({ flow, fonts, words }: Sheet, report: ReportInWords, size: number): void {
  const color = COLOURS[report.indication] ?? GREY
  const text = { font: fonts.regular, size }
  const inner = { x: MARGIN + 14 }
  const lines = wrap(report.headline, text, WIDTH - 14).length
  const height = (size * 1.1 + lines * size) * 1.35
  if (!flow.need(height + 4)) return
  const { page, y } = flow.place()
  page.drawRectangle({ x: MARGIN, y: y + size - height, width: 4, height, color })
  flow.paragraph(
    words.verdict[report.indication] ?? report.indication,
    { font: fonts.bold, size: size * 1.1, color },
    inner,
  )
  flow.paragraph(report.headline, text, inner)
  flow.skip(4)
  if (report.whatToDo === null) return
  flow.paragraph(`${words.whatToDo}: ${report.whatToDo}`, { font: fonts.regular, size: size - 1.5, color: GREY }, inner)
  flow.skip(4)
}

function drawReport(sheet: Sheet, report: ReportInWords): void {
  const { words } = sheet
  for (const signature of report.signatures) drawSignature(sheet, signature)
  if (report.findings.length > 0) heading(sheet, words.findings)
  drawFindings(sheet, report.findings)
  if (report.parts.length > 0) heading(sheet, `${words.inside} (${report.parts.length})`)
  for (const part of report.parts) drawPart(sheet, part)
}

/** A file inside: its name, its fingerprint and its verdict; then its signatures, and what is inside of it. */
function drawPart(sheet: Sheet, part: ReportInWords): void {
  const { flow, fonts } = sheet
  if (!flow.need(60)) return
  flow.skip(6)
  flow.paragraph(part.name ?? '–', { font: fonts.bold, size: 11 })
  flow.paragraph(part.sha256 ?? '–', { font: fonts.mono, size: 7.5, color: GREY })
  flow.skip(3)
  drawVerdict(sheet, part, 10)
  drawReport(sheet, part)
}

function heading({ flow, fonts }: Sheet, text: string): void {
  if (!flow.need(80)) return
  flow.skip(8)
  flow.paragraph(text, { font: fonts.bold, size: 12.5 })
  rule(flow)
}

function drawSignature(sheet: Sheet, { title, indication, facts, findings }: SignatureInWords): void {
  const { flow, fonts } = sheet
  if (!flow.need(70)) return
  flow.skip(2)
  flow.paragraph(title, { font: fonts.bold, size: 10.5, color: COLOURS[indication] ?? INK }, { maxLines: 3 })
  flow.skip(1)
  const styles = { label: { font: fonts.regular, size: 8.5, color: GREY }, value: { font: fonts.regular, size: 9 } }
  for (const [label, value] of facts) flow.row(label, value, styles)
  drawFindings(sheet, findings)
  flow.skip(8)
}

function drawFindings({ flow, fonts, words }: Sheet, findings: readonly FindingInWords[]): void {
  const small = { font: fonts.regular, size: 8, color: GREY }
  for (const { severity, text, code, clause, message } of findings) {
    if (!flow.need(26)) return
    flow.skip(2)
    const { page, y } = flow.place()
    const label = { font: fonts.bold, size: 8.5, color: SEVERITY_COLOURS[severity] }
    drawLine(page, words.severity[severity], MARGIN + 10, y, label)
    flow.paragraph(text, { font: fonts.regular, size: 9 }, { x: MARGIN + 122, maxLines: 6 })
    const closer = [code, clause, message === text ? null : message].filter((one) => one !== null)
    flow.paragraph(closer.join(' · '), small, { x: MARGIN + 122, maxLines: 3 })
  }
}

function rule(flow: Flow): void {
  const { page, y } = flow.place()
  page.drawLine({ start: { x: MARGIN, y: y + 8 }, end: { x: MARGIN + WIDTH, y: y + 8 }, thickness: 0.7, color: RULE })
  flow.skip(11)
}

function drawFooters(document: PDFDocument, { flow, fonts, words }: Sheet, sheet: VerificationSheet): void {
  const pages = document.getPages()
  const small = { font: fonts.regular, size: 7.5, color: GREY }
  for (const [index, page] of pages.entries()) {
    page.drawLine({ start: { x: MARGIN, y: 58 }, end: { x: MARGIN + WIDTH, y: 58 }, thickness: 0.7, color: RULE })
    const number = words.page(index + 1, pages.length)
    drawLine(page, number, MARGIN + WIDTH - widthOf(number, small), 46, small)
    const cut = flow.isCut() && index === pages.length - 1 ? `${words.cut} ` : ''
    drawParagraph(page, `${cut}${words.about(sheet.municipality)}`, { x: MARGIN, y: 46, width: WIDTH - 80 }, small, 3)
  }
}

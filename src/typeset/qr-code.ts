import {
  closePath,
  fill,
  lineTo,
  moveTo,
  type PDFPage,
  popGraphicsState,
  pushGraphicsState,
  setFillingRgbColor,
} from 'pdf-lib'
import qrcode from 'qrcode-generator'

/**
 * Draws a QR code as vector squares in black on nothing, its lower left corner at x, y; `size` in points without the
 * quiet zone, which the caller leaves free (4 modules, ISO/IEC 18004 §5.3.8). Error correction level M.
 */
export function drawQrCode(page: PDFPage, text: string, x: number, y: number, size: number): void {
  const code = qrcode(0, 'M')
  code.addData(text, 'Byte')
  code.make()
  const count = code.getModuleCount()
  const module = size / count
  page.pushOperators(pushGraphicsState(), setFillingRgbColor(0, 0, 0))
  for (let row = 0; row < count; row += 1) {
    for (const { from, to } of darkRuns(count, (column) => code.isDark(row, column))) {
      const [left, right] = [x + from * module, x + to * module]
      const [bottom, top] = [y + size - (row + 1) * module, y + size - row * module]
      page.pushOperators(
        moveTo(left, bottom),
        lineTo(right, bottom),
        lineTo(right, top),
        lineTo(left, top),
        closePath(),
        fill(),
      )
    }
  }
  page.pushOperators(popGraphicsState())
}

/** Dark modules that stand side by side are drawn as one bar: no hairlines between them. */
function darkRuns(count: number, isDark: (column: number) => boolean): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = []
  for (let column = 0; column < count; column += 1) {
    if (!isDark(column)) continue
    const last = runs.at(-1)
    if (last?.to === column) last.to = column + 1
    else runs.push({ from: column, to: column + 1 })
  }
  return runs
}

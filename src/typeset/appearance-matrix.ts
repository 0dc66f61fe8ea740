import { isArray, type PdfDictionary, type PdfFile, type PdfValue } from '../model/pdf/index.ts'

type Box = readonly [number, number, number, number]

/** The numbers of an array of a given length, or null. */
export function numbersOf(file: PdfFile, value: PdfValue | undefined, count: number): number[] | null {
  const array = file.resolve(value)
  if (!isArray(array) || array.length < count) return null
  const numbers = array.slice(0, count).map((item) => {
    const found = file.resolve(item)
    return typeof found === 'object' && found !== null && 'kind' in found && found.kind === 'number'
      ? Number(found.text)
      : NaN
  })
  return numbers.every(Number.isFinite) ? numbers : null
}

/** A rectangle with its corners in order: left, bottom, right, top; null where there is none. */
export function boxOf(file: PdfFile, value: PdfValue | undefined): Box | null {
  const numbers = numbersOf(file, value, 4)
  if (!numbers) return null
  const [a = 0, b = 0, c = 0, d = 0] = numbers
  return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)]
}

/**
 * Gives the operand of `cm` that puts an appearance into its widget's rectangle (ISO 32000-2 §12.5.5, algorithm
 * "appearance streams"); null where nothing would be seen.
 */
export function placeAppearance(file: PdfFile, appearance: PdfDictionary, widget: PdfDictionary): string | null {
  const rectangle = boxOf(file, widget.entries.get('Rect'))
  const box = boxOf(file, appearance.entries.get('BBox'))
  if (!rectangle || !box) return null
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = numbersOf(file, appearance.entries.get('Matrix'), 6) ?? []
  const corners = [box[0], box[2]].flatMap((x) => [box[1], box[3]].map((y) => [a * x + c * y + e, b * x + d * y + f]))
  const xs = corners.map(([x = 0]) => x)
  const ys = corners.map(([, y = 0]) => y)
  const [left, bottom] = [Math.min(...xs), Math.min(...ys)]
  const [width, height] = [Math.max(...xs) - left, Math.max(...ys) - bottom]
  const [rectangleWidth, rectangleHeight] = [rectangle[2] - rectangle[0], rectangle[3] - rectangle[1]]
  if (width <= 0 || height <= 0 || rectangleWidth <= 0 || rectangleHeight <= 0) return null
  const [scaleX, scaleY] = [rectangleWidth / width, rectangleHeight / height]
  return [scaleX, 0, 0, scaleY, rectangle[0] - left * scaleX, rectangle[1] - bottom * scaleY]
    .map((value) => Number(value.toFixed(5)))
    .join(' ')
}

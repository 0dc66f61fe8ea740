import {
  asInteger,
  asName,
  findCatalog,
  isArray,
  isDictionary,
  isReference,
  isStream,
  latin1,
  listPages,
  openPdf,
  type PdfDictionary,
  type PdfFile,
  type PdfPage,
  type PdfReference,
  type PdfStream,
  type PdfValue,
  pdfDictionary,
  pdfReference,
  rewritePdf,
  withMembers,
} from '../model/pdf/index.ts'
import { placeAppearance } from './appearance-matrix.ts'
import { fieldValueAppearance } from './field-value.ts'
import { contentBalance } from './graphics-state.ts'

/** What the copy loses beside its form: what only makes sense with signatures, and what runs by itself. */
const CATALOG_KEYS_DROPPED = ['AcroForm', 'Perms', 'DSS', 'OpenAction', 'NeedsRendering', 'Requirements', 'Legal']
const ACTIVE_ACTIONS = new Set(['JavaScript', 'Launch', 'SubmitForm', 'ImportData', 'ResetForm'])
// Widget flags, ISO 32000-2 §12.5.3.
const HIDDEN = 2
const NO_VIEW = 32

/**
 * Gives a copy with every page kept and every form field and signature drawn into its page as it looked: no form,
 * no signature, no older revision, no script is left. It follows the cross-reference, as viewers do, so that the copy
 * shows what was read. Deterministic.
 * @throws GatewayError not-a-pdf, malformed-pdf, encrypted-input, too-large
 */
export function flattenPdf(pdf: Uint8Array): Uint8Array {
  const file = openPdf(pdf)
  const catalog = findCatalog(file)
  const edits = new Edits(file)
  edits.set(catalog.reference, plainCatalog(file, catalog.dictionary))
  for (const [index, page] of listPages(file).entries()) flattenPage(file, page, edits, index === 0)
  return rewritePdf(file, edits.objects, withoutActiveParts)
}

function plainCatalog(file: PdfFile, catalog: PdfDictionary): PdfDictionary {
  const entries = new Map([...catalog.entries].filter(([key]) => !CATALOG_KEYS_DROPPED.includes(key)))
  const names = file.resolve(entries.get('Names'))
  if (isDictionary(names)) {
    const kept = [...names.entries].filter(([key]) => key !== 'JavaScript')
    entries.set('Names', { kind: 'dictionary', entries: new Map(kept) })
  }
  return { kind: 'dictionary', entries }
}

/** Objects changed or added, by number. */
class Edits {
  readonly objects = new Map<number, PdfValue>()
  #next: number
  constructor(file: PdfFile) {
    this.#next = file.nextObjectNumber
  }
  set(reference: PdfReference, value: PdfValue): void {
    this.objects.set(reference.number, value)
  }
  add(value: PdfValue): PdfReference {
    const reference = pdfReference(this.#next)
    this.#next += 1
    this.set(reference, value)
    return reference
  }
}

function flattenPage(file: PdfFile, page: PdfPage, edits: Edits, isDrawnOnLater: boolean): void {
  const annotations = file.resolve(page.dictionary.entries.get('Annots'))
  const all = isArray(annotations) ? annotations : []
  const isWidget = (value: PdfValue): boolean => {
    const annotation = file.resolve(value)
    return isDictionary(annotation) && asName(file.resolve(annotation.entries.get('Subtype'))) === 'Widget'
  }
  const widgets = all.filter(isWidget)
  if (widgets.length === 0 && !isDrawnOnLater) return
  // A tagged document's structure may still point at the widget: it points at nothing from now on.
  for (const widget of widgets) if (isReference(widget)) edits.set(widget, null)
  const drawn = widgets.flatMap((widget) => drawWidget(file, file.resolve(widget), edits))

  const resources = file.resolve(page.dictionary.entries.get('Resources'))
  const known = isDictionary(resources) ? resources : pdfDictionary({})
  const xObjects = file.resolve(known.entries.get('XObject'))
  const taken = isDictionary(xObjects) ? xObjects : pdfDictionary({})
  const names = freeNames(taken, drawn.length)
  const operators = drawn.map(({ matrix }, index) => `q ${matrix} cm /${names[index] ?? ''} Do Q\n`)
  const added = Object.fromEntries(drawn.map(({ form }, index) => [names[index] ?? '', form]))
  // The page's own graphics state must not move what is drawn after it.
  const { excess, open } = contentBalance(file, page.dictionary)
  const before = edits.add(contentStream('q\n'.repeat(excess + 1)))
  const after = edits.add(contentStream(`\n${'Q\n'.repeat(open + 1)}${operators.join('')}`))
  edits.set(
    page.reference,
    withMembers(page.dictionary, {
      Annots: all.filter((annotation) => !isWidget(annotation)),
      Resources: withMembers(known, { XObject: withMembers(taken, added) }),
      Contents: [before, ...contentsOf(file, page.dictionary), after],
    }),
  )
}

const contentStream = (operators: string): PdfStream => ({
  kind: 'stream',
  dictionary: pdfDictionary({}),
  raw: latin1(operators),
})

function contentsOf(file: PdfFile, page: PdfDictionary): readonly PdfValue[] {
  const held = page.entries.get('Contents') ?? null
  const contents = file.resolve(held)
  if (isArray(contents)) return contents
  return isStream(contents) ? [held] : []
}

interface DrawnWidget {
  readonly form: PdfReference
  readonly matrix: string
}

function drawWidget(file: PdfFile, widget: PdfValue, edits: Edits): DrawnWidget[] {
  if (!isDictionary(widget)) return []
  const flags = asInteger(file.resolve(widget.entries.get('F'))) ?? 0
  if ((flags & (HIDDEN | NO_VIEW)) !== 0) return []
  const held = normalAppearance(file, widget)
  const stream = file.resolve(held)
  const appearance = isStream(stream) ? stream : fieldValueAppearance(file, widget)
  if (!appearance) return []
  const matrix = placeAppearance(file, appearance.dictionary, widget)
  if (!matrix) return []
  return [{ form: edits.add(asFormXObject(appearance)), matrix }]
}

/** /AP /N, by the state in /AS where there are several (§12.5.5). */
function normalAppearance(file: PdfFile, widget: PdfDictionary): PdfValue {
  const appearances = file.resolve(widget.entries.get('AP'))
  if (!isDictionary(appearances)) return null
  const normal = appearances.entries.get('N') ?? null
  const found = file.resolve(normal)
  if (!isDictionary(found)) return normal
  return found.entries.get(asName(file.resolve(widget.entries.get('AS'))) ?? 'Off') ?? null
}

function asFormXObject(stream: PdfStream): PdfStream {
  const dictionary = withMembers(stream.dictionary, {
    Type: { kind: 'name', name: 'XObject' },
    Subtype: { kind: 'name', name: 'Form' },
  })
  return { ...stream, dictionary }
}

function freeNames(taken: PdfDictionary, count: number): string[] {
  const names: string[] = []
  for (let number = 1; names.length < count; number += 1) {
    if (!taken.entries.has(`Flat${number}`)) names.push(`Flat${number}`)
  }
  return names
}

/** Under our seal nothing may act by itself, and no signature of somebody else's may lie about. */
function withoutActiveParts(dictionary: PdfDictionary): PdfDictionary | null {
  const { entries } = dictionary
  if (entries.has('ByteRange') && entries.has('Contents')) return null
  // Structure elements have /S as well; theirs comes with kids.
  if (ACTIVE_ACTIONS.has(asName(entries.get('S')) ?? '') && !entries.has('K')) return null
  // A resource may be named AA too: only in pages, the catalog and annotations does it mean actions.
  if (!entries.has('AA') || !(entries.has('Type') || entries.has('Subtype'))) return dictionary
  return { kind: 'dictionary', entries: new Map([...entries].filter(([key]) => key !== 'AA')) }
}

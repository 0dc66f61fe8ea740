import { namesNoFont } from './font-faces.ts'
import type { PdfView } from './pdf-document.ts'
import type { TwoFaces } from './two-faces.ts'
import { dictOf, integerOf, isKind, nameOf, type PdfDict, type PdfStream, type PdfValue, sameAtom } from './values.ts'

const MAX_NODES = 200_000
const MAX_PARENTS = 64

/** Table 31: what a page has from the nodes above it where it does not say it itself. */
const INHERITED = ['Resources', 'MediaBox', 'CropBox', 'Rotate']

/** A node of the tree with those that lead to it, the nearest first. */
interface Node {
  readonly number: number
  readonly above: readonly PdfDict[]
}

/**
 * Finds where readers that walk the page tree down and readers that walk it up come to other pages: some inherit by
 * Kids and some by Parent, some count pages and some believe Count, and some take for a page what has Kids. `read` gives
 * what a stream holds; null where it cannot be read.
 * @see ISO 32000-2 clauses 7.7.3.2 to 7.7.3.4
 */
export function findPageTreeFaces(view: PdfView, read: (stream: PdfStream) => Uint8Array | null): readonly TwoFaces[] {
  const root = view.catalog.entries.get('Pages')
  if (!isKind(root, 'ref') || !dictOf(view.object(root.number))) return [{ what: 'it leads to no pages', object: null }]
  const found: TwoFaces[] = []
  const seen = new Set<number>()
  const leaves = new Map<PdfDict, number>()
  const open: Node[] = [{ number: root.number, above: [] }]
  for (let node = open.pop(); node && seen.size < MAX_NODES && found.length === 0; node = open.pop()) {
    const { number, above } = node
    const dict = dictOf(view.object(number))
    if (!dict || seen.has(number)) continue
    // What we do not look at, others may show.
    if (above.length > MAX_PARENTS) return [{ what: 'its pages stand too deep', object: number }]
    seen.add(number)
    const report = (what: string): void => void found.push({ what, object: number })
    const kids = view.resolve(dict.entries.get('Kids'))
    const type = nameOf(view.resolve(dict.entries.get('Type')))
    if (type !== null && type !== (isKind(kids, 'array') ? 'Pages' : 'Page')) {
      report('it is a page to some, and not to others')
    }
    if (above.length === 0 && view.resolve(dict.entries.get('Parent')) !== null)
      report('something stands above all pages')
    if (inheritsTwice(view, dict, above)) report('Parent is not the node that lists it, and gives it something else')
    if (isKind(kids, 'array')) {
      if (kids.items.some((kid) => !isKind(kid, 'ref') || !dictOf(view.resolve(kid))))
        report('Kids holds what is no page')
      for (const kid of kids.items) if (isKind(kid, 'ref')) open.push({ number: kid.number, above: [dict, ...above] })
      leaves.set(dict, leaves.get(dict) ?? 0)
    } else {
      for (const one of above) leaves.set(one, (leaves.get(one) ?? 0) + 1)
      if (hasOtherContents(view, dict)) report('Contents holds what is no stream')
      const annotations = view.resolve(dict.entries.get('Annots'))
      if (annotations !== null && !isKind(annotations, 'array')) report('its annotations are no list')
      const resources = [dict, ...above].find((one) => one.entries.has('Resources'))?.entries.get('Resources')
      if (namesNoFont(view, dict, resources, read)) report('it draws by a font that its resources do not hold')
    }
  }
  if (found.length > 0) return found
  const top = dictOf(view.resolve(root))
  if (!isKind(view.resolve(top?.entries.get('Kids')), 'array')) return [{ what: 'it leads to no pages', object: null }]
  const counted = top ? leaves.get(top) : undefined
  const said = integerOf(view.resolve(top?.entries.get('Count')))
  const what = 'Count is not the number of pages'
  return counted !== undefined && said !== counted ? [{ what, object: root.number }] : []
}

function hasOtherContents(view: PdfView, page: PdfDict): boolean {
  const contents = view.resolve(page.entries.get('Contents'))
  if (!isKind(contents, 'array')) return contents !== null && !isKind(contents, 'stream')
  return contents.items.map(view.resolve).some((item) => !isKind(item, 'stream'))
}

function inheritsTwice(view: PdfView, dict: PdfDict, above: readonly PdfDict[]): boolean {
  const [nearest] = above
  if (!nearest || view.resolve(dict.entries.get('Parent')) === nearest) return false
  const byParent: PdfDict[] = []
  for (let one = parentOf(view, dict); one && byParent.length < MAX_PARENTS; one = parentOf(view, one))
    byParent.push(one)
  return INHERITED.some((key) => {
    if (dict.entries.has(key)) return false
    const [down, up] = [above, byParent].map((nodes) => nodes.find((node) => node.entries.has(key))?.entries.get(key))
    return !isSame(view, down, up)
  })
}

const parentOf = (view: PdfView, dict: PdfDict): PdfDict | null => dictOf(view.resolve(dict.entries.get('Parent')))

function isSame(view: PdfView, one: PdfValue | undefined, other: PdfValue | undefined): boolean {
  const [a, b] = [view.resolve(one), view.resolve(other)]
  if (sameAtom(a, b)) return true
  if (!isKind(a, 'array') || !isKind(b, 'array') || a.items.length !== b.items.length) return false
  return a.items.every((item, i) => sameAtom(view.resolve(item), view.resolve(b.items[i])))
}

import type { PdfDocument, PdfView } from './pdf-document.ts'
import { decodeStream } from './stream-filters.ts'
import { dictOf, isKind, type PdfDict, type PdfStream, type PdfValue, textOf } from './values.ts'

/** A file that a PDF carries. */
export interface EmbeddedFile {
  /** Its name without folders, made safe to show; `attachment-N` where it has none. */
  readonly name: string
  /** Gives its bytes, anew each time. @throws VerifyError as decodeStream does */
  read(): Uint8Array
}

export interface EmbeddedFiles {
  /** Those that are listed as attachments first, then those that stand elsewhere; each once. */
  readonly files: readonly EmbeddedFile[]
  /** All that there are; false where there were more than asked for, or too much to look through. */
  readonly complete: boolean
}

const MAX_STEPS = 3_000_000

/**
 * Finds the files that the newest revision carries, wherever a file specification stands that the document leads to:
 * the name tree of attachments (portfolios have theirs there), annotations, associated files of any object, and the
 * related files of each. What no object leads to, no reader shows.
 * @see ISO 32000-2 clauses 7.11.4, 12.5.6.15, 12.3.5, 14.13
 */
export function embeddedFilesOf(document: PdfDocument, maxFiles: number): EmbeddedFiles {
  const view = document.view(document.revisions.length - 1)
  const { catalog, revision } = view
  const names = dictOf(view.resolve(catalog.entries.get('Names')))
  const starts = [names?.entries.get('EmbeddedFiles'), catalog.entries.get('AF'), revision.trailer.entries.get('Root')]
  const found = new Map<PdfStream, string | null>()
  let complete = true
  for (const dict of dictsFrom(view, starts)) {
    if (dict === null) complete = false
    else if (dict.entries.has('EF'))
      for (const [stream, name] of filesIn(view, dict)) if (!found.has(stream)) found.set(stream, name)
    if (found.size > maxFiles) break
  }
  const files = [...found].slice(0, maxFiles).map(([stream, name], i) => ({
    name: safeName(name) ?? `attachment-${i + 1}`,
    read: () => decodeStream(stream, view.resolve, document.budget),
  }))
  return { files, complete: complete && found.size <= maxFiles }
}

/** Gives every dictionary that the values lead to, each object once; null at its end where that is too much. */
function* dictsFrom(
  view: PdfView,
  starts: readonly (PdfValue | undefined)[],
): Generator<PdfDict | null, void, undefined> {
  const seen = new Set<number>()
  const open: PdfValue[] = starts.map((value) => value ?? null).reverse()
  let steps = 0
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (++steps > MAX_STEPS) {
      yield null
      return
    }
    if (isKind(value, 'ref')) {
      if (!seen.has(value.number)) open.push(view.object(value.number))
      seen.add(value.number)
      continue
    }
    const dict = dictOf(value)
    if (dict) yield dict
    const inside = isKind(value, 'array') ? value.items : dict?.entries.values()
    if (inside) pushReversed(open, inside)
  }
}

/** The first is to be taken from the stack first. */
function pushReversed(open: PdfValue[], values: Iterable<PdfValue>): void {
  const from = open.length
  for (const value of values) if (leadsOn(value)) open.push(value)
  for (let low = from, high = open.length - 1; low < high; low += 1, high -= 1) {
    const [one = null, other = null] = [open[low], open[high]]
    open[low] = other
    open[high] = one
  }
}

const leadsOn = (value: PdfValue): boolean => isKind(value, 'ref') || isKind(value, 'array') || isKind(value, 'dict')

/** Table 43: the same file for every platform, as a rule; where they differ, each is one. */
const PLATFORMS = ['UF', 'F', 'Unix', 'Mac', 'DOS']

/** Gives the files of a file specification, those related to them included. */
function* filesIn(view: PdfView, specification: PdfDict): Generator<readonly [PdfStream, string | null]> {
  const embedded = dictOf(view.resolve(specification.entries.get('EF')))
  if (!embedded) return
  const related = dictOf(view.resolve(specification.entries.get('RF')))
  const nameFor = (key: string): string | null => textOf(view.resolve(specification.entries.get(key)))
  const common = PLATFORMS.map(nameFor).find((name) => name !== null) ?? null
  for (const key of PLATFORMS) {
    const stream = view.resolve(embedded.entries.get(key))
    if (isKind(stream, 'stream')) yield [stream, nameFor(key) ?? common]
    // Clause 7.11.4.3: pairs of a name and a stream.
    const pairs = view.resolve(related?.entries.get(key))
    if (!isKind(pairs, 'array')) continue
    for (let i = 0; i + 1 < pairs.items.length; i += 2) {
      const other = view.resolve(pairs.items[i + 1])
      if (isKind(other, 'stream')) yield [other, textOf(view.resolve(pairs.items[i]))]
    }
  }
}

const MAX_NAME = 200

/** No folders, nothing invisible and nothing that turns the direction of writing; null where nothing is left. */
function safeName(name: string | null): string | null {
  const last = (name ?? '').slice(-4096).split(/[/\\]/).at(-1) ?? ''
  const visible = last
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/[\p{Cf}\p{Co}\p{Cn}\ufffd]/gu, '')
    .replace(/\s+/g, ' ')
    .trim()
  const extension = /\.[^.]{1,12}$/.exec(visible)?.[0] ?? ''
  const short = visible.length <= MAX_NAME ? visible : visible.slice(0, MAX_NAME - extension.length) + extension
  return /^\.*$/.test(short) ? null : short.toWellFormed()
}

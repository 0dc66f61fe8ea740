import { territoryName } from './territory.ts'
import type { View } from './view.ts'

/**
 * Where a root came from, in the reader's words: of a source as anchors name it (see model/trust-anchor.ts), such as "file",
 * "submission:<id>" or "trusted-list:DK". One that nothing is known of stays as it is.
 */
export function sourceInWords(view: View, source: string): string {
  const words = view.t.trustChange
  const [kind = '', of = ''] = source.split(/:(.*)/s)
  if (kind === 'submission') return words.fromSubmission
  if (kind === 'trusted-list') return words.fromList(territoryName(view, of))
  if (kind === 'catalogue') return words.fromCatalogue(of)
  const single: Readonly<Record<string, string>> = words.sources
  return single[source] ?? source
}

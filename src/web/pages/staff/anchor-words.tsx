import type { ComponentChildren, VNode } from 'preact'
import type { AnchorWords } from '../../deps.ts'
import { Alert } from '../../layout/parts.tsx'
import { showDayShort, type View } from '../../layout/view.ts'

/** Key and validity as rows of facts; none of a certificate that cannot be read. */
export function factsOf(view: View, words: AnchorWords | null): readonly (readonly [string, ComponentChildren])[] {
  if (words === null) return []
  const { t } = view
  return [
    [t.roots.key, words.key],
    [t.roots.validity, t.roots.validFromTo(dayOf(view, words.validFrom), dayOf(view, words.validTo))],
  ]
}

/** What to know before a certificate is trusted, and for as long as it is. */
export function Warnings({ words }: { readonly words: AnchorWords | null }): VNode | null {
  if (words === null || words.warnings.length === 0) return null
  return (
    <Alert kind="warning">
      {words.warnings.map((warning) => (
        <p>{warning}</p>
      ))}
    </Alert>
  )
}

const dayOf = (view: View, instant: string): string => showDayShort(view, instant.slice(0, 10))

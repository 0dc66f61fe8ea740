import type { VNode } from 'preact'
import type { TrustAnchor } from '../../../model/trust-anchor.ts'
import type { AnchorWords, CatalogueAnchor } from '../../deps.ts'
import { Alert, Csrf, Facts } from '../../layout/parts.tsx'
import type { View } from '../../layout/view.ts'
import { factsOf, Warnings } from './anchor-words.tsx'
import { MustSay } from './root-fields.tsx'

/** CAs that came with the product. Null entries: the list cannot be read, and then nothing of it is offered. */
export function Catalogue(props: {
  readonly view: View
  readonly entries: readonly CatalogueAnchor[] | null
  readonly anchors: readonly TrustAnchor[]
  readonly describe: (der: Uint8Array) => AnchorWords | null
}): VNode {
  const { view, entries } = props
  const { t } = view
  return (
    <section aria-labelledby="catalogue">
      <h2 id="catalogue">{t.catalogue.title}</h2>
      {entries === null ? <Alert kind="error" heading={t.catalogue.broken} /> : null}
      {entries?.length === 0 ? <p class="empty">{t.catalogue.empty}</p> : null}
      {entries && entries.length > 0 ? <p>{t.catalogue.text}</p> : null}
      {(entries ?? []).map((entry) => (
        <Entry
          view={view}
          entry={entry}
          words={props.describe(entry.certificate.der)}
          present={props.anchors.some(({ sha256 }) => sha256 === entry.fingerprint)}
        />
      ))}
    </section>
  )
}

function Entry(props: {
  readonly view: View
  readonly entry: CatalogueAnchor
  readonly words: AnchorWords | null
  readonly present: boolean
}): VNode {
  const { view, entry, words } = props
  const { t } = view
  return (
    <article class="card">
      <h3>{entry.subject}</h3>
      <Warnings words={words} />
      <Facts
        rows={[
          [t.roots.fingerprint, <code class="fingerprint">{entry.fingerprint}</code>],
          ...factsOf(view, words),
          [t.roots.purposes, entry.purposes.map((purpose) => t.roots.purpose[purpose]).join(', ')],
          [t.roots.source, `${entry.source.url} (${entry.source.takenOn})`],
          [t.catalogue.confirmedBy, entry.source.confirmedBy],
          ...(entry.note ? [[t.roots.why, entry.note] as const] : []),
        ]}
      />
      {props.present ? (
        <p class="quiet">{t.catalogue.present}</p>
      ) : (
        <form method="post" action="/staff/roots/catalogue">
          <Csrf view={view} />
          <input type="hidden" name="id" value={entry.id} />
          <MustSay id={`catalogue-${entry.id}`} name="note" label={t.roots.note} />
          <button type="submit" class="button button-secondary">
            {t.trustChange.look}
          </button>
        </form>
      )}
    </article>
  )
}

import type { VNode } from 'preact'
import type { AnchorPurpose } from '../../../model/trust-anchor.ts'
import type { AnchorPreview } from '../../deps.ts'
import { Page } from '../../layout/page.tsx'
import { Alert, Csrf, Facts } from '../../layout/parts.tsx'
import type { View } from '../../layout/view.ts'
import { factsOf, Warnings } from './anchor-words.tsx'

/** What was about to be taken in, where something must be known first. Nothing has changed yet. */
export function ConfirmRootsPage(props: {
  readonly view: View
  readonly previews: readonly AnchorPreview[]
  readonly purposes: readonly AnchorPurpose[]
  readonly note: string
}): VNode {
  const { view, previews, purposes, note } = props
  const { t } = view
  const wanted = previews.filter(({ present }) => !present)
  return (
    <Page view={view} title={t.roots.confirmTitle} lead={t.roots.confirmLead} wide>
      {wanted.map(({ subject, sha256, words }) => (
        <article class="card">
          <h2>{subject}</h2>
          <Warnings words={words} />
          <Facts rows={[[t.roots.fingerprint, <code class="fingerprint">{sha256}</code>], ...factsOf(view, words)]} />
        </article>
      ))}
      {wanted.length < previews.length ? (
        <Alert kind="info" heading={t.roots.presentHeading}>
          <ul>
            {previews
              .filter(({ present }) => present)
              .map(({ subject }) => (
                <li>{subject}</li>
              ))}
          </ul>
        </Alert>
      ) : null}
      <form method="post" action="/staff/roots" encType="multipart/form-data" class="form panel">
        <Csrf view={view} />
        <Facts
          rows={[
            [t.roots.purposes, purposes.map((purpose) => t.roots.purpose[purpose]).join(', ')],
            [t.roots.why, note],
          ]}
        />
        <input type="hidden" name="certificates" value={wanted.map(({ pem }) => pem).join('')} />
        {purposes.map((purpose) => (
          <input type="hidden" name={`purpose-${purpose}`} value="yes" />
        ))}
        <input type="hidden" name="note" value={note} />
        <button type="submit" class="button button-primary">
          {t.roots.confirm}
        </button>
        <a href="/staff/roots">{t.roots.confirmNot}</a>
      </form>
    </Page>
  )
}

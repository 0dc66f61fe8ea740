import type { VNode } from 'preact'
import type { Day } from '../../../model/time.ts'
import type { AnchorPurpose } from '../../../model/trust-anchor.ts'
import type { AnchorPreview, Effects } from '../../deps.ts'
import { Page } from '../../layout/page.tsx'
import { Alert, Csrf, Facts } from '../../layout/parts.tsx'
import { showDayShort, type View } from '../../layout/view.ts'
import { factsOf, Warnings } from './anchor-words.tsx'
import { RootEffects } from './root-effects.tsx'

/** What was about to be taken in, where something must be known first. Nothing has changed yet. */
export function ConfirmRootsPage(props: {
  readonly view: View
  readonly previews: readonly AnchorPreview[]
  readonly effects: Effects
  readonly purposes: readonly AnchorPurpose[]
  readonly note: string
  /** As they were filled in; '' where none was. */
  readonly days: { readonly from: Day; readonly until: Day }
}): VNode {
  const { view, previews, purposes, note, days } = props
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
      <RootEffects view={view} effects={props.effects} />
      <form method="post" action="/staff/roots" encType="multipart/form-data" class="form panel">
        <Csrf view={view} />
        <Facts
          rows={[
            [t.roots.purposes, purposes.map((purpose) => t.roots.purpose[purpose]).join(', ')],
            ...(days.from ? [[t.roots.fromDay, showDayShort(view, days.from)] as const] : []),
            ...(days.until ? [[t.roots.lastDay, showDayShort(view, days.until)] as const] : []),
            [t.roots.why, note],
          ]}
        />
        <input type="hidden" name="certificates" value={wanted.map(({ pem }) => pem).join('')} />
        {purposes.map((purpose) => (
          <input type="hidden" name={`purpose-${purpose}`} value="yes" />
        ))}
        <input type="hidden" name="note" value={note} />
        <input type="hidden" name="from" value={days.from} />
        <input type="hidden" name="until" value={days.until} />
        <button type="submit" class="button button-primary">
          {wanted.some(({ words }) => (words?.warnings.length ?? 0) > 0) ? t.roots.confirm : t.roots.add}
        </button>
        <p>
          <a href="/staff/roots">{t.roots.confirmNot}</a>
        </p>
      </form>
    </Page>
  )
}

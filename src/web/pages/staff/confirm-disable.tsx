import type { VNode } from 'preact'
import type { TrustAnchor } from '../../../model/trust-anchor.ts'
import type { Effects } from '../../deps.ts'
import { Page } from '../../layout/page.tsx'
import { Csrf, Facts } from '../../layout/parts.tsx'
import type { View } from '../../layout/view.ts'
import { RootEffects } from './root-effects.tsx'

/** What was about to be taken out of use, and what that would do. Nothing has changed yet. */
export function ConfirmDisablePage(props: {
  readonly view: View
  readonly anchor: TrustAnchor
  readonly effects: Effects
  readonly reason: string
}): VNode {
  const { view, anchor, effects, reason } = props
  const { t } = view
  return (
    <Page view={view} title={t.effects.disableTitle} lead={t.effects.disableLead} wide>
      <RootEffects view={view} effects={effects} />
      <form method="post" action={`/staff/roots/${anchor.sha256}/disable`} class="form panel">
        <Csrf view={view} />
        <Facts
          rows={[
            [t.roots.what, anchor.subject],
            [t.roots.fingerprint, <code class="fingerprint">{anchor.sha256}</code>],
            [t.roots.why, reason],
          ]}
        />
        <input type="hidden" name="reason" value={reason} />
        <input type="hidden" name="confirmed" value="yes" />
        <button type="submit" class="button button-primary">
          {t.effects.disable}
        </button>
        <p>
          <a href="/staff/roots">{t.effects.disableNot}</a>
        </p>
      </form>
    </Page>
  )
}

import type { VNode } from 'preact'
import type { JudgingPolicy, PolicyReview } from '../../../model/trust-proposal.ts'
import { Alert, Csrf, When } from '../../layout/parts.tsx'
import type { View } from '../../layout/view.ts'
import { RootEffects } from './root-effects.tsx'
import { MustSay } from './root-fields.tsx'

/** A change of policy, the open cases whose verdict it would change, and the way to let them follow it. */
export function PolicyReviewSection(props: {
  readonly view: View
  readonly review: PolicyReview | null
}): VNode | null {
  const { view, review } = props
  if (review === null) return null
  const t = view.t.policyReview
  return (
    <section aria-labelledby="policy">
      <h2 id="policy">{t.heading}</h2>
      <p>
        {t.since} <When view={view} at={review.since} />. {t.text}
      </p>
      <ul>
        {differences(view, review).map((line) => (
          <li>{line}</li>
        ))}
      </ul>
      {review.effects === null ? (
        <Alert kind="info" heading={t.looking} />
      ) : (
        <>
          <RootEffects view={view} effects={review.effects} />
          <form method="post" action="/staff/roots/policy" class="form panel">
            <Csrf view={view} />
            <input type="hidden" name="policy" value={review.after.name} />
            <MustSay id="policy-note" name="note" label={view.t.roots.why} />
            <button type="submit" class="button button-primary">
              {t.apply}
            </button>
          </form>
        </>
      )}
    </section>
  )
}

function differences({ t }: View, { before, after }: PolicyReview): readonly string[] {
  const same = (key: keyof JudgingPolicy): boolean => JSON.stringify(before[key]) === JSON.stringify(after[key])
  return [
    ...(same('version') ? [] : [t.policyReview.version(before.version, after.version)]),
    ...(same('checkRevocation') ? [] : [`checkRevocation: ${before.checkRevocation} → ${after.checkRevocation}`]),
    ...(same('algorithms') ? [] : [t.policyReview.algorithms]),
  ]
}

/** Said on the queue to admins: cases wait for a word of theirs. */
export function PolicyAlert(props: { readonly view: View; readonly review: PolicyReview | null }): VNode | null {
  const { view, review } = props
  const changed = review?.effects?.changed.length ?? 0
  if (changed === 0) return null
  const t = view.t.policyReview
  return (
    <Alert kind="warning" heading={t.heading}>
      <p>
        {t.waiting(changed)} <a href="/staff/roots#policy">{t.toPage}</a>
      </p>
    </Alert>
  )
}

import type { VNode } from 'preact'
import type { Case, Party } from '../../../model/case.ts'
import { Page } from '../../layout/page.tsx'
import { Alert, Csrf, PostButton } from '../../layout/parts.tsx'
import type { View } from '../../layout/view.ts'
import { MustSay } from './root-fields.tsx'

/** The links by which a case is followed: taking them all back, and sending a new one. */
export function LinkPage(props: {
  readonly view: View
  readonly case: Case
  readonly inForce: number
  readonly choice: { readonly parties: readonly Party[]; readonly number: number }
  readonly done: 'revoked' | 'sent' | null
  readonly problem: boolean
}): VNode {
  const { view, choice } = props
  const { t } = view
  const base = `/staff/cases/${props.case.number}`
  return (
    <Page view={view} title={t.link.title} lead={<a href={base}>{t.link.lead(props.case.number)}</a>} noindex>
      {props.done ? <Alert kind="success" heading={t.link[props.done]} /> : null}
      {props.problem ? <Alert kind="error" heading={t.link.reasonMissing} /> : null}
      <p>{t.link.inForce(props.inForce)}</p>
      <form method="post" action={`${base}/link/revoke`} class="form panel">
        <h2>{t.link.revokeTitle}</h2>
        <p>{t.link.revokeText}</p>
        <Csrf view={view} />
        <MustSay id="reason" name="reason" label={t.link.reason} hint={t.link.reasonHint} />
        <button type="submit" class="button button-secondary">
          {t.link.revoke}
        </button>
      </form>
      <section class="panel" aria-labelledby="send">
        <h2 id="send">{t.link.sendTitle}</h2>
        {choice.parties.length === 0 ? <p>{t.link.nobody}</p> : <p>{t.link.sendText}</p>}
        {choice.parties.map((party) => (
          <PostButton
            view={view}
            action={`${base}/link/send`}
            fields={{ party: party.id, number: String(choice.number) }}
            label={t.link.sendTo(party.email ?? '')}
          />
        ))}
      </section>
    </Page>
  )
}

/** The way here from the case's own page. */
export function ToLinkPage({ view, base }: { readonly view: View; readonly base: string }): VNode {
  return (
    <p class="no-print">
      <a href={`${base}/link`}>{view.t.link.toPage}</a>
    </p>
  )
}

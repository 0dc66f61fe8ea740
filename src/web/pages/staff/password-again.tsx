import type { VNode } from 'preact'
import { Page } from '../../layout/page.tsx'
import { Csrf, Field } from '../../layout/parts.tsx'
import type { View } from '../../layout/view.ts'

/** The field for the own password, with what was wrong with it. */
export function OwnPassword(props: {
  readonly view: View
  readonly problem: 'missing' | 'wrong' | null
  /** Where a page has two of them. */
  readonly id?: string
}): VNode {
  const t = props.view.t.ownPassword
  return (
    <Field
      name="password"
      {...(props.id ? { id: props.id } : {})}
      label={t.label}
      hint={t.hint}
      type="password"
      required
      autocomplete="current-password"
      error={props.problem ? t[props.problem] : null}
    />
  )
}

/** Asks for the own password before a change of trust, and carries along what was filled in. */
export function PasswordPage(props: {
  readonly view: View
  readonly action: string
  /** The name under which the form is kept. */
  readonly kept: string
  readonly problem: 'missing' | 'wrong'
}): VNode {
  const { view } = props
  const t = view.t.ownPassword
  return (
    <Page view={view} title={t.title} lead={t.lead}>
      <form method="post" action={props.action} class="form panel">
        <Csrf view={view} />
        <input type="hidden" name="kept" value={props.kept} />
        <OwnPassword view={view} problem={props.problem === 'wrong' ? 'wrong' : null} />
        <button type="submit" class="button button-primary">
          {t.submit}
        </button>
      </form>
    </Page>
  )
}

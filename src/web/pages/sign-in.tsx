import type { VNode } from 'preact'
import { Page } from '../layout/page.tsx'
import { Alert, Field } from '../layout/parts.tsx'
import type { View } from '../layout/view.ts'

/** Sign-in of caseworkers and admins. Wrong name and wrong password look the same. */
export function SignInPage(props: {
  readonly view: View
  readonly next: string
  readonly problem: 'wrong' | null
  readonly username: string
}): VNode {
  const { t } = props.view
  return (
    <Page view={props.view} title={t.signIn.title} lead={t.signIn.lead} noindex>
      {props.problem ? (
        <Alert kind="error" heading={t.signIn.wrong}>
          <p>{t.signIn.wrongText}</p>
        </Alert>
      ) : null}
      <form method="post" action="/staff/sign-in" class="form">
        <input type="hidden" name="next" value={props.next} />
        <Field
          name="username"
          label={t.signIn.username}
          required
          autocomplete="username"
          maxLength={64}
          value={props.username}
        />
        <Field
          name="password"
          label={t.signIn.password}
          type="password"
          required
          autocomplete="current-password"
          maxLength={256}
        />
        <button type="submit" class="button button-primary">
          {t.signIn.submit}
        </button>
      </form>
    </Page>
  )
}

/** Where an invited person chooses a password. Showing it uses nothing up. */
export function InvitePage(props: {
  readonly view: View
  readonly action: string
  readonly displayName: string
  readonly username: string
  readonly problem: 'too-short' | 'too-long' | 'too-common' | 'differs' | null
}): VNode {
  const { t } = props.view
  return (
    <Page view={props.view} title={t.invite.title(props.displayName)} lead={t.invite.lead(props.username)} noindex>
      <form method="post" action={props.action} class="form">
        <input type="hidden" name="username" value={props.username} autocomplete="username" />
        <Field
          name="password"
          label={t.invite.password}
          hint={t.invite.hint}
          error={props.problem && props.problem !== 'differs' ? t.invite.problems[props.problem] : null}
          type="password"
          required
          autocomplete="new-password"
          minLength={12}
          maxLength={256}
        />
        <Field
          name="again"
          label={t.invite.again}
          error={props.problem === 'differs' ? t.invite.problems.differs : null}
          type="password"
          required
          autocomplete="new-password"
          maxLength={256}
        />
        <button type="submit" class="button button-primary">
          {t.invite.submit}
        </button>
      </form>
    </Page>
  )
}

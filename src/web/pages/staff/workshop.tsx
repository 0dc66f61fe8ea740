import type { ComponentChildren, VNode } from 'preact'
import type { Account } from '../../../model/account.ts'
import type { ArchivePackage } from '../../../model/archive-package.ts'
import type { Job } from '../../../model/job.ts'
import { Page } from '../../layout/page.tsx'
import { Alert, Badge, Csrf, Field, Pager, PostButton, Table, When } from '../../layout/parts.tsx'
import { showDay, type View } from '../../layout/view.ts'

/** Jobs that were given up on, with the way to try again. */
export function JobsPage(props: {
  readonly view: View
  readonly dead: readonly Job[]
  readonly retried: boolean
  readonly page: number
  readonly more: boolean
}): VNode {
  const { view } = props
  const { t } = view
  return (
    <Page view={view} title={t.jobs.title} lead={t.jobs.lead} wide>
      {props.retried ? <Alert kind="success" heading={t.jobs.retried} /> : null}
      <Table
        caption={t.jobs.title}
        columns={[t.jobs.kind, t.jobs.problem, t.jobs.attempts, t.jobs.since, t.jobs.action]}
        empty={t.jobs.empty}
        rows={props.dead.map((job) => [
          t.jobKinds[job.kind],
          <code>{job.lastError ?? '–'}</code>,
          String(job.attempts),
          <When view={view} at={job.createdAt} short />,
          <PostButton
            view={view}
            action={`/staff/jobs/${job.id}/retry`}
            label={t.jobs.retry}
            describedAs={`${t.jobs.retry}: ${t.jobKinds[job.kind]}`}
          />,
        ])}
      />
      <Pager view={view} path="/staff/jobs" page={props.page} more={props.more} />
    </Page>
  )
}

/** Packages at the archives, and which of them are acknowledged. */
export function ArchivePage(props: {
  readonly view: View
  readonly packages: readonly { readonly package: ArchivePackage; readonly caseNumber: string | null }[]
  readonly page: number
  readonly more: boolean
  /** How they stand with their time-stamps. */
  readonly children?: ComponentChildren
}): VNode {
  const { view } = props
  const { t } = view
  const kinds = { planned: 'info', put: 'warning', acknowledged: 'success', refused: 'error' } as const
  return (
    <Page view={view} title={t.archive.title} lead={t.archive.lead} wide>
      {props.children}
      <Table
        caption={t.archive.title}
        columns={[t.queue.case, t.archive.connector, t.archive.location, t.archive.state, t.archive.acknowledgedAt]}
        empty={t.archive.empty}
        rows={props.packages.map(({ package: one, caseNumber }) => [
          caseNumber ? <a href={`/staff/cases/${caseNumber}`}>{caseNumber}</a> : '–',
          one.connector,
          <>
            <code class="fingerprint">{one.location ?? '–'}</code>
            {one.fixity ? <code class="fingerprint quiet block">{one.fixity}</code> : null}
          </>,
          <Badge kind={kinds[one.state]} text={t.archive.states[one.state]} />,
          one.acknowledgedAt ? <When view={view} at={one.acknowledgedAt} short /> : '–',
        ])}
      />
      <Pager view={view} path="/staff/archive" page={props.page} more={props.more} />
    </Page>
  )
}

/** Days on which the town hall is closed: those of the configuration, and those that an admin set here. */
export function ClosingDaysPage(props: {
  readonly view: View
  readonly own: readonly string[]
  readonly configured: readonly string[]
  readonly problem: boolean
}): VNode {
  const { view } = props
  const { t } = view
  return (
    <Page view={view} title={t.closingDays.title} lead={t.closingDays.lead}>
      <Table
        caption={t.closingDays.title}
        columns={[t.closingDays.day, t.closingDays.origin, t.jobs.action]}
        empty={t.closingDays.empty}
        rows={[...new Set([...props.own, ...props.configured])]
          .sort()
          .map((day) => [
            showDay(view, day),
            props.own.includes(day) ? t.closingDays.setHere : t.closingDays.configured,
            props.own.includes(day) ? (
              <PostButton
                view={view}
                action="/staff/settings/closing-days/remove"
                fields={{ day }}
                label={t.closingDays.remove}
                describedAs={`${t.closingDays.remove}: ${showDay(view, day)}`}
              />
            ) : (
              ''
            ),
          ])}
      />
      <form method="post" action="/staff/settings/closing-days" class="form panel">
        <h2>{t.closingDays.add}</h2>
        <Csrf view={view} />
        <Field
          name="day"
          label={t.closingDays.day}
          type="date"
          required
          short
          error={props.problem ? t.closingDays.notADay : null}
        />
        <button type="submit" class="button button-primary">
          {t.closingDays.add}
        </button>
      </form>
    </Page>
  )
}

/** Who may sign in; inviting shows the one-time link once. */
export function AccountsPage(props: {
  readonly view: View
  readonly accounts: readonly Account[]
  /** Nobody disables the own account. */
  readonly ownId: string
  readonly invitation: { readonly who: string; readonly link: string } | null
  readonly problem: boolean
}): VNode {
  const { view } = props
  const { t } = view
  return (
    <Page view={view} title={t.accounts.title} lead={<a href="/staff/api-tokens">{t.apiTokens.title}</a>} wide>
      {props.invitation ? (
        <Alert kind="success" heading={t.accounts.invited(props.invitation.who)}>
          <p>{t.accounts.linkOnce}</p>
          <p>
            <code class="fingerprint">{props.invitation.link}</code>
          </p>
        </Alert>
      ) : null}
      <Table
        caption={t.accounts.title}
        columns={[t.signIn.username, t.accounts.name, t.accounts.role, t.accounts.state, t.jobs.action]}
        empty={t.accounts.empty}
        rows={props.accounts.map((account) => [
          account.username,
          account.displayName,
          t.roles[account.role],
          account.disabledAt ? (
            <Badge kind="warning" text={t.accounts.disabled} />
          ) : account.passwordHash ? (
            <Badge kind="success" text={t.accounts.active} />
          ) : (
            <Badge kind="info" text={t.accounts.waiting} />
          ),
          account.id === props.ownId ? (
            ''
          ) : (
            <PostButton
              view={view}
              action={`/staff/accounts/${account.id}/${account.disabledAt ? 'enable' : 'disable'}`}
              label={account.disabledAt ? t.accounts.enable : t.accounts.disable}
              describedAs={`${account.disabledAt ? t.accounts.enable : t.accounts.disable}: ${account.username}`}
            />
          ),
        ])}
      />
      <form method="post" action="/staff/accounts" class="form panel">
        <h2>{t.accounts.invite}</h2>
        <Csrf view={view} />
        <Field
          name="username"
          label={t.signIn.username}
          hint={t.accounts.usernameHint}
          error={props.problem ? t.accounts.usernameHint : null}
          required
          autocomplete="off"
          maxLength={64}
        />
        <Field name="displayName" label={t.accounts.name} required autocomplete="off" maxLength={120} />
        <fieldset class="form-group">
          <legend class="form-label">{t.accounts.role}</legend>
          {(['caseworker', 'admin'] as const).map((role) => (
            <div class="form-group-radio">
              <input type="radio" id={`role-${role}`} name="role" value={role} checked={role === 'caseworker'} />
              <label for={`role-${role}`}>{t.roles[role]}</label>
            </div>
          ))}
        </fieldset>
        <button type="submit" class="button button-primary">
          {t.accounts.invite}
        </button>
      </form>
    </Page>
  )
}

import type { VNode } from 'preact'
import type { Case, CaseState } from '../../../model/case.ts'
import type { Instant } from '../../../model/time.ts'
import type { PolicyReview } from '../../../model/trust-proposal.ts'
import { Page } from '../../layout/page.tsx'
import { Alert, Badge, Pager, Table, VerdictBadge, When } from '../../layout/parts.tsx'
import { showDayShort, type View } from '../../layout/view.ts'
import { PolicyAlert } from './policy-review.tsx'

export interface QueueRow {
  readonly case: Case
  readonly place: number
  readonly workingDaysLeft: number
  readonly caseType: string
  /** When another check gave another result; null: never. */
  readonly judgedAnew: Instant | null
}

/** The queue as it is worked off: what is due first, digital first within a day. */
export function QueuePage(props: {
  readonly view: View
  readonly rows: readonly QueueRow[]
  readonly page: number
  readonly more: boolean
  /** For admins: a change of policy that waits for them. */
  readonly review: PolicyReview | null
}): VNode {
  const { view } = props
  const { t } = view
  const late = props.rows.filter((row) => row.workingDaysLeft < 0).length
  return (
    <Page view={view} title={t.queue.title} lead={t.queue.lead} wide>
      <StuckAlert view={view} />
      <PolicyAlert view={view} review={props.review} />
      {late > 0 ? (
        <Alert kind="warning">
          <p>{t.queue.late(late)}</p>
        </Alert>
      ) : null}
      <Table
        caption={t.queue.title}
        columns={[t.queue.place, t.queue.case, t.queue.received, t.queue.due, t.queue.verdict]}
        empty={t.queue.empty}
        rows={props.rows.map((row) => [
          String(row.place),
          <CaseLink one={row.case} caseType={row.caseType} />,
          <When view={view} at={row.case.receivedAt} short />,
          <Due view={view} row={row} />,
          <Verdict view={view} row={row} />,
        ])}
      />
      <Pager view={view} path="/staff" page={props.page} more={props.more} />
    </Page>
  )
}

function Verdict({ view, row }: { readonly view: View; readonly row: QueueRow }): VNode {
  return (
    <>
      <VerdictBadge view={view} indication={row.case.indication} />
      {row.judgedAnew === null ? null : (
        <span class="quiet block">
          {view.t.queue.judgedAnew} <When view={view} at={row.judgedAnew} short />
        </span>
      )}
    </>
  )
}

function CaseLink({ one, caseType }: { readonly one: Case; readonly caseType: string }): VNode {
  return (
    <>
      <a class="case-link" href={`/staff/cases/${one.number}`}>
        {one.title}
      </a>
      <span class="quiet block">
        {one.number} · {caseType}
      </span>
    </>
  )
}

function Due({ view, row }: { readonly view: View; readonly row: QueueRow }): VNode {
  const left = row.workingDaysLeft
  return (
    <>
      {showDayShort(view, row.case.dueOn)}{' '}
      <Badge kind={left < 0 ? 'error' : left <= 1 ? 'warning' : 'info'} text={view.t.queue.daysLeft(left)} />
    </>
  )
}

/** What the queue does not show because it went no further: said here in red, for here people begin their day. */
function StuckAlert({ view }: { readonly view: View }): VNode | null {
  const { t, staff } = view
  const { deadJobs, unsentLetters } = staff?.stuck ?? { deadJobs: 0, unsentLetters: 0 }
  if (deadJobs + unsentLetters === 0) return null
  return (
    <Alert kind="error" heading={t.stuck.heading}>
      {deadJobs > 0 ? (
        <p>
          <strong>{t.stuck.jobs(deadJobs)}.</strong> {t.stuck.jobsText}{' '}
          {staff?.role === 'admin' ? <a href="/staff/jobs">{t.stuck.toJobs}</a> : null}
        </p>
      ) : null}
      {unsentLetters > 0 ? (
        <p>
          <strong>{t.stuck.letters(unsentLetters)}.</strong> {t.stuck.lettersText}{' '}
          <a href="/staff/outbox">{t.stuck.toLetters}</a>
        </p>
      ) : null}
    </Alert>
  )
}

const STATES: readonly CaseState[] = ['with-caseworker', 'decided', 'answered', 'archived', 'joined']

/** All cases, newest first, by state. */
export function AllCasesPage(props: {
  readonly view: View
  readonly cases: readonly { readonly case: Case; readonly caseType: string }[]
  readonly state: CaseState | null
  readonly page: number
  readonly more: boolean
}): VNode {
  const { view, state } = props
  const { t } = view
  return (
    <Page view={view} title={t.all.title} wide>
      <nav class="filter" aria-label={t.all.filter}>
        <a href="/staff/all" aria-current={state === null ? 'true' : undefined}>
          {t.all.every}
        </a>
        {STATES.map((one) => (
          <a href={`/staff/all?state=${one}`} aria-current={state === one ? 'true' : undefined}>
            {t.caseStates[one]}
          </a>
        ))}
      </nav>
      <Table
        caption={t.all.title}
        columns={[t.queue.case, t.queue.received, t.all.state, t.all.decision, t.queue.verdict]}
        empty={t.all.empty}
        rows={props.cases.map((row) => [
          <CaseLink one={row.case} caseType={row.caseType} />,
          <When view={view} at={row.case.receivedAt} short />,
          t.caseStates[row.case.state],
          row.case.decision ? t.decisions[row.case.decision] : '–',
          <VerdictBadge view={view} indication={row.case.indication} />,
        ])}
      />
      <Pager view={view} path="/staff/all" parameters={state ? { state } : {}} page={props.page} more={props.more} />
    </Page>
  )
}

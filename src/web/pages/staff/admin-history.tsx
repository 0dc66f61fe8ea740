import type { ComponentChildren, VNode } from 'preact'
import type { HistoryEntry } from '../../../model/case.ts'
import { Page } from '../../layout/page.tsx'
import { Badge, Pager, Table, When } from '../../layout/parts.tsx'
import { territoryName } from '../../layout/territory.ts'
import { showDay, type View } from '../../layout/view.ts'
import { TrustRecord } from './trust-record.tsx'

/** What was done to the gateway itself, by whom, and whether the chain of it holds. */
export function AdminHistoryPage(props: {
  readonly view: View
  readonly entries: readonly HistoryEntry[]
  readonly count: number
  readonly brokenLink: number | null
  readonly page: number
  readonly more: boolean
}): VNode {
  const { view } = props
  const { t } = view
  const words: Readonly<Record<string, string>> = { ...t.adminEvents, ...t.guardEvents }
  return (
    <Page view={view} title={t.adminHistory.title} lead={t.adminHistory.lead} wide>
      <p>
        {props.brokenLink === null ? (
          <Badge kind="success" text={t.history.holds(props.count)} />
        ) : (
          <Badge kind="error" text={t.history.broken(props.brokenLink)} />
        )}
      </p>
      <Table
        caption={t.adminHistory.title}
        columns={[t.queue.place, t.adminHistory.when, t.adminHistory.who, t.adminHistory.what, t.adminHistory.details]}
        empty={t.adminHistory.empty}
        rows={props.entries.map((entry) => [
          String(entry.seq),
          <When view={view} at={entry.at} short />,
          entry.actor.name ?? t.actors[entry.actor.kind],
          staysUntold(entry) ? t.adminHistory.untold : (words[entry.event] ?? entry.event),
          detailsOf(view, entry),
        ])}
      />
      <Pager view={view} path="/staff/history" page={props.page} more={props.more} />
    </Page>
  )
}

/** A mail that stayed here for want of a mail server told nobody. */
const staysUntold = ({ event, payload }: HistoryEntry): boolean =>
  event === 'trust-change-told' && payload?.['outcome'] === 'kept'

/** What people read of an entry; ids are for machines. */
function detailsOf(view: View, { event, payload }: HistoryEntry): ComponentChildren {
  const { t } = view
  if (payload === null) return t.history.erased
  if (event === 'trust-changed') return <TrustRecord view={view} payload={payload} />
  const text = (key: string): string | null => {
    const value = payload[key]
    return typeof value === 'string' && value !== '' ? value : null
  }
  const kinds: Readonly<Record<string, string>> = t.jobKinds
  const roles: Readonly<Record<string, string>> = t.roles
  const day = text('day')
  const territory = text('territory')
  const problems: Readonly<Record<string, string>> = t.trustedLists.problems
  const problem = text('problem')
  const said = [
    territory && territoryName(view, territory),
    problem && (problems[problem] ?? problem),
    text('reason'),
    text('why'),
    text('username') ?? (event === 'sign-in-refused' ? t.adminHistory.unknownAccount : null),
    roles[text('role') ?? ''],
    text('place'),
    text('subject'),
    event === 'trust-not-on-record' ? subjectsOf(payload['anchors']) : null,
    text('to'),
    text('webhook'),
    kinds[text('jobKind') ?? ''],
    day && showDay(view, day),
  ]
  return said.filter(Boolean).join(' · ') || '–'
}

const subjectsOf = (anchors: unknown): string | null =>
  Array.isArray(anchors) ? anchors.map((one: { readonly subject?: unknown }) => String(one.subject)).join('; ') : null

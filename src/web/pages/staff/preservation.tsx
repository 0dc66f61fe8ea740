import type { VNode } from 'preact'
import type { Preservation, PreservationFacts } from '../../../model/preservation.ts'
import type { Instant } from '../../../model/time.ts'
import { Alert, Badge, Facts, When } from '../../layout/parts.tsx'
import type { View } from '../../layout/view.ts'

/** How the stored cases stand: how many are time-stamped, when the first ends, and what stands against more. */
export function PreservationPanel(props: {
  readonly view: View
  readonly facts: PreservationFacts
  /** Numbers of the cases that could not be stamped, by their ids. */
  readonly numberOf: (caseId: string) => string | null
}): VNode {
  const { view, facts } = props
  const t = view.t.preservation
  const { status, last } = facts
  return (
    <section class="panel" aria-labelledby="time-stamps">
      <h2 id="time-stamps">{t.heading}</h2>
      {facts.authority === null ? <p>{t.none}</p> : null}
      {facts.authority !== null && last?.fault ? (
        <Alert kind="error" heading={t.fault}>
          <p>{t.faultText}</p>
          <code>{last.fault}</code>
        </Alert>
      ) : null}
      {facts.authority !== null && last && last.failed.length > 0 ? (
        <Alert kind="warning" heading={t.failed}>
          <ul>
            {last.failed.map(({ caseId, code }) => (
              <li>
                <CaseLink number={props.numberOf(caseId)} /> <code>{code}</code>
              </li>
            ))}
          </ul>
        </Alert>
      ) : null}
      {facts.authority === null && status.held === 0 ? null : (
        <Facts
          rows={[
            ...(facts.authority === null ? [] : [[t.authority, facts.authority] as const]),
            [t.held, String(status.held)],
            [t.without, String(status.without)],
            [t.due, String(status.due)],
            [t.firstEnd, status.firstEnd ? <When view={view} at={status.firstEnd} /> : t.nothingYet],
            ...(last
              ? [
                  [
                    t.lastRun,
                    <>
                      <When view={view} at={last.at} /> · {t.stampedThen(last.stamped)}
                    </>,
                  ] as const,
                ]
              : []),
          ]}
        />
      )}
    </section>
  )
}

const CaseLink = ({ number }: { readonly number: string | null }): VNode =>
  number ? <a href={`/staff/cases/${number}`}>{number}</a> : <span>–</span>

/** The newest time-stamp over a case, as rows of its facts; none where it has none. */
export function preservationRows(
  view: View,
  newest: Preservation | null,
  now: Instant,
): readonly (readonly [string, VNode])[] {
  if (newest === null) return []
  const t = view.t.preservation
  return [
    [
      t.stamped,
      <>
        {newest.authority} ({t.number(newest.seq)}, <When view={view} at={newest.at} />)
      </>,
    ],
    [
      t.holdsUntil,
      <>
        <When view={view} at={newest.holdsUntil} />{' '}
        {newest.holdsUntil <= now ? <Badge kind="error" text={t.ended} /> : null}
      </>,
    ],
  ]
}

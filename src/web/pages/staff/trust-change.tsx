import type { VNode } from 'preact'
import type { GatewayError } from '../../../model/errors.ts'
import type { ConcernedAnchor, PlannedTrust } from '../../deps.ts'
import { Page } from '../../layout/page.tsx'
import { Alert, Csrf, Facts, When } from '../../layout/parts.tsx'
import type { View } from '../../layout/view.ts'
import { problemOf } from '../../problem.ts'
import { factsOf, Warnings } from './anchor-words.tsx'
import { OwnPassword } from './password-again.tsx'
import { PlannedListCard } from './planned-list.tsx'
import { RootEffects } from './root-effects.tsx'
import { constraintFacts, MustSay } from './root-fields.tsx'

/** Of a file with a thousand certificates the first are shown; all are taken in or none. */
const SHOWN_AT_MOST = 100

/** What stands above the page. */
export type ChangeNote = 'changed-meanwhile' | 'not-another' | 'refused' | null

/**
 * A change of trust before it is one: what it is about, what it would do to open cases, and the form that confirms it
 * with the own password. Nothing has changed yet.
 */
export function TrustChangePage(props: {
  readonly view: View
  readonly planned: PlannedTrust
  /** Another admin must confirm what one proposes. */
  readonly secondAdmin: boolean
  /** The signed-in admin's account. */
  readonly me: string
  readonly note: ChangeNote
  readonly problem: { readonly form: 'confirm' | 'decline'; readonly password: 'missing' | 'wrong' } | null
  /** What was filled in beside the password. */
  readonly reason: string
}): VNode {
  const { view, planned, secondAdmin, me, problem } = props
  const t = view.t.trustChange
  const { proposal, anchors } = planned
  const isOpen = proposal.state === 'open'
  const isMine = proposal.proposedBy.id === me
  const waitsForAnother = isOpen && isMine && secondAdmin
  return (
    <Page view={view} title={isOpen ? t.openTitle : t.title} lead={isOpen ? t.openLead : t.lead} wide>
      {props.note === 'changed-meanwhile' ? (
        <Alert kind="warning" heading={t.changedMeanwhile}>
          <p>{planned.obstacle ? t.changedMeanwhileRefused : t.changedMeanwhileText}</p>
        </Alert>
      ) : null}
      {props.note === 'not-another' ? (
        <Alert kind="error" heading={t.waits}>
          <p>{t.notAnother}</p>
        </Alert>
      ) : null}
      {proposal.steps.some((step) => step.do === 'apply-policy') ? <h2>{view.t.policyReview.apply}</h2> : null}
      {planned.lists.map((list) => (
        <PlannedListCard view={view} planned={list} />
      ))}
      {anchors.slice(0, SHOWN_AT_MOST).map((anchor) => (
        <Concerned view={view} anchor={anchor} />
      ))}
      {anchors.length > SHOWN_AT_MOST ? <p>{t.more(anchors.length - SHOWN_AT_MOST)}</p> : null}
      <Facts
        rows={[
          [view.t.roots.why, proposal.reason],
          ...(isOpen
            ? ([
                [t.proposedBy, <Proposer view={view} planned={planned} />],
                [t.expires, <When view={view} at={proposal.expiresAt} />],
              ] as const)
            : []),
        ]}
      />
      {proposal.effects ? <RootEffects view={view} effects={proposal.effects} /> : null}
      <p>
        <a href={`/staff/roots/test?change=${proposal.id}`}>{t.test}</a>
      </p>
      {planned.obstacle ? (
        <Alert kind="warning" heading={t.overtaken}>
          <p>
            {sayObstacle(view, planned.obstacle)} {isOpen ? t.overtakenOpen : t.overtakenDraft}
          </p>
        </Alert>
      ) : waitsForAnother ? (
        <Alert kind="info" heading={t.waits}>
          <p>{t.waitsText}</p>
        </Alert>
      ) : (
        <Confirm {...props} problem={problem?.form === 'confirm' ? problem.password : null} />
      )}
      {isOpen || problem?.form === 'decline' ? <Decline {...props} isMine={isMine} /> : null}
      <p>
        <a href="/staff/roots">{isOpen ? t.back : t.leave}</a>
      </p>
    </Page>
  )
}

/** In the words that the refusal itself would have. */
function sayObstacle(view: View, obstacle: GatewayError): string {
  const ofList: Readonly<Record<string, string>> = view.t.trustedLists.problems
  const { title, text } = problemOf(obstacle, view.t)
  return ofList[String(obstacle.facts['problem'])] ?? `${title}. ${text}`
}

function Proposer({ view, planned }: { readonly view: View; readonly planned: PlannedTrust }): VNode {
  const { proposedBy, madeAt } = planned.proposal
  return (
    <>
      {proposedBy.name ?? view.t.actors[proposedBy.kind]}, <When view={view} at={madeAt} short />
    </>
  )
}

function Concerned({ view, anchor }: { readonly view: View; readonly anchor: ConcernedAnchor }): VNode {
  const { t } = view
  const { does, present, countsFrom, countsUntil, words } = anchor
  const stays = does === 'add' && present
  return (
    <article class="card">
      <h2>
        {stays ? t.roots.presentHeading : t.trustChange.does[does]}: {anchor.subject}
      </h2>
      {stays ? null : <Warnings words={words} />}
      <Facts
        rows={[
          [t.roots.fingerprint, <code class="fingerprint">{anchor.sha256}</code>],
          ...(stays ? [] : factsOf(view, words)),
          [t.roots.purposes, anchor.purposes.map((purpose) => t.roots.purpose[purpose]).join(', ')],
          ...constraintFacts(view, anchor.constraints),
          ...(countsFrom ? [[t.roots.countsFrom, <When view={view} at={countsFrom} short />] as const] : []),
          ...(countsUntil ? [[t.roots.countsUntil, <When view={view} at={countsUntil} short />] as const] : []),
        ]}
      />
    </article>
  )
}

function Confirm(props: {
  readonly view: View
  readonly planned: PlannedTrust
  readonly secondAdmin: boolean
  readonly problem: 'missing' | 'wrong' | null
}): VNode {
  const { view, planned } = props
  const t = view.t.trustChange
  const { proposal, anchors } = planned
  const proposes = props.secondAdmin && proposal.state === 'draft'
  const warned = anchors.some(({ does, present, words }) => does === 'add' && !present && words?.warnings.length)
  return (
    <form method="post" action={`/staff/roots/changes/${proposal.id}/confirm`} class="form panel">
      <h2>{proposes ? t.proposeHeading : t.confirmHeading}</h2>
      {proposes ? <p>{t.proposeText}</p> : null}
      <Csrf view={view} />
      <input type="hidden" name="seen" value={proposal.trustStamp} />
      <OwnPassword view={view} problem={props.problem} />
      <button type="submit" class="button button-primary">
        {proposes ? t.propose : warned ? t.confirmWarned : t.confirm}
      </button>
    </form>
  )
}

function Decline(props: {
  readonly view: View
  readonly planned: PlannedTrust
  readonly isMine: boolean
  readonly problem: { readonly form: 'confirm' | 'decline'; readonly password: 'missing' | 'wrong' } | null
  readonly reason: string
}): VNode {
  const { view, planned, isMine } = props
  const t = view.t.trustChange
  const problem = props.problem?.form === 'decline' ? props.problem.password : null
  return (
    <details open={problem !== null}>
      <summary>{isMine ? t.withdraw : t.decline}</summary>
      <form method="post" action={`/staff/roots/changes/${planned.proposal.id}/decline`} class="form panel">
        <Csrf view={view} />
        <MustSay id="decline-reason" name="reason" label={view.t.roots.why} value={props.reason} />
        <OwnPassword view={view} problem={problem} id="decline-password" />
        <button type="submit" class="button button-secondary">
          {isMine ? t.withdraw : t.decline}
        </button>
      </form>
    </details>
  )
}

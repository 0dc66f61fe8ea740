import type { VNode } from 'preact'
import type { CasesOfAnchor } from '../../../model/store.ts'
import type { Instant } from '../../../model/time.ts'
import type { TrustAnchor, TrustChange } from '../../../model/trust-anchor.ts'
import { isInForce } from '../../../model/trust-list.ts'
import type { PolicyReview, TrustProposal } from '../../../model/trust-proposal.ts'
import type { AnchorWords, CatalogueAnchor } from '../../deps.ts'
import { sourceInWords } from '../../layout/anchor-source.ts'
import { Page } from '../../layout/page.tsx'
import { Alert, Badge, Csrf, Facts, Field, Table, When } from '../../layout/parts.tsx'
import type { View } from '../../layout/view.ts'
import { factsOf, Warnings } from './anchor-words.tsx'
import { type CandidateOfCases, Candidates, type MissingOfCase } from './candidate-anchors.tsx'
import { Catalogue } from './catalogue.tsx'
import { EndingAnchors } from './ending-anchors.tsx'
import { OpenProposals } from './open-proposals.tsx'
import { Times } from './planned-list.tsx'
import { PolicyReviewSection } from './policy-review.tsx'
import { ConstraintFields, constraintFacts, MustSay, Purposes } from './root-fields.tsx'

/** Puts a certificate in the reader's words; null where it cannot be read. */
export type DescribeAnchor = (der: Uint8Array) => AnchorWords | null

/** Whom this municipality trusts, who took them in and why; and what waits because nobody was asked yet. */
export function RootsPage(props: {
  readonly view: View
  readonly anchors: readonly TrustAnchor[]
  readonly now: Instant
  readonly describe: DescribeAnchor
  readonly changes: readonly TrustChange[]
  readonly candidates: readonly CandidateOfCases[]
  readonly missing: readonly MissingOfCase[]
  readonly unfinished: boolean
  /** Null where it cannot be read. */
  readonly catalogue: readonly CatalogueAnchor[] | null
  readonly problem: string | null
  /** What was just done. */
  readonly done: '1' | 'proposed' | 'declined' | null
  readonly proposals: readonly TrustProposal[]
  readonly review: PolicyReview | null
  /** By fingerprint. */
  readonly cases: ReadonlyMap<string, CasesOfAnchor>
}): VNode {
  const { view } = props
  const { t } = view
  return (
    <Page view={view} title={t.roots.title} lead={t.roots.lead} wide>
      {props.problem ? (
        <Alert kind="error" heading={t.roots.refused}>
          <p>{props.problem}</p>
        </Alert>
      ) : null}
      {props.done ? <Alert kind="success" heading={t.trustChange.done[props.done]} /> : null}
      <OpenProposals view={view} proposals={props.proposals} />
      <PolicyReviewSection view={view} review={props.review} />
      <EndingAnchors
        view={view}
        anchors={props.anchors}
        describe={props.describe}
        cases={props.cases}
        now={props.now}
      />
      <Candidates
        view={view}
        describe={props.describe}
        candidates={props.candidates}
        missing={props.missing}
        listed={new Set(props.anchors.filter((one) => one.disabledAt === null).map((one) => one.subject))}
        unfinished={props.unfinished}
      />
      <section aria-labelledby="anchors">
        <h2 id="anchors">{t.roots.anchors}</h2>
        {props.anchors.length === 0 ? (
          <p class="empty">
            {t.roots.empty} <a href="/staff/lists">{t.roots.beginWithList}</a>
          </p>
        ) : null}
        {props.anchors.map((anchor) => (
          <Anchor
            view={view}
            anchor={anchor}
            now={props.now}
            words={props.describe(anchor.der)}
            cases={props.cases.get(anchor.sha256)}
          />
        ))}
      </section>
      <Catalogue view={view} describe={props.describe} entries={props.catalogue} anchors={props.anchors} />
      <AddByFile view={view} />
      <p>
        <a href="/staff/roots/test">{t.testFile.link}</a>
      </p>
      <section aria-labelledby="changes">
        <h2 id="changes">{t.roots.changes}</h2>
        <Table
          caption={t.roots.changes}
          columns={[t.outbox.when, t.roots.who, t.roots.what, t.roots.fingerprint, t.roots.why]}
          empty={t.roots.noChanges}
          rows={props.changes.map((change) => [
            <When view={view} at={change.at} short />,
            change.actor,
            t.roots.actions[change.action],
            <code class="fingerprint">{change.sha256.slice(0, 16)}…</code>,
            change.reason,
          ])}
        />
      </section>
    </Page>
  )
}

function Anchor(props: {
  readonly view: View
  readonly anchor: TrustAnchor
  readonly now: Instant
  readonly words: AnchorWords | null
  /** Absent: none rest on it. */
  readonly cases: CasesOfAnchor | undefined
}): VNode {
  const { view, anchor, now, words, cases } = props
  const { t } = view
  const enabled = anchor.disabledAt === null
  return (
    <article class="card">
      <div class="document-head">
        <h3>{anchor.subject}</h3>
        <Badge kind={isInForce(anchor, now) ? 'success' : 'warning'} text={stateOf(view, anchor, now)} />
      </div>
      <Warnings words={words} />
      <Facts
        rows={[
          [t.roots.fingerprint, <code class="fingerprint">{anchor.sha256}</code>],
          ...factsOf(view, words),
          [t.roots.purposes, anchor.purposes.map((purpose) => t.roots.purpose[purpose]).join(', ')],
          ...constraintFacts(view, anchor.constraints),
          ...datesOf(view, anchor),
          [t.restingCases.name, t.restingCases.count(cases?.open ?? 0, cases?.all ?? 0)],
          [t.roots.source, sourceInWords(view, anchor.source)],
          [t.roots.addedBy, <AddedBy view={view} anchor={anchor} />],
          [t.roots.why, anchor.note],
        ]}
      />
      {anchor.source === 'configuration' ? (
        <p class="quiet">{t.trustChange.managed}</p>
      ) : (
        <>
          <Change view={view} anchor={anchor} does={enabled ? 'disable' : 'enable'} />
          {enabled ? <Change view={view} anchor={anchor} does="limit" /> : null}
          {enabled || isOfList(anchor) ? null : <Change view={view} anchor={anchor} does="remove" />}
        </>
      )}
    </article>
  )
}

/** It goes with its list, and would come back with the next one. */
const isOfList = ({ source }: TrustAnchor): boolean => source.startsWith('trusted-list:')

/** Asks why; what it would do is shown before it is done. */
function Change(props: {
  readonly view: View
  readonly anchor: TrustAnchor
  readonly does: 'disable' | 'enable' | 'remove' | 'limit'
}): VNode {
  const { view, anchor, does } = props
  const { t } = view
  return (
    <details>
      <summary>{t.trustChange.does[does]}</summary>
      <form method="post" action={`/staff/roots/${anchor.sha256}/${does}`}>
        <Csrf view={view} />
        {does === 'limit' ? (
          <ConstraintFields view={view} prefix={`limit-${anchor.sha256}`} constraints={anchor.constraints} />
        ) : null}
        <MustSay id={`${does}-${anchor.sha256}`} name="reason" label={t.roots.why} />
        <button type="submit" class="button button-secondary">
          {t.trustChange.look}
        </button>
      </form>
    </details>
  )
}

function stateOf({ t }: View, anchor: TrustAnchor, now: Instant): string {
  if (anchor.disabledAt !== null) return t.roots.disabled
  return isInForce(anchor, now) ? t.roots.enabled : t.roots.outsideDates
}

/** Outside of these dates it does not count though it is in force. */
function datesOf(view: View, { countsFrom, countsUntil, periods }: TrustAnchor): readonly (readonly [string, VNode])[] {
  const { t } = view
  return [
    ...(countsFrom ? [[t.roots.countsFrom, <When view={view} at={countsFrom} short />] as const] : []),
    ...(countsUntil ? [[t.roots.countsUntil, <When view={view} at={countsUntil} short />] as const] : []),
    ...(periods === null ? [] : [[t.trustedLists.granted, <Times view={view} periods={periods} />] as const]),
  ]
}

function AddedBy({ view, anchor }: { readonly view: View; readonly anchor: TrustAnchor }): VNode {
  return (
    <>
      {sourceInWords(view, anchor.addedBy)}, <When view={view} at={anchor.addedAt} short />
    </>
  )
}

function AddByFile({ view }: { readonly view: View }): VNode {
  const { t } = view
  return (
    <form method="post" action="/staff/roots" encType="multipart/form-data" class="form panel">
      <h2>{t.roots.addTitle}</h2>
      <Csrf view={view} />
      <Field name="file" label={t.roots.file} hint={t.roots.fileHint} type="file" required />
      <Field
        name="fingerprint"
        label={t.roots.typedOfFile}
        hint={t.roots.typedOfFileHint}
        autocomplete="off"
        maxLength={5000}
      />
      <Purposes view={view} prefix="file" />
      <Field name="from" label={t.roots.fromDay} hint={t.roots.daysHint} type="date" short />
      <Field name="until" label={t.roots.lastDay} type="date" short />
      <details>
        <summary>{t.constraints.summary}</summary>
        <ConstraintFields view={view} prefix="file" constraints={null} />
      </details>
      <MustSay id="file-note" name="note" label={t.roots.note} hint={t.roots.noteHint} />
      <button type="submit" class="button button-primary">
        {t.trustChange.look}
      </button>
    </form>
  )
}

import type { VNode } from 'preact'
import type { AnchorWords, CandidateAnchor, CandidateAnchors } from '../../deps.ts'
import { Alert, Csrf, Facts, VerdictBadge } from '../../layout/parts.tsx'
import { showDayShort, type View } from '../../layout/view.ts'
import { Warnings } from './anchor-words.tsx'
import { ConstraintFields, MustSay, Purposes } from './root-fields.tsx'

/** A certificate from waiting cases, with every case that it would help. */
export interface CandidateOfCases {
  readonly anchor: CandidateAnchor
  readonly cases: readonly { readonly number: string; readonly in: CandidateAnchor }[]
}

export interface MissingOfCase {
  readonly caseNumber: string
  readonly missing: CandidateAnchors['missing'][number]
}

/** Issuers that waiting cases' signatures end at: what they are, what they would change, and how to take one in. */
export function Candidates(props: {
  readonly view: View
  readonly describe: (der: Uint8Array) => AnchorWords | null
  readonly candidates: readonly CandidateOfCases[]
  readonly missing: readonly MissingOfCase[]
  /** The names of the anchors in use. */
  readonly listed: ReadonlySet<string>
  /** Not every waiting case was looked through yet. */
  readonly unfinished: boolean
}): VNode | null {
  const { t } = props.view
  if (props.candidates.length + props.missing.length === 0 && !props.unfinished) return null
  return (
    <section aria-labelledby="candidates">
      <h2 id="candidates">{t.roots.candidates}</h2>
      <p>{t.roots.candidatesText}</p>
      {props.unfinished ? (
        <Alert kind="info">
          <p>{t.roots.unfinished}</p>
        </Alert>
      ) : null}
      {props.candidates.map((candidate, index) => (
        <Candidate
          view={props.view}
          candidate={candidate}
          index={index}
          words={props.describe(candidate.anchor.der)}
          sameName={props.listed.has(candidate.anchor.subject)}
        />
      ))}
      {props.missing.map((one) => (
        <Missing view={props.view} one={one} />
      ))}
    </section>
  )
}

function Candidate(props: {
  readonly view: View
  readonly candidate: CandidateOfCases
  readonly index: number
  readonly words: AnchorWords | null
  /** An anchor in use is called the same: this one has another key, or it would have held. */
  readonly sameName: boolean
}): VNode {
  const { view, index, words } = props
  const fit = words?.fit ?? props.candidate.anchor.isCa
  const { anchor, cases } = props.candidate
  const { t } = view
  return (
    <article class="card">
      <h3>{anchor.subject}</h3>
      {props.sameName ? (
        <Alert kind="warning">
          <p>{t.roots.sameName}</p>
        </Alert>
      ) : null}
      <Warnings words={words} />
      <Facts
        rows={[
          [t.roots.issuer, anchor.selfSigned ? t.roots.selfIssued : anchor.issuer],
          [t.roots.what, anchor.isCa ? t.roots.isCa : t.roots.noCa],
          [t.roots.validity, t.roots.validFromTo(dayOf(view, anchor.notBefore), dayOf(view, anchor.notAfter))],
          [t.roots.key, anchor.key],
          [t.roots.fingerprint, <code class="fingerprint">{anchor.sha256}</code>],
          ...(fit ? [[t.roots.helps, <Helped view={view} cases={cases} />] as const] : []),
        ]}
      />
      {fit ? <TrustIt view={view} candidate={props.candidate} index={index} /> : <p>{t.roots.notACa}</p>}
    </article>
  )
}

/** Its fingerprint must be typed: whoever sent the file sent the certificate too. */
function TrustIt(props: { readonly view: View; readonly candidate: CandidateOfCases; readonly index: number }): VNode {
  const { view, candidate, index } = props
  const { t } = view
  return (
    <details>
      <summary>{t.roots.trustIt}</summary>
      <form method="post" action="/staff/roots/candidate">
        <Csrf view={view} />
        <input type="hidden" name="case" value={candidate.cases[0]?.number ?? ''} />
        <input type="hidden" name="sha256" value={candidate.anchor.sha256} />
        <MustSay id={`candidate-typed-${index}`} name="fingerprint" label={t.roots.typed} hint={t.roots.typedHint} />
        <Purposes view={view} prefix={`candidate-${index}`} />
        <details>
          <summary>{t.constraints.summary}</summary>
          <ConstraintFields view={view} prefix={`candidate-${index}`} constraints={null} />
        </details>
        <MustSay id={`candidate-note-${index}`} label={t.roots.note} hint={t.roots.noteHint} name="note" />
        <button type="submit" class="button button-primary">
          {t.trustChange.look}
        </button>
      </form>
    </details>
  )
}

function Helped({ view, cases }: { readonly view: View; readonly cases: CandidateOfCases['cases'] }): VNode {
  const { t } = view
  return (
    <ul>
      {cases.map(({ number, in: found }) => (
        <li>
          <a href={`/staff/cases/${number}`}>{number}</a>: {t.roots.inCase(found.document, found.signer)},{' '}
          {t.roots.wouldBe}{' '}
          {found.wouldBe ? <VerdictBadge view={view} indication={found.wouldBe} /> : t.roots.wouldBeUnknown}
        </li>
      ))}
    </ul>
  )
}

/** Only the signer's own certificate is in the file: there is nothing to take in. Its address is text, never a link. */
function Missing({ view, one }: { readonly view: View; readonly one: MissingOfCase }): VNode {
  const { t } = view
  const { missing, caseNumber } = one
  return (
    <article class="card">
      <p>
        <a href={`/staff/cases/${caseNumber}`}>{caseNumber}</a>: {t.roots.missingIn(missing.document, missing.signer)}
      </p>
      <h3>{missing.issuer}</h3>
      <p>{t.roots.missingText}</p>
      {missing.urls.length > 0 ? (
        <p>
          {t.roots.missingUrl} <code class="fingerprint">{missing.urls.join(' ')}</code>
        </p>
      ) : null}
    </article>
  )
}

const dayOf = (view: View, instant: string): string => showDayShort(view, instant.slice(0, 10))

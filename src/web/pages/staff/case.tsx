import type { VNode } from 'preact'
import type { Case, HistoryEntry, Party } from '../../../model/case.ts'
import type { Preservation } from '../../../model/preservation.ts'
import { noteInWords, readingNotes } from '../../../model/reading-notes.ts'
import type { Submission } from '../../../model/submission.ts'
import type { Instant } from '../../../model/time.ts'
import { Page } from '../../layout/page.tsx'
import { Alert, Badge, Csrf, Facts, VerdictBadge, When } from '../../layout/parts.tsx'
import { showDay, type View } from '../../layout/view.ts'
import { DocumentCard, type JudgedDocument, type LetterOnItsWay } from '../citizen-documents.tsx'
import { History } from './history.tsx'
import type { HistoryWords } from './history-facts.tsx'
import { JoinCase, type JoinProblem, joinProblem } from './join-case.tsx'
import { Letters } from './letters.tsx'
import { ToLinkPage } from './link.tsx'
import { preservationRows } from './preservation.tsx'
import { Untold } from './untold.tsx'

export interface CaseOnOneScreen {
  readonly case: Case
  readonly caseType: string
  readonly submissions: readonly Submission[]
  readonly documents: readonly JudgedDocument[]
  readonly parties: readonly Party[]
  readonly letters: readonly LetterOnItsWay[]
  /** The newest archive time-stamp over the case; null: none. */
  readonly preservation: Preservation | null
  readonly now: Instant
  readonly history: readonly HistoryEntry[]
  readonly brokenLink: number | null
  readonly historyWords: HistoryWords
  readonly workingDaysLeft: number
  readonly done: 'approved' | 'rejected' | 'told' | 'joined' | null
  readonly problem: 'reason-missing' | 'documents-changed' | 'note-missing' | JoinProblem | null
  /** The decision reached nobody: a person must tell the citizen. */
  readonly untold: boolean
  /** A case that the mail named, whose party its sender is not proven to be. */
  readonly mayBelongTo: Case | null
  /** The case that this one was put into. */
  readonly joinedInto: Case | null
  /** Names what this page shows, so that nobody decides on what came in later. */
  readonly seen: string
  /** Something was added and is still being checked. */
  readonly stillChecking: boolean
}

/** One case on one screen: what came, how it was judged, who is in it, what was done; and the decision. */
export function CasePage({ view, shown }: { readonly view: View; readonly shown: CaseOnOneScreen }): VNode {
  const { t } = view
  const one = shown.case
  const base = `/staff/cases/${one.number}`
  return (
    <Page view={view} title={one.title} lead={`${one.number} · ${shown.caseType}`} wide noindex>
      {shown.problem === 'documents-changed' ? <Alert kind="error" heading={t.decide.changed} /> : null}
      {shown.untold ? <Untold view={view} base={base} noteMissing={shown.problem === 'note-missing'} /> : null}
      {shown.joinedInto ? (
        <Alert kind="info" heading={t.join.into(shown.joinedInto.number)}>
          <p>
            <a href={`/staff/cases/${shown.joinedInto.number}`}>{t.mayBelong.open(shown.joinedInto.number)}</a>
          </p>
        </Alert>
      ) : null}
      {shown.mayBelongTo && !shown.joinedInto ? (
        <Alert kind="warning" heading={t.mayBelong.heading(shown.mayBelongTo.number)}>
          <p>{t.mayBelong.text}</p>
          <p>
            <a href={`/staff/cases/${shown.mayBelongTo.number}`}>{t.mayBelong.open(shown.mayBelongTo.number)}</a>
          </p>
        </Alert>
      ) : null}
      {shown.stillChecking ? <Alert kind="warning" heading={t.decide.stillChecking} /> : null}
      {shown.done && !shown.untold ? <Alert kind="success" heading={t.caseView.done[shown.done]} /> : null}
      <div class="two-columns">
        <div>
          <Messages view={view} submissions={shown.submissions} documents={shown.documents} />
          <section aria-labelledby="documents">
            <h2 id="documents">{t.caseView.documents}</h2>
            {shown.documents.length === 0 ? <p class="empty">{t.caseView.noDocuments}</p> : null}
            {shown.documents.map((document) => (
              <DocumentCard view={view} base={base} one={document} preview />
            ))}
          </section>
          <Letters view={view} letters={shown.letters} />
          <ToLinkPage view={view} base={base} />
          <History view={view} entries={shown.history} brokenLink={shown.brokenLink} words={shown.historyWords} />
        </div>
        <aside aria-label={t.caseView.sidebar}>
          {one.state === 'with-caseworker' ? (
            <>
              <Decide view={view} shown={shown} base={base} />
              <JoinCase
                view={view}
                base={base}
                seen={shown.seen}
                proposed={shown.mayBelongTo?.number ?? null}
                problem={joinProblem(shown.problem)}
              />
            </>
          ) : null}
          <CaseFacts view={view} shown={shown} />
          <Parties view={view} parties={shown.parties} why={shown.historyWords.route} />
        </aside>
      </div>
    </Page>
  )
}

/** Of the documents that bear anything, none bears a person's signature. */
function isSealedOnly(documents: readonly JudgedDocument[]): boolean {
  const bearing = documents.filter((one) => one.verdict && one.indication !== 'NO-SIGNATURE')
  return bearing.length > 0 && bearing.every((one) => one.verdict?.sealed === true)
}

function Decide(props: { readonly view: View; readonly shown: CaseOnOneScreen; readonly base: string }): VNode {
  const { view, shown, base } = props
  const { t } = view
  return (
    <section class="panel decide no-print" aria-labelledby="decide">
      <h2 id="decide">{t.decide.title}</h2>
      <p>
        <VerdictBadge view={view} indication={shown.case.indication} sealed={isSealedOnly(shown.documents)} />
      </p>
      {shown.case.indication === 'TOTAL-PASSED' ? null : <p>{t.decide.lookFirst}</p>}
      <form method="post" action={`${base}/approve`}>
        <Csrf view={view} />
        <input type="hidden" name="seen" value={shown.seen} />
        <button type="submit" class="button button-primary">
          {t.decide.approve}
        </button>
        <p class="form-hint">{t.decide.approveHint}</p>
      </form>
      <details open={shown.problem === 'reason-missing'}>
        <summary>{t.decide.reject}</summary>
        <form method="post" action={`${base}/reject`}>
          <Csrf view={view} />
          <input type="hidden" name="seen" value={shown.seen} />
          <div class={shown.problem === 'reason-missing' ? 'form-group form-error' : 'form-group'}>
            <label class="form-label" for="reason">
              {t.decide.reason}
            </label>
            <span class="form-hint" id="reason-hint">
              {t.decide.reasonHint}
            </span>
            {shown.problem === 'reason-missing' ? (
              <span class="form-error-message" id="reason-error">
                {t.decide.reasonMissing}
              </span>
            ) : null}
            <textarea
              class="form-input"
              id="reason"
              name="reason"
              rows={5}
              required
              maxLength={4000}
              aria-describedby={shown.problem === 'reason-missing' ? 'reason-hint reason-error' : 'reason-hint'}
            />
          </div>
          <button type="submit" class="button button-secondary">
            {t.decide.rejectSubmit}
          </button>
        </form>
      </details>
    </section>
  )
}

function CaseFacts({ view, shown }: { readonly view: View; readonly shown: CaseOnOneScreen }): VNode {
  const { t } = view
  const one = shown.case
  const left = shown.workingDaysLeft
  const open = one.state === 'with-caseworker'
  return (
    <section class="panel" aria-labelledby="facts">
      <h2 id="facts">{t.caseView.facts}</h2>
      <Facts
        rows={[
          [t.all.state, t.caseStates[one.state]],
          [t.queue.received, <When view={view} at={one.receivedAt} />],
          [
            t.queue.due,
            <>
              {showDay(view, one.dueOn)}{' '}
              {open ? (
                <Badge kind={left < 0 ? 'error' : left <= 1 ? 'warning' : 'info'} text={t.queue.daysLeft(left)} />
              ) : null}
            </>,
          ],
          [t.caseView.channel, t.channels[one.channel]],
          [t.caseView.language, t.languages[one.language]],
          ...(one.decision ? [[t.all.decision, t.decisions[one.decision]] as const] : []),
          ...(one.decidedAt ? [[t.caseView.decidedAt, <When view={view} at={one.decidedAt} />] as const] : []),
          ...(one.decisionReason ? [[t.decide.reason, one.decisionReason] as const] : []),
          ...(one.answeredAt ? [[t.caseView.answeredAt, <When view={view} at={one.answeredAt} />] as const] : []),
          ...(one.archivedAt ? [[t.caseView.archivedAt, <When view={view} at={one.archivedAt} />] as const] : []),
          ...preservationRows(view, shown.preservation, shown.now),
        ]}
      />
    </section>
  )
}

function Parties(props: {
  readonly view: View
  readonly parties: readonly Party[]
  /** Why mail may not answer, in words. */
  readonly why: (reason: string) => string
}): VNode {
  const { view, parties, why } = props
  const { t } = view
  return (
    <section class="panel" aria-labelledby="parties">
      <h2 id="parties">{t.caseView.parties}</h2>
      {parties.map((party) => (
        <Facts
          rows={[
            [t.partyRoles[party.role], party.name ?? '–'],
            [t.caseView.email, party.email ?? '–'],
            [t.caseView.emailProof, party.emailProof ? t.emailProofs[party.emailProof] : t.emailProofs.none],
            ...(party.mayAnswer ? [] : [[t.caseView.mayNotAnswer, why(party.mayNotAnswerReason ?? '–')] as const]),
            ...(party.wroteEncrypted ? [[t.caseView.wroteEncrypted, t.yes] as const] : []),
            ...(party.openpgpFingerprint
              ? [[t.caseView.openpgp, <code class="fingerprint">{party.openpgpFingerprint}</code>] as const]
              : []),
          ]}
        />
      ))}
    </section>
  )
}

/** What reading it brought to light: in words, with the document that it is about. */
function Notes(props: {
  readonly view: View
  readonly submission: Submission
  readonly documents: readonly JudgedDocument[]
}): VNode | null {
  const { view, submission, documents } = props
  const notes = readingNotes(submission.headers)
  if (notes.length === 0) return null
  const nameOf = (partPath: string | null): string | undefined =>
    documents.find(({ document }) => document.submissionId === submission.id && document.partPath === partPath)
      ?.document.name
  const said = notes.map((note) => ({
    name: note.partPath === null ? undefined : nameOf(note.partPath),
    words: noteInWords(note, view.language),
    code: note.code,
  }))
  const codes = said.filter(({ words }) => words === null).map(({ code }) => code)
  return (
    <>
      <ul class="quiet">
        {said.map(({ name, words }) => (words === null ? null : <li>{name ? `${name}: ${words}` : words}</li>))}
      </ul>
      {codes.length > 0 ? (
        <p class="quiet">
          {view.t.caseView.notes}: {codes.join(', ')}
        </p>
      ) : null}
    </>
  )
}

function Messages(props: {
  readonly view: View
  readonly submissions: readonly Submission[]
  readonly documents: readonly JudgedDocument[]
}): VNode {
  const { view, submissions, documents } = props
  const { t } = view
  return (
    <section aria-labelledby="message">
      <h2 id="message">{t.caseView.message}</h2>
      {submissions.map((submission) => (
        <article class="card">
          {submission.headers ? (
            <>
              <h3>{submission.headers.subject || t.caseView.noSubject}</h3>
              <p class="quiet">
                {submission.headers.from.map((from) => `${from.name} <${from.address}>`.trim()).join(', ')} ·{' '}
                <When view={view} at={submission.receivedAt} />
              </p>
              <pre class="letter-text">{submission.headers.bodyText || t.caseView.noText}</pre>
            </>
          ) : (
            <p>{t.caseView.unreadable(submission.problem ?? 'unreadable-input')}</p>
          )}
          <Notes view={view} submission={submission} documents={documents} />
        </article>
      ))}
    </section>
  )
}

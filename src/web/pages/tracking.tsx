import type { ComponentChildren, VNode } from 'preact'
import type { Preservation } from '../../model/preservation.ts'
import type { CaseStatus, ParcelStep } from '../deps.ts'
import { Page } from '../layout/page.tsx'
import { AnswerDue, Parcel } from '../layout/parcel.tsx'
import { Alert, Field, When } from '../layout/parts.tsx'
import type { View } from '../layout/view.ts'
import { type Told, ToldAlert } from './own-case.tsx'

/** The link alone: status, dates and place in the queue. Whoever proved an address sees the documents below. */
export function TrackingPage(props: {
  readonly view: View
  readonly base: string
  readonly steps: readonly ParcelStep[]
  /** Null until the case is opened. */
  readonly status: CaseStatus | null
  /** Present for the citizen's session. */
  readonly documents: ComponentChildren | null
  /** The newest time-stamp over what is kept of the case. */
  readonly preservation: Preservation | null
  /** It was put into another case, of which this link tells nothing. */
  readonly joined?: boolean
  /** What came of the last thing done here. */
  readonly told: Told | null
}): VNode {
  const { view, status } = props
  const { t } = view
  return (
    <Page view={view} title={t.tracking.title} lead={leadOf(props)} noindex>
      <ToldAlert view={view} told={props.told} />
      <Parcel view={view} steps={props.steps} queuePosition={status?.queuePosition ?? null} />
      {status === null ? <StillChecking view={view} base={props.base} /> : null}
      {status !== null && !props.joined ? <AnswerDue view={view} status={status} /> : null}
      {props.preservation ? <Stamped view={view} newest={props.preservation} /> : null}
      {props.documents ?? (status && !props.joined ? <AskForCode view={view} base={props.base} /> : null)}
      <p class="quiet">{t.tracking.keepLink}</p>
    </Page>
  )
}

function Stamped({ view, newest }: { readonly view: View; readonly newest: Preservation }): VNode {
  const t = view.t.preservation
  return (
    <p>
      {t.forCitizen(newest.authority)} {t.holdsForCitizen} <When view={view} at={newest.holdsUntil} />. {t.renewed}
    </p>
  )
}

/** In words: what is under way now. */
function leadOf(props: {
  readonly view: View
  readonly steps: readonly ParcelStep[]
  readonly joined?: boolean
}): string {
  const words: Readonly<Record<string, string>> = props.view.t.tracking.leads
  if (props.joined && words['joined']) return words['joined']
  const current = props.steps.find((step) => step.state === 'current')
  return words[current?.id ?? 'done'] ?? words['checked'] ?? ''
}

function StillChecking({ view, base }: { readonly view: View; readonly base: string }): VNode {
  return (
    <Alert kind="info" heading={view.t.tracking.checkingTitle}>
      <p>
        {view.t.tracking.checkingText} <a href={base}>{view.t.tracking.reload}</a>
      </p>
    </Alert>
  )
}

function AskForCode({ view, base }: { readonly view: View; readonly base: string }): VNode {
  const { t } = view
  return (
    <section class="panel no-print" aria-labelledby="see">
      <h2 id="see">{t.code.seeTitle}</h2>
      <p>{t.code.seeText}</p>
      <form method="post" action={`${base}/code`} class="form">
        <Field name="email" label={t.code.email} type="email" required autocomplete="email" maxLength={254} />
        <button type="submit" class="button button-primary">
          {t.code.ask}
        </button>
      </form>
    </section>
  )
}

/** Where the code from the mail is typed in. The words are the same whatever address was given. */
export function CodePage(props: {
  readonly view: View
  readonly base: string
  readonly problem: 'wrong' | 'gone' | null
}): VNode {
  const { view, base, problem } = props
  const { t } = view
  return (
    <Page view={view} title={t.code.enterTitle} noindex>
      {problem === 'gone' ? (
        <Alert kind="error" heading={t.code.goneTitle}>
          <p>
            <a href={base}>{t.code.askAgain}</a>
          </p>
        </Alert>
      ) : (
        <p>{t.code.sent}</p>
      )}
      <form method="post" action={`${base}/open`} class="form">
        <Field
          name="code"
          label={t.code.code}
          hint={t.code.codeHint}
          error={problem === 'wrong' ? t.code.wrong : null}
          inputMode="numeric"
          autocomplete="one-time-code"
          required
          maxLength={12}
          short
        />
        <button type="submit" class="button button-primary">
          {t.code.open}
        </button>
      </form>
      <p>
        <a href={base}>{t.code.back}</a>
      </p>
    </Page>
  )
}

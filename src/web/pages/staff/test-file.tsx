import type { VNode } from 'preact'
import type { VerificationReport } from '../../../model/report.ts'
import type { VerdictWords } from '../../deps.ts'
import { Page } from '../../layout/page.tsx'
import { Alert, Csrf, Field, VerdictBadge } from '../../layout/parts.tsx'
import type { View } from '../../layout/view.ts'
import { Purposes } from './root-fields.tsx'

interface Judged {
  readonly report: VerificationReport
  readonly words: VerdictWords
}

/** What a file is worth by the list in force, and by the planned one beside it. Nothing of it is kept. */
export function TestFilePage(props: {
  readonly view: View
  /** The planned change that it is tested by; null: a certificate may be sent along. */
  readonly change: string | null
  readonly tested: { readonly name: string; readonly present: Judged; readonly planned: Judged | null } | null
  readonly problem: string | null
}): VNode {
  const { view, change, tested } = props
  const t = view.t.testFile
  return (
    <Page view={view} title={t.title} lead={t.lead} wide>
      {props.problem ? (
        <Alert kind="error" heading={t.problem}>
          <p>{props.problem}</p>
        </Alert>
      ) : null}
      {tested ? (
        <section aria-labelledby="tested">
          <h2 id="tested">{tested.name}</h2>
          <div class="cards">
            <Verdict view={view} heading={t.present} judged={tested.present} />
            {tested.planned ? <Verdict view={view} heading={t.planned} judged={tested.planned} /> : null}
          </div>
          {tested.planned ? <p>{sameVerdict(tested.present, tested.planned) ? t.same : t.differs}</p> : null}
        </section>
      ) : null}
      <form method="post" action="/staff/roots/test" encType="multipart/form-data" class="form panel">
        <Csrf view={view} />
        <Field name="file" label={t.file} hint={t.fileHint} type="file" required />
        {change ? (
          <>
            <input type="hidden" name="change" value={change} />
            <p>
              {t.byChange} <a href={`/staff/roots/changes/${change}`}>{t.toChange}</a>
            </p>
          </>
        ) : (
          <>
            <Field name="certificate" label={t.certificate} hint={t.certificateHint} type="file" />
            <Purposes view={view} prefix="test" />
          </>
        )}
        <button type="submit" class="button button-primary">
          {t.submit}
        </button>
      </form>
      <p>
        <a href="/staff/roots">{view.t.trustChange.back}</a>
      </p>
    </Page>
  )
}

const sameVerdict = (one: Judged, other: Judged): boolean => one.report.indication === other.report.indication

function Verdict(props: { readonly view: View; readonly heading: string; readonly judged: Judged }): VNode {
  const { view, judged } = props
  return (
    <article class="card">
      <h3>{props.heading}</h3>
      <p>
        <VerdictBadge view={view} indication={judged.report.indication ?? 'ERROR'} sealed={judged.words.sealed} />
      </p>
      <p>
        <strong>{judged.words.headline}</strong>
      </p>
      <ul>
        {judged.words.details.map((detail) => (
          <li>{detail}</li>
        ))}
      </ul>
      {judged.words.whatToDo ? <p>{judged.words.whatToDo}</p> : null}
    </article>
  )
}

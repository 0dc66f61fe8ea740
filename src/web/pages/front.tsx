import type { VNode } from 'preact'
import type { CaseType } from '../../model/settings.ts'
import { Page } from '../layout/page.tsx'
import type { View } from '../layout/view.ts'

/** What this is, the kinds of errand, and the two ways in. */
export function FrontPage(props: {
  readonly view: View
  readonly caseTypes: readonly CaseType[]
  readonly mailAddressOf: (caseType: CaseType) => string
}): VNode {
  const { view } = props
  const { t } = view
  return (
    <Page view={view} title={t.front.title} lead={t.front.lead}>
      <div class="actions">
        <a class="button button-primary button-large" href="/send">
          {t.front.send}
        </a>
      </div>
      <section aria-labelledby="errands">
        <h2 id="errands">{t.front.errands}</h2>
        <ul class="cards">
          {props.caseTypes.map((type) => (
            <li class="card">
              <h3>{type.title[view.language]}</h3>
              <p>{t.front.answerWithin(type.answerWithinWorkingDays)}</p>
              <p class="card-links">
                <a href={`/send?type=${encodeURIComponent(type.id)}`}>{t.front.byPage}</a>
                <span>
                  {t.front.byMail} <a href={`mailto:${props.mailAddressOf(type)}`}>{props.mailAddressOf(type)}</a>
                </span>
              </p>
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="what-happens">
        <h2 id="what-happens">{t.front.whatHappens}</h2>
        <ol class="numbered">
          {t.front.steps.map((step) => (
            <li>
              <strong>{step.title}</strong> {step.text}
            </li>
          ))}
        </ol>
      </section>
      <section aria-labelledby="safe">
        <h2 id="safe">{t.front.safeTitle}</h2>
        <p>
          {t.front.safeText} <a href="/key">{t.front.safeLink}</a>.
        </p>
      </section>
    </Page>
  )
}

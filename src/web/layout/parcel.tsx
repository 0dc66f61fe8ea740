import type { VNode } from 'preact'
import type { CaseStatus, ParcelStep } from '../deps.ts'
import { Alert, When } from './parts.tsx'
import { showDay, type View } from './view.ts'

/** A case's way, as a parcel's: five steps, each done, current or waiting, said in words and not by colour alone. */
export function Parcel(props: {
  readonly view: View
  readonly steps: readonly ParcelStep[]
  readonly queuePosition: number | null
}): VNode {
  const { t } = props.view
  return (
    <ol class="step-indicator parcel" aria-label={t.tracking.way}>
      {props.steps.map((step, index) => (
        <li class={step.state} aria-current={step.state === 'current' ? 'step' : undefined}>
          <div class="step">
            <span class="step-number" aria-hidden="true">
              {step.state === 'done' ? <Tick /> : index + 1}
            </span>
            <div>
              <span class="step-title">{t.tracking.steps[step.id]}</span>
              <span class="step-information">
                <span class={step.at ? 'sr-only' : ''}>{t.tracking.stepStates[step.state]}</span>
                {step.at ? <When view={props.view} at={step.at} short /> : null}
                {step.id === 'with-caseworker' && step.state === 'current' && props.queuePosition !== null ? (
                  <span class="place">{t.tracking.place(props.queuePosition)}</span>
                ) : null}
              </span>
            </div>
          </div>
        </li>
      ))}
    </ol>
  )
}

function Tick(): VNode {
  return (
    <svg viewBox="0 0 24 24" width="20" height="20" focusable="false" aria-hidden="true">
      <path d="M9.6 16.6 5 12l-1.4 1.4 6 6L20.4 8.6 19 7.2z" fill="currentColor" />
    </svg>
  )
}

/** When the answer is due, and honestly where we are late. */
export function AnswerDue({ view, status }: { readonly view: View; readonly status: CaseStatus }): VNode | null {
  const { t } = view
  const left = status.workingDaysLeft
  if (left === null) return null
  const day = showDay(view, status.dueOn)
  if (left < 0) {
    return (
      <Alert kind="warning" heading={t.tracking.late(-left)}>
        <p>{t.tracking.lateText(day)}</p>
      </Alert>
    )
  }
  return (
    <Alert kind="info" heading={t.tracking.due(day)}>
      <p>{t.tracking.dueText(left)}</p>
    </Alert>
  )
}

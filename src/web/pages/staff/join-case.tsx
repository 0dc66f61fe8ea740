import type { VNode } from 'preact'
import { Csrf, Field } from '../../layout/parts.tsx'
import type { View } from '../../layout/view.ts'

export type JoinProblem = 'join-number' | 'join-state' | 'join-checking'
const PROBLEMS: readonly JoinProblem[] = ['join-number', 'join-state', 'join-checking']

/** Takes what went wrong on a case's page; gives it where it is about joining, else null. */
export const joinProblem = (problem: string | null): JoinProblem | null =>
  PROBLEMS.find((one) => one === problem) ?? null

/** Puts a case into another that it belongs to; the number that its mail named stands there already. */
export function JoinCase(props: {
  readonly view: View
  readonly base: string
  readonly seen: string
  readonly proposed: string | null
  readonly problem: JoinProblem | null
}): VNode {
  const { view, problem, proposed } = props
  const t = view.t.join
  return (
    <details class="panel no-print" id="join" open={problem !== null || proposed !== null}>
      <summary>{t.title}</summary>
      <p>{t.text}</p>
      <form method="post" action={`${props.base}/join`}>
        <Csrf view={view} />
        <input type="hidden" name="seen" value={props.seen} />
        <Field
          name="into"
          label={t.number}
          hint={t.hint}
          error={problem === null ? null : t.problems[problem]}
          value={proposed ?? ''}
          required
          maxLength={40}
          short
        />
        <button type="submit" class="button button-secondary">
          {t.submit}
        </button>
      </form>
    </details>
  )
}

import type { VNode } from 'preact'
import { Page } from '../layout/page.tsx'
import type { View } from '../layout/view.ts'

/** What went wrong, what it means for the person, and the code for whoever helps. */
export function ProblemPage(props: {
  readonly view: View
  readonly title: string
  readonly text: string
  readonly code: string
  readonly link: { readonly href: string; readonly label: string } | null
}): VNode {
  const { view } = props
  return (
    <Page view={view} title={props.title} noindex>
      <p class="lead">{props.text}</p>
      {props.link ? (
        <p>
          <a class="button button-primary" href={props.link.href}>
            {props.link.label}
          </a>
        </p>
      ) : null}
      <p class="quiet">
        {view.t.problems.code}: <code>{props.code}</code>
      </p>
    </Page>
  )
}

import type { VNode } from 'preact'
import type { TrustProposal, TrustStep } from '../../../model/trust-proposal.ts'
import { Alert, When } from '../../layout/parts.tsx'
import type { View } from '../../layout/view.ts'

/** Changes of trust that one admin proposed and another must look at. */
export function OpenProposals(props: {
  readonly view: View
  readonly proposals: readonly TrustProposal[]
}): VNode | null {
  const { view, proposals } = props
  const t = view.t.trustChange
  if (proposals.length === 0) return null
  return (
    <Alert kind="warning" heading={t.openHeading}>
      <ul>
        {proposals.map((one) => (
          <li>
            <a href={`/staff/roots/changes/${one.id}`}>{one.steps.map((step) => inWords(view, step)).join(', ')}</a>:{' '}
            {one.reason} ({one.proposedBy.name ?? view.t.actors[one.proposedBy.kind]},{' '}
            <When view={view} at={one.madeAt} short />)
          </li>
        ))}
      </ul>
    </Alert>
  )
}

function inWords({ t }: View, step: TrustStep): string {
  if (step.do === 'apply-policy') return t.policyReview.apply
  if (step.do === 'use-list') return t.trustedLists.use(step.list.territory)
  if (step.do === 'drop-list') return t.trustedLists.dropStep(step.territory)
  const word = t.trustChange.does[step.do]
  return step.do === 'add'
    ? `${word} ${t.trustRecord.several(step.certificates.length)}`
    : `${word} ${step.sha256.slice(0, 16)}…`
}

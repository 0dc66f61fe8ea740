import type { VNode } from 'preact'
import type { Effects } from '../../../model/trust-proposal.ts'
import { Table, VerdictBadge } from '../../layout/parts.tsx'
import type { View } from '../../layout/view.ts'

/** What a change of trust would do to the open cases, before it is made. */
export function RootEffects({ view, effects }: { readonly view: View; readonly effects: Effects }): VNode {
  const t = view.t.effects
  const { changed, examined, complete } = effects
  return (
    <section aria-labelledby="effects">
      <h2 id="effects">{t.heading}</h2>
      <p>{changed.length === 0 ? t.none(examined) : t.some(changed.length, examined)}</p>
      {complete ? null : <p>{t.incomplete}</p>}
      {changed.length === 0 ? null : (
        <Table
          caption={t.heading}
          columns={[t.caseOf, t.document, t.now, t.after]}
          empty=""
          rows={changed.map((one) => [
            <a href={`/staff/cases/${one.caseNumber}`}>
              {one.caseNumber} {one.caseTitle}
            </a>,
            one.document,
            <VerdictBadge view={view} indication={one.before} />,
            <VerdictBadge view={view} indication={one.after} />,
          ])}
        />
      )}
    </section>
  )
}

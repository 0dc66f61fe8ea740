import type { VNode } from 'preact'
import type { PlannedList } from '../../../model/trust-proposal.ts'
import { LIST_OF_LISTS, type StatedPeriod } from '../../../model/trusted-list.ts'
import { Alert, Facts, Table, When } from '../../layout/parts.tsx'
import { territoryName } from '../../layout/territory.ts'
import type { View } from '../../layout/view.ts'

/** Of certificates that count in other times the first are shown. */
const SHOWN_AT_MOST = 50

/** A trusted list before it counts: whose it is, who signed it and who says that he may, and what it would change. */
export function PlannedListCard({ view, planned }: { readonly view: View; readonly planned: PlannedList }): VNode {
  const t = view.t.trustedLists
  const { does, list, vouched, inForce, changes } = planned
  const name = territoryName(view, list.territory)
  const isLists = list.territory === LIST_OF_LISTS
  const left = changes.length - SHOWN_AT_MOST
  return (
    <article class="card">
      <h2>{does === 'drop' ? t.dropHeading(name) : isLists ? t.followsHeading(name) : t.useHeading(name)}</h2>
      {isLists && does === 'use' ? <p>{t.followsText}</p> : null}
      {planned.endsListOfLists ? <p>{t.endsListOfLists}</p> : null}
      <Facts
        rows={[
          [t.operator, list.operator],
          [t.sequence, inForce === null || does === 'drop' ? String(list.sequence) : t.follows(list.sequence, inForce)],
          [t.issued, <When view={view} at={list.issuedAt} short />],
          [t.next, list.nextUpdate === null ? t.closed : <When view={view} at={list.nextUpdate} short />],
          [t.signedBy, <Signer name={planned.signedBy} sha256={list.signer} />],
          ...(vouched === null ? [] : [[t.vouchedBy, t.vouched[vouched]] as const]),
          [t.from, list.url ?? t.fromFile],
          ...(list.services.length === 0
            ? []
            : [[t.services, list.services.map((one) => t.shortKinds[one]).join(', ')] as const]),
          ...(isLists ? [] : [[t.certificates, countsOf(view, planned)] as const]),
        ]}
      />
      {does === 'use' && !isLists && planned.usable === 0 ? (
        <Alert kind="warning">
          <p>{t.nothingUsable}</p>
        </Alert>
      ) : null}
      {changes.length === 0 ? null : (
        <Table
          caption={t.retimed}
          columns={[t.certificate, t.before, t.after]}
          empty=""
          rows={changes
            .slice(0, SHOWN_AT_MOST)
            .map(({ subject, before, after }) => [
              subject,
              <Times view={view} periods={before} />,
              <Times view={view} periods={after} />,
            ])}
        />
      )}
      {left > 0 ? <p>{view.t.trustChange.more(left)}</p> : null}
    </article>
  )
}

function Signer({ name, sha256 }: { readonly name: string | null; readonly sha256: string }): VNode {
  return (
    <>
      {name === null ? null : <span class="block">{name}</span>}
      <code class="fingerprint">{sha256}</code>
    </>
  )
}

function countsOf(view: View, { comes, goes, changes, restated }: PlannedList): string {
  const t = view.t.trustedLists
  const said = [
    comes > 0 ? t.comes(comes) : null,
    goes > 0 ? t.goes(goes) : null,
    changes.length > 0 ? t.retimes(changes.length) : null,
    restated > 0 ? t.restated(restated) : null,
  ].filter((one) => one !== null)
  return said.length === 0 ? t.sameCertificates : said.join(', ')
}

/** The times in which a country's supervisor vouched for a service. */
export function Times({ view, periods }: { readonly view: View; readonly periods: readonly StatedPeriod[] }): VNode {
  const t = view.t.trustedLists
  return (
    <>
      {periods.length === 0 ? '–' : null}
      {periods.map(({ from, until }) => (
        <span class="block">
          <When view={view} at={from} short /> –{' '}
          {until === null ? t.stillCounts : <When view={view} at={until} short />}
        </span>
      ))}
    </>
  )
}

import type { VNode } from 'preact'
import type { Delivery, DeliveryEvidence } from '../../../model/letter.ts'
import { Badge, Facts, When } from '../../layout/parts.tsx'
import type { View } from '../../layout/view.ts'
import type { LetterOnItsWay } from '../citizen-documents.tsx'

const STATE_KIND: Readonly<Record<Delivery['state'], 'info' | 'success' | 'warning' | 'error'>> = {
  planned: 'info',
  'handing-over': 'info',
  accepted: 'success',
  kept: 'success',
  available: 'success',
  refused: 'error',
  waiting: 'warning',
  unsendable: 'error',
}

/** A delivery's state as a badge. */
export function DeliveryBadge({ view, state }: { readonly view: View; readonly state: Delivery['state'] }): VNode {
  return <Badge kind={STATE_KIND[state]} text={view.t.deliveryStates[state]} />
}

/** Letters of a case, each with its way; the evidence stands on the delivery's own page. */
export function Letters(props: { readonly view: View; readonly letters: readonly LetterOnItsWay[] }): VNode {
  const { view } = props
  const { t } = view
  return (
    <section aria-labelledby="letters">
      <h2 id="letters">{t.letters.title}</h2>
      {props.letters.length === 0 ? <p class="empty">{t.citizen.noLetters}</p> : null}
      {props.letters.map(({ letter, deliveries }) => (
        <article class="card">
          <h3>{letter.subject}</h3>
          <p class="quiet">
            {t.letterKinds[letter.kind]} · <When view={view} at={letter.createdAt} short />
          </p>
          {deliveries.map(({ delivery, route }) => (
            <>
              <p>
                <DeliveryBadge view={view} state={delivery.state} /> {t.deliveryChannels[delivery.channel]}
                {delivery.address ? ` → ${delivery.address}` : ''}
              </p>
              <p class="quiet">{route}</p>
              <p class="card-links">
                <a href={`/staff/outbox/${delivery.id}`}>{t.letters.showDelivery}</a>
              </p>
            </>
          ))}
        </article>
      ))}
    </section>
  )
}

/** What became of one delivery, in order. */
export function Evidence({ view, rows }: { readonly view: View; readonly rows: readonly DeliveryEvidence[] }): VNode {
  return (
    <ol class="history">
      {rows.map((row) => (
        <li>
          <When view={view} at={row.at} short /> <strong>{view.t.evidence[row.event]}</strong>
          {Object.keys(row.detail).length > 0 ? (
            <Facts rows={Object.entries(row.detail).map(([name, value]) => [name, String(value)] as const)} />
          ) : null}
        </li>
      ))}
    </ol>
  )
}

import type { VNode } from 'preact'
import type { Delivery, DeliveryEvidence, Letter } from '../../../model/letter.ts'
import { Page } from '../../layout/page.tsx'
import { Alert, Facts, Pager, Table, When } from '../../layout/parts.tsx'
import type { View } from '../../layout/view.ts'
import { DeliveryBadge, Evidence } from './letters.tsx'

export interface OutboxRow {
  readonly delivery: Delivery
  readonly letter: Letter | null
  readonly caseNumber: string | null
}

/** Everything that went out, is kept here, or could not go. */
export function OutboxPage(props: {
  readonly view: View
  readonly rows: readonly OutboxRow[]
  readonly relayConfigured: boolean
  readonly page: number
  readonly more: boolean
}): VNode {
  const { view } = props
  const { t } = view
  return (
    <Page view={view} title={t.outbox.title} wide>
      {props.relayConfigured ? null : (
        <Alert kind="info">
          <p>{t.outbox.noRelay}</p>
        </Alert>
      )}
      <Table
        caption={t.outbox.title}
        columns={[t.outbox.letter, t.outbox.to, t.outbox.channel, t.outbox.state, t.outbox.when]}
        empty={t.outbox.empty}
        rows={props.rows.map(({ delivery, letter, caseNumber }) => [
          <>
            <a class="case-link" href={`/staff/outbox/${delivery.id}`}>
              {letter?.subject ?? '–'}
            </a>
            <span class="quiet block">{caseNumber ?? ''}</span>
          </>,
          delivery.address ?? '–',
          t.deliveryChannels[delivery.channel],
          <DeliveryBadge view={view} state={delivery.state} />,
          <When view={view} at={delivery.updatedAt} short />,
        ])}
      />
      <Pager view={view} path="/staff/outbox" page={props.page} more={props.more} />
    </Page>
  )
}

/** One delivery: the letter as written, its way and why, the evidence, and the mail's exact bytes. */
export function DeliveryPage(props: {
  readonly view: View
  readonly row: OutboxRow
  readonly route: string
  readonly evidence: readonly DeliveryEvidence[]
  /** A one-time code that is not shown: whoever reads it could act as the citizen. */
  readonly hidden: boolean
}): VNode {
  const { view } = props
  const { t } = view
  const { delivery, letter, caseNumber } = props.row
  return (
    <Page view={view} title={letter?.subject ?? t.outbox.title} wide noindex>
      <div class="two-columns">
        <div>
          <h2>{t.outbox.text}</h2>
          {props.hidden ? (
            <p class="card">{t.outbox.codeHidden}</p>
          ) : (
            <pre class="letter-text card">{letter === null ? '–' : letter.bodyText || t.outbox.codeEncrypted}</pre>
          )}
          {delivery.rawSha256 && !props.hidden ? (
            <p class="actions">
              <a class="button button-secondary" href={`/staff/outbox/${delivery.id}/raw`}>
                {t.outbox.raw}
              </a>
            </p>
          ) : null}
          <h2>{t.outbox.evidence}</h2>
          <Evidence view={view} rows={props.evidence} />
        </div>
        <aside aria-label={t.caseView.sidebar}>
          <section class="panel">
            <h2>{t.outbox.way}</h2>
            <p>
              <DeliveryBadge view={view} state={delivery.state} />
            </p>
            <p>{props.route}</p>
            <Facts
              rows={[
                [t.outbox.to, delivery.address ?? '–'],
                [t.outbox.channel, t.deliveryChannels[delivery.channel]],
                [t.outbox.attempts, String(delivery.attempts)],
                ...(delivery.possiblyDoubled > 0
                  ? [[t.outbox.doubled, String(delivery.possiblyDoubled)] as const]
                  : []),
                ...(delivery.messageId ? [['Message-ID', <code>{delivery.messageId}</code>] as const] : []),
                ...(caseNumber
                  ? [[t.queue.case, <a href={`/staff/cases/${caseNumber}`}>{caseNumber}</a>] as const]
                  : []),
              ]}
            />
          </section>
        </aside>
      </div>
    </Page>
  )
}

import type { VNode } from 'preact'
import type { CitizenKey, CitizenKeyEnd, CitizenKeyTimes } from '../../../model/citizen-key.ts'
import type { KeyWarning, OwnKey } from '../../../model/own-key.ts'
import { Page } from '../../layout/page.tsx'
import { Alert, Badge, Csrf, Facts, Field, Pager, Table, When } from '../../layout/parts.tsx'
import type { View } from '../../layout/view.ts'

/** One of the municipality's keys with what to warn of. */
export interface KeyShown {
  readonly key: OwnKey
  readonly warnings: readonly KeyWarning[]
}

/** Citizens' keys on one page of them. */
interface CitizensKeys {
  readonly rows: readonly { readonly key: CitizenKey; readonly times: CitizenKeyTimes }[]
  readonly page: number
  readonly more: boolean
  readonly withdrawn: boolean
}

/** The municipality's keys for mail with what to look after, and citizens' keys with where each came from. */
export function OwnKeysPage(props: {
  readonly view: View
  readonly keys: readonly KeyShown[]
  readonly citizens: CitizensKeys
}): VNode {
  const { view, keys } = props
  const t = view.t.ownKeys
  return (
    <Page view={view} title={t.title} lead={t.lead} wide>
      {props.citizens.withdrawn ? <Alert kind="success" heading={t.citizens.withdrawn} /> : null}
      {keys.length === 0 ? <p>{t.none}</p> : keys.map((one) => <OneKey view={view} shown={one} />)}
      <p>{t.how}</p>
      <pre>poststempel keys --help</pre>
      <p>
        <a href="/key">{t.given}</a>
      </p>
      <Citizens view={view} {...props.citizens} />
    </Page>
  )
}

const STATES = { counts: 'success', candidate: 'info', replaced: 'info', revoked: 'error', expired: 'warning' } as const

function Citizens({ view, rows, page, more }: CitizensKeys & { readonly view: View }): VNode {
  const t = view.t.ownKeys.citizens
  return (
    <section aria-labelledby="citizens">
      <h2 id="citizens">{t.title}</h2>
      <p>{t.rule}</p>
      <Table
        caption={t.title}
        columns={[t.key, t.source, t.proof, t.state, t.ends, t.seen, t.action]}
        empty={t.none}
        rows={rows.map(({ key, times }) => [
          <>
            {key.address}
            <br />
            {view.t.ownKeys.kinds[key.kind]} <code class="fingerprint">{key.fingerprint}</code>
          </>,
          t.sources[key.source],
          <>
            {t.proofs[key.proof]}
            {times.provenAt === null ? null : (
              <>
                , <When view={view} at={times.provenAt} short />
              </>
            )}
          </>,
          <Badge kind={STATES[key.state]} text={t.states[key.state]} />,
          <End view={view} end={times.end} isUsed={isUsed(key)} />,
          <When view={view} at={key.lastSeenAt} short />,
          isUsed(key) ? <Withdraw view={view} id={key.id} /> : '–',
        ])}
      />
      <Pager view={view} path="/staff/keys" page={page} more={more} />
    </section>
  )
}

const isUsed = ({ state }: CitizenKey): boolean => state === 'counts' || state === 'candidate'

/** A key that is out of use may end as it likes: only of the others it is worth a warning. */
function End(props: { readonly view: View; readonly end: CitizenKeyEnd; readonly isUsed: boolean }): VNode {
  const { view, end } = props
  const t = view.t.ownKeys.citizens
  if (end.code === 'unknown') return <>–</>
  if (end.code === 'never') return <>{view.t.ownKeys.never}</>
  const day = <When view={view} at={end.at} short />
  if (!props.isUsed || end.code === 'later') return day
  return (
    <>
      {day} <Badge kind="warning" text={end.code === 'ended' ? t.states.expired : t.soon(end.days)} />
    </>
  )
}

function Withdraw({ view, id }: { readonly view: View; readonly id: string }): VNode {
  const t = view.t.ownKeys.citizens
  return (
    <details>
      <summary>{t.withdraw}</summary>
      <form method="post" action={`/staff/keys/${id}/withdraw`} class="form">
        <Csrf view={view} />
        <Field name="reason" id={`reason-${id}`} label={t.reason} required />
        <button type="submit" class="button button-secondary">
          {t.withdraw}
        </button>
      </form>
    </details>
  )
}

const BADGES = { requested: 'info', active: 'success', former: 'info', revoked: 'error' } as const

function OneKey({ view, shown }: { readonly view: View; readonly shown: KeyShown }): VNode {
  const { key, warnings } = shown
  const t = view.t.ownKeys
  const day = (at: string | null, none: string) => (at === null ? none : <When view={view} at={at} short />)
  return (
    <article class="card">
      <h2>
        {t.kinds[key.kind]}: {key.subject} <Badge kind={BADGES[key.state]} text={t.states[key.state]} />
      </h2>
      {warnings.map((warning) => (
        <Alert kind={warning.code === 'private-key-missing' ? 'error' : 'warning'} heading={t.warning}>
          <p>{warning.code === 'expires-soon' ? t.expires(warning.days) : t.warnings[warning.code]}</p>
        </Alert>
      ))}
      <Facts
        rows={[
          [t.id, <code class="fingerprint">{key.id}</code>],
          [t.addresses, key.addresses.join(', ') || '–'],
          [t.algorithm, key.algorithm],
          [t.source, t.sources[key.source]],
          [t.made, day(key.createdAt, '–')],
          [t.ends, day(key.expiresAt, t.never)],
          [t.backup, day(key.backedUpAt, t.noBackup)],
          ...(key.reason ? [[t.reason, key.reason] as const] : []),
        ]}
      />
    </article>
  )
}

import type { VNode } from 'preact'
import type { KeyWarning, OwnKey } from '../../../model/own-key.ts'
import { Page } from '../../layout/page.tsx'
import { Alert, Badge, Facts, When } from '../../layout/parts.tsx'
import type { View } from '../../layout/view.ts'

/** One of the municipality's keys with what to warn of. */
export interface KeyShown {
  readonly key: OwnKey
  readonly warnings: readonly KeyWarning[]
}

/** The municipality's keys for mail: which are in use, which were, and what to look after. Nothing is changed here. */
export function OwnKeysPage({ view, keys }: { readonly view: View; readonly keys: readonly KeyShown[] }): VNode {
  const t = view.t.ownKeys
  return (
    <Page view={view} title={t.title} lead={t.lead} wide>
      {keys.length === 0 ? <p>{t.none}</p> : keys.map((one) => <OneKey view={view} shown={one} />)}
      <p>{t.how}</p>
      <pre>poststempel keys --help</pre>
      <p>
        <a href="/key">{t.given}</a>
      </p>
    </Page>
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

import type { VNode } from 'preact'
import type { ApiToken } from '../../../model/api-token.ts'
import type { Instant } from '../../../model/time.ts'
import { Page } from '../../layout/page.tsx'
import { Alert, Badge, Csrf, Field, PostButton, Table } from '../../layout/parts.tsx'
import { showInstantShort, type View } from '../../layout/view.ts'

/** The tokens of other systems, and a form for a new one, which is shown once. */
export function ApiTokensPage(props: {
  readonly view: View
  readonly tokens: readonly ApiToken[]
  readonly now: Instant
  readonly made: { readonly name: string; readonly token: string } | null
  readonly problem: boolean
}): VNode {
  const { view, tokens, made, now } = props
  const words = view.t.apiTokens
  const stateOf = (token: ApiToken): VNode => {
    if (token.revokedAt !== null) return <Badge kind="warning" text={words.revoked} />
    if (token.expiresAt <= now) return <Badge kind="warning" text={words.ended} />
    return <Badge kind="success" text={words.inForce} />
  }
  return (
    <Page view={view} title={words.title} lead={words.lead} wide>
      {made ? (
        <Alert kind="success" heading={words.madeFor(made.name)}>
          <p>{words.once}</p>
          <p>
            <code class="fingerprint">{made.token}</code>
          </p>
        </Alert>
      ) : null}
      <Table
        caption={words.title}
        columns={[words.name, words.made, words.expires, words.lastUsed, words.state, view.t.jobs.action]}
        empty={words.empty}
        rows={tokens.map((token) => [
          token.name,
          showInstantShort(view, token.createdAt),
          showInstantShort(view, token.expiresAt),
          token.lastUsedAt === null ? words.never : showInstantShort(view, token.lastUsedAt),
          stateOf(token),
          token.revokedAt !== null ? (
            ''
          ) : (
            <PostButton
              view={view}
              action={`/staff/api-tokens/${token.id}/revoke`}
              label={words.revoke}
              describedAs={`${words.revoke}: ${token.name}`}
            />
          ),
        ])}
      />
      <form method="post" action="/staff/api-tokens" class="form panel">
        <h2>{words.make}</h2>
        <Csrf view={view} />
        <Field name="name" label={words.name} hint={words.nameHint} required autocomplete="off" maxLength={100} />
        <Field
          name="days"
          label={words.days}
          hint={words.daysHint}
          error={props.problem ? words.daysHint : null}
          value="365"
          inputMode="numeric"
          required
          short
          autocomplete="off"
          maxLength={4}
        />
        <button type="submit" class="button button-primary">
          {words.make}
        </button>
      </form>
    </Page>
  )
}

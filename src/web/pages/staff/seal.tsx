import type { VNode } from 'preact'
import type { SealFacts, SealWarning } from '../../../model/seal.ts'
import type { Listing } from '../../../model/trusted-list.ts'
import { Page } from '../../layout/page.tsx'
import { Alert, Facts, PostButton, Table, When } from '../../layout/parts.tsx'
import { territoryName } from '../../layout/territory.ts'
import type { View } from '../../layout/view.ts'

/** The municipality's seal: which, where its key lies, what others will say of it, and those before it. */
export function SealPage(props: {
  readonly view: View
  readonly facts: SealFacts
  /** How long a trial took, in milliseconds; null: none was asked for, or it failed. */
  readonly tested: number | null
}): VNode {
  const { view, facts, tested } = props
  const t = view.t.seal
  return (
    <Page view={view} title={t.title} lead={t.lead} wide>
      {tested === null ? null : <Alert kind="success" heading={t.tested(tested)} />}
      <Troubles view={view} facts={facts} />
      {facts.certificate ? (
        <AboutSeal view={view} facts={facts} certificate={facts.certificate} />
      ) : (
        <Alert kind="warning" heading={t.none}>
          <p>{t.noneText}</p>
        </Alert>
      )}
      <section aria-labelledby="readers">
        <h2 id="readers">{t.readersTitle}</h2>
        {facts.certificate ? <p>{t.readers[facts.readers]}</p> : null}
        {facts.listing && facts.readers !== 'nobody' ? <p>{sayListing(view, facts.listing)}</p> : null}
        <p>
          {t.readersCheck} <a href="/verify">{t.check}</a>
        </p>
      </section>
      <section>
        <PostButton view={view} action="/staff/seal/test" label={t.test} describedAs={t.test} />
        <p class="quiet">{t.testText}</p>
      </section>
      <Table
        caption={t.formerTitle}
        columns={[t.subject, t.fingerprint, t.since]}
        empty={t.noFormer}
        rows={facts.former.map((one) => [
          one.subject,
          <code class="fingerprint">{one.sha256}</code>,
          <When view={view} at={one.since} short />,
        ])}
      />
    </Page>
  )
}

function Troubles({ view, facts }: { readonly view: View; readonly facts: SealFacts }): VNode {
  const t = view.t.seal
  const faults: Readonly<Record<string, string>> = t.faults
  return (
    <>
      {facts.fault ? (
        <Alert kind="error" heading={t.fault}>
          <p>{faults[facts.fault.code] ?? facts.fault.code}</p>
          <p>{t.faultText}</p>
        </Alert>
      ) : null}
      {facts.warnings.map((warning) => (
        <Alert kind="warning" heading={t.warning}>
          <p>{warningText(view, warning)}</p>
        </Alert>
      ))}
    </>
  )
}

function warningText(view: View, warning: SealWarning): string {
  const t = view.t.seal
  if (warning.code === 'expires-soon') return t.expires(warning.days)
  return warning.code === 'incomplete-chain' ? t.incompleteChain(warning.issuer) : t.warnings[warning.code]
}

function AboutSeal(props: {
  readonly view: View
  readonly facts: SealFacts
  readonly certificate: NonNullable<SealFacts['certificate']>
}): VNode {
  const { view, facts, certificate } = props
  const t = view.t.seal
  const validity = (
    <>
      {t.from} <When view={view} at={certificate.notBefore} short /> {t.until}{' '}
      <When view={view} at={certificate.notAfter} short />
    </>
  )
  return (
    <Facts
      rows={[
        [t.subject, certificate.subject],
        [t.where, t.kinds[certificate.kind]],
        [t.algorithm, facts.algorithm],
        [t.validity, validity],
        [t.issuers, facts.issuers.length > 0 ? facts.issuers.join(' → ') : t.noIssuers],
        [t.fingerprint, <code class="fingerprint">{certificate.sha256}</code>],
        [t.since, <When view={view} at={certificate.since} short />],
      ]}
    />
  )
}

function sayListing(view: View, listing: Listing): string {
  const t = view.t.seal
  if (listing.state !== 'listed') return t.listing[listing.state]
  const country = territoryName(view, listing.territory)
  if (!listing.isInForce) return t.listing.withdrawn(country)
  return [t.listing.listed(country), ...(listing.level === null ? [] : [t.levels[listing.level]])].join(' ')
}

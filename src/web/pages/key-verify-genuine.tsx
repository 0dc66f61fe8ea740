import type { VNode } from 'preact'
import type { Case } from '../../model/case.ts'
import type { VerificationReport } from '../../model/report.ts'
import type { VerdictWords, WebDeps } from '../deps.ts'
import { Page } from '../layout/page.tsx'
import { Alert, Facts, Field, VerdictBadge, When } from '../layout/parts.tsx'
import type { View } from '../layout/view.ts'
import { type ReportLink, ReportLinks } from './report-links.tsx'

/** The municipality's OpenPGP key, with how to check it. */
export function KeyPage(props: {
  readonly view: View
  readonly publicKey: Awaited<ReturnType<WebDeps['municipalityPublicKey']>>
}): VNode {
  const { view, publicKey } = props
  const { t } = view
  return (
    <Page view={view} title={t.key.title} lead={t.key.lead}>
      {publicKey ? (
        <>
          <Facts
            rows={[
              [t.key.fingerprint, <code class="fingerprint">{inGroups(publicKey.fingerprint)}</code>],
              [t.key.address, view.municipality.mailAddress],
            ]}
          />
          <div class="actions">
            <a class="button button-primary" href="/key.asc">
              {t.key.download}
            </a>
          </div>
          <h2>{t.key.howTitle}</h2>
          <ol>
            {t.key.how.map((line) => (
              <li>{line}</li>
            ))}
          </ol>
          <details>
            <summary>{t.key.show}</summary>
            <pre class="armored">{publicKey.armored}</pre>
          </details>
        </>
      ) : (
        <Alert kind="warning">
          <p>{t.key.none}</p>
        </Alert>
      )}
    </Page>
  )
}

/** A fingerprint as people compare it: groups of four. */
const inGroups = (fingerprint: string): string => fingerprint.toUpperCase().replace(/.{4}(?=.)/g, '$& ')

/** Drop a file, see the verdict; nothing is kept. */
export function VerifyPage(props: {
  readonly view: View
  /** Issuers are asked whether certificates are revoked. */
  readonly asks: boolean
  readonly judged: {
    readonly name: string
    readonly report: VerificationReport
    readonly words: VerdictWords
    readonly reports: readonly ReportLink[]
  } | null
}): VNode {
  const { view, judged } = props
  const { t } = view
  return (
    <Page view={view} title={t.verify.title} lead={t.verify.lead}>
      <p>{props.asks ? t.verify.asks : t.verify.asksNobody}</p>
      {judged ? (
        <section class="panel" aria-labelledby="verdict">
          <h2 id="verdict">{judged.name}</h2>
          <p>
            <VerdictBadge view={view} indication={judged.report.indication ?? 'ERROR'} sealed={judged.words.sealed} />
          </p>
          <p>
            <strong>{judged.words.headline}</strong>
          </p>
          <ul>
            {judged.words.details.map((detail) => (
              <li>{detail}</li>
            ))}
          </ul>
          {judged.words.whatToDo ? <p>{judged.words.whatToDo}</p> : null}
          <ReportLinks view={view} about={judged.name} links={judged.reports} />
          <details>
            <summary>{t.verify.technical}</summary>
            <pre class="armored">{JSON.stringify(judged.report, null, 2)}</pre>
          </details>
        </section>
      ) : null}
      <form method="post" action="/verify" encType="multipart/form-data" class="form">
        <Field name="file" label={t.verify.file} hint={t.verify.fileHint} type="file" required />
        <button type="submit" class="button button-primary">
          {t.verify.submit}
        </button>
      </form>
    </Page>
  )
}

/** What the QR code of a stamped copy opens: that this municipality decided this case, and over which bytes. */
export function GenuinePage(props: {
  readonly view: View
  readonly case: Case
  readonly approved: readonly {
    readonly name: string
    readonly sha256: string
    readonly originalSha256: string | null
  }[]
}): VNode {
  const { view } = props
  const { t } = view
  return (
    <Page view={view} title={t.genuine.title} noindex>
      {props.case.decision === 'approved' && props.case.decidedAt ? (
        <>
          <Alert kind="success" heading={t.genuine.approved(view.municipality.name)}>
            <p>{t.genuine.compare}</p>
          </Alert>
          <Facts
            rows={[
              [t.genuine.caseNumber, props.case.number],
              [t.genuine.decidedAt, <When view={view} at={props.case.decidedAt} />],
              ...props.approved.flatMap((one): (readonly [string, VNode])[] => [
                [t.genuine.copy, <code class="fingerprint">{one.sha256}</code>],
                ...(one.originalSha256
                  ? [[t.genuine.original, <code class="fingerprint">{one.originalSha256}</code>] as const]
                  : []),
              ]),
            ]}
          />
          <p>
            {t.genuine.checkFile} <a href="/verify">{t.nav.verify}</a>.
          </p>
        </>
      ) : (
        <Alert kind="warning">
          <p>{t.genuine.notApproved}</p>
        </Alert>
      )}
    </Page>
  )
}

import type { VNode } from 'preact'
import { LIST_OF_LISTS, type ListService, type TrustedList } from '../../../model/trusted-list.ts'
import { Page } from '../../layout/page.tsx'
import { Alert, Badge, Csrf, Field, PostButton, Table, When } from '../../layout/parts.tsx'
import { territoryName as nameOf } from '../../layout/territory.ts'
import type { View } from '../../layout/view.ts'

/** Member states of the EU and the EEA as the list of the lists writes them: Greece is EL. */
export const TERRITORIES =
  'AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK'.split(' ')
const SERVICES: readonly ListService[] = ['CA/QC', 'TSA/QTST']

/** Trusted lists: those in use and how they are, Denmark's by one step, another country's, or one from a file. */
export function TrustedListsPage(props: {
  readonly view: View
  readonly lists: readonly TrustedList[]
  /** How many certificates came with the list of a territory. */
  readonly certificates: ReadonlyMap<string, number>
  readonly now: string
  readonly refreshed: boolean
  /** Why a list was not taken. */
  readonly problem: string | null
}): VNode {
  const { view, lists } = props
  const t = view.t.trustedLists
  const problems: Readonly<Record<string, string>> = t.problems
  const isDenmarkUsed = lists.some(({ territory }) => territory === 'DK')
  return (
    <Page view={view} title={t.title} lead={t.lead} wide>
      {props.refreshed ? (
        <Alert kind="success" heading={t.refreshed}>
          <p>{t.refreshedText}</p>
        </Alert>
      ) : null}
      {props.problem ? (
        <Alert kind="error" heading={t.refused}>
          <p>{problems[props.problem] ?? props.problem}</p>
        </Alert>
      ) : null}
      {lists.length === 0 ? (
        <Alert kind="info" heading={t.none}>
          <p>{t.noneText}</p>
        </Alert>
      ) : (
        <InUse {...props} />
      )}
      {isDenmarkUsed ? null : <Denmark view={view} />}
      <Choose view={view} />
      <Files view={view} />
      <Address view={view} />
    </Page>
  )
}

type Props = Parameters<typeof TrustedListsPage>[0]

function InUse({ view, lists, certificates, now }: Props): VNode {
  const t = view.t.trustedLists
  const late = lists.filter(({ nextUpdate }) => nextUpdate !== null && nextUpdate <= now)
  return (
    <section>
      {late.map(({ territory }) => (
        <Alert kind="warning" heading={t.late}>
          <p>{t.lateText(nameOf(view, territory))}</p>
        </Alert>
      ))}
      <Table
        caption={t.inUse}
        columns={[t.territory, t.sequence, t.services, t.issued, t.next, t.certificates, t.state, t.action]}
        empty=""
        rows={lists.map((list) => [
          nameOf(view, list.territory),
          String(list.sequence),
          list.services.map((one) => t.shortKinds[one]).join(', ') || '–',
          <When view={view} at={list.issuedAt} short />,
          list.nextUpdate ? <When view={view} at={list.nextUpdate} short /> : t.closed,
          list.territory === LIST_OF_LISTS ? '–' : String(certificates.get(list.territory) ?? 0),
          <State view={view} list={list} isLate={late.includes(list)} />,
          list.territory === LIST_OF_LISTS ? '' : <Drop view={view} territory={list.territory} />,
        ])}
      />
      <PostButton view={view} action="/staff/lists/refresh" label={t.refresh} describedAs={t.refresh} />
    </section>
  )
}

function State(props: { readonly view: View; readonly list: TrustedList; readonly isLate: boolean }): VNode {
  const { view, list, isLate } = props
  const t = view.t.trustedLists
  const problems: Readonly<Record<string, string>> = t.problems
  const [kind, text] = list.problem
    ? (['error', t.problem] as const)
    : isLate
      ? (['warning', t.late] as const)
      : (['success', t.good] as const)
  return (
    <>
      <Badge kind={kind} text={text} />
      {list.problem ? <p>{problems[list.problem] ?? list.problem}</p> : null}
      <span class="quiet block">
        {list.url === null ? t.fromFile : t.tried} <When view={view} at={list.triedAt} short />
      </span>
    </>
  )
}

function Drop({ view, territory }: { readonly view: View; readonly territory: string }): VNode {
  const t = view.t.trustedLists
  return (
    <form method="post" action="/staff/lists/drop">
      <Csrf view={view} />
      <input type="hidden" name="territory" value={territory} />
      <button type="submit" class="button button-secondary" aria-label={`${t.drop}: ${nameOf(view, territory)}`}>
        {t.drop}
      </button>
    </form>
  )
}

function Denmark({ view }: { readonly view: View }): VNode {
  const t = view.t.trustedLists
  return (
    <section aria-labelledby="denmark">
      <h2 id="denmark">{t.denmark}</h2>
      <p>{t.denmarkText}</p>
      <form method="post" action="/staff/lists/use">
        <Csrf view={view} />
        <input type="hidden" name="territory" value="DK" />
        <input type="hidden" name="note" value={t.denmarkReason} />
        {SERVICES.map((one) => (
          <input type="hidden" name={`service-${one}`} value="yes" />
        ))}
        <button type="submit" class="button button-primary">
          {t.look}
        </button>
      </form>
    </section>
  )
}

function Choose({ view }: { readonly view: View }): VNode {
  const t = view.t.trustedLists
  return (
    <details>
      <summary>{t.choose}</summary>
      <form method="post" action="/staff/lists/use" class="form panel">
        <Csrf view={view} />
        <label class="form-label" for="territory">
          {t.country}
        </label>
        <select id="territory" name="territory" class="form-select">
          {TERRITORIES.map((one) => (
            <option value={one}>{nameOf(view, one)}</option>
          ))}
        </select>
        <Services view={view} prefix="choose" />
        <Field name="note" label={t.why} hint={t.whyHint} required />
        <button type="submit" class="button button-secondary">
          {t.look}
        </button>
      </form>
    </details>
  )
}

function Files({ view }: { readonly view: View }): VNode {
  const t = view.t.trustedLists
  return (
    <details>
      <summary>{t.files}</summary>
      <p>{t.filesText}</p>
      <form method="post" action="/staff/lists/files" encType="multipart/form-data" class="form panel">
        <Csrf view={view} />
        <Field name="list" label={t.listFile} type="file" required />
        <Field name="lists" label={t.listsFile} hint={t.listsHint} type="file" />
        <Field name="pivots" label={t.pivotFiles} hint={t.pivotsHint} type="file" multiple />
        <Field name="fingerprint" label={t.fingerprint} hint={t.fingerprintHint} />
        <Services view={view} prefix="files" />
        <Field name="note" id="files-note" label={t.why} hint={t.whyHint} required />
        <button type="submit" class="button button-secondary">
          {t.look}
        </button>
      </form>
    </details>
  )
}

/** A list that the list of the lists does not name, followed by its own address. */
function Address({ view }: { readonly view: View }): VNode {
  const t = view.t.trustedLists
  return (
    <details>
      <summary>{t.byAddress}</summary>
      <p>{t.byAddressText}</p>
      <form method="post" action="/staff/lists/address" class="form panel">
        <Csrf view={view} />
        <Field name="address" label={t.address} required />
        <Field name="fingerprint" id="address-fingerprint" label={t.fingerprint} hint={t.fingerprintHint} required />
        <Services view={view} prefix="address" />
        <Field name="note" id="address-note" label={t.why} hint={t.whyHint} required />
        <button type="submit" class="button button-secondary">
          {t.look}
        </button>
      </form>
    </details>
  )
}

function Services({ view, prefix }: { readonly view: View; readonly prefix: string }): VNode {
  const t = view.t.trustedLists
  return (
    <fieldset>
      <legend>{t.services}</legend>
      {SERVICES.map((one) => (
        <div class="form-group-checkbox">
          <input
            type="checkbox"
            class="form-checkbox"
            id={`${prefix}-${one}`}
            name={`service-${one}`}
            value="yes"
            checked
          />
          <label for={`${prefix}-${one}`}>{t.kinds[one]}</label>
        </div>
      ))}
    </fieldset>
  )
}

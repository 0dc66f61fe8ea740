import type { VNode } from 'preact'
import type { Submission } from '../../../model/submission.ts'
import { Page } from '../../layout/page.tsx'
import { Alert, Pager, PostButton, Table, When } from '../../layout/parts.tsx'
import type { View } from '../../layout/view.ts'

/** What came in and is nobody's errand: reports and automatic answers, with the way to make a case of one all the same. */
export function SetAsidePage(props: {
  readonly view: View
  readonly rows: readonly Submission[]
  readonly taken: boolean
  readonly page: number
  readonly more: boolean
}): VNode {
  const { view } = props
  const { t } = view
  return (
    <Page view={view} title={t.setAside.title} lead={t.setAside.lead} wide>
      {props.taken ? <Alert kind="success" heading={t.setAside.taken} /> : null}
      <Table
        caption={t.setAside.title}
        columns={[t.setAside.came, t.setAside.from, t.setAside.subject, t.setAside.what, t.jobs.action]}
        empty={t.setAside.empty}
        rows={props.rows.map(({ id, receivedAt, headers }) => [
          <When view={view} at={receivedAt} short />,
          headers?.from.map(({ address }) => address).join(', ') || '–',
          headers?.subject || t.caseView.noSubject,
          t.setAside.kinds[headers?.report?.kind ?? 'repeat'],
          <PostButton
            view={view}
            action={`/staff/set-aside/${id}`}
            label={t.setAside.takeUp}
            describedAs={`${t.setAside.takeUp}: ${headers?.subject || t.caseView.noSubject}`}
          />,
        ])}
      />
      <Pager view={view} path="/staff/set-aside" page={props.page} more={props.more} />
    </Page>
  )
}

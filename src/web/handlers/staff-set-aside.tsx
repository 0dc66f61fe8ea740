import { actorOf, type Handler } from '../http/context.ts'
import { seeOther, showPage } from '../http/reply.ts'
import { SetAsidePage } from '../pages/staff/set-aside.tsx'
import { pageAsked, readPage } from './case-parts.ts'

export const setAside: Handler = async (context) => {
  const page = pageAsked(context)
  const { rows, more } = await readPage(page, (window) =>
    context.deps.store.listSubmissions({ states: ['set-aside'], ...window }),
  )
  const taken = context.query.get('done') === 'taken'
  return showPage(<SetAsidePage view={context.view} rows={rows} taken={taken} page={page} more={more} />)
}

export const takeUp: Handler = async (context) => {
  await context.deps.takeUp({ submissionId: context.params['submission'] ?? '', actor: actorOf(context) })
  return seeOther('/staff/set-aside?done=taken')
}

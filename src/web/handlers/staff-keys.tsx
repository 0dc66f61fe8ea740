import { actorOf, field, type Handler } from '../http/context.ts'
import { seeOther, showPage } from '../http/reply.ts'
import { OwnKeysPage } from '../pages/staff/own-keys.tsx'
import { pageAsked, readPage } from './case-parts.ts'

export const ownKeys: Handler = async (context) => {
  const { deps, view, query } = context
  const page = pageAsked(context)
  const { rows, more } = await readPage(page, (window) => deps.store.listCitizenKeys(window))
  const shown = rows.map(async (key) => ({ key, times: await deps.citizenKeyTimes(key) }))
  const citizens = { rows: await Promise.all(shown), page, more, withdrawn: query.get('done') === 'withdrawn' }
  return showPage(<OwnKeysPage view={view} keys={await deps.ownKeys()} citizens={citizens} />)
}

export const withdraw: Handler = async (context) => {
  const { deps, params } = context
  const reason = field(context, 'reason', 500)
  await deps.withdrawCitizenKey({ id: params['key'] ?? '', reason, actor: actorOf(context) })
  return seeOther('/staff/keys?done=withdrawn')
}

import type { Handler } from '../http/context.ts'
import { showPage } from '../http/reply.ts'
import { AdminHistoryPage } from '../pages/staff/admin-history.tsx'
import { pageAsked, ROWS_A_PAGE } from './case-parts.ts'

/** What was done to the gateway itself, newest first; the chain is checked whole each time. */
export const adminHistory: Handler = async (context) => {
  const { deps, view } = context
  const page = pageAsked(context)
  const chain = await deps.store.adminHistory()
  const from = (page - 1) * ROWS_A_PAGE
  const shown = (
    <AdminHistoryPage
      view={view}
      entries={chain.toReversed().slice(from, from + ROWS_A_PAGE)}
      count={chain.length}
      brokenLink={deps.findBrokenLink(chain)}
      page={page}
      more={chain.length > from + ROWS_A_PAGE}
    />
  )
  return showPage(shown)
}

import { actorOf, field, type Handler } from '../http/context.ts'
import { seeOther, showPage } from '../http/reply.ts'
import { LinkPage } from '../pages/staff/link.tsx'
import { caseAsked } from './case-parts.ts'

export const link: Handler = async (context) => {
  const { deps, view, query } = context
  const one = await caseAsked(context)
  const now = deps.clock().toISOString()
  const tokens = await deps.store.tokensOfCase(one.id)
  const inForce = tokens.filter((row) => row.kind === 'tracking' && row.revokedAt === null && row.expiresAt > now)
  const told = query.get('done')
  const page = (
    <LinkPage
      view={view}
      case={one}
      inForce={inForce.length}
      choice={await deps.newLinkChoice(one.id)}
      done={told === 'revoked' || told === 'sent' ? told : null}
      problem={query.get('p') === 'reason'}
    />
  )
  return showPage(page)
}

export const revoke: Handler = async (context) => {
  const one = await caseAsked(context)
  const reason = field(context, 'reason', 500)
  if (reason === '') return seeOther(`/staff/cases/${one.number}/link?p=reason`)
  await context.deps.revokeLinks({ caseId: one.id, reason, actor: actorOf(context) })
  return seeOther(`/staff/cases/${one.number}/link?done=revoked`)
}

export const send: Handler = async (context) => {
  const one = await caseAsked(context)
  const partyId = field(context, 'party')
  const { parties } = await context.deps.newLinkChoice(one.id)
  if (!parties.some(({ id }) => id === partyId)) return seeOther(`/staff/cases/${one.number}/link`)
  const number = Number(field(context, 'number', 10))
  await context.deps.sendNewLink({ caseId: one.id, partyId, number, actor: actorOf(context) })
  return seeOther(`/staff/cases/${one.number}/link?done=sent`)
}

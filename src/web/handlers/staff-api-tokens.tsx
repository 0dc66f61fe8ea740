import { GatewayError } from '../../model/errors.ts'
import { instant } from '../../model/time.ts'
import { actorOf, type Context, field, type Handler } from '../http/context.ts'
import { type Reply, seeOther, showPage } from '../http/reply.ts'
import { ApiTokensPage } from '../pages/staff/api-tokens.tsx'
import { makeApiToken, revokeApiToken } from '../sign-in/api-tokens.ts'

type Shown = { readonly made: { readonly name: string; readonly token: string } | null; readonly problem: boolean }

async function show({ deps, view }: Context, shown: Shown): Promise<Reply> {
  const tokens = await deps.store.apiTokens()
  const page = <ApiTokensPage view={view} tokens={tokens} now={instant(deps.clock())} {...shown} />
  return showPage(page, { status: shown.problem ? 422 : 200 })
}

export const apiTokens: Handler = (context) => show(context, { made: null, problem: false })

/** Makes one, and shows it this once: what is stored cannot be turned into it again. */
export const makeToken: Handler = async (context) => {
  const { deps } = context
  const name = field(context, 'name', 100)
  const wanted = { name, days: Number(field(context, 'days', 5)), actor: actorOf(context) }
  try {
    const { token } = await makeApiToken(deps.store, wanted, deps.clock)
    return await show(context, { made: { name, token }, problem: false })
  } catch (fault) {
    if (!(fault instanceof GatewayError) || fault.code !== 'invalid-request') throw fault
    return show(context, { made: null, problem: true })
  }
}

/** Takes one out of use at once. @throws GatewayError not-found */
export const revokeToken: Handler = async (context) => {
  const { deps, params } = context
  await revokeApiToken(deps.store, { id: params['system'] ?? '', actor: actorOf(context) }, deps.clock)
  return seeOther('/staff/api-tokens')
}

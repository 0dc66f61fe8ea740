import { asGatewayError, GatewayError } from '../../model/errors.ts'
import { newId } from '../../model/ids.ts'
import { instant } from '../../model/time.ts'
import type { ListService, WantedList } from '../../model/trusted-list.ts'

import { actorOf, type Context, field, type Handler } from '../http/context.ts'
import { type Reply, seeOther, showPage } from '../http/reply.ts'
import { TrustedListsPage } from '../pages/staff/trusted-lists.tsx'

const SERVICES: readonly ListService[] = ['CA/QC', 'TSA/QTST']

const SAID_HERE: ReadonlySet<string> = new Set(['fetch-failed', 'fetch-refused', 'wrong-fingerprint'])

async function pageOf({ deps, view, query }: Context, problem: string | null): Promise<Reply> {
  const certificates = new Map<string, number>()
  for (const { source } of await deps.store.listAnchors()) {
    const territory = /^trusted-list:(.+)$/.exec(source)?.[1]
    if (territory !== undefined) certificates.set(territory, (certificates.get(territory) ?? 0) + 1)
  }
  const page = (
    <TrustedListsPage
      view={view}
      lists={await deps.store.trustedLists()}
      certificates={certificates}
      now={instant(deps.clock())}
      refreshed={query.get('done') === 'refresh'}
      problem={problem}
    />
  )
  return showPage(page, problem === null ? {} : { status: 422 })
}

export const lists: Handler = (context) => pageOf(context, null)

const servicesOf = (context: Context): readonly ListService[] =>
  SERVICES.filter((one) => field(context, `service-${one}`) === 'yes')

/** Draws up the change and leads to what it means; a list that is refused is said here. */
async function plan(context: Context, wanted: WantedList, reason: string): Promise<Reply> {
  try {
    const id = await context.deps.planLists({ wanted, reason, actor: actorOf(context) })
    return seeOther(`/staff/roots/changes/${id}`)
  } catch (thrown) {
    const { code, facts } = asGatewayError(thrown)
    if (code === 'list-refused') return pageOf(context, String(facts['problem']))
    if (SAID_HERE.has(code)) return pageOf(context, code)
    throw thrown
  }
}

export const useList: Handler = (context) => {
  const territory = field(context, 'territory')
  return plan(context, { kind: 'territory', territory, services: servicesOf(context) }, field(context, 'note'))
}

export const useListFile: Handler = (context) => {
  const files = (name: string): readonly Uint8Array[] =>
    context.form.files.flatMap((one) => (one.field === name && one.bytes.length > 0 ? [one.bytes] : []))
  const [list] = files('list')
  if (!list) throw new GatewayError('invalid-request', 'No list was sent')
  const typedFingerprint = field(context, 'fingerprint') || null
  const lists = files('lists')[0] ?? null
  const services = servicesOf(context)
  const wanted = { kind: 'files', list, lists, pivots: files('pivots'), typedFingerprint, services } as const
  return plan(context, wanted, field(context, 'note'))
}

export const useListAddress: Handler = (context) => {
  const [url, typedFingerprint] = [field(context, 'address').trim(), field(context, 'fingerprint')]
  const wanted = { kind: 'address', url, typedFingerprint, services: servicesOf(context) } as const
  return plan(context, wanted, field(context, 'note'))
}

export const dropList: Handler = (context) => {
  const territory = field(context, 'territory')
  return plan(context, { kind: 'drop', territory }, context.view.t.trustedLists.dropReason(territory))
}

/** Has the lists fetched now; what comes of it is the job's. */
export const refreshLists: Handler = async ({ deps }) => {
  const now = deps.clock()
  await deps.store.commit((write) => write.addJob('refresh-lists', `now:${newId(now.getTime())}`, {}, instant(now)))
  return seeOther('/staff/lists?done=refresh')
}

import type { Case, CaseState, HistoryEntry } from '../../model/case.ts'
import { GatewayError } from '../../model/errors.ts'
import { nameSeenDocuments } from '../../model/seen-documents.ts'
import { type Instant, instant } from '../../model/time.ts'
import { actorOf, type Context, field, type Handler, signedIn } from '../http/context.ts'
import { type Reply, seeOther, showPage } from '../http/reply.ts'
import { type CaseOnOneScreen, CasePage } from '../pages/staff/case.tsx'
import { AllCasesPage, QueuePage, type QueueRow } from '../pages/staff/queue.tsx'
import { caseAsked, fileOf, judged, lettersOf, pageAsked, ROWS_A_PAGE, readPage } from './case-parts.ts'

const titleOf = ({ deps, view }: Context, one: Case): string =>
  deps.settings.caseTypes.find((type) => type.id === one.caseType)?.title[view.language] ?? one.caseType

export const queue: Handler = async (context) => {
  const page = pageAsked(context)
  const { rows, more } = await readPage(page, (window) => context.deps.store.queue(window))
  const shown: QueueRow[] = []
  for (const [index, one] of rows.entries()) {
    shown.push({
      case: one,
      place: (page - 1) * ROWS_A_PAGE + index + 1,
      workingDaysLeft: await context.deps.workingDaysLeft(one.dueOn),
      caseType: titleOf(context, one),
      judgedAnew: await judgedAnew(context, one.id),
    })
  }
  const review = signedIn(context).account.role === 'admin' ? await context.deps.policyReview() : null
  return showPage(<QueuePage view={context.view} rows={shown} page={page} more={more} review={review} />)
}

/** When another check gave another result, by a change of what is trusted or by evidence that came; null: never. */
async function judgedAnew({ deps }: Context, caseId: string): Promise<Instant | null> {
  const changed = (await deps.store.history(caseId)).findLast(
    ({ event, payload }) => event === 'verdict-changed' && payload?.['submissionId'] === undefined,
  )
  return changed?.at ?? null
}

const STATES: readonly CaseState[] = ['with-caseworker', 'decided', 'answered', 'archived', 'joined']

export const allCases: Handler = async (context) => {
  const page = pageAsked(context)
  const state = STATES.find((one) => one === context.query.get('state')) ?? null
  const { rows, more } = await readPage(page, (window) =>
    context.deps.store.listCases({ ...(state ? { states: [state] } : {}), ...window }),
  )
  const cases = rows.map((one) => ({ case: one, caseType: titleOf(context, one) }))
  return showPage(<AllCasesPage view={context.view} cases={cases} state={state} page={page} more={more} />)
}

const DONE = ['approved', 'rejected', 'told', 'joined'] as const

const PROBLEMS: Readonly<Record<string, NonNullable<CaseOnOneScreen['problem']>>> = {
  reason: 'reason-missing',
  changed: 'documents-changed',
  note: 'note-missing',
  'join-number': 'join-number',
  'join-state': 'join-state',
  'join-checking': 'join-checking',
}

export const showCase: Handler = async (context) => {
  const { deps, view, query } = context
  const one = await caseAsked(context)
  const documents = await deps.store.documentsOfCase(one.id)
  const letters = await lettersOf(context, one.id)
  const history = await deps.store.history(one.id)
  const submissions = await deps.store.submissionsOfCase(one.id)
  const told = query.get('done')
  const problem = query.get('p')
  const done = DONE.find((one) => one === told) ?? null
  const shown: CaseOnOneScreen = {
    case: one,
    caseType: titleOf(context, one),
    // What a citizen added names its case before it stands in it.
    submissions: submissions.filter(({ state }) => state === 'cased'),
    stillChecking: submissions.some(({ state }) => state !== 'cased'),
    seen: nameSeenDocuments(documents),
    documents: await judged(
      context,
      documents.filter(({ role }) => role !== 'body' && role !== 'opened'),
    ),
    parties: await deps.store.partiesOfCase(one.id),
    letters,
    preservation: (await deps.store.preservationsOfCase(one.id)).at(-1) ?? null,
    now: instant(deps.clock()),
    history,
    brokenLink: deps.findBrokenLink(history),
    historyWords: {
      route: (reason) => deps.describeRoute(reason, view.language),
      documentName: (id) => documents.find((document) => document.id === id)?.name ?? null,
    },
    workingDaysLeft: await deps.workingDaysLeft(one.dueOn),
    done,
    untold: await deps.isUntold(one.id),
    mayBelongTo: await caseNamedBy(context, history, 'may-belong-to'),
    joinedInto: await caseNamedBy(context, history, 'joined-into'),
    problem: PROBLEMS[problem ?? ''] ?? null,
  }
  return showPage(<CasePage view={view} shown={shown} />)
}

/** The case that a mail named whose sender is not proven to be a party of it, or that this one was joined with. */
async function caseNamedBy(
  { deps }: Context,
  history: readonly HistoryEntry[],
  name: 'may-belong-to' | 'joined-into',
): Promise<Case | null> {
  const number = history.find(({ event }) => event === name)?.payload?.['number']
  return typeof number === 'string' ? deps.store.caseByNumber(number) : null
}

export const approve: Handler = async (context) => {
  const one = await caseAsked(context)
  const decision = { caseId: one.id, actor: actorOf(context), seen: field(context, 'seen') }
  return decided(one, 'approved', () => context.deps.approve(decision))
}

export const reject: Handler = async (context) => {
  const one = await caseAsked(context)
  const reason = field(context, 'reason', 4000)
  if (reason === '') return seeOther(`/staff/cases/${one.number}?p=reason`)
  const decision = { caseId: one.id, actor: actorOf(context), seen: field(context, 'seen'), reason }
  return decided(one, 'rejected', () => context.deps.reject(decision))
}

/** The decision reached nobody by mail: the caseworker says how the citizen was told. */
export const toldOtherwise: Handler = async (context) => {
  const one = await caseAsked(context)
  const note = field(context, 'note', 4000)
  if (note === '') return seeOther(`/staff/cases/${one.number}?p=note`)
  await context.deps.settleToldOtherwise({ caseId: one.id, note, actor: actorOf(context) })
  return seeOther(`/staff/cases/${one.number}?done=told`)
}

/** A case that belongs to another is put into it: what goes on is the other one. */
export const join: Handler = async (context) => {
  const one = await caseAsked(context)
  const into = context.deps.parseCaseNumber(field(context, 'into', 40))
  const back = (problem: string): Reply => seeOther(`/staff/cases/${one.number}?p=${problem}#join`)
  if (into === null || into === one.number) return back('join-number')
  try {
    const ask = { caseId: one.id, into, seen: field(context, 'seen'), actor: actorOf(context) }
    const other = await context.deps.joinCases(ask)
    return seeOther(`/staff/cases/${other.number}?done=joined`)
  } catch (fault) {
    if (!(fault instanceof GatewayError)) throw fault
    if (fault.facts['documentsChanged'] === true) return seeOther(`/staff/cases/${one.number}?p=changed`)
    if (fault.code === 'not-found') return back('join-number')
    if (fault.code !== 'wrong-state') throw fault
    return back(fault.facts['stillChecking'] === true ? 'join-checking' : 'join-state')
  }
}

/** Where something came in since the page was shown, nothing is decided: the page shows it, and says so. */
async function decided(one: Case, what: 'approved' | 'rejected', decide: () => Promise<unknown>): Promise<Reply> {
  try {
    await decide()
  } catch (fault) {
    if (!(fault instanceof GatewayError) || fault.facts['documentsChanged'] !== true) throw fault
    return seeOther(`/staff/cases/${one.number}?p=changed`)
  }
  return seeOther(`/staff/cases/${one.number}?done=${what}`)
}

export const staffDownload: Handler = async (context) => {
  const one = await caseAsked(context)
  return fileOf(context, await context.deps.store.documentsOfCase(one.id), 'attachment')
}

export const staffPreview: Handler = async (context) => {
  const one = await caseAsked(context)
  return fileOf(context, await context.deps.store.documentsOfCase(one.id), 'inline')
}

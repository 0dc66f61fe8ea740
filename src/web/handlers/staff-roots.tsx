import { GatewayError } from '../../model/errors.ts'
import { dayAfter, type Instant, instant, startOfDay } from '../../model/time.ts'
import type { AnchorPurpose, WrittenConstraints } from '../../model/trust-anchor.ts'
import type { CandidateAnchor, CatalogueAnchor, WantedTrust } from '../deps.ts'
import { actorOf, type Context, field, type Handler } from '../http/context.ts'
import { type Reply, seeOther, showPage } from '../http/reply.ts'
import type { CandidateOfCases, MissingOfCase } from '../pages/staff/candidate-anchors.tsx'
import { RootsPage } from '../pages/staff/roots.tsx'
import { problemOf } from '../problem.ts'

const CASES_LOOKED_AT = 50
const LOOK_AT_MOST_MS = 3000

interface Found {
  readonly candidates: readonly CandidateOfCases[]
  readonly missing: readonly MissingOfCase[]
  readonly unfinished: boolean
}

interface Looked {
  readonly found: Map<string, { anchor: CandidateAnchor; cases: { number: string; in: CandidateAnchor }[] }>
  readonly missing: MissingOfCase[]
}

/**
 * Issuers that waiting cases' signatures end at and that nobody has judged: those of the first in the queue. Documents
 * may be slow on purpose: the page does not wait for all, and what goes on behind it is there the next time.
 */
async function candidatesOf(context: Context): Promise<Found> {
  const looked: Looked = { found: new Map(), missing: [] }
  const looking = lookThroughQueue(context, looked).then(() => true)
  const finished = await firstOf(looking, LOOK_AT_MOST_MS)
  if (!finished) looking.catch((fault) => context.deps.log.warn({ fault: String(fault) }, 'no candidates were found'))
  const candidates = [...looked.found.values()].sort((a, b) => Number(b.anchor.isCa) - Number(a.anchor.isCa))
  return { candidates, missing: [...looked.missing], unfinished: !finished }
}

async function lookThroughQueue({ deps }: Context, { found, missing }: Looked): Promise<void> {
  const waiting = await deps.store.queue({ limit: CASES_LOOKED_AT })
  for (const { id, number } of waiting.filter((row) => row.indication !== 'TOTAL-PASSED')) {
    const offered = (await deps.candidateAnchors?.(id)) ?? { anchors: [], missing: [] }
    for (const anchor of offered.anchors) {
      const known = found.get(anchor.sha256) ?? { anchor, cases: [] }
      known.cases.push({ number, in: anchor })
      found.set(anchor.sha256, known)
    }
    missing.push(...offered.missing.map((one) => ({ caseNumber: number, missing: one })))
  }
}

/** Gives whether the work was done in time; its fault where it failed in time. */
async function firstOf(work: Promise<boolean>, atMostMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), atMostMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** A catalogue that is not what it says is shown as broken; the anchors in force do not depend on it. */
async function catalogueOf({ deps }: Context): Promise<readonly CatalogueAnchor[] | null> {
  try {
    return (await deps.catalogue?.()) ?? []
  } catch (fault) {
    if (!(fault instanceof GatewayError) || fault.code !== 'configuration') throw fault
    deps.log.error({ code: fault.code, fault: fault.message }, 'the catalogue of anchors cannot be read')
    return null
  }
}

const DONE = ['1', 'proposed', 'declined'] as const

async function page(context: Context, problem: string | null, status: number): Promise<Reply> {
  const { deps, view } = context
  const anchors = await deps.store.listAnchors()
  const shown = (
    <RootsPage
      view={view}
      anchors={anchors}
      now={instant(deps.clock())}
      describe={(der) => deps.describeAnchor(der, view.language)}
      changes={(await deps.store.listTrustChanges()).toReversed()}
      {...(await candidatesOf(context))}
      catalogue={await catalogueOf(context)}
      problem={problem}
      proposals={await deps.openProposals()}
      review={await deps.policyReview()}
      cases={new Map((await deps.store.casesByAnchor()).map((one) => [one.sha256, one]))}
      done={DONE.find((one) => one === context.query.get('done')) ?? null}
    />
  )
  return showPage(shown, { status })
}

export const roots: Handler = (context) => page(context, null, 200)

const PURPOSES: readonly AnchorPurpose[] = ['document', 'mail', 'timestamp']

/** What the form says that anchors are to count for. */
export const purposesOf = (context: Context): readonly AnchorPurpose[] =>
  PURPOSES.filter((purpose) => field(context, `purpose-${purpose}`) === 'yes')

/**
 * Keeps what an admin wants as a planned change and leads to the page that shows what it would do; what is refused is said
 * on the page of roots. Nothing of trust changes: staff-trust-change.tsx does that, with the password.
 */
async function plan(context: Context, reason: string, want: () => Promise<WantedTrust>): Promise<Reply> {
  try {
    const said = mustSay(context, reason)
    const id = await context.deps.planTrust({ wanted: await want(), reason: said, actor: actorOf(context) })
    return seeOther(`/staff/roots/changes/${id}`)
  } catch (fault) {
    const problem = problemOf(fault, context.view.t)
    if (problem.status >= 500) throw fault
    return page(context, withWhatIsMeant(`${problem.title}. ${problem.text}`, fault, context), 422)
  }
}

/** Of a ZIP the admin must know which file in it is meant, and of a bag which certificate. */
function withWhatIsMeant(text: string, fault: unknown, { view }: Context): string {
  const { entry, subject, brought, untyped } = fault instanceof GatewayError ? fault.facts : {}
  const about = [
    typeof entry === 'string' ? view.t.roots.inEntry(entry) : '',
    typeof subject === 'string' ? `(${subject})` : '',
    brought === true ? view.t.roots.brought : '',
  ]
  return [untyped === true ? view.t.roots.untyped : text, ...about].filter((said) => said !== '').join(' ')
}

function mustSay(context: Context, name: string): string {
  const said = field(context, name, 500)
  if (said === '') throw new GatewayError('invalid-request', 'A change of trust needs its reason')
  return said
}

export const addRoot: Handler = (context) =>
  plan(context, 'note', async () => ({
    kind: 'file',
    bytes: sentFile(context),
    purposes: purposesOf(context),
    constraints: constraintsOf(context),
    typedFingerprint: field(context, 'fingerprint', 5000),
    ...datesOf(context),
  }))

/** The days between which it counts, as they were filled in; '' where none was. */
const daysOf = (context: Context) => ({ from: field(context, 'from'), until: field(context, 'until') })

/** Days are the municipality's: from the beginning of the first to the end of the last. */
function datesOf(context: Context): { readonly countsFrom: Instant | null; readonly countsUntil: Instant | null } {
  const { timeZone } = context.view.municipality
  const { from, until } = daysOf(context)
  if (![from, until].every((day) => day === '' || isDay(day))) {
    throw new GatewayError('invalid-request', 'That is no day of the calendar')
  }
  return {
    countsFrom: from === '' ? null : startOfDay(from, timeZone),
    countsUntil: until === '' ? null : startOfDay(dayAfter(until), timeZone),
  }
}

/** A day of this age: the thirty-first of February is none, and what lies beyond has no day after it. */
function isDay(text: string): boolean {
  const time = /^[12]\d{3}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === text
}

function sentFile(context: Context): Uint8Array {
  const file = context.form.files.find((one) => one.field === 'file' && one.bytes.length > 0)
  if (!file) throw new GatewayError('invalid-request', 'No file was sent')
  return file.bytes
}

const linesOf = (context: Context, name: string): readonly string[] => field(context, name, 5000).split(/\r?\n/)

const constraintsOf = (context: Context): WrittenConstraints => ({
  emails: linesOf(context, 'emails'),
  organizations: linesOf(context, 'organizations'),
  policies: linesOf(context, 'policies'),
  permitted: linesOf(context, 'permitted'),
  excluded: linesOf(context, 'excluded'),
})

/** The certificate is looked up in the case again: the form names it, and never brings it. */
export const addCandidate: Handler = (context) =>
  plan(context, 'note', async () => {
    const one = await context.deps.store.caseByNumber(field(context, 'case'))
    if (!one) throw new GatewayError('wrong-state', 'That certificate is in no waiting case')
    return {
      kind: 'candidate',
      caseId: one.id,
      sha256: field(context, 'sha256'),
      typedFingerprint: field(context, 'fingerprint', 500),
      purposes: purposesOf(context),
      constraints: constraintsOf(context),
    }
  })

export const enableCatalogued: Handler = (context) =>
  plan(context, 'note', async () => ({ kind: 'catalogue', id: field(context, 'id', 100) }))

export const applyPolicy: Handler = (context) =>
  plan(context, 'note', async () => ({ kind: 'policy', policy: field(context, 'policy') }))

const planFor =
  (kind: 'disable' | 'enable' | 'remove'): Handler =>
  (context) =>
    plan(context, 'reason', async () => ({ kind, sha256: context.params['sha256'] ?? '' }))

export const disableRoot = planFor('disable')
export const enableRoot = planFor('enable')
export const removeRoot = planFor('remove')

export const limitRoot: Handler = (context) =>
  plan(context, 'reason', async () => ({
    kind: 'limit',
    sha256: context.params['sha256'] ?? '',
    constraints: constraintsOf(context),
  }))

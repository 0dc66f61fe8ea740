import { GatewayError } from '../../model/errors.ts'
import { dayAfter, type Instant, instant, startOfDay } from '../../model/time.ts'
import type { AnchorPurpose } from '../../model/trust-anchor.ts'
import type { CandidateAnchor, CatalogueAnchor } from '../deps.ts'
import { actorOf, type Context, field, type Handler } from '../http/context.ts'
import { type Reply, seeOther, showPage } from '../http/reply.ts'
import type { CandidateOfCases, MissingOfCase } from '../pages/staff/candidate-anchors.tsx'
import { ConfirmDisablePage } from '../pages/staff/confirm-disable.tsx'
import { ConfirmRootsPage } from '../pages/staff/confirm-roots.tsx'
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

async function page(context: Context, problem: string | null, status: number): Promise<Reply> {
  const { deps, view } = context
  const anchors = await deps.store.listAnchors()
  const there = new Set((context.query.get('there') ?? '').split('.'))
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
      done={context.query.get('done') === '1'}
      present={anchors.filter((anchor) => there.has(anchor.sha256))}
    />
  )
  return showPage(shown, { status })
}

export const roots: Handler = (context) => page(context, null, 200)

const PURPOSES: readonly AnchorPurpose[] = ['document', 'mail', 'timestamp']

const purposesOf = (context: Context): readonly AnchorPurpose[] =>
  PURPOSES.filter((purpose) => field(context, `purpose-${purpose}`) === 'yes')

/**
 * Makes a change of trust; what it refuses is said on the same page. ACT gives what the next page adds: "&there=…" or "";
 * or the page that asks once more.
 */
async function change(context: Context, act: () => Promise<string | Reply>): Promise<Reply> {
  let more: string | Reply
  try {
    more = await act()
  } catch (fault) {
    const problem = problemOf(fault, context.view.t)
    if (problem.status >= 500) throw fault
    return page(context, withWhatIsMeant(problem.text, fault, context), 422)
  }
  return typeof more === 'string' ? seeOther(`/staff/roots?done=1${more}`) : more
}

/** Of a ZIP the admin must know which file in it is meant, and of a bag which certificate. */
function withWhatIsMeant(text: string, fault: unknown, { view }: Context): string {
  const { entry, subject } = fault instanceof GatewayError ? fault.facts : {}
  const about = [
    typeof entry === 'string' ? view.t.roots.inEntry(entry) : '',
    typeof subject === 'string' ? `(${subject})` : '',
  ]
  return [text, ...about].filter((said) => said !== '').join(' ')
}

/** An address must stay short: of more than these only the list below tells. */
const TOLD_AT_MOST = 20

function mustSay(context: Context, name: string): string {
  const said = field(context, name, 500)
  if (said === '') throw new GatewayError('invalid-request', 'A change of trust needs its reason')
  return said
}

/** The field by which the confirming form brings back what was shown; a sent file is looked at first. */
const CONFIRMED = 'certificates'
const CONFIRMED_MAX = 1024 * 1024

export const addRoot: Handler = (context) =>
  change(context, async () => {
    const { deps, view } = context
    const confirmed = Buffer.from(field(context, CONFIRMED, CONFIRMED_MAX))
    const bytes = confirmed.length > 0 ? confirmed : sentFile(context)
    const note = mustSay(context, 'note')
    const purposes = purposesOf(context)
    const dates = datesOf(context)
    if (confirmed.length === 0) {
      const previews = await deps.lookAtAnchors(bytes, view.language)
      const wanted = previews.filter(({ present }) => !present)
      // What is refused anyway need not be confirmed first.
      const fit = purposes.length > 0 && wanted.every(({ words }) => words?.fit)
      if (fit && wanted.length > 0) {
        const now = deps.clock().toISOString()
        const counts = (dates.countsFrom ?? now) <= now && now < (dates.countsUntil ?? '9')
        const effects = await deps.effectsOf({ add: counts ? wanted.map(({ der }) => der) : [], purposes })
        const shown = { previews, effects, purposes, note, days: daysOf(context) }
        return showPage(<ConfirmRootsPage view={view} {...shown} />)
      }
    }
    const { present } = await deps.addAnchorFromFile({
      bytes,
      purposes,
      note,
      source: 'file',
      ...dates,
      actor: actorOf(context),
    })
    return present.length > 0 ? `&there=${present.slice(0, TOLD_AT_MOST).join('.')}` : ''
  })

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

/** The certificate is looked up in the case again: the form names it, and never brings it. */
export const addCandidate: Handler = (context) =>
  change(context, async () => {
    const { deps } = context
    const one = await deps.store.caseByNumber(field(context, 'case'))
    if (!one || !deps.addCandidateAnchor)
      throw new GatewayError('wrong-state', 'That certificate is in no waiting case')
    await deps.addCandidateAnchor({
      caseId: one.id,
      sha256: field(context, 'sha256'),
      typedFingerprint: field(context, 'fingerprint', 500),
      purposes: purposesOf(context),
      note: mustSay(context, 'note'),
      actor: actorOf(context),
    })
    return ''
  })

export const enableCatalogued: Handler = (context) =>
  change(context, async () => {
    const { deps } = context
    if (!deps.enableFromCatalogue) throw new GatewayError('not-found', 'There is no catalogue')
    await deps.enableFromCatalogue({
      id: field(context, 'id', 100),
      note: mustSay(context, 'note'),
      actor: actorOf(context),
    })
    return ''
  })

const changeOf = (context: Context) => ({
  sha256: context.params['sha256'] ?? '',
  reason: mustSay(context, 'reason'),
  actor: actorOf(context),
})

/** What it would do to open cases is shown first. */
export const disableRoot: Handler = (context) =>
  change(context, async () => {
    const { deps, view } = context
    const wanted = changeOf(context)
    const anchor = await deps.store.anchor(wanted.sha256)
    if (anchor?.disabledAt === null && field(context, 'confirmed') !== 'yes') {
      const effects = await deps.effectsOf({ disable: wanted.sha256 })
      return showPage(<ConfirmDisablePage view={view} anchor={anchor} effects={effects} reason={wanted.reason} />)
    }
    await deps.disableAnchor(wanted)
    return ''
  })

export const enableRoot: Handler = (context) =>
  change(context, async () => {
    await context.deps.enableAnchor(changeOf(context))
    return ''
  })

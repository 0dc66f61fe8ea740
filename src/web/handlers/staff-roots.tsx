import { GatewayError } from '../../model/errors.ts'
import type { AnchorPurpose } from '../../model/trust-anchor.ts'
import type { CandidateAnchor } from '../deps.ts'
import { actorOf, type Context, field, type Handler } from '../http/context.ts'
import { type Reply, seeOther, showPage } from '../http/reply.ts'
import { RootsPage } from '../pages/staff/roots.tsx'
import { problemOf } from '../problem.ts'

const CASES_LOOKED_AT = 50

/** CAs that waiting cases' signatures end at and that nobody has judged: the newest undecided ones. */
async function candidatesOf(
  context: Context,
): Promise<readonly { readonly caseNumber: string; readonly anchor: CandidateAnchor }[]> {
  const { deps } = context
  if (!deps.candidateAnchors) return []
  const waiting = await deps.store.queue({ limit: CASES_LOOKED_AT })
  const found = new Map<string, { caseNumber: string; anchor: CandidateAnchor }>()
  for (const one of waiting.filter((row) => row.indication === 'INDETERMINATE')) {
    for (const anchor of await deps.candidateAnchors(one.id)) {
      if (!found.has(anchor.sha256)) found.set(anchor.sha256, { caseNumber: one.number, anchor })
    }
  }
  return [...found.values()]
}

async function page(context: Context, problem: string | null, status: number): Promise<Reply> {
  const { deps, view } = context
  const shown = (
    <RootsPage
      view={view}
      anchors={await deps.store.listAnchors()}
      changes={(await deps.store.listTrustChanges()).toReversed()}
      candidates={await candidatesOf(context)}
      problem={problem}
      done={context.query.get('done') === '1'}
    />
  )
  return showPage(shown, { status })
}

export const roots: Handler = (context) => page(context, null, 200)

const PURPOSES: readonly AnchorPurpose[] = ['document', 'mail', 'timestamp']

const purposesOf = (context: Context): readonly AnchorPurpose[] =>
  PURPOSES.filter((purpose) => field(context, `purpose-${purpose}`) === 'yes')

/** Makes a change of trust; what it refuses is said on the same page. */
async function change(context: Context, act: () => Promise<unknown>): Promise<Reply> {
  try {
    await act()
  } catch (fault) {
    const problem = problemOf(fault, context.view.t)
    if (problem.status >= 500) throw fault
    return page(context, problem.text, 422)
  }
  return seeOther('/staff/roots?done=1')
}

function mustSay(context: Context, name: string): string {
  const said = field(context, name, 500)
  if (said === '') throw new GatewayError('invalid-request', 'A change of trust needs its reason')
  return said
}

export const addRoot: Handler = (context) =>
  change(context, async () => {
    const file = context.form.files.find((one) => one.field === 'file' && one.bytes.length > 0)
    if (!file) throw new GatewayError('invalid-request', 'No file was sent')
    await context.deps.addAnchorFromFile({
      bytes: file.bytes,
      purposes: purposesOf(context),
      note: mustSay(context, 'note'),
      source: 'file',
      actor: actorOf(context),
    })
  })

export const addCandidate: Handler = (context) =>
  change(context, async () => {
    const one = await context.deps.store.caseByNumber(field(context, 'case'))
    const candidates = one ? await context.deps.candidateAnchors?.(one.id) : undefined
    const anchor = candidates?.find((candidate) => candidate.sha256 === field(context, 'sha256'))
    const submission = one ? (await context.deps.store.submissionsOfCase(one.id))[0] : undefined
    if (!anchor || !submission) throw new GatewayError('not-found', 'That certificate is in no waiting case')
    await context.deps.addAnchorFromFile({
      bytes: anchor.der,
      purposes: purposesOf(context),
      note: mustSay(context, 'note'),
      source: `submission:${submission.id}`,
      actor: actorOf(context),
    })
  })

const changeOf = (context: Context) => ({
  sha256: context.params['sha256'] ?? '',
  reason: mustSay(context, 'reason'),
  actor: actorOf(context),
})

export const disableRoot: Handler = (context) =>
  change(context, async () => context.deps.disableAnchor(changeOf(context)))

export const enableRoot: Handler = (context) =>
  change(context, async () => context.deps.enableAnchor(changeOf(context)))

import type { Case } from '../../model/case.ts'
import { GatewayError } from '../../model/errors.ts'
import { newToken } from '../../model/ids.ts'
import { askedOfCitizen } from '../../model/reading-notes.ts'
import type { Submission } from '../../model/submission.ts'
import type { ParcelStep } from '../deps.ts'
import { type Context, field, type Handler } from '../http/context.ts'
import { forgetCookie } from '../http/cookies.ts'
import { type Reply, seeOther, showPage } from '../http/reply.ts'
import { CitizenDocuments } from '../pages/citizen-documents.tsx'
import { toldBy } from '../pages/own-case.tsx'
import { CodePage, TrackingPage } from '../pages/tracking.tsx'
import { placeOf } from '../sign-in/rate-limit.ts'
import { beginCitizenSession, citizenSession, SESSION_COOKIES } from '../sign-in/sessions.ts'
import { documentsForCitizen, fileOf, judged, lettersOf } from './case-parts.ts'

const BROWSER_COOKIE = 'browser'
const BROWSER_ID = /^[\w-]{27}$/

/** What a token opens, or the one 404 that all other tokens get. */
async function open(context: Context): Promise<{ base: string; one: Case | null; submission: Submission | null }> {
  const token = context.params['token'] ?? ''
  const found = /^[\w-]{20,64}$/.test(token) ? await context.deps.lookUpTracking(token) : null
  if (!found) throw new GatewayError('not-found', 'Unknown, expired or revoked')
  const { store } = context.deps
  const submission = found.submissionId ? await store.submission(found.submissionId) : null
  const caseId = found.caseId ?? submission?.caseId ?? null
  const one = caseId ? await store.case(caseId) : null
  if (!one && !submission) throw new GatewayError('not-found', 'Unknown, expired or revoked')
  return { base: `/t/${token}`, one, submission }
}

/** The case that the token opens. @throws GatewayError not-found; wrong-state where it is not opened yet */
export async function openCase(context: Context): Promise<{ base: string; one: Case }> {
  const { base, one } = await open(context)
  if (!one) throw new GatewayError('wrong-state', 'The case is not opened yet')
  return { base, one }
}

/** The submission is stored and not yet a case: the first step is done, the second under way. */
function stepsBeforeCase(submission: Submission | null): readonly ParcelStep[] {
  return [
    { id: 'received', state: 'done', at: submission?.receivedAt ?? null },
    { id: 'checked', state: 'current', at: null },
    { id: 'with-caseworker', state: 'waiting', at: null },
    { id: 'answered', state: 'waiting', at: null },
    { id: 'archived', state: 'waiting', at: null },
  ]
}

export const tracking: Handler = async (context) => {
  const { deps, view } = context
  const { base, one, submission } = await open(context)
  if (!one) {
    const steps = stepsBeforeCase(submission)
    const nothing = { status: null, documents: null, preservation: null, told: null } as const
    return showPage(<TrackingPage view={view} base={base} steps={steps} {...nothing} />)
  }
  const status = await deps.caseStatus(one.id)
  const documents = (await mayActInCase(context, one)) ? await documentsSection(context, base, one) : null
  const told = toldBy(view, context.query.get('told'))
  const preservation = (await deps.store.preservationsOfCase(one.id)).at(-1) ?? null
  const joined = one.state === 'joined'
  const shown = { steps: status.steps, status, documents, preservation, told, joined }
  return showPage(<TrackingPage view={view} base={base} {...shown} />)
}

/** Says whether this browser gave a one-time code for exactly this case: who did may see and add documents. */
export async function mayActInCase(context: Context, one: Case): Promise<boolean> {
  const session = await citizenSession(context.deps.store, context.cookies, context.deps.clock)
  return session?.caseId === one.id
}

async function documentsSection(context: Context, base: string, one: Case) {
  const { deps, view } = context
  const documents = documentsForCitizen(await deps.store.documentsOfCase(one.id))
  const submissions = await deps.store.submissionsOfCase(one.id)
  return (
    <CitizenDocuments
      view={view}
      base={base}
      case={one}
      documents={await judged(context, documents)}
      letters={await lettersOf(context, one.id)}
      asked={[...new Set(submissions.flatMap(({ headers }) => askedOfCitizen(headers, view.language)))]}
      stillChecking={submissions.some(({ state }) => state !== 'cased')}
      nonce={newToken()}
      maxBytes={deps.settings.web.maxUploadBytes}
      choice={await deps.channelChoice(one.id)}
      keys={await deps.keyChoice(one.id)}
    />
  )
}

const QUIET: ReadonlySet<string> = new Set(['rate-limited', 'not-found', 'forbidden', 'invalid-request'])

/** Longer than sending a code ever takes: how soon the answer comes must not tell whether one was sent. */
const CODE_ANSWER_MS = 400

/** Asks for a one-time code. The answer is the same whatever the address, so that it tells nobody who is a party. */
export const askForCode: Handler = async (context) => {
  const { base, one } = await openCase(context)
  context.limits.codeFromPlace.take(placeOf(context.remoteAddress))
  const known = context.cookies.get(BROWSER_COOKIE)
  const browserId = known && BROWSER_ID.test(known) ? known : newToken()
  const email = field(context, 'email', 254)
  const notBefore = new Promise((resolve) => setTimeout(resolve, CODE_ANSWER_MS))
  try {
    await context.deps.requestCode({ caseId: one.id, email, browserId })
  } catch (fault) {
    // "Too often" would tell that the address is a party's, as only theirs are counted over all cases. The page says
    // to everybody how many codes there are in an hour.
    if (!(fault instanceof GatewayError) || !QUIET.has(fault.code)) throw fault
    context.deps.log.info({ code: fault.code }, 'no one-time code was sent')
  }
  await notBefore
  return seeOther(`${base}/code`, [
    { name: BROWSER_COOKIE, value: browserId, path: '/t', sameSite: 'Strict', maxAgeSeconds: 3600 },
  ])
}

export const codeForm: Handler = async (context) => {
  const { base } = await openCase(context)
  const told = context.query.get('p')
  const problem = told === 'wrong' || told === 'gone' ? told : null
  return showPage(<CodePage view={context.view} base={base} problem={problem} />)
}

export const redeemCode: Handler = async (context) => {
  const { base, one } = await openCase(context)
  const { deps } = context
  context.limits.codeFromPlace.take(placeOf(context.remoteAddress))
  const browserId = context.cookies.get(BROWSER_COOKIE)
  if (!browserId) return seeOther(`${base}/code?p=gone`)
  try {
    await deps.redeemCode({ caseId: one.id, code: field(context, 'code', 20).replace(/[\s-]/g, ''), browserId })
  } catch (fault) {
    if (fault instanceof GatewayError && fault.code === 'wrong-code') return seeOther(`${base}/code?p=wrong`)
    if (fault instanceof GatewayError && ['gone', 'rate-limited', 'not-found'].includes(fault.code)) {
      return seeOther(`${base}/code?p=gone`)
    }
    throw fault
  }
  return seeOther(base, [await beginCitizenSession(deps.store, one.id, deps.clock)])
}

/** Ends the citizen's session in this browser and in the store. */
export const closeDocuments: Handler = async (context) => {
  const { base } = await open(context)
  const { deps, cookies } = context
  const session = await citizenSession(deps.store, cookies, deps.clock)
  if (session) await deps.store.commit((write) => write.removeSession(session.tokenHash))
  return seeOther(base, [forgetCookie(SESSION_COOKIES.citizen.name, SESSION_COOKIES.citizen.path)])
}

export const citizenDownload: Handler = async (context): Promise<Reply> => {
  const { one } = await openCase(context)
  if (!(await mayActInCase(context, one))) throw new GatewayError('not-found', 'Not without the one-time code')
  const documents = documentsForCitizen(await context.deps.store.documentsOfCase(one.id))
  return fileOf(context, documents, 'attachment')
}

import type { Request, Response } from 'express'
import { GatewayError } from '../model/errors.ts'
import type { Language } from '../model/time.ts'
import type { SentForm, WebDeps } from './deps.ts'
import { bodyOf, collect, drain, FIELDS_MAX_BYTES, FILES_MAX_BYTES, readFields } from './http/bodies.ts'
import type { Context } from './http/context.ts'
import { type Cookie, readCookies } from './http/cookies.ts'
import { chooseLanguage } from './http/language.ts'
import type { Limits } from './http/limits.ts'
import { type Reply, seeOther, showPage } from './http/reply.ts'
import { respond } from './http/respond.ts'
import { isSameOrigin } from './http/same-origin.ts'
import { securityHeaders } from './http/security-headers.ts'
import type { View } from './layout/view.ts'
import { ProblemPage } from './pages/problem.tsx'
import { problemJson, problemOf } from './problem.ts'
import type { Route } from './routes.ts'
import { apiTokenOf } from './sign-in/api-tokens.ts'
import type { KeptForms } from './sign-in/kept-forms.ts'
import { placeOf } from './sign-in/rate-limit.ts'
import { csrfMatches, type StaffSession, staffSession } from './sign-in/sessions.ts'
import { da } from './texts/da.ts'
import { en } from './texts/en.ts'

const TEXTS = { da, en } as const
const LANGUAGE_COOKIE = 'lang'
const YEAR_SECONDS = 31_536_000
const DRAIN_MS = 10_000
/** For 25 MB: 2 Mbit/s. */
const STRANGER_SENDS_MS = 120_000
const NO_FORM: SentForm = { fields: {}, files: [] }

/** What all requests of one server share. */
export interface Shared {
  readonly deps: WebDeps
  readonly limits: Limits
  readonly keptForms: KeptForms
  readonly stylesheet: string
  readonly sendScript: string
}

/** Serves one request of one route, or of none: then the answer is 404. Never throws. */
export async function serveRoute(shared: Shared, route: Route | null, request: Request, response: Response) {
  const started = performance.now()
  const https = request.protocol === 'https'
  for (const [name, value] of Object.entries(securityHeaders(https))) response.setHeader(name, value)
  // The token in the path is the key to the case: it must not stand in the next site's log.
  if (route?.path.includes(':token')) response.setHeader('Referrer-Policy', 'no-referrer')
  if (route?.path.includes(':token') || route?.path.startsWith('/staff')) {
    response.setHeader('X-Robots-Tag', 'noindex, nofollow')
  }
  const query = new URL(request.originalUrl, 'http://unused.invalid').searchParams
  const cookies = readCookies(request.headers.cookie)
  const language = chooseLanguage({
    query: query.get('lang'),
    cookie: cookies.get(LANGUAGE_COOKIE),
    acceptLanguage: request.headers['accept-language'],
    fallback: shared.deps.settings.municipality.language,
  })
  const view = viewOf(shared, route, language, query)
  const remember = query.get('lang') === language ? [languageCookie(language)] : []
  try {
    if (!route) throw new GatewayError('not-found', 'No such page')
    const reply = await answer(shared, route, { request, view, query, cookies })
    respond(response, reply, { cookies: remember, https })
  } catch (thrown) {
    tellProblem(shared, { request, response, view, thrown, https })
  }
  if (request.method === 'POST') drain(request, shared.deps.settings.web.maxUploadBytes, DRAIN_MS)
  // By pattern alone: paths and queries hold tokens.
  const ms = Math.round(performance.now() - started)
  const facts = { method: request.method, route: route?.path ?? null, status: response.statusCode, ms }
  shared.deps.log.info(facts, 'request')
}

const languageCookie = (value: Language): Cookie => ({
  name: LANGUAGE_COOKIE,
  value,
  path: '/',
  sameSite: 'Lax',
  maxAgeSeconds: YEAR_SECONDS,
})

function viewOf(shared: Shared, route: Route | null, language: Language, query: URLSearchParams): View {
  const { settings, demoHints } = shared.deps
  const others = new URLSearchParams(query)
  others.delete('lang')
  return {
    t: TEXTS[language],
    language,
    municipality: settings.municipality,
    search: others.size > 0 ? `?${others}` : '',
    section: route?.path ?? '',
    staff: null,
    demo: settings.demo ? (demoHints?.() ?? { signIns: [], links: [] }) : null,
    stylesheet: shared.stylesheet,
    sendScript: shared.sendScript,
  }
}

interface Asked {
  readonly request: Request
  readonly view: View
  readonly query: URLSearchParams
  readonly cookies: ReadonlyMap<string, string>
}

async function answer(shared: Shared, route: Route, asked: Asked): Promise<Reply> {
  const { deps, limits } = shared
  const { request } = asked
  // A token is never sent by a browser of its own accord: no other site can have it used.
  if (route.access === 'api') return handle(shared, route, asked, null)
  if (route.method === 'POST') refuseForeignPost(route, request, deps)
  // Signed-in people see their own navigation on staff pages; others' pages look the same for everybody.
  const staff = route.path.startsWith('/staff') ? await staffSession(deps.store, asked.cookies, deps.clock) : null
  if (route.access !== 'public') {
    if (!staff && route.method === 'GET') return toSignIn(request)
    allow(route, staff)
  }
  const leave = route.body === 'strangers-file' ? admitStranger(request, limits) : null
  try {
    return await handle(shared, route, asked, staff)
  } finally {
    leave?.()
  }
}

/**
 * Before a byte of a stranger's file is read: not too often, not too many at once, and not for ever.
 * @throws GatewayError rate-limited, busy, too-large
 */
function admitStranger(request: Request, limits: Limits): () => void {
  const place = placeOf(request.ip ?? null)
  limits.verifyFromPlace.take(place)
  if (Number(request.headers['content-length'] ?? 0) > FILES_MAX_BYTES) {
    throw new GatewayError('too-large', 'The form is too large', { facts: { maxBytes: FILES_MAX_BYTES } })
  }
  const leave = limits.strangersFiles.enter(place)
  // Who sends slowly would keep the place from others.
  const timer = setTimeout(() => {
    if (!request.complete) request.destroy()
  }, STRANGER_SENDS_MS)
  timer.unref()
  return () => {
    clearTimeout(timer)
    leave()
  }
}

async function handle(shared: Shared, route: Route, asked: Asked, staff: StaffSession | null): Promise<Reply> {
  const { deps, limits } = shared
  const { request } = asked
  const body = bodyOf(request)
  const contentType = request.headers['content-type'] ?? ''
  const form = await readForm(route, deps, contentType, body)
  if (route.method === 'POST' && staff && route.access !== 'public' && !csrfMatches(staff, form.fields['csrf'])) {
    throw new GatewayError('forbidden', "The form's token is not this session's")
  }
  const length = Number(request.headers['content-length'] ?? Number.NaN)
  const context: Context = {
    deps,
    limits,
    keptForms: shared.keptForms,
    view: route.access === 'public' || !staff ? asked.view : { ...asked.view, staff: await staffOfView(staff, deps) },
    path: request.path,
    params: paramsOf(request),
    query: asked.query,
    cookies: asked.cookies,
    staff,
    remoteAddress: request.ip ?? null,
    apiToken: route.access === 'api' ? await apiTokenOf(deps.store, request.headers.authorization, deps.clock) : null,
    idempotencyKey: headerOf(request, 'idempotency-key'),
    wantsData: request.accepts(['html', 'json']) === 'json',
    contentType,
    body,
    contentLength: Number.isFinite(length) ? length : null,
    form,
  }
  return route.handle(context)
}

/** The one place where roles are checked. @throws GatewayError unauthenticated, forbidden */
function allow(route: Route, staff: StaffSession | null): void {
  if (!staff) throw new GatewayError('unauthenticated', 'Nobody is signed in')
  if (route.access === 'admin' && staff.account.role !== 'admin') {
    throw new GatewayError('forbidden', 'Only an admin may do this')
  }
}

const staffOfView = async (
  { account, csrf }: StaffSession,
  { store }: WebDeps,
): Promise<NonNullable<View['staff']>> => ({
  name: account.displayName,
  role: account.role,
  csrf,
  stuck: await store.countStuck(),
})

/** Back to where the person wanted to go; the path holds case numbers at most, never a token. */
function toSignIn(request: Request): Reply {
  return seeOther(`/staff/sign-in?next=${encodeURIComponent(request.path)}`)
}

function refuseForeignPost(route: Route, request: Request, deps: WebDeps): void {
  const own = [`${request.protocol}://${request.headers.host ?? ''}`, new URL(deps.settings.web.publicUrl).origin]
  // Pages with a token send no referrer, so browsers name their origin "null"; whoever posts there knows the token.
  if (route.path.includes('/:token')) own.push('null')
  const site = request.headers['sec-fetch-site']
  const secFetchSite = typeof site === 'string' ? site : undefined
  if (!isSameOrigin({ secFetchSite, origin: request.headers.origin }, own)) {
    throw new GatewayError('forbidden', 'The form came from another site')
  }
}

async function readForm(
  route: Route,
  deps: WebDeps,
  contentType: string,
  body: AsyncIterable<Uint8Array>,
): Promise<SentForm> {
  if (route.body === 'none' || route.body === 'stream') return NO_FORM
  if (route.body !== 'fields' && contentType.toLowerCase().startsWith('multipart/form-data')) {
    const bytes = await collect(body, FILES_MAX_BYTES)
    try {
      return await deps.readForm(contentType, bytes)
    } catch (cause) {
      if (cause instanceof GatewayError) throw cause
      throw new GatewayError('malformed-mime', 'The form cannot be read', { cause })
    }
  }
  return readFields(await collect(body, FIELDS_MAX_BYTES))
}

const headerOf = (request: Request, name: string): string | null => {
  const value = request.headers[name]
  return typeof value === 'string' ? value : null
}

function paramsOf(request: Request): Readonly<Record<string, string>> {
  const params: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.params)) if (typeof value === 'string') params[name] = value
  return params
}

function tellProblem(
  shared: Shared,
  told: { request: Request; response: Response; view: View; thrown: unknown; https: boolean },
): void {
  const { request, response, view, thrown } = told
  if (request.destroyed && !request.complete) {
    shared.deps.log.info({}, 'a browser went away while it sent')
    return
  }
  const problem = problemOf(thrown, view.t)
  if (problem.status >= 500) {
    const cause = thrown instanceof Error ? thrown.stack : String(thrown)
    shared.deps.log.error({ code: problem.code, cause }, 'a request could not be served')
  }
  if (response.headersSent) {
    response.destroy()
    return
  }
  if (problem.retryAfterSeconds !== null) response.setHeader('Retry-After', String(problem.retryAfterSeconds))
  // The rest of a body that nobody reads must not be taken for the next request.
  if (problem.status === 413) response.setHeader('Connection', 'close')
  const isForSystems = request.path.startsWith('/api/')
  if (isForSystems && problem.status === 401) response.setHeader('WWW-Authenticate', 'Bearer')
  const wantsPage = !isForSystems && request.accepts(['html', 'json']) === 'html'
  const reply = wantsPage ? problemPage(view, problem) : problemData(problem)
  respond(response, reply, { cookies: [], https: told.https })
}

function problemPage(view: View, problem: ReturnType<typeof problemOf>): Reply {
  const link =
    problem.status === 401
      ? { href: '/staff/sign-in', label: view.t.signIn.submit }
      : view.section === '/send'
        ? { href: '/send', label: view.t.problems.newForm }
        : { href: view.section.startsWith('/staff') ? '/staff' : '/', label: view.t.problems.toFront }
  const { title, text, code, status } = problem
  return showPage(<ProblemPage view={view} title={title} text={text} code={code} link={link} />, { status })
}

function problemData(problem: ReturnType<typeof problemOf>): Reply {
  return { kind: 'json', status: problem.status, value: problemJson(problem), mediaType: 'application/problem+json' }
}

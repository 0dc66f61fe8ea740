import { GatewayError } from '../../model/errors.ts'
import { newToken } from '../../model/ids.ts'
import type { CaseType } from '../../model/settings.ts'
import type { Context, Handler } from '../http/context.ts'
import { type Cookie, forgetCookie } from '../http/cookies.ts'
import { type Reply, seeOther, showPage } from '../http/reply.ts'
import { scriptPolicy } from '../http/security-headers.ts'
import { FrontPage } from '../pages/front.tsx'
import { GenuinePage, KeyPage, VerifyPage } from '../pages/key-verify-genuine.tsx'
import { SendPage } from '../pages/send.tsx'
import { reportsToTake } from './report-files.ts'
import { refuseUnusableForm, untilCased } from './sending.ts'

const FORM_COOKIE = 'form-'
const FORM_HOURS = 24
/** Each form served is a cookie; a browser that opens many must not run into header limits. */
const FORMS_AT_ONCE = 8
const NONCE = /^[\w-]{27}$/

export const front: Handler = async ({ view, deps }) =>
  showPage(<FrontPage view={view} caseTypes={deps.settings.caseTypes} mailAddressOf={mailAddressOf(deps.settings)} />)

/** Mail for a case type goes to its word before the @ of the municipality's own domain. */
function mailAddressOf(settings: Context['deps']['settings']): (type: CaseType) => string {
  const own = settings.municipality.mailAddress
  const domain = own.slice(own.lastIndexOf('@'))
  return (type) => (type.mailLocalPart ? `${type.mailLocalPart}${domain}` : own)
}

/** Serves the form, with a fresh nonce and, in a cookie, the secret that the submission's tracking token is made of. */
export const sendForm: Handler = async (context) => {
  const nonce = newToken()
  const scriptNonce = newToken()
  const cookie: Cookie = {
    name: `${FORM_COOKIE}${nonce}`,
    value: newToken(),
    path: '/send',
    sameSite: 'Strict',
    maxAgeSeconds: FORM_HOURS * 3600,
  }
  const old = [...context.cookies.keys()].filter((name) => name.startsWith(FORM_COOKIE)).slice(FORMS_AT_ONCE - 1)
  const page = (
    <SendPage
      view={context.view}
      nonce={nonce}
      caseTypes={context.deps.settings.caseTypes}
      chosenType={context.query.get('type')}
      maxBytes={context.deps.settings.web.maxUploadBytes}
      scriptNonce={scriptNonce}
    />
  )
  return {
    ...showPage(page, { cookies: [cookie, ...old.map((name) => forgetCookie(name, '/send'))] }),
    headers: { 'Content-Security-Policy': scriptPolicy(scriptNonce) },
  }
}

/** Takes the form as it comes, unread, into the store; then waits a moment for the case, so that its page is ready. */
export const send: Handler = async (context) => {
  const { deps } = context
  const nonce = context.query.get('n') ?? ''
  const trackingSecret = NONCE.test(nonce) ? context.cookies.get(`${FORM_COOKIE}${nonce}`) : undefined
  if (!trackingSecret || !NONCE.test(trackingSecret))
    throw new GatewayError('gone', 'The form is too old or was never served')
  refuseUnusableForm(context)
  const accepted = await deps.acceptUpload({
    contentType: context.contentType,
    body: context.body,
    nonce,
    trackingSecret,
    remoteAddress: context.remoteAddress,
    language: context.view.language,
  })
  await untilCased(context, accepted.submissionId)
  if (!accepted.trackingToken) throw new GatewayError('gone', 'The form was used already, by another browser')
  // The cookie stays: where this answer is lost on the way, the script sends the same again, and is told the same.
  if (context.wantsData) return { kind: 'json', status: 201, value: { location: `/t/${accepted.trackingToken}` } }
  // Used once: who goes back and sends other files must not be taken for a repeat of this.
  return seeOther(`/t/${accepted.trackingToken}`, [forgetCookie(`${FORM_COOKIE}${nonce}`, '/send')])
}

export const key: Handler = async ({ view, deps }) =>
  showPage(<KeyPage view={view} publicKey={await deps.municipalityPublicKey()} />)

export const keyFile: Handler = async ({ deps }) => {
  const publicKey = await deps.municipalityPublicKey()
  if (!publicKey) throw new GatewayError('not-found', 'There is no key')
  const bytes = Buffer.from(publicKey.armored)
  return { kind: 'file', name: 'key.asc', mediaType: 'application/pgp-keys', bytes }
}

const asksIssuers = ({ settings }: Context['deps']): boolean =>
  settings.validationData.fetch === 'on' && settings.checkRevocation !== 'off'

export const verifyForm: Handler = async ({ view, deps }) =>
  showPage(<VerifyPage view={view} asks={asksIssuers(deps)} judged={null} />)

/** Judges a file at once and keeps nothing of it. How many at once was decided before its body was read. */
export const verify: Handler = async (context) => {
  const { deps, view } = context
  // Of an empty file it is said that it is empty; a field without a name is one where none was chosen.
  const file = context.form.files.find((one) => one.field === 'file' && (one.bytes.length > 0 || one.name !== ''))
  if (!file) throw new GatewayError('invalid-request', 'No file was sent')
  const report = await deps.verifyFile(file.bytes, file.name)
  const words = deps.describeVerdict(report, view.language, 'visitor')
  const reports = await reportsToTake(context, { ...report, file: file.name })
  const judged = { name: file.name, report, words, reports }
  return showPage(<VerifyPage view={view} asks={asksIssuers(deps)} judged={judged} />)
}

export const genuine: Handler = async ({ deps, view, params }) => {
  const found = await deps.lookUpGenuine(params['token'] ?? '')
  const one = found ? await deps.store.case(found.caseId) : null
  if (!one) throw new GatewayError('not-found', 'Unknown, expired or revoked')
  const documents = await deps.store.documentsOfCase(one.id)
  const approved = documents
    .filter((document) => document.role === 'approved')
    .map((document) => ({
      name: document.name,
      sha256: document.sha256,
      originalSha256: documents.find((original) => original.id === document.derivedFrom)?.sha256 ?? null,
    }))
  return showPage(<GenuinePage view={view} case={one} approved={approved} />)
}

export const health: Handler = async ({ deps }): Promise<Reply> => {
  try {
    // Counts alone: whoever watches this must learn that something waits, and nothing of what it is.
    const { deadJobs, unsentLetters } = await deps.store.countStuck()
    return { kind: 'json', value: { status: 'ok', store: 'ok', deadJobs, unsentLetters } }
  } catch (fault) {
    deps.log.error({ code: 'storage-unavailable', fault: String(fault) }, 'the store cannot be reached')
    return { kind: 'json', status: 503, value: { status: 'failing', store: 'unreachable' } }
  }
}

export const robots: Handler = async () => ({
  kind: 'text',
  mediaType: 'text/plain; charset=utf-8',
  text: 'User-agent: *\nDisallow: /t/\nDisallow: /g/\nDisallow: /staff\n',
})

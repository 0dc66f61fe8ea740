import * as api from './handlers/api.ts'
import * as own from './handlers/own-case.ts'
import * as open from './handlers/public.tsx'
import { staffReport } from './handlers/report-files.ts'
import * as signIn from './handlers/sign-in.tsx'
import * as tokens from './handlers/staff-api-tokens.tsx'
import * as cases from './handlers/staff-cases.tsx'
import * as chain from './handlers/staff-history.tsx'
import * as keys from './handlers/staff-keys.tsx'
import * as links from './handlers/staff-link.tsx'
import * as lists from './handlers/staff-lists.tsx'
import * as trust from './handlers/staff-roots.tsx'
import * as sealPages from './handlers/staff-seal.tsx'
import { setAside, takeUp } from './handlers/staff-set-aside.tsx'
import * as tests from './handlers/staff-test-file.tsx'
import * as change from './handlers/staff-trust-change.tsx'
import * as workshop from './handlers/staff-workshop.tsx'
import * as citizen from './handlers/tracking.tsx'
import type { Handler } from './http/context.ts'
import { changesTrust } from './sign-in/changes-trust.tsx'

/** Who may use a route. Checked in one place, before the handler: serve-route.tsx. */
export type Access = 'public' | 'caseworker' | 'admin' | 'api'

export interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** caseworker: any staff. admin: admins alone. api: other systems, by a token. */
  readonly access: Access
  /**
   * fields: a small form. files: multipart too, to 25 MB. strangers-file: the same, a few at once and so many from one
   * place. stream: the handler reads it.
   */
  readonly body: 'none' | 'fields' | 'files' | 'strangers-file' | 'stream'
  readonly handle: Handler
}

type Row = readonly [Route['method'], string, Access, Route['body'], Handler]

/**
 * Every address of ours. GET changes nothing: link scanners follow links.
 *
 * /                     what this is                     /t/:token         where my case stands (link alone)
 * /send                 the form                         /t/:token/code    ask for, and enter, a one-time code
 * /verify               judge a file, keep nothing       /t/:token/…       documents, after the code
 * /key, /key.asc        our OpenPGP key                  /g/:token         is this stamped copy genuine
 * /health, /robots.txt  for machines                     /staff/…          behind sign-in
 * /api/v1/…             for other systems, by a token
 */
const ROWS: readonly Row[] = [
  ['GET', '/', 'public', 'none', open.front],
  ['GET', '/send', 'public', 'none', open.sendForm],
  ['POST', '/send', 'public', 'stream', open.send],
  ['GET', '/key', 'public', 'none', open.key],
  ['GET', '/key.asc', 'public', 'none', open.keyFile],
  ['GET', '/verify', 'public', 'none', open.verifyForm],
  ['POST', '/verify', 'public', 'strangers-file', open.verify],
  ['GET', '/g/:token', 'public', 'none', open.genuine],
  ['GET', '/health', 'public', 'none', open.health],
  ['GET', '/robots.txt', 'public', 'none', open.robots],

  ['GET', '/api/v1/openapi.json', 'public', 'none', api.openApi],
  ['POST', '/api/v1/submissions', 'api', 'stream', api.submit],
  ['GET', '/api/v1/submissions/:submission', 'api', 'none', api.submission],

  ['GET', '/t/:token', 'public', 'none', citizen.tracking],
  ['GET', '/t/:token/code', 'public', 'none', citizen.codeForm],
  ['POST', '/t/:token/code', 'public', 'fields', citizen.askForCode],
  ['POST', '/t/:token/open', 'public', 'fields', citizen.redeemCode],
  ['POST', '/t/:token/close', 'public', 'fields', citizen.closeDocuments],
  ['POST', '/t/:token/add', 'public', 'stream', own.add],
  ['POST', '/t/:token/channel', 'public', 'fields', own.choose],
  ['POST', '/t/:token/key', 'public', 'strangers-file', own.offerKey],
  ['POST', '/t/:token/key-code', 'public', 'fields', own.proveKey],
  ['GET', '/t/:token/documents/:document', 'public', 'none', citizen.citizenDownload],

  ['GET', '/staff/sign-in', 'public', 'none', signIn.signInForm],
  ['POST', '/staff/sign-in', 'public', 'fields', signIn.signIn],
  ['GET', '/staff/invite/:token', 'public', 'none', signIn.inviteForm],
  ['POST', '/staff/invite/:token', 'public', 'fields', signIn.invite],
  ['POST', '/staff/sign-out', 'caseworker', 'fields', signIn.signOut],

  ['GET', '/staff', 'caseworker', 'none', cases.queue],
  ['GET', '/staff/all', 'caseworker', 'none', cases.allCases],
  ['GET', '/staff/cases/:number', 'caseworker', 'none', cases.showCase],
  ['POST', '/staff/cases/:number/approve', 'caseworker', 'fields', cases.approve],
  ['POST', '/staff/cases/:number/reject', 'caseworker', 'fields', cases.reject],
  ['POST', '/staff/cases/:number/join', 'caseworker', 'fields', cases.join],
  ['POST', '/staff/cases/:number/told', 'caseworker', 'fields', cases.toldOtherwise],
  ['GET', '/staff/cases/:number/documents/:document', 'caseworker', 'none', cases.staffDownload],
  ['GET', '/staff/cases/:number/documents/:document/view', 'caseworker', 'none', cases.staffPreview],
  ['GET', '/staff/cases/:number/documents/:document/report/:format', 'caseworker', 'none', staffReport],
  ['GET', '/staff/cases/:number/link', 'caseworker', 'none', links.link],
  ['POST', '/staff/cases/:number/link/revoke', 'caseworker', 'fields', links.revoke],
  ['POST', '/staff/cases/:number/link/send', 'caseworker', 'fields', links.send],
  ['GET', '/staff/outbox', 'caseworker', 'none', workshop.outbox],
  ['GET', '/staff/outbox/:delivery', 'caseworker', 'none', workshop.delivery],
  ['GET', '/staff/outbox/:delivery/raw', 'caseworker', 'none', workshop.deliveryRaw],
  ['GET', '/staff/set-aside', 'caseworker', 'none', setAside],
  ['POST', '/staff/set-aside/:submission', 'caseworker', 'fields', takeUp],
  ['GET', '/staff/archive', 'caseworker', 'none', workshop.archive],

  ['GET', '/staff/jobs', 'admin', 'none', workshop.jobs],
  ['POST', '/staff/jobs/:job/retry', 'admin', 'fields', workshop.retryJob],
  ['GET', '/staff/roots', 'admin', 'none', trust.roots],
  ['POST', '/staff/roots', 'admin', 'files', trust.addRoot],
  ['POST', '/staff/roots/candidate', 'admin', 'fields', trust.addCandidate],
  ['POST', '/staff/roots/catalogue', 'admin', 'fields', trust.enableCatalogued],
  ['POST', '/staff/roots/policy', 'admin', 'fields', trust.applyPolicy],
  ['POST', '/staff/roots/:sha256/disable', 'admin', 'fields', trust.disableRoot],
  ['POST', '/staff/roots/:sha256/enable', 'admin', 'fields', trust.enableRoot],
  ['POST', '/staff/roots/:sha256/remove', 'admin', 'fields', trust.removeRoot],
  ['POST', '/staff/roots/:sha256/limit', 'admin', 'fields', trust.limitRoot],
  ['GET', '/staff/roots/test', 'admin', 'none', tests.testForm],
  ['POST', '/staff/roots/test', 'admin', 'files', tests.testFile],
  ['GET', '/staff/lists', 'admin', 'none', lists.lists],
  ['POST', '/staff/lists/use', 'admin', 'fields', lists.useList],
  ['POST', '/staff/lists/files', 'admin', 'files', lists.useListFile],
  ['POST', '/staff/lists/address', 'admin', 'fields', lists.useListAddress],
  ['POST', '/staff/lists/drop', 'admin', 'fields', lists.dropList],
  ['POST', '/staff/lists/refresh', 'admin', 'fields', lists.refreshLists],
  // Those above plan or look; of these, each changes trust, and asks for the own password.
  ['GET', '/staff/roots/changes/:change', 'admin', 'none', change.showChange],
  [
    'POST',
    '/staff/roots/changes/:change/confirm',
    'admin',
    'fields',
    changesTrust(change.confirm, change.confirmAgain),
  ],
  [
    'POST',
    '/staff/roots/changes/:change/decline',
    'admin',
    'fields',
    changesTrust(change.decline, change.declineAgain),
  ],
  ['GET', '/staff/keys', 'admin', 'none', keys.ownKeys],
  ['POST', '/staff/keys/:key/withdraw', 'admin', 'fields', changesTrust(keys.withdraw)],
  ['GET', '/staff/seal', 'admin', 'none', sealPages.seal],
  ['POST', '/staff/seal/test', 'admin', 'fields', sealPages.testSeal],
  ['GET', '/staff/settings/closing-days', 'admin', 'none', workshop.closingDays],
  ['POST', '/staff/settings/closing-days', 'admin', 'fields', workshop.addClosingDay],
  ['POST', '/staff/settings/closing-days/remove', 'admin', 'fields', workshop.removeClosingDay],
  ['GET', '/staff/api-tokens', 'admin', 'none', tokens.apiTokens],
  ['POST', '/staff/api-tokens', 'admin', 'fields', changesTrust(tokens.makeToken)],
  ['POST', '/staff/api-tokens/:system/revoke', 'admin', 'fields', tokens.revokeToken],
  // Whoever makes an admin may change trust by it, with a password of their own choice.
  ['GET', '/staff/accounts', 'admin', 'none', workshop.accounts],
  ['POST', '/staff/accounts', 'admin', 'fields', changesTrust(workshop.inviteAccount)],
  ['POST', '/staff/accounts/:account/disable', 'admin', 'fields', changesTrust(workshop.disableAccount)],
  ['POST', '/staff/accounts/:account/enable', 'admin', 'fields', changesTrust(workshop.enableAccount)],
  ['GET', '/staff/history', 'admin', 'none', chain.adminHistory],
]

export const ROUTES: readonly Route[] = ROWS.map(([method, path, access, body, handle]) => ({
  method,
  path,
  access,
  body,
  handle,
}))

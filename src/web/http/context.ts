import type { ApiToken } from '../../model/api-token.ts'
import type { Actor } from '../../model/case.ts'
import { GatewayError } from '../../model/errors.ts'
import type { SentForm, WebDeps } from '../deps.ts'
import type { View } from '../layout/view.ts'
import type { KeptForms } from '../sign-in/kept-forms.ts'
import type { StaffSession } from '../sign-in/sessions.ts'
import type { Limits } from './limits.ts'
import type { Reply } from './reply.ts'

/** One request, as handlers see it. */
export interface Context {
  readonly deps: WebDeps
  readonly limits: Limits
  readonly keptForms: KeptForms
  readonly view: View
  /** The address asked for, without its query. */
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly cookies: ReadonlyMap<string, string>
  /** Set where the route asks for a staff role. */
  readonly staff: StaffSession | null
  readonly remoteAddress: string | null
  /** Set where the route is for other systems. */
  readonly apiToken: ApiToken | null
  /** As it came; null where there is none. */
  readonly idempotencyKey: string | null
  /** A script asks: it is answered with data. */
  readonly wantsData: boolean
  readonly contentType: string
  /** The body as it comes; only for routes that stream. Stopping early does not break the answer. */
  readonly body: AsyncIterable<Uint8Array>
  readonly contentLength: number | null
  /** The form, where the route reads one. */
  readonly form: SentForm
}

export type Handler = (context: Context) => Promise<Reply>

/** Gives a field of the form, trimmed and cut; '' where it is missing. */
export function field(context: Context, name: string, maxLength = 200): string {
  return (context.form.fields[name] ?? '').trim().slice(0, maxLength)
}

/** Gives the signed-in person; the route's role was checked before. */
export function signedIn(context: Context): StaffSession {
  if (!context.staff) throw new GatewayError('unauthenticated', 'Nobody is signed in')
  return context.staff
}

/** Gives the signed-in person as the one who did something. */
export function actorOf(context: Context): Actor {
  const { account } = signedIn(context)
  return { kind: account.role, id: account.id, name: account.displayName }
}

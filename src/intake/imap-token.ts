import { GatewayError } from '../model/errors.ts'
import type { WebFetcher } from '../model/ports.ts'
import type { ImapSettings } from '../model/settings.ts'
import type { Clock } from '../model/time.ts'

type OAuth2 = Extract<ImapSettings['credentials'], { readonly kind: 'oauth2' }>

/** Asked for anew so long before it ends. */
const EARLY_MS = 5 * 60_000

/**
 * Gives what asks for the token that XOAUTH2 signs in with, as an application (RFC 6749 §4.4). One that is good for some time yet
 * is given again. @throws GatewayError configuration where the answer is none; what the fetcher throws
 */
export function createTokenSource(
  { tokenUrl, clientId, clientSecret, scope }: OAuth2,
  { fetcher, clock }: { readonly fetcher: WebFetcher; readonly clock: Clock },
): () => Promise<string> {
  let known: { readonly token: string; readonly until: number } | null = null
  return async () => {
    const now = clock().getTime()
    if (known && known.until - EARLY_MS > now) return known.token
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, scope })
    form.set('client_secret', clientSecret)
    const { bytes } = await fetcher.fetch({
      url: tokenUrl,
      method: 'POST',
      contentType: 'application/x-www-form-urlencoded',
      body: new Uint8Array(Buffer.from(form.toString())),
      headers: { accept: 'application/json' },
    })
    const answer = readAnswer(bytes)
    known = { token: answer.token, until: now + answer.seconds * 1000 }
    return answer.token
  }
}

function readAnswer(bytes: Uint8Array): { readonly token: string; readonly seconds: number } {
  const refused = new GatewayError('configuration', 'the mailbox’s sign-in service gave no token')
  try {
    const answer: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
    if (typeof answer !== 'object' || answer === null || !('access_token' in answer)) throw refused
    const { access_token: token } = answer
    if (typeof token !== 'string' || token === '') throw refused
    const seconds = 'expires_in' in answer ? Number(answer.expires_in) : 0
    return { token, seconds: Number.isFinite(seconds) ? seconds : 0 }
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause
    throw new GatewayError('configuration', refused.message, { cause })
  }
}

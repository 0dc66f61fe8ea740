/** Takes a Cookie header; gives its pairs. The first of a name counts, as the more specific path comes first (RFC 6265 §5.4). */
export function readCookies(header: string | undefined): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=')
    const name = pair.slice(0, Math.max(at, 0)).trim()
    if (name !== '' && !found.has(name)) found.set(name, pair.slice(at + 1).trim())
  }
  return found
}

export interface Cookie {
  readonly name: string
  /** Token characters only: base64url or a word; the empty value removes the cookie. */
  readonly value: string
  readonly path: string
  readonly sameSite: 'Strict' | 'Lax'
  /** Seconds; null for as long as the browser runs. */
  readonly maxAgeSeconds: number | null
}

/** Takes a cookie; gives its Set-Cookie line. Always HttpOnly; Secure where the page came by https. */
export function writeCookie(cookie: Cookie, secure: boolean): string {
  const parts = [`${cookie.name}=${cookie.value}`, `Path=${cookie.path}`, 'HttpOnly', `SameSite=${cookie.sameSite}`]
  if (cookie.value === '') parts.push('Max-Age=0')
  else if (cookie.maxAgeSeconds !== null) parts.push(`Max-Age=${cookie.maxAgeSeconds}`)
  if (secure) parts.push('Secure')
  return parts.join('; ')
}

/** Gives the cookie that removes one of that name and path. */
export function forgetCookie(name: string, path: string): Cookie {
  return { name, value: '', path, sameSite: 'Lax', maxAgeSeconds: null }
}

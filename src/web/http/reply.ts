import type { VNode } from 'preact'
import type { Cookie } from './cookies.ts'

/** What a handler answers, as data; http/respond.ts writes it. */
export type Reply = (
  | { readonly kind: 'page'; readonly status?: number; readonly page: VNode }
  /** 303: the address is a path of ours. */
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'json'; readonly status?: number; readonly value: unknown; readonly mediaType?: string }
  | { readonly kind: 'text'; readonly mediaType: string; readonly text: string }
  | {
      readonly kind: 'file'
      readonly name: string
      readonly mediaType: string
      readonly bytes: Uint8Array
      /** Shown in the browser instead of saved: only for PDF. */
      readonly inline?: boolean
    }
) & {
  readonly cookies?: readonly Cookie[]
  /** Beside the security headers, and over them. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Gives a page as a reply. */
export function showPage(page: VNode, more: { status?: number; cookies?: readonly Cookie[] } = {}): Reply {
  return { kind: 'page', page, ...more }
}

/** Gives a redirect to a path of ours (303: the next request is a GET). */
export function seeOther(to: string, cookies: readonly Cookie[] = []): Reply {
  return { kind: 'redirect', to, cookies }
}

/**
 * Takes where somebody wanted to go; gives it where it is a plain path of ours, else the fallback. "//host", "/\host"
 * and control characters would lead elsewhere.
 */
export function ownPath(wanted: string | null | undefined, fallback: string): string {
  return wanted && /^\/(?![/\\])[\w\-./?=&%]*$/.test(wanted) && !wanted.includes('..') ? wanted : fallback
}

/** Takes a file name from a stranger; gives the Content-Disposition value (RFC 6266, RFC 8187). */
export function contentDisposition(kind: 'attachment' | 'inline', name: string): string {
  const ascii = name.replace(/[^\w.\- ]/g, '_').slice(0, 120) || 'file'
  const encoded = encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`
}

import type { Response } from 'express'
import { renderToString } from 'preact-render-to-string'
import { type Cookie, writeCookie } from './cookies.ts'
import { contentDisposition, type Reply } from './reply.ts'
import { DOWNLOAD_POLICY, PREVIEW_POLICY } from './security-headers.ts'

/** Writes a handler's reply. The security headers are set already; a reply may put its own over them. */
export function respond(response: Response, reply: Reply, more: { cookies: readonly Cookie[]; https: boolean }): void {
  for (const cookie of [...more.cookies, ...(reply.cookies ?? [])]) {
    response.append('Set-Cookie', writeCookie(cookie, more.https))
  }
  const headers = { ...headersOf(reply), ...reply.headers }
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  response.status(statusOf(reply)).end(bodyOf(reply))
}

function statusOf(reply: Reply): number {
  if (reply.kind === 'redirect') return 303
  return reply.kind === 'page' || reply.kind === 'json' ? (reply.status ?? 200) : 200
}

function headersOf(reply: Reply): Readonly<Record<string, string>> {
  switch (reply.kind) {
    case 'page':
      return { 'Content-Type': 'text/html; charset=utf-8' }
    case 'redirect':
      return { Location: reply.to, 'Content-Type': 'text/plain; charset=utf-8' }
    case 'json':
      return { 'Content-Type': reply.mediaType ?? 'application/json' }
    case 'text':
      return { 'Content-Type': reply.mediaType }
    case 'file':
      return {
        'Content-Type': reply.inline ? 'application/pdf' : safeMediaType(reply.mediaType),
        'Content-Disposition': contentDisposition(reply.inline ? 'inline' : 'attachment', reply.name),
        'Content-Security-Policy': reply.inline ? PREVIEW_POLICY : DOWNLOAD_POLICY,
      }
  }
}

/** What a stranger's file says of itself must not become markup in our origin, attachment or not. */
function safeMediaType(mediaType: string): string {
  const plain = /^[\w.+-]+\/[\w.+-]+$/.test(mediaType) && !/html|xml|svg|javascript|ecmascript/i.test(mediaType)
  return plain ? mediaType : 'application/octet-stream'
}

function bodyOf(reply: Reply): string | Uint8Array {
  switch (reply.kind) {
    case 'page':
      return `<!DOCTYPE html>${renderToString(reply.page)}`
    case 'redirect':
      return ''
    case 'json':
      return `${JSON.stringify(reply.value)}\n`
    case 'text':
      return reply.text
    case 'file':
      return reply.bytes
  }
}

import type { RunningWeb, WebDeps } from '../../../src/web/index.ts'
import { startWeb } from '../../../src/web/index.ts'

/** A browser as far as these tests need one: keeps cookies, says where its forms come from, follows no redirect. */
export interface TinyBrowser {
  readonly web: RunningWeb
  readonly cookies: Map<string, string>
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>
  post(path: string, body: BodyInit, headers?: Readonly<Record<string, string>>): Promise<Response>
  /** Posts fields with the CSRF token of the page shown at that path. */
  postForm(path: string, fields: Readonly<Record<string, string>>): Promise<Response>
}

const running: RunningWeb[] = []

/** Starts the pages with these dependencies on a free port. */
export async function open(deps: WebDeps): Promise<TinyBrowser> {
  const web = await startWeb(deps)
  running.push(web)
  return browserOf(web)
}

/** Another browser on the same pages, without the first one's cookies. */
export function browserOf(web: RunningWeb): TinyBrowser {
  const cookies = new Map<string, string>()
  const send = async (path: string, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers)
    if (cookies.size > 0) headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const response = await fetch(new URL(path, web.url), { redirect: 'manual', ...init, headers })
    for (const line of response.headers.getSetCookie()) keep(cookies, line)
    return response
  }
  const post: TinyBrowser['post'] = (path, body, headers = {}) =>
    send(path, { method: 'POST', body, headers: { 'sec-fetch-site': 'same-origin', accept: 'text/html', ...headers } })
  return {
    web,
    cookies,
    get: (path, headers = {}) => send(path, { headers: { accept: 'text/html', ...headers } }),
    post,
    postForm: async (path, fields) => {
      const page = await (await send('/staff/all', { headers: { accept: 'text/html' } })).text()
      const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? ''
      return post(path, new URLSearchParams({ csrf, ...fields }))
    },
  }
}

function keep(cookies: Map<string, string>, line: string): void {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
  if (value === '' || /Max-Age=0/.test(line)) cookies.delete(name)
  else cookies.set(name, value)
}

/** For afterEach: stops every server that open() started. */
export async function stopAll(): Promise<void> {
  await Promise.all(running.splice(0).map((web) => web.stop()))
}

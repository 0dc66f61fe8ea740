import { GatewayError } from '../model/errors.ts'

/** A person at a browser, as far as the demo needs one: keeps cookies, follows redirects, fills in forms. */
export interface Visitor {
  /** Gives a page as it reads. @throws Error where it is no 2xx */
  read(path: string): Promise<string>
  /** Fills in the form on PATH whose action contains ACTION (hidden fields as served) and sends it; gives the next page. */
  fillIn(path: string, action: string, fields: Readonly<Record<string, string>>): Promise<string>
  /** The same with files; gives the path of the page that it leads to. @throws GatewayError too-large */
  sendFiles(
    path: string,
    action: string,
    fields: Readonly<Record<string, string>>,
    files: readonly FileToSend[],
  ): Promise<{ readonly path: string }>
}

export interface FileToSend {
  readonly field: string
  readonly name: string
  readonly mediaType: string
  readonly bytes: Uint8Array
}

const MAX_REDIRECTS = 5

/** Takes the gateway's address; gives a visitor without cookies. */
export function newVisitor(base: string): Visitor {
  const cookies = new Map<string, string>()

  const go = async (path: string, init: RequestInit = {}): Promise<{ html: string; path: string }> => {
    let url = new URL(path, base)
    let request: RequestInit = init
    for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
      const headers = { ...request.headers, cookie: [...cookies].map(([k, v]) => `${k}=${v}`).join('; '), origin: base }
      const response = await fetch(url, { ...request, headers, redirect: 'manual' })
      keep(response, cookies)
      const location = response.headers.get('location')
      if (response.status < 300 || response.status >= 400 || !location) {
        if (response.status === 413) throw new GatewayError('too-large', 'The gateway takes no file of that size.')
        if (!response.ok) throw new Error(`${request.method ?? 'GET'} ${url.pathname} answered ${response.status}`)
        return { html: await response.text(), path: url.pathname }
      }
      url = new URL(location, url)
      request = {}
    }
    throw new Error(`${path} redirects without end`)
  }

  const formOn = async (path: string, action: string) => {
    const form = findForm((await go(path)).html, action)
    if (!form) throw new Error(`${path} shows no form for ${action}`)
    return form
  }

  return {
    read: async (path) => (await go(path)).html,
    fillIn: async (path, action, fields) => {
      const form = await formOn(path, action)
      const body = new URLSearchParams({ ...form.hidden, ...fields })
      return (await go(form.action, { method: 'POST', body })).html
    },
    sendFiles: async (path, action, fields, files) => {
      const form = await formOn(path, action)
      const body = new FormData()
      for (const [name, value] of Object.entries({ ...form.hidden, ...fields })) body.set(name, value)
      for (const { field, name, mediaType, bytes } of files) {
        body.append(field, new File([Buffer.from(bytes)], name, { type: mediaType }))
      }
      return go(form.action, { method: 'POST', body })
    },
  }
}

function keep(response: Response, cookies: Map<string, string>): void {
  for (const line of response.headers.getSetCookie()) {
    const pair = line.split(';')[0] ?? ''
    const at = pair.indexOf('=')
    cookies.set(pair.slice(0, at), pair.slice(at + 1))
  }
}

function findForm(html: string, action: string): { action: string; hidden: Record<string, string> } | null {
  for (const [form] of html.matchAll(/<form\b[\s\S]*?<\/form>/g)) {
    const target = attribute(form, 'action')
    if (!target?.includes(action)) continue
    const hidden: Record<string, string> = {}
    for (const [input] of form.matchAll(/<input\b[^>]*>/g)) {
      const name = attribute(input, 'name')
      if (name && attribute(input, 'type') === 'hidden') hidden[name] = attribute(input, 'value') ?? ''
    }
    return { action: target, hidden }
  }
  return null
}

function attribute(tag: string, name: string): string | null {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]
  return value === undefined ? null : value.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'")
}

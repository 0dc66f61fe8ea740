import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import forge from 'node-forge'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/model/errors.ts'
import { startWeb } from '../../src/web/index.ts'
import { ROUTES } from '../../src/web/routes.ts'
import { browserOf, open, stopAll, type TinyBrowser } from './support/browser.ts'
import { type FakeDeps, fakeDeps } from './support/fakes.ts'
import { webSettings } from './support/settings.ts'
import { seedTown } from './support/town.ts'

let deps: FakeDeps
let browser: TinyBrowser

beforeEach(async () => {
  deps = fakeDeps()
  browser = await open(deps)
})
afterEach(stopAll)

describe('every answer', () => {
  it('forbids scripts, framing and sniffing, and names no software', async () => {
    for (const path of [
      '/',
      '/send',
      '/key',
      '/key.asc',
      '/health',
      '/staff/sign-in',
      '/nowhere',
      '/assets/icon.svg',
    ]) {
      const { headers } = await browser.get(path)
      const policy = headers.get('content-security-policy') ?? ''
      expect([path, policy.startsWith("default-src 'none'")]).toEqual([path, true])
      if (path !== '/send') expect([path, policy.includes('script-src')]).toEqual([path, false])
      expect([path, policy.includes('unsafe')]).toEqual([path, false])
      expect(policy).toContain("frame-ancestors 'none'")
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-powered-by')).toBeNull()
      expect(headers.get('strict-transport-security')).toBeNull()
    }
  })

  it('has neither script nor inline style', async () => {
    await seedTown(deps)
    for (const path of ['/', '/key', '/verify', '/staff/sign-in']) {
      const page = await (await browser.get(path)).text()
      expect([path, /<script|<style|\sstyle=|\son\w+=/i.test(page)]).toEqual([path, false])
    }
  })

  it('has one script of ours where documents are sent, by a nonce of each answer; and nothing inline', async () => {
    const nonces = new Set<string>()
    for (let n = 0; n < 2; n += 1) {
      const answer = await browser.get('/send')
      const page = await answer.text()
      const [script = '', src = '', nonce = '', ...others] =
        /<script src="(\/assets\/send\.js\?v=\w+)" nonce="([\w-]{27})" defer><\/script>/.exec(page) ?? []
      expect(others).toEqual([])
      expect(/<script|<style|\sstyle=|\son\w+=/i.test(page.replace(script, ''))).toBe(false)
      const policy = (answer.headers.get('content-security-policy') ?? '').split('; ')
      expect(policy.filter((one) => /^(script|connect)-src/.test(one))).toEqual([
        `script-src 'nonce-${nonce}'`,
        "connect-src 'self'",
      ])
      expect((await browser.get(src)).headers.get('content-type')).toBe('text/javascript; charset=utf-8')
      nonces.add(nonce)
    }
    expect(nonces.size).toBe(2)
  })

  it('has landmarks, one h1, a skip link and its language', async () => {
    for (const lang of ['da', 'en']) {
      for (const path of ['/', '/send', '/verify', '/key', '/nowhere', '/staff/sign-in']) {
        const page = await (await browserOf(browser.web).get(`${path}?lang=${lang}`)).text()
        expect(page.startsWith(`<!DOCTYPE html><html lang="${lang}">`)).toBe(true)
        expect([path, page.match(/<h1/g)?.length]).toEqual([path, 1])
        for (const part of ['<header', '<nav', '<main id="main"', '<footer', 'class="skipnav" href="#main"']) {
          expect([path, page.includes(part)]).toEqual([path, true])
        }
        const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1])
        expect(new Set(ids).size).toBe(ids.length)
        const fields = [...page.matchAll(/<(?:input|select|textarea)[^>]*\sid="([^"]+)"/g)].map((match) => match[1])
        for (const id of fields) expect([path, page.includes(`for="${id}"`)]).toEqual([path, true])
      }
    }
  })
})

describe('language', () => {
  it('is remembered when it was asked for, and kept with the rest of the address', async () => {
    const page = await (await browser.get('/send?type=general&lang=en')).text()
    expect(page).toContain('Your e-mail address')
    expect(page).toContain('href="?type=general&amp;lang=da"')
    expect(browser.cookies.get('lang')).toBe('en')
    expect(await (await browser.get('/')).text()).toContain('<html lang="en">')
  })

  it('is not remembered where a browser only prefers it', async () => {
    const answer = await browser.get('/', { 'accept-language': 'en' })
    expect(await answer.text()).toContain('<html lang="en">')
    expect(answer.headers.getSetCookie()).toEqual([])
  })
})

describe('problems', () => {
  it('are pages for browsers and RFC 9457 for machines', async () => {
    const page = await browser.get('/nowhere')
    expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8'])
    const data = await browser.get('/nowhere', { accept: 'application/json' })
    expect([data.status, data.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
    expect(await data.json()).toMatchObject({
      status: 404,
      code: 'not-found',
      type: 'urn:poststempel:problem:not-found',
    })
  })

  it('of our own making tell nothing of the inside, and are logged', async () => {
    const broken = await open({
      ...deps,
      lookUpTracking: async () => {
        throw new Error('SELECT secret FROM inside')
      },
    })
    const answer = await broken.get('/t/some-token-some-token-xx')
    const page = await answer.text()
    expect(answer.status).toBe(500)
    expect(page).not.toContain('SELECT')
    expect(deps.logged.filter((line) => line.includes('SELECT secret'))).toHaveLength(1)
    expect(deps.logged.filter((line) => line.includes('some-token'))).toEqual([])
  })

  it('are what broken addresses and other methods end in', async () => {
    expect((await browser.get('/t/%E0%A4%A')).status).toBe(404)
    expect((await browser.get('/staff/cases/%00')).status).toBe(303)
    expect((await fetch(`${browser.web.url}/send`, { method: 'DELETE' })).status).toBe(404)
    expect((await browser.get('/assets/../app.ts')).status).toBe(404)
    expect((await browser.get('/assets/%2e%2e/app.ts')).status).toBe(404)
  })
})

describe('for machines', () => {
  it('health says whether the store answers', async () => {
    const well = await browser.get('/health')
    expect([well.status, await well.json()]).toEqual([
      200,
      { status: 'ok', store: 'ok', deadJobs: 0, unsentLetters: 0 },
    ])
    const sick = await open({
      ...deps,
      store: {
        ...deps.store,
        countStuck: async () => {
          throw new GatewayError('storage-unavailable', 'gone')
        },
      },
    })
    expect((await sick.get('/health')).status).toBe(503)
  })

  it('robots are kept off what people and staff see', async () => {
    const text = await (await browser.get('/robots.txt')).text()
    expect(text).toBe('User-agent: *\nDisallow: /t/\nDisallow: /g/\nDisallow: /staff\n')
  })

  it('the key comes as a file', async () => {
    const answer = await browser.get('/key.asc')
    expect(answer.headers.get('content-type')).toBe('application/pgp-keys')
    expect(await answer.text()).toContain('BEGIN PGP PUBLIC KEY BLOCK')
  })

  it('the stylesheet may be kept for a year, by an address that changes with it', async () => {
    const page = await (await browser.get('/')).text()
    const path = /href="(\/assets\/poststempel\.css\?v=[0-9a-f]{16})"/.exec(page)?.[1] ?? ''
    const css = await browser.get(path)
    expect(css.headers.get('cache-control')).toBe('public, max-age=31536000')
    const etag = css.headers.get('etag') ?? ''
    expect((await browser.get(path, { 'if-none-match': etag })).status).toBe(304)
  })
})

describe('the demo', () => {
  it('says on every page that nothing leaves this machine, and nowhere else', async () => {
    expect(await (await browser.get('/')).text()).not.toContain('Intet forlader')
    const demo = await open(fakeDeps({ settings: webSettings({ demo: true }) }))
    for (const path of ['/', '/send', '/key', '/nowhere', '/staff/sign-in']) {
      expect(await (await demo.get(path)).text()).toContain('Intet forlader denne maskine')
    }
  })

  it('shows its sign-ins only in the demo', async () => {
    const demoHints = () => ({ signIns: [{ who: 'Ida', username: 'ida', password: 'hemmelig' }], links: [] })
    expect(await (await (await open(fakeDeps({ demoHints }))).get('/')).text()).not.toContain('hemmelig')
    const demo = await open(fakeDeps({ demoHints, settings: webSettings({ demo: true }) }))
    expect(await (await demo.get('/')).text()).toContain('hemmelig')
  })
})

describe('the server', () => {
  it('behind a proxy on loopback takes its word for https and the address', async () => {
    const { web } = webSettings()
    const proxied = await open(fakeDeps({ settings: webSettings({ web: { ...web, behindProxy: true } }) }))
    const headers = { 'x-forwarded-proto': 'https' }
    const cookies = (await proxied.get('/send', headers)).headers.getSetCookie()
    expect(cookies.every((line) => line.endsWith('; Secure'))).toBe(true)
    expect((await proxied.get('/', headers)).headers.get('strict-transport-security')).toBe('max-age=31536000')
    expect((await browser.get('/send', headers)).headers.getSetCookie().some((line) => /Secure/.test(line))).toBe(false)
  })

  it('speaks https with the certificate files it is given, and says so where they are none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'poststempel-tls-'))
    const tls = { keyFile: join(folder, 'key.pem'), certFile: join(folder, 'cert.pem') }
    const { web } = webSettings()
    const secure = fakeDeps({ settings: webSettings({ web: { ...web, tls } }) })
    await expect(startWeb(secure)).rejects.toMatchObject({ code: 'configuration' })
    writeCertificate(tls)
    const running = await startWeb(secure)
    expect(running.url).toMatch(/^https:/)
    const headers = await new Promise<NodeJS.Dict<string | string[]>>((resolve, reject) => {
      request(`${running.url}/send`, { rejectUnauthorized: false }, (answer) => {
        answer.resume()
        resolve(answer.headers)
      })
        .on('error', reject)
        .end()
    })
    expect(headers['strict-transport-security']).toBe('max-age=31536000')
    expect(String(headers['set-cookie'])).toContain('Secure')
    await running.stop()
    rmSync(folder, { recursive: true })
  })

  it('names a busy port', async () => {
    const { web } = webSettings()
    const busy = fakeDeps({ settings: webSettings({ web: { ...web, port: browser.web.port } }) })
    await expect(startWeb(busy)).rejects.toMatchObject({ code: 'port-in-use', facts: { port: browser.web.port } })
  })

  it('finishes what is in hand before it stops', async () => {
    const slow = await open({
      ...deps,
      lookUpTracking: () => new Promise((resolve) => setTimeout(() => resolve(null), 300)),
    })
    const answer = slow.get('/t/some-token-some-token-xx')
    await new Promise((resolve) => setTimeout(resolve, 100))
    await slow.web.stop()
    expect((await answer).status).toBe(404)
  })
})

describe('logs', () => {
  it('name routes by their pattern, never by address', async () => {
    await browser.get('/t/some-token-some-token-xx?x=1')
    const facts = deps.logged.map((line) => JSON.parse(line)).find((line) => line.message === 'request')
    expect(facts).toMatchObject({ method: 'GET', route: '/t/:token', status: 404 })
    expect(ROUTES.every((route) => route.path.startsWith('/'))).toBe(true)
  })
})

function writeCertificate(files: { keyFile: string; certFile: string }): void {
  const keys = forge.pki.rsa.generateKeyPair(2048)
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = keys.publicKey
  certificate.serialNumber = '01'
  certificate.validity.notBefore = new Date(Date.now() - 60_000)
  certificate.validity.notAfter = new Date(Date.now() + 3_600_000)
  const name = [{ name: 'commonName', value: 'localhost' }]
  certificate.setSubject(name)
  certificate.setIssuer(name)
  certificate.sign(keys.privateKey, forge.md.sha256.create())
  writeFileSync(files.keyFile, forge.pki.privateKeyToPem(keys.privateKey))
  writeFileSync(files.certFile, forge.pki.certificateToPem(certificate))
}

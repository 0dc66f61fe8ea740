import { spawn } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { createFetcher, parseNetworks } from '../../src/net/index.ts'
import { faultOf, LOOPBACK, localFetcher, lookupOf, NOW, SECRET, startHttp, startRaw, textOf } from './scene.ts'

const REFUSED_ADDRESS = { code: 'fetch-refused', retryable: false, facts: { reason: 'address' } }
const fetcherFor = (names: Readonly<Record<string, readonly string[]>>, allowed: readonly string[] = []) =>
  createFetcher({ lookup: lookupOf(names).lookup, allowed: parseNetworks(allowed), now: () => NOW })

describe('a fetch', () => {
  it('gives the answer of a host that is allowed', async () => {
    const server = await startHttp((_, answer) => {
      answer.setHeader('content-type', 'Application/PKIX-CRL; version=1').end('liste')
    })
    const answer = await localFetcher().fetch({ url: `${server.at('ca.example')}#del` })
    expect(textOf(answer.bytes)).toBe('liste')
    expect(answer).toMatchObject({
      url: server.at('ca.example'),
      status: 200,
      mediaType: 'application/pkix-crl',
      freshUntil: null,
    })
  })

  it('asks on a connection of its own, without cookies, version or content coding', async () => {
    const seen: unknown[] = []
    const server = await startHttp((incoming, answer) => {
      seen.push(incoming.headers)
      answer.setHeader('set-cookie', 'a=1').end()
    })
    const fetcher = localFetcher()
    await fetcher.fetch({ url: server.at('ca.example') })
    await fetcher.fetch({ url: server.at('ca.example'), accept: 'application/ocsp-response' })
    const headers = {
      host: `ca.example:${server.port}`,
      'user-agent': 'poststempel',
      accept: '*/*',
      'accept-encoding': 'identity',
      connection: 'close',
    }
    expect(seen).toEqual([headers, { ...headers, accept: 'application/ocsp-response' }])
    expect(server.connections).toHaveLength(2)
  })

  it('posts a body with its type', async () => {
    const server = await startHttp((incoming, answer) => {
      incoming.on('data', (chunk) => answer.write(chunk))
      incoming.on('end', () => answer.end(` ${incoming.method} ${incoming.headers['content-type']}`))
    })
    const answer = await localFetcher().fetch({
      url: server.at('ca.example'),
      method: 'POST',
      body: Buffer.from('spørg'),
      contentType: 'application/ocsp-request',
    })
    expect(textOf(answer.bytes)).toBe('spørg POST application/ocsp-request')
  })

  it.each([
    ['ftp://ca.example/', 'scheme'],
    ['http://ca.example:25/', 'port'],
    ['http://ca.example:6667/ca.crl', 'port'],
    ['https://ca.example:22/', 'port'],
    ['ldap://ca.example/cn=ca', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['data:,hej', 'scheme'],
    ['', 'url'],
    ['ca.example/crl', 'url'],
    ['http://', 'url'],
    ['http://[::1', 'url'],
    ['http://256.1.1.1/', 'url'],
    [`http://kai:${SECRET}@ca.example/`, 'url'],
    [`http://${SECRET}@ca.example/`, 'url'],
    [`http://ca.example/${'a'.repeat(2048)}`, 'url'],
    [`http://ca.example/${'æ'.repeat(700)}`, 'url'],
  ])('does not go to %s', async (url, reason) => {
    expect(await faultOf(localFetcher(), url)).toMatchObject({ code: 'fetch-refused', facts: { reason } })
  })

  it.each([
    '127.0.0.1',
    'localhost',
    '2130706433',
    '0x7f.1',
    '0x7f000001',
    '017700000001',
    '0177.0.0.01',
    '127.1',
    '127.0.0.1.',
    '%31%32%37.0.0.1',
    '127。0。0。1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[0:0:0:0:0:ffff:7f00:1]',
    '[::127.0.0.1]',
    '0',
    '0.0.0.0',
    '[::]',
  ])('does not go to this machine, however it is written: %s', async (host) => {
    const server = await startHttp((_, answer) => answer.end('indre'), '::')
    const fetcher = createFetcher({ now: () => NOW })
    expect(await faultOf(fetcher, server.at(host))).toMatchObject(REFUSED_ADDRESS)
    expect(server.connections).toEqual([])
  })

  it.each([
    ['private', ['10.0.0.7']],
    ['link-local, where clouds keep their keys', ['169.254.169.254']],
    ['mapped into IPv6', ['::ffff:10.0.0.7']],
    ['private behind NAT64', ['64:ff9b::a00:7']],
    ['unique local', ['fd00::7']],
    ['with a zone', ['fe80::1%eth0']],
    ['public first and private second', ['8.8.8.8', '127.0.0.1']],
    ['private first and public second', ['127.0.0.1', '8.8.8.8']],
    ['no address at all', ['ca2.example']],
  ])('does not go to a name whose address is %s', async (_, addresses) => {
    const server = await startHttp((_, answer) => answer.end('indre'))
    const fault = await faultOf(fetcherFor({ 'ca.example': addresses }), server.at('ca.example'))
    expect(fault).toMatchObject(REFUSED_ADDRESS)
    expect(fault.facts).toEqual({ reason: 'address', host: 'ca.example', port: server.port })
    expect(server.connections).toEqual([])
  })

  it('goes to the address that was checked, whatever the name gives the second time', async () => {
    const server = await startHttp((_, answer) => answer.end('hej'), '0.0.0.0')
    const given = [['127.0.0.1'], ['127.0.0.2']]
    let lookups = 0
    const fetcher = createFetcher({
      lookup: async () => given[lookups++] ?? [],
      allowed: parseNetworks(['127.0.0.1']),
      now: () => NOW,
    })
    await fetcher.fetch({ url: server.at('ca.example') })
    expect(lookups).toBe(1)
    expect(server.connections.map(({ to }) => to)).toEqual(['127.0.0.1'])
    expect(await faultOf(fetcher, server.at('ca.example'))).toMatchObject(REFUSED_ADDRESS)
    expect(server.connections).toHaveLength(1)
  })

  it.each(['http', 'https'])('sends nothing by %s to an address that it reached by another one', async (scheme) => {
    // The system takes 0.0.0.0 for this machine: checked was one address, at the other end is another.
    const server = await startRaw((socket) => socket.end(), scheme)
    const fetcher = fetcherFor({ 'ca.example': ['0.0.0.0'] }, ['0.0.0.0'])
    expect(await faultOf(fetcher, server.at('ca.example'))).toMatchObject(REFUSED_ADDRESS)
    await expect.poll(() => server.connections.length).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(server.connections).toEqual([{ to: '127.0.0.1', received: 0 }])
  })

  it('goes to the second address where nobody answers at the first', async () => {
    const server = await startHttp((_, answer) => answer.end('hej'))
    const fetcher = fetcherFor({ 'ca.example': ['127.0.0.9', '127.0.0.1'] }, ['127.0.0.0/8'])
    expect(textOf((await fetcher.fetch({ url: server.at('ca.example') })).bytes)).toBe('hej')
  })

  it('by IPv6 works too, by name and by address', async () => {
    const server = await startHttp((incoming, answer) => answer.end(incoming.headers.host), '::1')
    const fetcher = fetcherFor({ 'ca.example': ['::1'] }, ['::1'])
    expect(textOf((await fetcher.fetch({ url: server.at('ca.example') })).bytes)).toContain('ca.example')
    expect(textOf((await fetcher.fetch({ url: server.at('[::1]') })).bytes)).toBe(`[::1]:${server.port}`)
  })

  it('to a name that nobody knows, or that has no address, may be tried again', async () => {
    const fetcher = fetcherFor({ 'empty.example': [] })
    for (const host of ['ca.example', 'empty.example']) {
      const fault = await faultOf(fetcher, `http://${host}/${SECRET}`)
      expect(fault).toMatchObject({ code: 'fetch-failed', retryable: true, facts: { reason: 'dns', host } })
    }
  })

  it('to a port where nobody listens may be tried again', async () => {
    const fault = await faultOf(localFetcher(), `http://ca.example:2/${SECRET}`)
    expect(fault).toMatchObject({
      code: 'fetch-failed',
      retryable: true,
      facts: { reason: 'connect', system: 'ECONNREFUSED' },
    })
    expect(fault.message).toBe('Nothing came from ca.example: no connection')
  })

  it('takes no proxy from the environment', async () => {
    const server = await startHttp((_, answer) => answer.end('uden omvej'))
    const proxy = await startHttp((_, answer) => answer.end('omvej'))
    const index = new URL('../../src/net/index.ts', import.meta.url).href
    const script = `import { createFetcher, parseNetworks } from ${JSON.stringify(index)}
      const fetcher = createFetcher({ now: () => new Date(), allowed: parseNetworks(['127.0.0.1']) })
      const { bytes } = await fetcher.fetch({ url: 'http://127.0.0.1:${server.port}/' })
      process.stdout.write(Buffer.from(bytes))`
    const env = { ...process.env, NODE_USE_ENV_PROXY: '1', HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: '' }
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { env })
    let printed = ''
    child.stdout.on('data', (chunk) => {
      printed += chunk
    })
    await new Promise((resolve) => child.on('close', resolve))
    expect(printed).toBe('uden omvej')
    expect(proxy.connections).toEqual([])
  })

  it('that is allowed to loopback is not thereby allowed to private networks', async () => {
    expect(LOOPBACK('10.0.0.1')).toBe(false)
    expect(await faultOf(localFetcher(), 'http://10.0.0.1/')).toMatchObject(REFUSED_ADDRESS)
  })
})

import { generateKeyPairSync } from 'node:crypto'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import forge from 'node-forge'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { faultOf, localFetcher, startHttp, startHttps, startRaw, textOf } from './scene.ts'

interface ServerIdentity {
  readonly key: string
  readonly cert: string
}

/** A certificate that signs itself, for one host name; valid until a day of 2099 where nothing is said. */
function makeServerIdentity(host: string, notAfter = '2099-01-01T00:00:00Z'): ServerIdentity {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const forgeKey = forge.pki.privateKeyFromPem(key)
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = forge.pki.setRsaPublicKey(forgeKey.n, forgeKey.e)
  certificate.serialNumber = '01'
  certificate.validity.notBefore = new Date('2020-01-01T00:00:00Z')
  certificate.validity.notAfter = new Date(notAfter)
  const name = [{ name: 'commonName', value: host }]
  certificate.setSubject(name)
  certificate.setIssuer(name)
  certificate.setExtensions([{ name: 'subjectAltName', altNames: [{ type: 2, value: host }] }])
  certificate.sign(forgeKey, forge.md.sha256.create())
  return { key, cert: forge.pki.certificateToPem(certificate) }
}

const trusted = makeServerIdentity('ca.example')
const unknown = makeServerIdentity('ca.example')
const expired = makeServerIdentity('ca.example', '2021-01-01T00:00:00Z')

const shipped = getCACertificates('default')
setDefaultCACertificates([...shipped, trusted.cert, expired.cert])
afterAll(() => setDefaultCACertificates(shipped))

const UNTRUSTED = { code: 'fetch-failed', facts: { reason: 'certificate', host: 'ca.example' } }

describe('https', () => {
  it('is fetched where the certificate is trusted and names the host', async () => {
    const server = await startHttps(trusted, (incoming, answer) => answer.end(incoming.headers.host))
    const answer = await localFetcher().fetch({ url: server.at('ca.example') })
    expect(textOf(answer.bytes)).toBe(`ca.example:${server.port}`)
  })

  it('is not asked for anything where nobody trusts the certificate', async () => {
    const asked: unknown[] = []
    const server = await startHttps(unknown, (incoming, answer) => {
      asked.push(incoming.url)
      answer.end()
    })
    expect(await faultOf(localFetcher(), server.at('ca.example'))).toMatchObject(UNTRUSTED)
    expect(asked).toEqual([])
  })

  it('is not asked for anything where the environment would have any certificate taken', async () => {
    const server = await startHttps(unknown, (_, answer) => answer.end())
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    try {
      expect(await faultOf(localFetcher(), server.at('ca.example'))).toMatchObject(UNTRUSTED)
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
      warned.mockRestore()
    }
  })

  it('is not fetched where the certificate has run out', async () => {
    const server = await startHttps(expired, (_, answer) => answer.end())
    expect(await faultOf(localFetcher(), server.at('ca.example'))).toMatchObject({
      facts: { reason: 'certificate', system: 'CERT_HAS_EXPIRED' },
    })
  })

  it.each(['other.example', '127.0.0.1'])(
    'is not fetched where the certificate names another host than %s',
    async (host) => {
      const server = await startHttps(trusted, (_, answer) => answer.end())
      expect(await faultOf(localFetcher(), server.at(host))).toMatchObject({
        facts: { reason: 'certificate', system: 'ERR_TLS_CERT_ALTNAME_INVALID' },
      })
    },
  )

  it('from what speaks no TLS is no connection', async () => {
    const server = await startRaw((socket) => socket.end('220 mail.example ESMTP\r\n'), 'https')
    expect(await faultOf(localFetcher(), server.at('ca.example'))).toMatchObject({
      code: 'fetch-failed',
      retryable: true,
      facts: { reason: 'connect' },
    })
  })

  it('may be redirected to from http, and leads never to http', async () => {
    const plain = await startHttp((_, answer) => answer.writeHead(302, { location: secure.at('ca.example') }).end())
    const secure = await startHttps(trusted, (incoming, answer) => {
      if (incoming.url?.startsWith('/tilbage')) answer.writeHead(302, { location: plain.at('ca.example') }).end()
      else answer.end('sikkert')
    })
    expect(textOf((await localFetcher().fetch({ url: plain.at('ca.example') })).bytes)).toBe('sikkert')
    const before = plain.connections.length
    const back = `https://ca.example:${secure.port}/tilbage`
    expect(await faultOf(localFetcher(), back)).toMatchObject({ code: 'fetch-refused', facts: { reason: 'redirect' } })
    expect(plain.connections).toHaveLength(before)
  })
})

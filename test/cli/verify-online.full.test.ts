import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encode, encodeOid } from '../../src/verify/der/index.ts'
import { EXTENSION } from '../../src/verify/x509/index.ts'
import { signPdf, writePdf } from '../support/make-signed-pdf.ts'
import { makeCms } from '../verify/make-cms.ts'
import { extension, makeCa, makeCrl, makeLeaf, makeOcsp, NOW, seq, uriName } from '../verify/make-pki.ts'

const bin = join(import.meta.dirname, '../../bin/poststempel.js')
const folder = mkdtempSync(join(tmpdir(), 'poststempel-online-'))
const asked: string[] = []
const answers = new Map<string, Uint8Array>()
const server = createServer((request, response) => {
  asked.push(`${request.method} ${request.url}`)
  const answer = answers.get(request.url ?? '')
  response.writeHead(answer ? 200 : 404).end(answer)
})

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const web = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const access = (method: string, path: string) =>
    seq(encodeOid(`1.3.6.1.5.5.7.48.${method}`), uriName(`${web}${path}`))
  const point = (path: string) =>
    extension(EXTENSION.crlDistributionPoints, seq(seq(encode(0xa0, encode(0xa0, uriName(`${web}${path}`))))))
  const root = makeCa('Root')
  const ca = makeCa('CA', root, [point('/root.crl')])
  const ways = seq(access('1', '/ocsp'), access('2', '/ca.crt'))
  const kai = makeLeaf('Kai', ca, [extension(EXTENSION.authorityInfoAccess, ways)])
  answers.set('/ca.crt', ca.certificate.bytes)
  answers.set('/root.crl', makeCrl({ issuer: root }).bytes)
  const about = { signer: ca, issuer: ca.certificate, certificate: kai.certificate }
  answers.set('/ocsp', makeOcsp({ ...about, status: 'good' }).bytes)
  const sign = (content: Buffer) => makeCms({ signer: kai, content, certificates: [kai.certificate.bytes] })
  writeFileSync(join(folder, 'a.pdf'), signPdf(writePdf(), { sign }))
  writeFileSync(join(folder, 'root.crt'), root.certificate.bytes)
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ validationData: { allowedNetworks: ['127.0.0.0/8'] } }))
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

/** The built command, beside a server that answers meanwhile. */
async function verify(env: NodeJS.ProcessEnv, ...words: readonly string[]) {
  asked.length = 0
  const at = NOW.toISOString()
  const given = ['verify', '--roots', join(folder, 'root.crt'), '--at', at, '--format', 'json', ...words]
  const child = spawn(process.execPath, [bin, ...given, join(folder, 'a.pdf')], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  child.stdout.on('data', (piece) => {
    out += piece
  })
  const [code] = await once(child, 'close')
  const { indication, signatures } = JSON.parse(out)
  return { code, indication, subIndication: signatures[0].subIndication, asked: asked.toSorted() }
}

describe('verify --online', () => {
  it('fetches what the verdict lacks, and without it nothing is fetched', async () => {
    const env = { POSTSTEMPEL_CONFIG: join(folder, 'config.json') }
    expect(await verify(env)).toMatchObject({ code: 1, subIndication: 'NO_CERTIFICATE_CHAIN_FOUND', asked: [] })
    expect(await verify(env, '--online')).toEqual({
      code: 0,
      indication: 'TOTAL-PASSED',
      subIndication: null,
      asked: ['GET /ca.crt', 'GET /root.crl', 'POST /ocsp'],
    })
  })

  it('asks nobody on this machine unless the configuration names its network', async () => {
    expect(await verify({}, '--online')).toMatchObject({
      code: 1,
      subIndication: 'NO_CERTIFICATE_CHAIN_FOUND',
      asked: [],
    })
  })
})

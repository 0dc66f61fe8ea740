import { execFileSync } from 'node:child_process'
import { constants, type KeyObject, privateEncrypt } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A signing service as the Cloud Signature Consortium's API describes it, over real HTTP, as strict as one that is paid for. */
export interface SigningService {
  readonly url: string
  /** What was asked, in order; never with what is secret. */
  readonly asked: readonly string[]
  /** What the next answer is to be instead of a good one. */
  fail(how: Failure | null): void
  close(): Promise<void>
}

export type Failure =
  | 'away'
  | 'slow'
  | 'slow-body'
  | 'expired-token'
  | 'expired-sad'
  | 'expired-sad-once'
  | 'other-key'
  | 'no-json'

export interface SigningServiceFacts {
  readonly version: 'v1' | 'v2'
  readonly credentialId: string
  readonly pin: string
  readonly client: { readonly id: string; readonly secret: string }
  readonly privateKey: KeyObject
  readonly otherKey: KeyObject
  /** DER, own certificate first. */
  readonly chain: readonly Uint8Array[]
  readonly algorithms: readonly string[]
  /** ECDSA as two numbers of one length instead of DER. */
  readonly plainEcdsa?: boolean
}

const digestNames: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}
// RFC 8017 §9.2, note 1.
const digestInfo = Buffer.from('3031300d060960864801650304020105000420', 'hex')

export async function startSigningService(facts: SigningServiceFacts): Promise<SigningService> {
  const asked: string[] = []
  let failure: Failure | null = null
  let token = 0
  let sad: { readonly value: string; readonly digest: string } | null = null

  const answer = (what: string, body: Record<string, unknown>, request: IncomingMessage): [number, unknown] => {
    if (what === 'oauth2/token') {
      const expected = Buffer.from(`${facts.client.id}:${facts.client.secret}`).toString('base64')
      if (request.headers.authorization !== `Basic ${expected}`) return [401, { error: 'invalid_client' }]
      token += 1
      return [200, { access_token: `token-${token}`, token_type: 'Bearer', expires_in: 3600 }]
    }
    if (failure === 'expired-token') {
      failure = null
      return [401, { error: 'invalid_token' }]
    }
    if (request.headers.authorization !== `Bearer token-${token}`) return [401, { error: 'invalid_token' }]
    if (body['credentialID'] !== facts.credentialId) return [400, { error: 'invalid_request' }]
    if (what === 'credentials/info') {
      const certificates = facts.chain.map((der) => Buffer.from(der).toString('base64'))
      return [200, { key: { status: 'enabled', algo: facts.algorithms }, cert: { status: 'valid', certificates } }]
    }
    const digest = String([body['hash'] ?? body['hashes']].flat()[0])
    if (what === 'credentials/authorize') {
      const pin = facts.version === 'v1' ? body['PIN'] : Object(Object(body['authData'])[0]).value
      if (pin !== facts.pin) return [400, { error: 'invalid_pin' }]
      sad = { value: `sad-${asked.length}`, digest }
      return [200, { SAD: sad.value, expiresIn: 60 }]
    }
    if (what !== 'signatures/signHash') return [404, { error: 'invalid_request' }]
    if (failure === 'expired-sad') return [400, { error: 'expired_sad' }]
    if (failure === 'expired-sad-once') {
      failure = null
      return [400, { error: 'expired_sad' }]
    }
    if (!sad || body['SAD'] !== sad.value || digest !== sad.digest) return [400, { error: 'invalid_request' }]
    sad = null
    if (!facts.algorithms.includes(String(body['signAlgo']))) return [400, { error: 'invalid_request' }]
    const hash = digestNames[String(body['hashAlgo'] ?? body['hashAlgorithmOID'])]
    if (hash === undefined) return [400, { error: 'invalid_request' }]
    return [200, { signatures: [signDigest(Buffer.from(digest, 'base64')).toString('base64')] }]
  }
  const signDigest = (digest: Buffer): Buffer => {
    const key = failure === 'other-key' ? facts.otherKey : facts.privateKey
    return key.asymmetricKeyType === 'ec' ? signEc(key, digest, facts.plainEcdsa === true) : signRsa(key, digest)
  }

  const server = createServer(async (request, response) => {
    const what = (request.url ?? '').slice(1)
    asked.push(what)
    if (failure === 'away') return void response.destroy()
    if (failure === 'slow') return
    if (failure === 'slow-body') return void response.writeHead(200, { 'content-length': 100 }).write('{')
    if (failure === 'no-json') return reply(response, 200, '<html>')
    const text = await bodyOf(request)
    const isJson = request.headers['content-type'] === 'application/json'
    const [status, value] = answer(what, isJson ? JSON.parse(text) : {}, request)
    reply(response, status, JSON.stringify(value))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the service listens nowhere')
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    fail: (how) => {
      failure = how
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function reply(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body)
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}

/** A digest that was made elsewhere, padded and signed as PKCS #1 v1.5 has it. */
const signRsa = (key: KeyObject, digest: Buffer): Buffer =>
  privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, Buffer.concat([digestInfo, digest]))

/** The same by ECDSA: Node signs no digests by it, openssl does. */
function signEc(key: KeyObject, digest: Buffer, plain: boolean): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'poststempel-csc-'))
  try {
    const file = join(folder, 'key.pem')
    writeFileSync(file, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
    const der = execFileSync('openssl', ['pkeyutl', '-sign', '-inkey', file], { input: digest })
    return plain ? twoNumbers(der) : der
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function twoNumbers(der: Buffer): Buffer {
  const first = der.readUInt8(3)
  const r = der.subarray(4, 4 + first)
  const s = der.subarray(6 + first)
  const padded = (number: Buffer) => Buffer.concat([Buffer.alloc(32), number]).subarray(-32)
  return Buffer.concat([padded(r), padded(s)])
}

import { createPrivateKey } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { asGatewayError } from '../../src/model/errors.ts'
import { createFetcher, parseNetworks } from '../../src/net/index.ts'
import { createSealer, isSignature, makeKeyPair, publicKeyOf } from '../../src/seal/index.ts'
import { type CscSettings, openCscKey } from '../../src/seal/own-seal/csc-key.ts'
import { verifyDocument } from '../../src/verify/index.ts'
import { type SigningService, type SigningServiceFacts, startSigningService } from '../support/signing-service.ts'
import { citizen, NOW, plainPdf, testCa } from './identities.ts'

const RSA = ['1.2.840.113549.1.1.1', '1.2.840.113549.1.1.11']
const started: SigningService[] = []
afterAll(async () => {
  for (const one of started) await one.close()
})

async function serviceOf(kind: 'rsa-2048' | 'ec-p256', more: Partial<SigningServiceFacts> = {}) {
  const { privateKey, certificateChain } = await citizen(kind)
  const other = await makeKeyPair(kind)
  const service = await startSigningService({
    version: 'v1',
    credentialId: 'segl-1',
    pin: '4711',
    client: { id: 'kommune', secret: 'hemmelig' },
    privateKey,
    otherKey: other.privateKey ?? createPrivateKey(''),
    chain: certificateChain,
    algorithms: kind === 'rsa-2048' ? RSA : ['1.2.840.10045.4.3.2'],
    ...more,
  })
  started.push(service)
  return { service, settings: settingsOf(service, more.version ?? 'v1') }
}

const settingsOf = ({ url }: SigningService, version: 'v1' | 'v2'): CscSettings => ({
  kind: 'csc',
  url,
  version,
  tokenUrl: `${url}/oauth2/token`,
  clientId: 'kommune',
  clientSecret: 'hemmelig',
  credentialId: 'segl-1',
  pin: '4711',
  allowedNetworks: ['127.0.0.0/8'],
})

const now = () => NOW
const fetcher = createFetcher({ allowed: parseNetworks(['127.0.0.0/8']), now })
const open = (settings: CscSettings) => openCscKey(settings, { fetcher, now })
const faultOf = async (work: Promise<unknown>) =>
  asGatewayError(
    await work.then(
      () => new Error('nothing was thrown'),
      (thrown: unknown) => thrown,
    ),
  )

describe('a seal at a remote signing service', () => {
  let service: SigningService
  let settings: CscSettings
  beforeAll(async () => {
    ;({ service, settings } = await serviceOf('rsa-2048'))
  })
  afterEach(() => service.fail(null))

  it('seals a PDF that verifies, and only hashes leave the house', async () => {
    const key = await open(settings)
    expect(key.certificateChain).toHaveLength(2)
    const sealed = await createSealer({ key }).sealPdf(await plainPdf(), {
      reason: 'Godkendt',
      location: 'Søby',
      signingTime: NOW,
    })
    const report = await verifyDocument(sealed, {
      trustAnchors: [(await testCa()).certificate],
      validationTime: NOW,
      checkRevocation: 'off',
    })
    expect(report.indication).toBe('TOTAL-PASSED')
    expect(service.asked).toEqual(['oauth2/token', 'credentials/info', 'credentials/authorize', 'signatures/signHash'])
  })

  it.each([
    ['rsa-2048', 'v2', {}],
    ['ec-p256', 'v1', {}],
    ['ec-p256', 'v2', { plainEcdsa: true }],
  ] as const)('signs with %s by version %s of the API (%o)', async (kind, version, more) => {
    const other = await serviceOf(kind, { version, ...more })
    const key = await open(other.settings)
    const bytes = Buffer.from('det, der skal forsegles')
    const signature = await key.sign(bytes)
    expect(isSignature(signature, bytes, publicKeyOf(key.certificateChain), key.hash)).toBe(true)
  })

  it('signs in anew where its token was taken back', async () => {
    const key = await open(settings)
    service.fail('expired-token')
    await expect(key.sign(Buffer.from('x'))).resolves.toBeInstanceOf(Uint8Array)
  })

  it('asks for leave once more where it ran out on the way', async () => {
    const key = await open(settings)
    const before = service.asked.length
    service.fail('expired-sad-once')
    await expect(key.sign(Buffer.from('x'))).resolves.toBeInstanceOf(Uint8Array)
    expect(service.asked.slice(before).filter((what) => what === 'credentials/authorize')).toHaveLength(2)
  })

  it('says of refused leave that a PIN was refused, so that it is not tried again', async () => {
    const key = await open({ ...settings, pin: '0000' })
    expect((await faultOf(key.sign(Buffer.from('x')))).facts['reason']).toBe('PIN')
  })

  it('notices a signature by another key before anything is sealed with it', async () => {
    const key = await open(settings)
    service.fail('other-key')
    expect((await faultOf(key.sign(Buffer.from('x')))).code).toBe('key-unusable')
  })

  it.each([
    ['away', 'seal-unavailable', true],
    ['no-json', 'seal-unavailable', true],
    ['expired-sad', 'key-unusable', false],
  ] as const)('says what is wrong where the service is %s', async (how, code, retryable) => {
    const key = await open(settings)
    service.fail(how)
    expect(await faultOf(key.sign(Buffer.from('x')))).toMatchObject({ code, retryable })
  })

  it.each([
    ['slow', { what: 'credentials/authorize' }],
    ['slow-body', { what: 'credentials/authorize' }],
  ] as const)(
    'waits no longer than it may for a service that is %s, and the work can be tried again',
    async (how, facts) => {
      const key = await openCscKey(settings, { fetcher, now, timeoutMs: 300 })
      service.fail(how)
      const start = performance.now()
      const fault = await faultOf(key.sign(Buffer.from('x')))
      expect(performance.now() - start).toBeLessThan(3000)
      expect(fault).toMatchObject({ code: 'seal-unavailable', retryable: true, facts })
      service.fail(null)
      expect(await key.sign(Buffer.from('x'))).toBeInstanceOf(Uint8Array)
    },
  )

  it.each([
    ['PIN', { pin: '0000' }, 'credentials/authorize'],
    ['credential', { credentialId: 'segl-2' }, 'credentials/info'],
    ['secret', { clientSecret: 'forkert' }, 'credentials/info'],
  ])('says that the %s is refused, and repeats no secret', async (_what, wrong, at) => {
    const fault = await faultOf(open({ ...settings, ...wrong }).then((key) => key.sign(Buffer.from('x'))))
    expect(fault).toMatchObject({ code: 'key-unusable', facts: { what: at } })
    const said = JSON.stringify([fault.message, fault.facts, fault.cause instanceof Error && fault.cause.message])
    expect(said).not.toMatch(/0000|forkert|hemmelig|4711|token-/)
  })

  it('asks for no signature by an algorithm that the key does not do', async () => {
    const other = await serviceOf('rsa-2048', { algorithms: ['1.2.840.113549.1.1.10'] })
    const key = await open(other.settings)
    expect((await faultOf(key.sign(Buffer.from('x')))).code).toBe('key-unusable')
    expect(other.service.asked).not.toContain('signatures/signHash')
  })
})

import { describe, expect, it, vi } from 'vitest'
import { openCase } from '../../src/casework/index.ts'
import { GatewayError } from '../../src/model/errors.ts'
import type { WebFetcher } from '../../src/model/ports.ts'
import { addAnchor, type JudgeParts, rejudgeCase, verifySubmission } from '../../src/trust/index.ts'
import { task as verifyTask } from '../../src/trust/verify-task.ts'
import { encode, encodeOid } from '../../src/verify/der/index.ts'
import { EXTENSION } from '../../src/verify/x509/index.ts'
import { type GivenPart, given, pdf, type Scene, scene, settings, silentLog } from '../casework/scene.ts'
import { signPdf, writePdf } from '../support/make-signed-pdf.ts'
import { makeCms } from '../verify/make-cms.ts'
import {
  extendedKeyUsage,
  extension,
  type Identity,
  makeCa,
  makeCrl,
  makeLeaf,
  makeOcsp,
  NOW,
  octets,
  seq,
  uriName,
} from '../verify/make-pki.ts'

const access = (method: string, url: string): Uint8Array => seq(encodeOid(`1.3.6.1.5.5.7.48.${method}`), uriName(url))
const pointing = (...ways: readonly Uint8Array[]): Uint8Array => extension(EXTENSION.authorityInfoAccess, seq(...ways))
const point = (url: string): Uint8Array =>
  extension(EXTENSION.crlDistributionPoints, seq(seq(encode(0xa0, encode(0xa0, uriName(url))))))

const root = makeCa('Root')
const ca = makeCa('CA', root, [point('http://root.by.dk/root.crl')])
const kai = makeLeaf('Kai', ca, [
  pointing(access('1', 'http://ocsp.by.dk/'), access('2', 'http://by.dk/ca.crt')),
  point('http://by.dk/ca.crl'),
])
const stranger = makeCa('Stranger')
const rootCrl = makeCrl({ issuer: root }).bytes
const caCrl = makeCrl({ issuer: ca }).bytes
const good = makeOcsp({ signer: ca, issuer: ca.certificate, certificate: kai.certificate, status: 'good' })
const revoked = makeOcsp({ signer: ca, issuer: ca.certificate, certificate: kai.certificate, status: 'revoked' })

/** The web as these certificates describe it; what is not there gives no answer. */
const WEB: Readonly<Record<string, Uint8Array>> = {
  'http://by.dk/ca.crt': ca.certificate.bytes,
  'http://root.by.dk/root.crl': rootCrl,
  'http://ocsp.by.dk/': good.bytes,
  'http://by.dk/ca.crl': caCrl,
}

const signed = (signer: Identity): GivenPart => {
  const sign = (content: Buffer): Uint8Array => makeCms({ signer, content, certificates: [signer.certificate.bytes] })
  return { ...pdf('attest.pdf'), bytes: Buffer.from(signPdf(writePdf(), { sign })) }
}

interface Judging {
  readonly world: Scene
  readonly asked: string[]
  readonly parts: JudgeParts
  /** The web from now on. */
  serve(web: Readonly<Record<string, Uint8Array>>): void
  readonly verdict: () => Promise<string>
}

async function judging(web: Readonly<Record<string, Uint8Array>>, fetching = true): Promise<Judging> {
  const world = scene()
  const asked: string[] = []
  let served = web
  const fetcher: WebFetcher = {
    fetch: async ({ url, method = 'GET' }) => {
      asked.push(`${method} ${url}`)
      const bytes = served[url]
      if (!bytes) throw new GatewayError('fetch-failed', 'no answer', { retryable: true })
      return { bytes, freshUntil: null }
    },
  }
  await given(world, [signed(kai)], { state: 'normalised' })
  await world.store.commit((write) =>
    addAnchor(write, {
      der: root.certificate.bytes,
      purposes: ['document'],
      source: 'file',
      note: 'test',
      actor: 'ida',
      at: NOW.toISOString(),
    }),
  )
  const parts: JudgeParts = {
    ...world.parts,
    log: silentLog,
    clock: () => NOW,
    settings: { ...settings, checkRevocation: 'if-offered' },
    fetcher: fetching ? fetcher : null,
    sandbox: { verify: verifyTask },
  }
  const verdict = async (): Promise<string> => {
    const rows = [...world.store.tables().verifications.values()]
    return [rows.at(-1)?.indication, rows.at(-1)?.subIndication].filter(Boolean).join(' ')
  }
  const serve = (next: Readonly<Record<string, Uint8Array>>): void => {
    served = next
  }
  return { world, asked, parts, serve, verdict }
}

const verify = async ({ world, parts }: Judging): Promise<void> => verifySubmission(await world.lease('verify'), parts)

describe('the evidence that certificates point to', () => {
  it('is fetched until the verdict lacks nothing, a responder before a list, and kept with the verdict', async () => {
    const one = await judging(WEB)
    await verify(one)
    expect(await one.verdict()).toBe('TOTAL-PASSED')
    expect(one.asked.toSorted()).toEqual([
      'GET http://by.dk/ca.crt',
      'GET http://root.by.dk/root.crl',
      'POST http://ocsp.by.dk/',
    ])
    const { verifications, validationData } = one.world.store.tables()
    const [row] = [...verifications.values()]
    expect(row?.validationData.toSorted()).toEqual([...validationData.keys()].sort())
    for (const { sha256, url } of validationData.values()) {
      expect(Buffer.from(await one.world.store.blobs.get(sha256))).toEqual(Buffer.from(WEB[url] ?? []))
    }
  })

  it('is asked of a list where the responder is silent', async () => {
    const { 'http://ocsp.by.dk/': _, ...rest } = WEB
    const one = await judging(rest)
    await verify(one)
    expect(await one.verdict()).toBe('TOTAL-PASSED')
    expect(one.asked).toContain('GET http://by.dk/ca.crl')
  })

  it('is not fetched for a path that leads to no anchor, but for its issuers', async () => {
    const one = await judging({ 'http://by.dk/ca.crt': stranger.certificate.bytes })
    await verify(one)
    expect(await one.verdict()).toBe('INDETERMINATE NO_CERTIFICATE_CHAIN_FOUND')
    expect(one.asked).toEqual(['GET http://by.dk/ca.crt'])
  })

  it('is not fetched where that is switched off', async () => {
    const one = await judging(WEB, false)
    await verify(one)
    expect(await one.verdict()).toBe('INDETERMINATE NO_CERTIFICATE_CHAIN_FOUND')
    expect([one.asked, await one.world.leaseAll('rejudge')]).toEqual([[], []])
  })

  it.each([
    [
      'signed by a stranger',
      makeOcsp({
        signer: stranger,
        issuer: ca.certificate,
        certificate: kai.certificate,
        status: 'good',
        certificates: [stranger.certificate],
      }),
    ],
    [
      'of a responder that may sign no answers',
      (() => {
        const responder = makeLeaf('Responder', ca, [extendedKeyUsage(['1.3.6.1.5.5.7.3.4'])])
        return makeOcsp({
          signer: responder,
          issuer: ca.certificate,
          certificate: kai.certificate,
          status: 'good',
          certificates: [responder.certificate],
        })
      })(),
    ],
  ])('does not count where it is an answer %s: a list that says otherwise does', async (_what, forged) => {
    const revoking = makeCrl({ issuer: ca, revoked: [{ certificate: kai.certificate }] }).bytes
    const one = await judging({ ...WEB, 'http://ocsp.by.dk/': forged.bytes, 'http://by.dk/ca.crl': revoking })
    await verify(one)
    // The forged answer is no silence for who asks: what was sent is judged, found to be worth nothing, and asked of the list.
    expect(await one.verdict()).toBe('INDETERMINATE REVOKED_NO_POE')
  })

  describe('with a nonce', () => {
    const carrying = (nonce: Uint8Array) =>
      makeOcsp({
        signer: ca,
        issuer: ca.certificate,
        certificate: kai.certificate,
        status: 'good',
        extensions: [extension('1.3.6.1.5.5.7.48.1.2', octets(nonce))],
      }).bytes
    /** What a responder sees of the nonce: the last octets of the request. */
    const sent = (body: Uint8Array | undefined): Uint8Array => (body ?? new Uint8Array()).slice(-16)
    const answering = async (ocsp: (body: Uint8Array | undefined) => Uint8Array) => {
      const { 'http://by.dk/ca.crl': _, ...rest } = WEB
      const one = await judging(rest)
      const asked: (Uint8Array | undefined)[] = []
      const fetcher: WebFetcher = {
        fetch: async ({ url, body }) => {
          const bytes = url === 'http://ocsp.by.dk/' ? ocsp(body) : rest[url]
          if (url === 'http://ocsp.by.dk/') asked.push(body)
          if (!bytes) throw new GatewayError('fetch-failed', 'no answer', { retryable: true })
          return { bytes, freshUntil: null }
        },
      }
      await verifySubmission(await one.world.lease('verify'), { ...one.parts, fetcher })
      return { verdict: await one.verdict(), asked }
    }

    it('that is ours counts, and so does an answer with none', async () => {
      expect((await answering((body) => carrying(sent(body)))).verdict).toBe('TOTAL-PASSED')
      expect((await answering(() => good.bytes)).verdict).toBe('TOTAL-PASSED')
    })

    it('that is another does not count', async () => {
      const { verdict } = await answering(() => carrying(new Uint8Array(16)))
      expect(verdict).toBe('INDETERMINATE TRY_LATER')
    })

    it('is left out for a responder that answers an error to it', async () => {
      const refusing = Uint8Array.of(0x30, 3, 0x0a, 1, 1)
      const { verdict, asked } = await answering((body) => (body && body.length > 100 ? refusing : good.bytes))
      expect(verdict).toBe('TOTAL-PASSED')
      expect(asked.map((body) => (body?.length ?? 0) > 100)).toEqual([true, false])
    })
  })

  it('does not count where it is a list of another issuer', async () => {
    const foreign = makeCrl({ issuer: stranger }).bytes
    const one = await judging({
      'http://by.dk/ca.crt': ca.certificate.bytes,
      'http://root.by.dk/root.crl': rootCrl,
      'http://by.dk/ca.crl': foreign,
    })
    await verify(one)
    expect(await one.verdict()).toBe('INDETERMINATE TRY_LATER')
  })

  it('that says revoked makes the verdict say so', async () => {
    const one = await judging({ ...WEB, 'http://ocsp.by.dk/': revoked.bytes })
    await verify(one)
    expect(await one.verdict()).toBe('INDETERMINATE REVOKED_NO_POE')
  })
})

describe('evidence that cannot be had', () => {
  it('leaves the verdict open, and is tried again later', async () => {
    const one = await judging({ 'http://by.dk/ca.crt': ca.certificate.bytes })
    await verify(one)
    expect(await one.verdict()).toBe('INDETERMINATE TRY_LATER')
    const [job] = [...one.world.store.tables().jobs.values()].filter(({ kind }) => kind === 'rejudge')
    expect(job?.runAt).toBe(new Date(NOW.getTime() + 5 * 60_000).toISOString())
    expect(job?.payload['tries']).toBe('1')
  })

  it('is not taken for evidence where it is a page, and is asked for again soon', async () => {
    const page = Buffer.from('<html>please sign in</html>')
    const one = await judging({ 'http://by.dk/ca.crt': page, 'http://root.by.dk/root.crl': page })
    await verify(one)
    expect(await one.verdict()).toBe('INDETERMINATE NO_CERTIFICATE_CHAIN_FOUND')
    expect(one.world.store.tables().validationData.size).toBe(0)
    expect([...one.world.store.tables().jobs.values()].map(({ kind }) => kind)).toContain('rejudge')
  })

  it('is not waited for longer than a person waits', async () => {
    const one = await judging(WEB)
    const never: WebFetcher = { fetch: () => new Promise(() => undefined) }
    vi.useFakeTimers()
    try {
      const judged = verifySubmission(await one.world.lease('verify'), { ...one.parts, fetcher: never })
      await vi.advanceTimersByTimeAsync(10_000)
      await judged
    } finally {
      vi.useRealTimers()
    }
    expect(await one.verdict()).toBe('INDETERMINATE NO_CERTIFICATE_CHAIN_FOUND')
  }, 30_000)

  it('is not tried again where it never will be: an address that nobody goes to', async () => {
    const one = await judging({})
    const refusing: WebFetcher = {
      fetch: async () => {
        throw new GatewayError('fetch-refused', 'its address is not public')
      },
    }
    await verifySubmission(await one.world.lease('verify'), { ...one.parts, fetcher: refusing })
    expect([...one.world.store.tables().jobs.values()].map(({ kind }) => kind)).not.toContain('rejudge')
  })

  it('is used once it is there, and the case says so', async () => {
    const one = await judging({})
    const { world, parts } = one
    await verify(one)
    await openCase(await world.lease('open-case'), world.parts)
    one.serve(WEB)
    const [job] = [...world.store.tables().jobs.values()].filter(({ kind }) => kind === 'rejudge')
    if (!job) throw new Error('there is no job')
    await world.store.commit(async (write) => {
      await write.addJob('rejudge', 'now', job.payload)
    })
    await rejudgeCase(await world.lease('rejudge'), parts)
    expect(await one.verdict()).toBe('TOTAL-PASSED')
    const [opened] = await world.store.listCases()
    expect(opened?.indication).toBe('TOTAL-PASSED')
    expect((await world.store.history(opened?.id ?? '')).map(({ event }) => event)).toContain('verdict-changed')
  })
})

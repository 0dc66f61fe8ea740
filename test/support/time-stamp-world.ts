import { issueCa, issueSigner } from '../../scripts/fixtures/certificates.ts'
import { makeCrl } from '../../scripts/fixtures/revocation-data.ts'
import { digestIdentifier, ecdsa } from '../../scripts/fixtures/signature-methods.ts'
import { makeSignedData } from '../../scripts/fixtures/signed-data.ts'
import { makeAuthority } from '../../scripts/fixtures/time-stamp-authority.ts'
import { GatewayError } from '../../src/model/errors.ts'
import type { WebFetcher } from '../../src/model/ports.ts'
import {
  explicit,
  implicitPrimitive,
  integer,
  integerFromOctets,
  namedBits,
  objectIdentifier,
  octetString,
  sequence,
  utf8String,
} from '../../src/seal/der-writer.ts'
import type { SigningIdentity } from '../../src/seal/index.ts'
import {
  type Element,
  readBoolean,
  readChildren,
  readElement,
  readIntegerBytes,
  readOctetString,
  readOid,
  TAG,
} from '../../src/verify/der/index.ts'
import { extension, generalizedTime, type Identity } from '../verify/make-pki.ts'

export const TSA_URL = 'http://tsa.example/'
const CRL_URL = 'http://crl.example/'
const POLICY = '1.3.6.1.4.1.32473.1.1'
const DISTRIBUTION_POINTS = '2.5.29.31'
const TST_INFO = '1.2.840.113549.1.9.16.1.4'

const distributionPoint = (name: string): Uint8Array =>
  extension(
    DISTRIBUTION_POINTS,
    sequence(sequence(explicit(0, explicit(0, implicitPrimitive(6, Buffer.from(`${CRL_URL}${name}.crl`)))))),
  )

/** What a request asks, as an authority reads it. */
export interface AskedOfAuthority {
  readonly hash: string
  readonly digest: Uint8Array
  readonly policy: string | null
  readonly nonce: Uint8Array | null
  readonly wantsCertificate: boolean
}

/** How the authority answers: rightly, or as a test wants it. */
export interface Answering {
  readonly authority: Identity
  /** Gives other bytes than the right response. */
  readonly spoil?: (token: Uint8Array) => Uint8Array
  /** Is asked instead of what came. */
  readonly reads?: (asked: AskedOfAuthority) => AskedOfAuthority
  /** Differs from the clock by this. */
  readonly offMs?: number
  /** No token: PKIStatus rejection with this bit of PKIFailureInfo. */
  readonly failure?: number
  readonly policy?: string
  readonly away?: boolean
}

/** An authority that tests drive, with the CAs around it and the lists that these publish, by a clock of the test's own. */
export interface TimeStampWorld {
  readonly root: Identity
  /** Holds from 2026 to 2029. */
  readonly firstAuthority: Identity
  /** Holds from 2028 to 2045. */
  readonly secondAuthority: Identity
  /** From another CA, which nobody enabled. */
  readonly strangeAuthority: Identity
  /** A municipality's seal from 2026 to the middle of 2028, and a citizen's certificate for the same time. */
  readonly seal: SigningIdentity
  readonly citizen: SigningIdentity
  now: Date
  readonly clock: () => Date
  answering: Answering
  /** What the authority was asked. */
  readonly asked: AskedOfAuthority[]
  readonly fetcher: WebFetcher
}

export function timeStampWorld(
  start = '2026-11-24T10:00:00Z',
  /** RSA takes its time, and is what a PKCS #12 file of ours can hold. */
  key: 'p256' | 'rsa-2048' = 'p256',
): TimeStampWorld {
  const root = issueCa('Prøve-rod', undefined, [], { from: '2020-01-01', until: '2060-01-01' })
  const stranger = issueCa('Fremmed rod', undefined, [], { from: '2020-01-01', until: '2060-01-01' })
  const published = [distributionPoint('root')]
  const between = (from: string, until: string) => ({ from, until, extensions: published })
  const firstAuthority = makeAuthority('Prøve-tidsstempel 2026', root, between('2026-01-01', '2029-01-01'))
  const signer = (name: string): SigningIdentity => {
    const identity = issueSigner(name, root, { key, ...between('2026-01-01', '2028-07-01') })
    return {
      privateKey: identity.privateKey,
      certificateChain: [identity.certificate.bytes, root.certificate.bytes],
    }
  }
  const asked: AskedOfAuthority[] = []
  const world: TimeStampWorld = {
    root,
    firstAuthority,
    secondAuthority: makeAuthority('Prøve-tidsstempel 2028', root, between('2028-01-01', '2045-01-01')),
    strangeAuthority: makeAuthority('Fremmed tidsstempel', stranger, { from: '2026-01-01', until: '2045-01-01' }),
    seal: signer('Prøve Kommune - segl'),
    citizen: signer('Kai Jensen'),
    now: new Date(start),
    clock: () => world.now,
    answering: { authority: firstAuthority },
    asked,
    fetcher: {
      fetch: async ({ url, body }) => {
        if (url === TSA_URL) return { bytes: answer(world, readRequest(body ?? new Uint8Array())), freshUntil: null }
        if (url === `${CRL_URL}root.crl`) return { bytes: crlOf(root, world.now), freshUntil: null }
        throw new GatewayError('fetch-failed', 'Nothing came', { retryable: true })
      },
    },
  }
  return world
}

const DAY_MS = 86_400_000

/** As it is published that day: made an hour ago, and good for a month. */
const crlOf = (ca: Identity, now: Date): Uint8Array =>
  makeCrl({ privateKey: ca.privateKey, certificateChain: [ca.certificate.bytes] }, [], {
    thisUpdate: new Date(now.getTime() - 3_600_000),
    nextUpdate: new Date(now.getTime() + 30 * DAY_MS),
  })

const HASHES: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}

/** Reads a TimeStampReq as strictly as an authority would (RFC 3161 §2.4.1). */
export function readRequest(bytes: Uint8Array): AskedOfAuthority {
  const [version, imprint, ...more] = readChildren(readElement(bytes))
  if (version?.tag !== TAG.integer || !imprint) throw new Error('no TimeStampReq')
  const [algorithm, digest] = readChildren(imprint)
  const [oid] = algorithm ? readChildren(algorithm) : []
  if (!oid || !digest) throw new Error('no MessageImprint')
  const find = (tag: number): Element | undefined => more.find((one) => one.tag === tag)
  const [policy, nonce, certReq] = [find(TAG.oid), find(TAG.integer), find(TAG.boolean)]
  return {
    hash: HASHES[readOid(oid)] ?? 'unknown',
    digest: readOctetString(digest),
    policy: policy ? readOid(policy) : null,
    nonce: nonce ? readIntegerBytes(nonce) : null,
    wantsCertificate: certReq !== undefined && readBoolean(certReq),
  }
}

let serial = 0

function answer(world: TimeStampWorld, request: AskedOfAuthority): Uint8Array {
  const { authority, spoil, reads, offMs = 0, failure, policy, away } = world.answering
  if (away) throw new GatewayError('fetch-failed', 'Nothing came from tsa.example', { retryable: true })
  world.asked.push(request)
  if (failure !== undefined) {
    return sequence(sequence(integer(2), sequence(utf8String('nej tak')), namedBits(failure)))
  }
  const { hash, digest, nonce, wantsCertificate } = reads?.(request) ?? request
  serial += 1
  const info = sequence(
    integer(1),
    objectIdentifier(policy ?? request.policy ?? POLICY),
    sequence(digestIdentifier(hash), octetString(digest)),
    integer(serial),
    generalizedTime(new Date(world.now.getTime() + offMs)),
    sequence(integer(1)),
    ...(nonce ? [integerFromOctets(nonce)] : []),
  )
  const signer = { identity: authority, method: ecdsa('sha256'), ...(wantsCertificate ? {} : { carried: [] }) }
  const token = makeSignedData({ content: info, enveloped: true, eContentType: TST_INFO, signers: [signer] })
  return sequence(sequence(integer(0)), spoil ? spoil(token) : token)
}

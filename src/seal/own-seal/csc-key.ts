import { createHash } from 'node:crypto'
import { asGatewayError, GatewayError } from '../../model/errors.ts'
import type { WebFetcher } from '../../model/ports.ts'
import type { SealSettings } from '../../model/seal.ts'
import type { HashName, SignatureScheme } from '../algorithms.ts'
import { integerFromOctets, sequence } from '../der-writer.ts'
import type { SigningKey } from '../signing-key.ts'
import { keyElsewhere, orderedChain } from './key-parts.ts'

export type CscSettings = Extract<SealSettings, { readonly kind: 'csc' }>

export interface CscParts {
  readonly fetcher: WebFetcher
  readonly now: () => Date
  /** How long one answer may take; 15 seconds where nothing is said. */
  readonly timeoutMs?: number
}

type Answer = Readonly<Record<string, unknown>>

const TIMEOUT_MS = 15_000
const MAX_BYTES = 256 * 1024
/** A token is asked for anew so long before it ends. */
const SPARE_MS = 30_000
const DEFAULT_TOKEN_SECONDS = 300

const HASH_OID: Readonly<Record<HashName, string>> = {
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
}
/** The names by which a service may list what its key does; the first that it lists is asked for (§11.9, signAlgo). */
const SIGN_OIDS: Readonly<Record<'rsa-pkcs1' | 'ecdsa', Readonly<Record<HashName, readonly string[]>>>> = {
  'rsa-pkcs1': {
    sha256: ['1.2.840.113549.1.1.11', '1.2.840.113549.1.1.1'],
    sha384: ['1.2.840.113549.1.1.12', '1.2.840.113549.1.1.1'],
    sha512: ['1.2.840.113549.1.1.13', '1.2.840.113549.1.1.1'],
  },
  ecdsa: {
    sha256: ['1.2.840.10045.4.3.2', '1.2.840.10045.2.1'],
    sha384: ['1.2.840.10045.4.3.3', '1.2.840.10045.2.1'],
    sha512: ['1.2.840.10045.4.3.4', '1.2.840.10045.2.1'],
  },
}

/**
 * Opens a key at a remote signing service (Cloud Signature Consortium API 1.0.4 or 2): signs in as a client (OAuth 2.0
 * client credentials), reads the credential's certificates, and for each seal asks for leave (credentials/authorize) and the
 * signature (signatures/signHash). Only hashes leave the house.
 * @throws GatewayError key-unusable (refused, no such credential), seal-unavailable (no answer)
 */
export async function openCscKey(settings: CscSettings, parts: CscParts): Promise<SigningKey> {
  const service = createService(settings, parts)
  const info = await service.ask('credentials/info', {
    credentialID: settings.credentialId,
    certificates: 'chain',
    certInfo: false,
    authInfo: false,
  })
  const chain = certificatesOf(info)
  const algorithms = textsOf(objectOf(info['key'])['algo'])
  if (objectOf(info['key'])['status'] === 'disabled') {
    throw new GatewayError('key-unusable', 'The signing service says that the key of the seal is disabled.')
  }
  return keyElsewhere('csc', chain, (bytes, scheme, hash) =>
    signHash({ bytes, scheme, hash, algorithms }, settings, service),
  )
}

interface Wanted {
  readonly bytes: Uint8Array
  readonly scheme: SignatureScheme
  readonly hash: HashName
  /** What the credential's key does, as the service names it. */
  readonly algorithms: readonly string[]
}

async function signHash(wanted: Wanted, settings: CscSettings, service: Service): Promise<Uint8Array> {
  const { bytes, scheme, hash } = wanted
  const digest = createHash(hash).update(bytes).digest('base64')
  const isFirst = settings.version === 'v1'
  const hashes = isFirst ? { hash: [digest] } : { hashes: [digest], hashAlgorithmOID: HASH_OID[hash] }
  const credentialID = settings.credentialId
  const signOnce = async (): Promise<Answer> => {
    const leave = await service.ask('credentials/authorize', {
      credentialID,
      numSignatures: 1,
      ...hashes,
      ...pinOf(settings),
    })
    return service.ask('signatures/signHash', {
      credentialID,
      SAD: textOf(leave['SAD'], 'SAD'),
      ...hashes,
      ...(isFirst ? { hashAlgo: HASH_OID[hash] } : {}),
      signAlgo: signAlgorithm(wanted),
    })
  }
  const answer = await signOnce().catch((thrown: unknown) => {
    // Leave that ran out on the way is asked for once more; what is refused again stays refused.
    const { code, facts } = asGatewayError(thrown)
    if (code !== 'key-unusable' || facts['what'] !== 'signatures/signHash') throw thrown
    return signOnce()
  })
  const signature = Buffer.from(textOf(textsOf(answer['signatures'])[0], 'signatures'), 'base64')
  return scheme === 'ecdsa' ? asDer(signature, hash) : signature
}

const pinOf = ({ pin, version }: CscSettings): Answer =>
  pin === null ? {} : version === 'v1' ? { PIN: pin } : { authData: [{ id: 'PIN', value: pin }] }

function signAlgorithm({ scheme, hash, algorithms }: Wanted): string {
  const candidates = SIGN_OIDS[scheme === 'ecdsa' ? 'ecdsa' : 'rsa-pkcs1'][hash]
  const found = candidates.find((oid) => algorithms.includes(oid))
  if (found !== undefined) return found
  throw new GatewayError('key-unusable', `The signing service's key does none of ${candidates.join(', ')}.`)
}

/** Octets of ECDSA signatures on the curve that goes with a hash, written as two numbers of one length. */
const PLAIN_BYTES: Readonly<Record<HashName, number>> = { sha256: 64, sha384: 96, sha512: 132 }

/** ECDSA as two numbers, as some services give it, becomes the SEQUENCE that CMS carries (RFC 5753 §7.2). */
function asDer(signature: Uint8Array, hash: HashName): Uint8Array {
  if (signature.length !== PLAIN_BYTES[hash]) return signature
  const half = signature.length / 2
  return sequence(integerFromOctets(signature.subarray(0, half)), integerFromOctets(signature.subarray(half)))
}

function certificatesOf(info: Answer): readonly Uint8Array[] {
  const listed = textsOf(objectOf(info['cert'])['certificates']).map((text) => Buffer.from(text, 'base64'))
  const [own, ...issuers] = listed
  if (!own) throw new GatewayError('key-unusable', 'The signing service gives no certificate of the seal.')
  try {
    return orderedChain(own, issuers)
  } catch (cause) {
    throw new GatewayError('key-unusable', 'The signing service gives a certificate that cannot be read.', { cause })
  }
}

interface Service {
  /** @throws GatewayError key-unusable, seal-unavailable */
  ask(what: string, body: Answer): Promise<Answer>
}

function createService(settings: CscSettings, { fetcher, now, timeoutMs = TIMEOUT_MS }: CscParts): Service {
  let token: { readonly value: string; readonly until: number } | null = null
  const post = async (
    url: string,
    about: { readonly contentType: string; readonly body: string; readonly authorization?: string },
  ): Promise<Answer> => {
    const { body, ...rest } = about
    const limits = { maxBytes: MAX_BYTES, timeoutMs }
    const { bytes } = await fetcher.fetch({ url, method: 'POST', body: Buffer.from(body), ...rest, ...limits })
    return readJson(bytes)
  }
  const signIn = async (): Promise<string> => {
    if (token && now().getTime() < token.until) return token.value
    const body = new URLSearchParams({ grant_type: 'client_credentials' })
    const authorization = `Basic ${Buffer.from(`${settings.clientId}:${settings.clientSecret}`).toString('base64')}`
    const answer = await post(settings.tokenUrl, {
      contentType: 'application/x-www-form-urlencoded',
      body: body.toString(),
      authorization,
    })
    const seconds = typeof answer['expires_in'] === 'number' ? answer['expires_in'] : DEFAULT_TOKEN_SECONDS
    token = {
      value: textOf(answer['access_token'], 'access_token'),
      until: now().getTime() + seconds * 1000 - SPARE_MS,
    }
    return token.value
  }
  const askOnce = async (what: string, body: Answer): Promise<Answer> =>
    post(`${settings.url}/${what}`, {
      contentType: 'application/json',
      body: JSON.stringify(body),
      authorization: `Bearer ${await signIn()}`,
    })
  return {
    ask: async (what, body) => {
      try {
        return await askOnce(what, body)
      } catch (thrown) {
        if (statusOf(thrown) !== 401) throw faultOf(thrown, what)
        // The token was taken back before its time: once more with a new one.
        token = null
      }
      try {
        return await askOnce(what, body)
      } catch (thrown) {
        throw faultOf(thrown, what)
      }
    },
  }
}

const statusOf = (thrown: unknown): number | null => {
  const { status } = asGatewayError(thrown).facts
  return typeof status === 'number' ? status : null
}

/** What the service refuses stays refused until somebody changes something; all else may pass. Its words are not repeated. */
function faultOf(thrown: unknown, what: string): GatewayError {
  const fault = asGatewayError(thrown)
  if (fault.code !== 'fetch-failed' && fault.code !== 'fetch-refused') return fault
  const status = statusOf(fault)
  const facts = { ...fault.facts, what }
  if (status !== null && status >= 400 && status < 500 && status !== 408 && status !== 429) {
    // Its own word for it is not read: with a PIN, leave that is refused is a PIN that must not be tried again and again.
    const reason = what === 'credentials/authorize' ? { reason: 'PIN' } : {}
    const told = { ...facts, ...reason }
    return new GatewayError('key-unusable', `The signing service refuses ${what} (${status}).`, {
      cause: fault,
      facts: told,
    })
  }
  const message = `The signing service gave no answer to ${what}: ${fault.message}`
  return new GatewayError('seal-unavailable', message, { retryable: true, cause: fault, facts })
}

function readJson(bytes: Uint8Array): Answer {
  try {
    return objectOf(JSON.parse(Buffer.from(bytes).toString('utf8')))
  } catch (cause) {
    throw new GatewayError('seal-unavailable', 'The signing service answered with no JSON.', { cause, retryable: true })
  }
}

const objectOf = (value: unknown): Answer =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Answer) : {}

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []

function textOf(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw new GatewayError('seal-unavailable', `The signing service's answer holds no ${name}.`, { retryable: true })
}

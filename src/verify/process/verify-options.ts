import { type AlgorithmPolicy, DEFAULT_ALGORITHM_POLICY } from '../blocks/index.ts'
import { asVerifyError, VerifyError } from '../errors.ts'
import type { MimeLimits } from '../mime/index.ts'
import {
  createKeyring,
  type Keyring,
  type OpenpgpCertificate,
  parseOpenpgpCertificates,
  type TrustedCertificate,
} from '../openpgp/index.ts'
import type { PdfLimits } from '../pdf/index.ts'
import type { Finding } from '../report/report.ts'
import { type OcspResponse, parseOcspResponse } from '../revocation/index.ts'
import {
  type Certificate,
  type CertificateList,
  createVerificationCache,
  type KnownCertificates,
  PathMemory,
  parseCertificate,
  parseCertificateList,
  prepareTrustStore,
  type RevocationMode,
  type TrustAnchorInput,
  type TrustStore,
  type VerificationCache,
} from '../x509/index.ts'

export interface VerifyLimits {
  readonly pdf?: Partial<PdfLimits>
  readonly mime?: Partial<MimeLimits>
  /** Documents within documents that are judged on their own. */
  readonly maxParts?: number
}

/** Public keys whose owner is known from elsewhere: what their User IDs say is not believed. */
export interface KnownOpenpgpKeys {
  readonly keys: Uint8Array
  /** As a report names the signer, such as a mail address that was proven. */
  readonly knownAs: readonly string[]
}

/** What verifyDocument is given besides the bytes. Evidence is DER, or was read before. */
export interface VerifyOptions {
  /** Goes into the report as it is; null where there is none. */
  readonly fileName?: string | null
  /** What the bringer says the bytes are; the content decides. */
  readonly mediaType?: string | null
  readonly validationTime: Date
  /** Trusted certificates, prepared once for many documents, or as DER, where wanted with the terms of their trust. */
  readonly trustAnchors: TrustStore | Iterable<Uint8Array | TrustAnchorInput>
  readonly intermediates?: Iterable<Uint8Array | Certificate>
  readonly crls?: Iterable<Uint8Array | CertificateList>
  readonly ocsps?: Iterable<Uint8Array | OcspResponse>
  /**
   * Files of OpenPGP public keys, armoured or not, that are trusted as they are, User IDs included: for a mail, give those that
   * are known to be its sender's.
   */
  readonly openpgpKeys?: Iterable<Uint8Array | readonly OpenpgpCertificate[] | KnownOpenpgpKeys>
  /** require where absent. */
  readonly checkRevocation?: RevocationMode
  readonly password?: string | null
  /** The signed bytes of a detached CMS signature. */
  readonly content?: Uint8Array | null
  /**
   * What decryption of an encrypted mail gave: a MIME entity, or the packets of an OpenPGP message. It is judged in the place of
   * what is encrypted.
   */
  readonly opened?: Uint8Array | null
  /** A time by which the bytes are proven to have existed, such as that of receipt (EN 319 102-1 clause 5.6.2.3). */
  readonly poe?: Date | null
  /**
   * By when certificates and revocation data (by lower-case hex SHA-256) are proven to have existed, where something outside
   * of the document says so, such as an archive time-stamp over them.
   */
  readonly evidencePoe?: ReadonlyMap<string, Date>
  readonly policy?: AlgorithmPolicy
  readonly limits?: VerifyLimits
  /** What may be kept for further documents; nothing is kept where absent. */
  readonly cache?: VerificationCache
}

/** The options, checked and read once. */
export interface Evidence {
  readonly validationTime: Date
  readonly trustAnchors: TrustStore
  readonly intermediates: readonly Certificate[]
  readonly crls: readonly CertificateList[]
  readonly ocsps: readonly OcspResponse[]
  readonly openpgp: Keyring
  readonly checkRevocation: RevocationMode
  readonly password: string | null
  readonly content: Uint8Array | null
  readonly opened: Uint8Array | null
  readonly poe: Date | null
  readonly evidencePoe: ReadonlyMap<string, Date>
  readonly policy: AlgorithmPolicy
  readonly limits: VerifyLimits
  /** What was read before: the anchors, and what the cache holds or, where none was given, stood in this document. */
  readonly cache: KnownCertificates
  /** What was found out about paths within this input, and what may still be spent on them. */
  readonly paths: PathMemory
  /** Evidence that could not be read. */
  readonly findings: readonly Finding[]
}

/**
 * Checks the options and reads the evidence; what cannot be read of it is left out and said.
 * @throws VerifyError invalid-options
 */
export function readEvidence(options: VerifyOptions): Evidence {
  const { validationTime, poe = null } = options
  if (Number.isNaN(validationTime.getTime())) throw new VerifyError('invalid-options', 'validationTime is no time')
  if (poe && Number.isNaN(poe.getTime())) throw new VerifyError('invalid-options', 'poe is no time')
  const findings: Finding[] = []
  const cache = options.cache ?? createVerificationCache()
  const trustAnchors = isTrustStore(options.trustAnchors)
    ? options.trustAnchors
    : prepareTrustStore(options.trustAnchors, cache)
  if (trustAnchors.unreadable.length > 0) findings.push(unreadable('trust anchor', trustAnchors.unreadable.join('; ')))
  return {
    validationTime,
    trustAnchors,
    intermediates: readAll(options.intermediates, (der) => parseCertificate(der, cache), 'certificate', findings),
    crls: readAll(options.crls, parseCertificateList, 'CRL', findings),
    ocsps: readAll(options.ocsps, parseOcspResponse, 'OCSP response', findings),
    openpgp: createKeyring(readOpenpgpKeys(options.openpgpKeys ?? [], findings)),
    checkRevocation: options.checkRevocation ?? 'require',
    password: options.password ?? null,
    content: options.content ?? null,
    opened: options.opened ?? null,
    // A proof that lies behind the time of judging proves nothing for it.
    poe: poe && poe <= validationTime ? poe : null,
    evidencePoe: options.evidencePoe ?? new Map(),
    policy: options.policy ?? DEFAULT_ALGORITHM_POLICY,
    limits: options.limits ?? {},
    // Many signatures bring the root along, too.
    cache: {
      get: (sha256) => trustAnchors.bySha256(sha256) ?? cache.get(sha256),
      keep: (certificate) => cache.keep(certificate),
    },
    paths: new PathMemory(),
    findings,
  }
}

function readOpenpgpKeys(
  given: NonNullable<VerifyOptions['openpgpKeys']>,
  findings: Finding[],
): readonly TrustedCertificate[] {
  return [...given].flatMap((one) => {
    const known = 'knownAs' in one ? one : { keys: one, knownAs: null }
    const read = readAll([known.keys], parseOpenpgpCertificates, 'OpenPGP keys', findings)
    return read.flat().map((certificate) => ({ certificate, knownAs: known.knownAs }))
  })
}

const isTrustStore = (anchors: TrustStore | Iterable<Uint8Array | TrustAnchorInput>): anchors is TrustStore =>
  'bySubject' in anchors

/** Reads each of some DER, and takes over what was read before; what cannot be read becomes a finding. */
export function readAll<T extends object>(
  given: Iterable<Uint8Array | T> | undefined,
  parse: (der: Uint8Array) => T,
  what: string,
  findings: Finding[],
): readonly T[] {
  const read: T[] = []
  for (const one of given ?? []) {
    try {
      read.push(one instanceof Uint8Array ? parse(one) : one)
    } catch (fault) {
      const error = asVerifyError(fault)
      if (error.code === 'internal') throw error
      findings.push(unreadable(what, error.message))
    }
  }
  return read
}

const unreadable = (what: string, message: string): Finding => ({
  code: 'evidence-unreadable',
  severity: 'warning',
  message: `${what}: ${message}`,
  clause: null,
})

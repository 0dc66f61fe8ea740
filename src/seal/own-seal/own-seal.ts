import { asGatewayError, GatewayError } from '../../model/errors.ts'
import { appendAdminHistory } from '../../model/history.ts'
import type { Log, Sealer } from '../../model/ports.ts'
import type { SealCertificate, SealKeyKind } from '../../model/seal.ts'
import type { Store } from '../../model/store.ts'
import { type Clock, instant } from '../../model/time.ts'
import { createSealer } from '../sealer.ts'
import type { TimestampSignature } from '../sign-pdf-with-key.ts'
import type { SigningKey } from '../signing-key.ts'
import { chainOf, describeSeal } from './describe-seal.ts'
import { isSignature, publicKeyOf } from './key-parts.ts'

/** What a trial signs: too short for a seal, and nobody's document. */
const TRIAL = Buffer.from('Poststempel: a trial of the seal')

/** The municipality's seal as the gateway uses it. */
export interface OwnSeal extends Pick<Sealer, 'sealPdf'> {
  /** The certificate in use and its issuers, DER; empty while the key was never reached. */
  chain(): readonly Uint8Array[]
  /** All that seals were made with, the one in use last. The same array until that changes. */
  certificates(): readonly SealCertificate[]
  /** Opens the key where that was not done yet. @throws GatewayError key-unusable, seal-unavailable, missing-package */
  key(): Promise<SigningKey>
  /**
   * Signs something of no worth and holds it against the certificate; gives how long that took, in milliseconds.
   * @throws GatewayError key-unusable, seal-unavailable, missing-package
   */
  test(): Promise<number>
  /** What stood against the last attempt; null: nothing. */
  fault(): GatewayError | null
}

export interface OwnSealParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly kind: SealKeyKind
  /** @throws GatewayError key-unusable, seal-unavailable, missing-package */
  readonly open: () => Promise<SigningKey>
  readonly timestamp: TimestampSignature | null
}

/**
 * Makes the seal, and reaches for its key. A key that is unusable ends the start, for whoever configured it is there; one that
 * cannot be reached does not: mail is taken, and approvals wait for the seal.
 * @throws GatewayError key-unusable, missing-package
 */
export async function createOwnSeal(parts: OwnSealParts): Promise<OwnSeal> {
  const { store, log, timestamp } = parts
  let certificates = await store.sealCertificates()
  let opening: Promise<SigningKey> | null = null
  let fault: GatewayError | null = null
  let refused: GatewayError | null = null

  const noted = <Result>(work: Promise<Result>): Promise<Result> =>
    work.then(
      (result) => {
        fault = null
        return result
      },
      (thrown: unknown) => {
        fault = asGatewayError(thrown)
        // A token that is asked with a wrong PIN again and again locks itself for good.
        if (/PIN/.test(String(fault.facts['reason']))) refused = fault
        throw thrown
      },
    )
  const open = async (): Promise<SigningKey> => {
    const key = await parts.open()
    certificates = await putInUse(key, certificates, parts)
    return key
  }
  const key = (): Promise<SigningKey> => {
    if (refused) return Promise.reject(refused)
    opening ??= noted(open()).catch((thrown: unknown) => {
      opening = null
      throw thrown
    })
    return opening
  }

  try {
    const opened = await key()
    // A token's certificate may be another key's. A service may charge for each signature, so it is not tried here.
    if (opened.kind === 'pkcs11') await noted(opened.sign(TRIAL))
  } catch (thrown) {
    const { code, message } = asGatewayError(thrown)
    if (code !== 'seal-unavailable') throw thrown
    log.error({ code, message }, 'the key of the seal cannot be reached: approvals wait for it')
  }
  return {
    chain: () => (certificates.length === 0 ? [] : chainOf(newest(certificates))),
    certificates: () => certificates,
    key,
    fault: () => fault,
    test: async () => {
      const opened = await key()
      const began = performance.now()
      const signature = await noted(opened.sign(TRIAL))
      if (isSignature(signature, TRIAL, publicKeyOf(opened.certificateChain), opened.hash))
        return performance.now() - began
      throw new GatewayError('key-unusable', 'The key does not belong to the certificate of the seal.')
    },
    sealPdf: async (pdf, about) => {
      const opened = await key()
      return noted(createSealer({ key: opened, timestamp }).sealPdf(pdf, about))
    },
  }
}

function newest(certificates: readonly SealCertificate[]): SealCertificate {
  const last = certificates.at(-1)
  if (!last) throw new GatewayError('key-unusable', 'The seal has no certificate.')
  return last
}

/** A certificate that was not in use before gets its row, and stands on record with the one before it. */
async function putInUse(
  key: SigningKey,
  known: readonly SealCertificate[],
  { store, clock, kind }: OwnSealParts,
): Promise<readonly SealCertificate[]> {
  const row = describeSeal(key.certificateChain, kind, instant(clock()))
  const before = known.at(-1)
  if (before?.sha256 === row.sha256) return known
  await store.commit(async (write) => {
    const rows = await write.sealCertificates()
    if (!rows.some(({ sha256 }) => sha256 === row.sha256)) await write.addSealCertificate(row)
    await appendAdminHistory(write, {
      at: row.since,
      actor: { kind: 'system', id: null, name: null },
      event: 'seal-changed',
      payload: { before: before ? factsOf(before) : null, after: factsOf(row) },
    })
  })
  // One that comes back into use is the last again.
  return [...known.filter(({ sha256 }) => sha256 !== row.sha256), row]
}

const factsOf = ({ sha256, subject, kind, notAfter }: SealCertificate) => ({ sha256, subject, kind, notAfter })

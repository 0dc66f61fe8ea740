import type { PublicKey } from 'openpgp'
import type { MailAuthenticator } from '../model/ports.ts'
import type { Envelope, MessageHeaders } from '../model/submission.ts'
import { isWithinDomain, sameAddress, splitAddress } from './mail-address.ts'
import { fieldValues, readEntity } from './mime-entity.ts'
import { carriesAddress, readCertificate, usableEncryptionKey } from './openpgp-key.ts'
import { findSigner } from './openpgp-signer.ts'

export interface SenderProof {
  /** How we know that the From address wrote this; null: only claimed. */
  readonly emailProof: 'dmarc' | 'openpgp' | null
  /** The certificate that answers may be encrypted to. */
  readonly key: {
    readonly armored: string
    readonly fingerprint: string
    readonly source: 'attached' | 'autocrypt'
  } | null
  /** Stable codes: what was found, and why there is no more. */
  readonly reasons: readonly string[]
}

interface Candidate {
  readonly key: PublicKey
  readonly armored: string
  readonly fingerprint: string
  readonly source: 'attached' | 'autocrypt'
}

const MAX_CANDIDATES = 10

/**
 * Takes a raw mail and what the normaliser read in it; says whether its From address is proven, and by what, and which
 * certificate that came along may be used for answers: it carries exactly that address, it can be encrypted to, and
 * the mail is signed by it or passes DMARC for that address. One From, no differing Reply-To, or nothing.
 *
 * "openpgp" says: whoever wrote this mail holds the key that came with it, and the key names this address. It does not
 * say that the address's owner made that key; who joins a case by it must show the same fingerprint again.
 * @param options.at when the mail was received: signatures and keys are judged at that time
 */
export async function proveSender(
  raw: Uint8Array,
  headers: MessageHeaders,
  options: {
    readonly authenticator: MailAuthenticator
    readonly envelope: Pick<Envelope, 'from' | 'remoteAddress' | 'helo'>
    readonly openpgpPrivateKeys?: readonly string[]
    readonly at: Date
  },
): Promise<SenderProof> {
  const problem = findSenderProblem(raw, headers)
  const from = headers.from[0]?.address
  if (problem !== null || from === undefined) return { emailProof: null, key: null, reasons: [problem ?? 'no-from'] }
  const reasons: string[] = []
  const dmarc = await passesDmarc(raw, from, options, reasons)
  const candidates = await findCandidates(headers, from, options.at, reasons)
  const { signer, reason } = await findSigner(
    raw,
    candidates.map((candidate) => candidate.key),
    { privateKeysArmored: options.openpgpPrivateKeys ?? [], at: options.at },
  )
  reasons.push(signer === null ? (reason ?? 'not-signed') : 'openpgp-signed')
  const emailProof = dmarc ? 'dmarc' : signer === null ? null : 'openpgp'
  if (emailProof === null) return { emailProof, key: null, reasons }
  // The key that signed comes first: its holder wrote this. Without one, DMARC vouches for all that came along.
  const allowed = signer === null ? candidates : candidates.filter((candidate) => candidate.key === signer)
  return { emailProof, key: await chooseKey(allowed, options.at, reasons), reasons }
}

/** The mail names one sender, who is also the one to answer; said by the raw bytes as well as by the reader. */
function findSenderProblem(raw: Uint8Array, headers: MessageHeaders): string | null {
  const from = headers.from[0]?.address
  if (from === undefined) return 'no-from'
  if (headers.from.length > 1) return 'several-from'
  if (splitAddress(from) === null) return 'bad-address'
  const root = readEntity(raw)
  if (root === null) return 'malformed-mail'
  if (fieldValues(root, 'from').length !== 1) return 'several-from'
  return headers.replyTo.some((address) => !sameAddress(address, from)) ? 'reply-to-differs' : null
}

async function passesDmarc(
  raw: Uint8Array,
  from: string,
  options: {
    readonly authenticator: MailAuthenticator
    readonly envelope: Pick<Envelope, 'from' | 'remoteAddress' | 'helo'>
  },
  reasons: string[],
): Promise<boolean> {
  const { remoteAddress, helo } = options.envelope
  const verdict = await options.authenticator.authenticate(raw, {
    from: options.envelope.from ?? '',
    remoteAddress,
    helo,
  })
  const domain = splitAddress(from)?.domain ?? ''
  // Two readers of one From may disagree: what passed must be the domain that we show.
  const aligned = verdict.alignedDomain !== null && isWithinDomain(domain, verdict.alignedDomain)
  const passes = verdict.dmarc === 'pass' && aligned
  const how = verdict.foundBy === 'gateway' ? '' : `-by-${verdict.foundBy}`
  reasons.push(passes ? `dmarc-pass${how}` : verdict.dmarc === 'pass' ? 'dmarc-other-domain' : `dmarc-${verdict.dmarc}`)
  return passes
}

async function findCandidates(
  headers: MessageHeaders,
  from: string,
  at: Date,
  reasons: string[],
): Promise<readonly Candidate[]> {
  const candidates: Candidate[] = []
  for (const came of (headers.openpgpKeys ?? []).slice(0, MAX_CANDIDATES)) {
    // Autocrypt level 1 §2.1: a field for another address says nothing of this sender.
    if (came.source === 'autocrypt' && !sameAddress(came.address ?? '', from)) {
      reasons.push('autocrypt-other-address')
      continue
    }
    const read = await readCertificate(came.armored)
    if (!read.usable) {
      reasons.push(`key-${read.reason}`)
      continue
    }
    if (!(await carriesAddress(read.key, from, at))) {
      reasons.push('key-other-address')
      continue
    }
    if (candidates.some((candidate) => candidate.fingerprint === read.fingerprint)) continue
    candidates.push({ key: read.key, armored: came.armored, fingerprint: read.fingerprint, source: came.source })
  }
  return candidates
}

/** The newest of those that can be encrypted to. */
async function chooseKey(candidates: readonly Candidate[], at: Date, reasons: string[]): Promise<SenderProof['key']> {
  const newestFirst = candidates.toSorted(
    (a, b) => b.key.getCreationTime().getTime() - a.key.getCreationTime().getTime(),
  )
  for (const { armored, fingerprint, source } of newestFirst) {
    const check = await usableEncryptionKey(armored, at)
    if (check.usable) return { armored, fingerprint, source }
    reasons.push(`key-${check.reason}`)
  }
  return null
}

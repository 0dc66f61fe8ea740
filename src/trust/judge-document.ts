import type { Document, Verification } from '../model/document.ts'
import { asGatewayError } from '../model/errors.ts'
import { newId } from '../model/ids.ts'
import type { Log, Sandbox, VerifyInput, WebFetcher } from '../model/ports.ts'
import type { Settings } from '../model/settings.ts'
import type { BlobRef, Store } from '../model/store.ts'
import { type Clock, type Instant, instant } from '../model/time.ts'
import { enabledAnchors, type JudgedPurpose, trustListVersion } from '../model/trust-list.ts'
import type { ValidationData } from '../model/validation-data.ts'
import type { VerificationReport } from '../verify/report/report.ts'
import { isFaultOfTheDocument } from './fault-of-document.ts'
import type { Gathered } from './gather.ts'
import type { GatheredEvidence } from './gathered-evidence.ts'
import { type JudgedWithEvidence, judgeGathering } from './judge-gathering.ts'

export interface JudgeParts {
  readonly store: Store
  readonly sandbox: Pick<Sandbox, 'verify'>
  /** Null: nothing is fetched. */
  readonly fetcher: WebFetcher | null
  readonly clock: Clock
  readonly log: Log
  readonly settings: Pick<Settings, 'checkRevocation' | 'algorithms' | 'limits'>
}

/** A verdict, not yet stored: the row, with what has to be kept in the same commit. */
export interface Judgement {
  readonly verification: Verification
  readonly report: BlobRef
  /** Certificates that the document brought, or led to, beside what is trusted already: lower-case hex SHA-256. */
  readonly brought: readonly string[]
  /** What was fetched for it, to be kept in the same commit. */
  readonly fetched: readonly { readonly data: ValidationData; readonly blob: BlobRef }[]
  /** Something that may be had from the web could not be had now: judging again later may change the verdict. */
  readonly lacking: boolean
}

/** Whoever handed it in waits for the receipt meanwhile. */
const LIMITS = { waitMs: 10_000, maxRounds: 6 }

/**
 * Judges one document now, with the anchors now in force, the time of receipt as proof of existence (EN 319 102-1 clause
 * 5.6), and the validation data that its certificates point to. What was fetched for an earlier verdict on it counts
 * again. A document that cannot be judged gets the indication ERROR with its code.
 * @throws GatewayError where the fault is ours, e.g. the store is gone
 */
export async function judgeDocument(
  document: Document,
  poe: Instant,
  purpose: JudgedPurpose,
  parts: JudgeParts,
): Promise<Judgement> {
  const { store, clock } = parts
  const trustAnchors = await enabledAnchors(store, purpose, instant(clock()))
  const ofMail = purpose === 'mail' ? await whatMailNeeds(document, store) : {}
  const by = { poe, trustAnchors, ...ofMail }
  const { report, validationTime, gathered, lacking } = await judgeWithEvidence(document, by, parts)
  const blob = await store.blobs.put(Buffer.from(JSON.stringify(report)))
  const fresh = gathered.filter((one) => one.isNew)
  return {
    report: blob,
    brought: broughtBy(report),
    fetched: await Promise.all(fresh.map(async ({ data, bytes }) => ({ data, blob: await store.blobs.put(bytes) }))),
    lacking,
    verification: {
      id: newId(clock().getTime()),
      documentId: document.id,
      indication: report.error ? 'ERROR' : (report.indication ?? 'ERROR'),
      subIndication: report.error ? report.error.code : subIndicationOf(report),
      validationTime,
      trustListVersion: trustListVersion(trustAnchors),
      reportSha256: blob.sha256,
      anchors: anchorsOf(report),
      validationData: gathered.map(({ data }) => data.id),
      createdAt: instant(clock()),
    },
  }
}

async function whatMailNeeds(
  { submissionId }: Document,
  store: Store,
): Promise<Pick<VerifyInput, 'openpgpKeys' | 'opened'>> {
  if (submissionId === null) return {}
  const [openpgpKeys, documents] = [
    await keysOfSender(submissionId, store),
    await store.documentsOfSubmission(submissionId),
  ]
  const opened = documents.find(({ role }) => role === 'opened')
  return { openpgpKeys, opened: opened ? await store.blobs.get(opened.sha256) : null }
}

/**
 * The OpenPGP keys by which a mail is judged: those that count for its one From address because its domain or its reader vouched for them
 * (docs/decisions/0018-citizens-keys.md). What a key says of its owner beyond that address is not believed.
 */
async function keysOfSender(submissionId: string, store: Store): Promise<NonNullable<VerifyInput['openpgpKeys']>> {
  const submission = await store.submission(submissionId)
  const [sender, ...others] = submission?.headers?.from ?? []
  if (!sender || others.length > 0) return []
  const address = sender.address.toLowerCase()
  const rows = await store.citizenKeysOf(address, 'openpgp')
  const counting = rows.filter(({ state, proof }) => state === 'counts' && (proof === 'dmarc' || proof === 'challenge'))
  return counting.map(({ certificate }) => ({ certificate, address }))
}

/** What the verdict rests on: not the documents inside the document, which have no part in it. */
const anchorsOf = ({ signatures }: VerificationReport): readonly string[] => [
  ...new Set(signatures.flatMap(({ trusted, trustAnchor }) => (trusted && trustAnchor ? trustAnchor.sha256 : []))),
]

/** All that stands on the ways from its signers, documents inside it included; the anchors aside that vouch for them. */
const broughtBy = ({ signatures, parts }: VerificationReport): readonly string[] => [
  ...signatures.flatMap(({ path, trustAnchor }) =>
    path.flatMap(({ sha256 }) => (sha256 === trustAnchor?.sha256 ? [] : sha256)),
  ),
  ...parts.flatMap(broughtBy),
]

/**
 * Judges a document against the given anchors: says what is wanted, fetches it, and judges again, until nothing more can
 * be had. Stores nothing.
 */
export async function judgeWithEvidence(
  document: Document,
  by: Pick<VerifyInput, 'poe' | 'trustAnchors' | 'openpgpKeys' | 'opened'>,
  parts: JudgeParts,
): Promise<JudgedWithEvidence> {
  const judge = (validationTime: Instant, evidence: GatheredEvidence): Promise<VerificationReport> =>
    reportOn(document, parts, { ...by, validationTime, ...evidence })
  return judgeGathering(judge, await gatheredBefore(document, parts.store), LIMITS, parts)
}

async function gatheredBefore(document: Document, store: Store): Promise<readonly Gathered[]> {
  const [earlier] = await store.verificationsOf([document.id])
  const rows = await store.validationData(earlier?.validationData ?? [])
  return Promise.all(rows.map(async (data) => ({ data, bytes: await store.blobs.get(data.sha256), isNew: false })))
}

async function reportOn(
  document: Document,
  { store, sandbox, log, settings }: JudgeParts,
  evidence: Omit<VerifyInput, 'bytes' | 'fileName' | 'checkRevocation' | 'algorithms'>,
): Promise<VerificationReport> {
  const bytes = await store.blobs.get(document.sha256)
  try {
    const { checkRevocation, algorithms } = settings
    return await sandbox.verify({ bytes, fileName: document.name, checkRevocation, algorithms, ...evidence })
  } catch (thrown) {
    const fault = asGatewayError(thrown)
    if (!isFaultOfTheDocument(fault)) throw fault
    log.warn({ documentId: document.id, code: fault.code }, 'document could not be judged')
    return errorReport(document, fault.code, fault.message)
  }
}

function errorReport(document: Document, code: string, message: string): VerificationReport {
  return {
    schemaVersion: 1,
    id: null,
    file: document.name,
    mediaType: document.mediaType,
    sha256: document.sha256,
    signatures: [],
    encrypted: false,
    parts: [],
    findings: [],
    error: { code, message },
  }
}

/** The reason of the signature that gave the file its indication. */
function subIndicationOf(report: VerificationReport): string | null {
  return report.signatures.find((signature) => signature.indication === report.indication)?.subIndication ?? null
}

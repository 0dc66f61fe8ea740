import { asGatewayError, GatewayError } from '../model/errors.ts'
import type { AnchorPurpose, TrustAnchor } from '../model/trust-anchor.ts'
import { anchorsFor, isInForce, type JudgedPurpose } from '../model/trust-list.ts'
import type { TrustStep } from '../model/trust-proposal.ts'
import { anchorsAfter, mustBeFitAsAnchor } from '../trust/index.ts'
import {
  algorithmPolicyWith,
  createVerificationCache,
  prepareTrustStore,
  type TrustStore,
  type VerificationReport,
  VerifyError,
  verifyDocument,
} from '../verify/index.ts'
import { readBytes } from './read-inputs.ts'
import { readCandidateFile } from './roots-add.ts'
import { type Asked, badUsage, type RootsVerb, readFingerprint, readPurposes, readTime } from './roots-verb.ts'

/** `poststempel roots test`: what files are worth by the anchors in force, and by those that are planned. */
export const test: RootsVerb = {
  help: `usage: poststempel roots test FILE… [--with CERT]… [--without SHA256]… [options]
Judges PDFs, mails and CMS by the anchors in force, as the gateway would now; with a plan, by the planned anchors too, side
by side. Nothing is changed, stored or fetched.

  --with CERT         a file with CA certificates as if they were added (repeatable)
  --without SHA256    an anchor as if it were taken out of force (repeatable)
  --purpose PURPOSE   what those of --with would count for (repeatable; default: document and mail)
  --poe ISO8601       a time by which the files are proven to have existed (default: now)
  --format text|json  (default: text) json: one object per line
  --data DIR, --config FILE

Exit code: 0 all files TOTAL-PASSED (by the planned anchors, where there is a plan), 1 some are not, 2 bad usage or a file
that cannot be read.`,
  flags: {
    with: { type: 'string', multiple: true },
    without: { type: 'string', multiple: true },
    purpose: { type: 'string', multiple: true },
    poe: { type: 'string' },
    format: { type: 'string', default: 'text' },
  },
  async act(asked) {
    const format = asked.text('format')
    if (format !== 'text' && format !== 'json') throw badUsage('--format takes text or json')
    if (asked.words.length === 0) throw badUsage('give at least one FILE to judge')
    const lists = await makeLists(asked)
    const judge = makeJudge(asked)
    let exitCode = 0
    for (const file of asked.words) {
      const row = compare(file, lists, judge)
      console.log(format === 'json' ? JSON.stringify(row) : inWords(row))
      if ('error' in row) exitCode = 2
      else if ((row.after ?? row.before).indication !== 'TOTAL-PASSED' && exitCode === 0) exitCode = 1
    }
    return exitCode
  },
}

type ByPurpose = Readonly<Record<JudgedPurpose, TrustStore>>

interface Lists {
  readonly before: ByPurpose
  /** Null: nothing is planned. */
  readonly after: ByPurpose | null
}

interface Verdict {
  readonly indication: string
  readonly subIndication: string | null
}

type Row =
  | { readonly file: string; readonly before: Verdict; readonly after: Verdict | null; readonly changed: boolean }
  | { readonly file: string; readonly error: { readonly code: string; readonly message: string } }

async function makeLists(asked: Asked): Promise<Lists> {
  const now = asked.now.toISOString()
  const named = readPurposes(asked)
  const purposes: readonly AnchorPurpose[] = named.length > 0 ? named : ['document', 'mail']
  const added = (await Promise.all(asked.texts('with').map(readCandidateFile))).flat()
  for (const { der, subject } of added) mustBeFitAsAnchor(der, subject, asked.now)
  const without = [...new Set(asked.texts('without').map(readFingerprint))]
  const present = await asked.store.listAnchors()
  const strange = without.filter((one) => !present.some((it) => it.sha256 === one && isInForce(it, now)))
  if (strange.length > 0)
    throw new GatewayError('not-found', `No anchor in force has the fingerprint ${strange.join(', ')}`)
  const certificates = added.map(({ der }) => Buffer.from(der).toString('base64'))
  const steps: readonly TrustStep[] = [
    // One that is here already, in force or not, counts as the file of --with says.
    ...[...without, ...added.map((one) => one.sha256)].map((sha256) => ({ do: 'remove' as const, sha256 })),
    { do: 'add', certificates, purposes, source: 'file', countsFrom: null, countsUntil: null },
  ]
  const planned = added.length + without.length > 0 ? anchorsAfter(present, steps, now) : null
  return { before: byPurpose(present, now), after: planned && byPurpose(planned, now) }
}

const byPurpose = (anchors: readonly TrustAnchor[], now: string): ByPurpose => ({
  document: prepareTrustStore(anchorsFor(anchors, 'document', now)),
  mail: prepareTrustStore(anchorsFor(anchors, 'mail', now)),
})

type Judge = (bytes: Uint8Array, file: string, anchors: ByPurpose) => VerificationReport

/** Judges as the gateway does, by its settings. A mail is judged by the anchors for mail. */
function makeJudge(asked: Asked): Judge {
  const { settings, now } = asked
  const poe = readTime(asked, 'poe')
  const options = {
    validationTime: now,
    poe: poe === null ? now : new Date(poe),
    checkRevocation: settings.checkRevocation,
    policy: algorithmPolicyWith(settings.algorithms),
    cache: createVerificationCache(),
  }
  return (bytes, fileName, anchors) => {
    const report = verifyDocument(bytes, { ...options, fileName, trustAnchors: anchors.document })
    if (report.mediaType !== 'message/rfc822') return report
    return verifyDocument(bytes, { ...options, fileName, trustAnchors: anchors.mail })
  }
}

function compare(file: string, { before, after }: Lists, judge: Judge): Row {
  try {
    const bytes = readBytes(file)
    const now = verdictOf(judge(bytes, file, before))
    const then = after === null ? null : verdictOf(judge(bytes, file, after))
    return { file, before: now, after: then, changed: then !== null && inBrief(then) !== inBrief(now) }
  } catch (thrown) {
    const { code, message } = thrown instanceof VerifyError ? thrown : asGatewayError(thrown)
    if (code === 'internal') throw thrown
    return { file, error: { code, message } }
  }
}

/** @throws GatewayError unreadable-input where the report says that nothing could be judged */
function verdictOf({ indication, signatures, error }: VerificationReport): Verdict {
  if (error || indication === undefined) throw new GatewayError('unreadable-input', error?.message ?? 'not judged')
  const cause = signatures.find((signature) => signature.indication === indication)
  return { indication, subIndication: cause?.subIndication ?? null }
}

const inBrief = ({ indication, subIndication }: Verdict): string =>
  subIndication ? `${indication} (${subIndication})` : indication

function inWords(row: Row): string {
  if ('error' in row) return `${row.file}: ${row.error.message} [${row.error.code}]`
  const { file, before, after, changed } = row
  if (after === null) return `${file}: ${inBrief(before)}`
  return `${file}: ${inBrief(before)} → ${inBrief(after)}${changed ? '' : ' (unchanged)'}`
}

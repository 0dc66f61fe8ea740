import { statSync } from 'node:fs'
import { asGatewayError, GatewayError } from '../model/errors.ts'
import { sha256Hex } from '../model/ids.ts'
import { type AnchorCandidate, mustBeFitAsAnchor, mustBeSmall, readAnchorFile } from '../trust/index.ts'
import { readBytes } from './read-inputs.ts'
import { carryOutOrPropose } from './roots-carry-out.ts'
import { effectLines } from './roots-effects.ts'
import {
  type Asked,
  badUsage,
  CONSTRAINT_FLAGS,
  type RootsVerb,
  readChange,
  readFingerprint,
  readLimits,
  readPurposes,
  readTime,
} from './roots-verb.ts'
import { certificateLines, dateLines, limitLines, pairs, stateOf } from './roots-words.ts'

/** `poststempel roots add`: shows what it would take in, and takes it in where it is told so. */
export const add: RootsVerb = {
  help: `usage: poststempel roots add FILE… --purpose document|mail|timestamp… --note TEXT --by NAME [options]
Shows the CA certificates in the files (PEM, DER, PKCS #7, or a ZIP of them) with fingerprint, key, validity and what to
know of each. Changes nothing without --yes.

  --purpose PURPOSE      what they count for (repeatable)
  --note TEXT            why the municipality trusts them; on record
  --by NAME              who adds them; on record as cli:NAME
  --fingerprint SHA256   takes only the certificate with this fingerprint (repeatable), and nothing where one is missing;
                         asked for where a certificate came with what a citizen sent: have it from another source
  --from, --until ISO    they count in what is judged within these times only (UTC where no zone is given)
  --email DOMAIN, --organization NAME, --policy OID
                         they vouch for such signers only (each repeatable): firm.dk, .firm.dk (all below it)
  --permit NAME, --exclude NAME
                         names below them must, or must not, lie in these (repeatable): dns:firm.dk, email:.firm.dk,
                         uri:firm.dk, "dir:O=Firm,C=DK"; what none is of its kind is not bound by --permit
  --yes                  takes them in; open cases are judged again (where trust.secondAdmin is set: proposes it, and an
                         admin confirms it on the page)
  --data DIR, --config FILE

Exit code: 0 added, 1 shown and nothing changed, 2 bad usage, or refused.`,
  flags: {
    purpose: { type: 'string', multiple: true },
    note: { type: 'string' },
    by: { type: 'string' },
    fingerprint: { type: 'string', multiple: true },
    from: { type: 'string' },
    until: { type: 'string' },
    ...CONSTRAINT_FLAGS,
    yes: { type: 'boolean' },
  },
  async act(asked) {
    const { now } = asked
    const purposes = readPurposes(asked)
    if (purposes.length === 0) throw badUsage('--purpose says what they count for: document, mail or timestamp')
    const { actor, reason: note, at } = readChange(asked, 'note')
    const dates = { countsFrom: readTime(asked, 'from'), countsUntil: readTime(asked, 'until') }
    const candidates = chooseNamed(await readCandidates(asked.words), asked.texts('fingerprint').map(readFingerprint))
    const isNew = await show(candidates, asked)
    const constraints = readLimits(asked)
    console.log([`for ${purposes.join(', ')}`, ...dateLines(dates), ...limitLines(constraints)].join('\n'))
    for (const { der, subject } of candidates) mustBeFitAsAnchor(der, subject, now)
    if (!asked.isSet('yes')) {
      const certificates = candidates.map(({ der }) => Buffer.from(der).toString('base64'))
      const step = { do: 'add', certificates, purposes, source: 'file', ...dates, constraints } as const
      if (isNew) console.log((await effectLines([step], asked)).join('\n'))
      console.log(
        isNew ? 'Nothing was changed: say --yes to add what is new.' : 'Nothing to add: all are there already.',
      )
      return 1
    }
    const added = await countNew(candidates, asked)
    const certificates = candidates.map(({ der: bytes }) => Buffer.from(bytes).toString('base64'))
    const files = await Promise.all(asked.words.map(async (file) => sha256Hex(readBytes(file))))
    const origin = { source: 'file', files, typedFingerprint: asked.texts('fingerprint').join('\n') }
    const step = { do: 'add', certificates, purposes, ...origin, ...dates, constraints } as const
    const { proposed, followed } = await carryOutOrPropose([step], { actor, reason: note, at }, asked)
    console.log(`${proposed ? 'Proposed' : 'Added'} ${added} of ${candidates.length}. ${followed}`)
    return 0
  },
}

async function readCandidates(files: readonly string[]): Promise<readonly AnchorCandidate[]> {
  if (files.length === 0) throw badUsage('give at least one FILE with certificates')
  const found = new Map<string, AnchorCandidate>()
  for (const file of files) {
    for (const candidate of await readCandidateFile(file)) found.set(candidate.sha256, candidate)
  }
  return [...found.values()]
}

/** Reads one file of certificates. @throws GatewayError as readAnchorFile, naming the file; unreadable-input */
export async function readCandidateFile(file: string): Promise<readonly AnchorCandidate[]> {
  try {
    // Asked before it is read: whoever names a disk image by mistake waits for nothing.
    mustBeSmall(statSync(file, { throwIfNoEntry: false })?.size ?? 0)
    return await readAnchorFile(readBytes(file))
  } catch (thrown) {
    const { code, message, facts } = asGatewayError(thrown)
    const named = message.startsWith(file) ? message : `${file}: ${message}`
    throw new GatewayError(code, named, { cause: thrown, facts })
  }
}

function chooseNamed(
  candidates: readonly AnchorCandidate[],
  fingerprints: readonly string[],
): readonly AnchorCandidate[] {
  if (fingerprints.length === 0) return candidates
  const missing = fingerprints.filter((sha256) => !candidates.some((candidate) => candidate.sha256 === sha256))
  if (missing.length > 0) {
    throw new GatewayError('wrong-fingerprint', `No certificate in the files has the fingerprint ${missing.join(', ')}`)
  }
  const left = candidates.filter(({ sha256 }) => !fingerprints.includes(sha256))
  for (const { subject, sha256 } of left) console.log(`left out: ${subject} (${sha256})`)
  return candidates.filter(({ sha256 }) => fingerprints.includes(sha256))
}

async function countNew(candidates: readonly AnchorCandidate[], { store }: Asked): Promise<number> {
  const known = await Promise.all(candidates.map(({ sha256 }) => store.anchor(sha256)))
  return known.filter((anchor) => anchor === null).length
}

/** Prints what the certificates are; says whether one of them is no anchor yet. */
async function show(candidates: readonly AnchorCandidate[], { store, now }: Asked): Promise<boolean> {
  let isNew = false
  for (const { subject, issuer, sha256, der } of candidates) {
    const known = await store.anchor(sha256)
    isNew ||= known === null
    const lines = [
      subject,
      `  SHA-256      ${pairs(sha256)}`,
      `  issued by    ${issuer === subject ? 'itself' : issuer}`,
      ...certificateLines(der, now),
      known ? `  already here ${stateOf(known, now)}; it stays as it is` : '  new',
    ]
    console.log(lines.join('\n'))
  }
  return isNew
}

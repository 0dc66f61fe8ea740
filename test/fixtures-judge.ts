import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Expectation, ExpectedSignature } from '../scripts/fixtures/expectation.ts'
import type { VerificationReport } from '../src/verify/index.ts'
import { readPemOrDer, verifyDocument } from '../src/verify/index.ts'

export const folder = join(import.meta.dirname, '../fixtures')

/** Reads one of the fixtures' files. */
export const read = (name: string): Buffer => readFileSync(join(folder, name))

export const { files }: { readonly files: readonly (Expectation & { readonly sha256: string })[] } = JSON.parse(
  read('expected.json').toString(),
)

/** Judges bytes with what a fixture says is to judge them with; detached content may be handed in. */
export function judge(
  bytes: Uint8Array,
  expectation: Expectation,
  content = contentOf(expectation),
): VerificationReport {
  const { file, at, checkRevocation, password } = expectation
  const readAll = (names: readonly string[]): readonly Uint8Array[] => names.flatMap((name) => readPemOrDer(read(name)))
  return verifyDocument(bytes, {
    fileName: file,
    validationTime: new Date(at),
    trustAnchors: readAll(expectation.roots),
    intermediates: readAll(expectation.intermediates),
    crls: readAll(expectation.crls),
    ocsps: readAll(expectation.ocsps),
    content,
    checkRevocation,
    password,
  })
}

const contentOf = ({ content }: Expectation): Buffer | null => (content === null ? null : read(content))

const isAllowed = (expected: unknown, said: unknown): boolean =>
  (Array.isArray(expected) ? expected : [expected]).includes(said)

/** What the report says instead of each expected member that it does not hold; a list expects any of its values. */
export function differences(expectation: Expectation, report: VerificationReport): string[] {
  const members = (where: string, expected: object, said: object): string[] => {
    const values = new Map(Object.entries(said))
    return Object.entries(expected)
      .filter(([member, value]) => !isAllowed(value, values.get(member)))
      .map(([member]) => `${where}${member}: ${JSON.stringify(values.get(member))}`)
  }
  const { indication, error, signatures } = expectation
  const whole = error
    ? members('error ', { code: error }, report.error ?? {})
    : members('', { indication, error: undefined }, report)
  const count = members('', { count: signatures.length }, { count: report.signatures.length })
  const each = signatures.flatMap((one: ExpectedSignature, index) =>
    members(`signature ${index + 1} `, one, report.signatures[index] ?? {}),
  )
  return [...whole, ...count, ...each]
}

/** The fixtures that must be TOTAL-PASSED. */
export const passing = files.filter(({ indication }) => indication === 'TOTAL-PASSED')

/**
 * Changes single octets of what a fixture signs, spread over it; gives where it was still passed.
 * @param count how many octets are tried, each by itself
 */
export function passesWithOctetChanged(expectation: Expectation, count: number): readonly string[] {
  const { file, content } = expectation
  const bytes = read(file)
  return signedRanges(expectation).flatMap(([from, to, share]) => {
    const tries = Math.max(1, Math.round(count * share))
    return Array.from({ length: tries }, (_, i) => from + Math.floor(((i + 0.37) * (to - from)) / tries)).flatMap(
      (at) => {
        if (content === null) {
          return judge(changedAt(bytes, at), expectation).indication === 'TOTAL-PASSED' ? [`${file} at ${at}`] : []
        }
        const other = judge(bytes, expectation, changedAt(read(content), at))
        return other.indication === 'TOTAL-PASSED' ? [`${content} at ${at}`] : []
      },
    )
  })
}

/** What a signature of a PDF says about who signed what, and how much of the file. */
function said(report: VerificationReport): readonly string[] {
  return report.signatures.map((one) => {
    const { id, signer, claimedSigningTime, digestAlgorithm, signatureAlgorithm, coverage, changesAfter, intact } = one
    // A time-stamp that does not pass any more proves nothing, and what it said is said no longer.
    if (one.kind === 'pdf-timestamp' && one.indication !== 'PASSED') return ''
    return JSON.stringify([
      id,
      signer?.sha256,
      claimedSigningTime,
      digestAlgorithm,
      signatureAlgorithm,
      coverage,
      changesAfter,
      intact,
    ])
  })
}

const warnedCodes = (report: VerificationReport): readonly string[] =>
  report.signatures.flatMap((one) =>
    one.findings.filter(({ severity }) => severity !== 'info').map(({ code }) => `${one.id} ${code}`),
  )

/**
 * Changes single octets of a PDF that its widest signature does not cover: in the gap of its Contents, and behind it. Gives
 * where it is still passed and says anything else of who signed what, or warns of less.
 * @param count how many octets are tried of each, each by itself and in two ways
 */
export function passesOtherwiseWithOctetChanged(expectation: Expectation, count: number): readonly string[] {
  const { file } = expectation
  const bytes = read(file)
  const before = judge(bytes, expectation)
  const [, end = 0, at = 0, length = 0] = before.signatures.at(-1)?.byteRange ?? []
  const uncovered = [
    [end, at],
    [at + length, bytes.length],
  ] as const
  return uncovered.flatMap(([from, to]) => {
    const tries = Math.min(count, to - from)
    const places = Array.from({ length: tries }, (_, i) => from + Math.floor(((i + 0.37) * (to - from)) / tries))
    return places.flatMap((place) =>
      [0x20, 0x01].flatMap((mask) => {
        const after = judge(changedAt(bytes, place, mask), expectation)
        if (after.indication !== 'TOTAL-PASSED') return []
        const known = new Set(said(before))
        const warned = new Set(warnedCodes(after))
        const other = said(after).some((one) => one !== '' && !known.has(one))
        const lost = warnedCodes(before).some((one) => !warned.has(one))
        return other || lost ? [`${file} at ${place} by ${mask}`] : []
      }),
    )
  })
}

function changedAt(bytes: Buffer, at: number, mask = 0x20): Buffer {
  const changed = Buffer.from(bytes)
  changed.writeUInt8(changed.readUInt8(at) ^ mask, at)
  return changed
}

/** From, up to, and its share of all that is signed: of a PDF, what the widest byte range covers. */
function signedRanges(expectation: Expectation): readonly (readonly [number, number, number])[] {
  const { file, content, signed } = expectation
  if (content !== null) return [[0, read(content).length, 1]]
  if (signed) return signed.map(([start, end]) => [start, end, 1 / signed.length])
  const ranges = judge(read(file), expectation).signatures.map((one) => one.byteRange ?? [])
  const [from = 0, before = 0, at = 0, behind = 0] = ranges.at(-1) ?? []
  const all = before + behind
  if (all === 0) throw new Error(`${file} has no byte range`)
  return [
    [from, before, before / all],
    [at, at + behind, behind / all],
  ]
}

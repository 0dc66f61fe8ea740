import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Expectation, ExpectedSignature } from '../scripts/fixtures/expectation.ts'
import { normaliseMail } from '../src/intake/normalise-mail.ts'
import type { VerificationReport } from '../src/verify/index.ts'
import { readPemOrDer, verifyDocument } from '../src/verify/index.ts'

const folder = join(import.meta.dirname, '../fixtures')
const read = (name: string): Buffer => readFileSync(join(folder, name))
const { files }: { files: readonly Expectation[] } = JSON.parse(read('expected.json').toString())

const judge = (bytes: Uint8Array, { file, roots, crls, at, checkRevocation }: Expectation): VerificationReport =>
  verifyDocument(bytes, {
    fileName: file,
    validationTime: new Date(at),
    trustAnchors: roots.flatMap((name) => readPemOrDer(read(name))),
    crls: crls.flatMap((name) => readPemOrDer(read(name))),
    checkRevocation,
  })

const isAllowed = (expected: unknown, said: unknown): boolean =>
  (Array.isArray(expected) ? expected : [expected]).includes(said)

/** What the report says instead of each expected member that it does not hold; a list expects any of its values. */
function differences(expectation: Expectation, report: VerificationReport): string[] {
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

describe('the verdict on', () => {
  for (const expectation of files.filter(({ file }) => file.endsWith('.pdf'))) {
    const { file, what } = expectation
    it(`${file} is as expected: ${what}`, () => {
      expect(differences(expectation, judge(read(file), expectation))).toEqual([])
    })
  }

  it('a signed document is no longer passed once a byte of what it covers is changed, wherever it stands', () => {
    const expectation = files.find(({ file }) => file === 'pdf/attest-rsa.pdf')
    if (!expectation) throw new Error('the fixture is missing')
    const pdf = read(expectation.file)
    const [, before = 0, after = 0] = judge(pdf, expectation).signatures[0]?.byteRange ?? []
    expect(before).toBeGreaterThan(1000)
    const passed: number[] = []
    for (let at = 0; at < pdf.length; at += 13) {
      if (at >= before && at < after) continue
      const spoiled = Buffer.from(pdf)
      spoiled.writeUInt8(spoiled.readUInt8(at) ^ 0x20, at)
      if (judge(spoiled, expectation).indication === 'TOTAL-PASSED') passed.push(at)
    }
    expect(passed).toEqual([])
  })
})

describe('the mail', () => {
  for (const expectation of files.filter(({ file }) => file.endsWith('.eml'))) {
    const { file, what, mail, parts } = expectation
    it(`${file} is read whole: ${what}`, async () => {
      const message = await normaliseMail(read(file), [])
      expect(message.headers.subject).toBe(mail?.subject)
      expect(message.headers.bodyText).toContain(mail?.bodyHolds)
      const attachments = message.parts.filter((part) => part.role === 'attachment')
      expect(attachments.map((part) => part.name)).toEqual(mail?.attachments)
      const verdicts = attachments
        .filter((part) => part.name.endsWith('.pdf'))
        .map((part) => ({ name: part.name, indication: judge(part.bytes, expectation).indication }))
      if (parts.length > 0) expect(verdicts).toEqual(parts)
      else expect(verdicts.filter(({ indication }) => indication === 'TOTAL-PASSED')).toEqual([])
    })
  }
})

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Finding, type VerificationReport, verifyDocument } from '../../../src/verify/index.ts'
import { FINDING_WORDS } from '../../../src/verify/report/finding-words.ts'

const src = join(import.meta.dirname, '../../../src/verify')

/** The code that stands behind `code:`, `code =` or as the argument by which findings are made. */
const MADE = [
  /\bcode(?::| =(?!=))[^'\n]*((?:'[a-z]+(?:-[a-z0-9]+)+'[^'\n]*)+)/g,
  /\b(?:add|error|refuse|finding|unknown|report|broken)\(\s*('[a-z]+(?:-[a-z0-9]+)+')/g,
  /\bproblem\(\s*'[A-Z_]+',\s*('[a-z]+(?:-[a-z0-9]+)+')/g,
  // tables: the code as the key of what it says
  /('[a-z]+(?:-[a-z0-9]+)+'):\s*\{\s*severity/g,
]

/** Finds the codes in the source: rooms that give notes or faults instead of findings are left out. */
function codesInSource(): ReadonlySet<string> {
  const files = readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/\/(mime|der|report)\/|errors\.ts/.test(file))
  const texts = files.map((file) => readFileSync(file, 'utf8'))
  const groups = texts.flatMap((text) =>
    MADE.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] ?? '')),
  )
  return new Set(
    groups.flatMap((group) => [...group.matchAll(/'([a-z]+(?:-[a-z0-9]+)+)'/g)].map((match) => match[1] ?? '')),
  )
}

const fixtures = join(import.meta.dirname, '../../../fixtures')

function findingsIn({ findings, signatures, parts }: VerificationReport): readonly Finding[] {
  return [...findings, ...signatures.flatMap((one) => one.findings), ...parts.flatMap(findingsIn)]
}

describe('the words of findings', () => {
  it('stand for what is wrong with any file of the fixtures', () => {
    const files = ['pdf', 'mail'].flatMap((folder) =>
      readdirSync(join(fixtures, folder)).map((name) => readFileSync(join(fixtures, folder, name))),
    )
    const options = { validationTime: new Date('2026-11-24T12:00:00Z'), trustAnchors: [] }
    const found = files.flatMap((bytes) => findingsIn(verifyDocument(bytes, options)))
    expect(found.length).toBeGreaterThan(20)
    const wordless = found.filter(({ severity, code }) => severity !== 'info' && !(code in FINDING_WORDS))
    expect(wordless).toEqual([])
  })

  it('stand for every code, in both languages', () => {
    const codes = codesInSource()
    expect(codes.size).toBeGreaterThan(60)
    expect([...codes].filter((code) => !(code in FINDING_WORDS))).toEqual([])
  })

  it('are whole sentences that differ between the languages', () => {
    for (const [code, { da, en }] of Object.entries(FINDING_WORDS)) {
      expect(da, code).toMatch(/^\p{Lu}.*\.$/u)
      expect(en, code).toMatch(/^\p{Lu}.*\.$/u)
      expect(da, code).not.toBe(en)
    }
  })
})

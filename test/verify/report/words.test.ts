import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FINDING_WORDS } from '../../../src/verify/report/finding-words.ts'

const src = join(import.meta.dirname, '../../../src/verify')

/** The code that stands behind `code:`, `code =` or as the argument by which findings are made. */
const MADE = [
  /\bcode(?::| =(?!=))[^'\n]*((?:'[a-z]+(?:-[a-z0-9]+)+'[^'\n]*)+)/g,
  /\b(?:add|error|refuse|finding|unknown|report|broken)\(\s*('[a-z]+(?:-[a-z0-9]+)+')/g,
  /\bproblem\(\s*'[A-Z_]+',\s*('[a-z]+(?:-[a-z0-9]+)+')/g,
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

describe('the words of findings', () => {
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

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sha256Hex } from '../src/model/ids.ts'
import { readAnchorFile } from '../src/trust/index.ts'
import {
  differences,
  files,
  folder,
  judge,
  passesOtherwiseWithOctetChanged,
  passesWithOctetChanged,
  passing,
  read,
} from './fixtures-judge.ts'

const present = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
const ANCHORS = ['ca/fixture-ca.pem', 'ca/unknown-ca.pem', 'ca/fixture-root.pem', 'ca/unknown-root.pem']

describe('the fixtures', () => {
  it('are as expected.json names them, byte for byte, and README.md lists each', () => {
    const readme = readFileSync(join(folder, 'README.md'), 'utf8')
    expect(files.length).toBeGreaterThan(20)
    for (const { file, sha256 } of files) {
      expect(sha256Hex(read(file)), file).toBe(sha256)
      expect(readme).toContain(`\`${file}\``)
    }
    const listed = new Set(
      files
        .flatMap((one) => [one.file, ...one.roots, ...one.intermediates, ...one.crls, ...one.ocsps, one.content ?? ''])
        .map((name) => join(folder, name)),
    )
    const others = present
      .filter((path) => !listed.has(path))
      .map((path) => path.slice(folder.length + 1))
      // Those have their own (test/trust/lists/fixtures.test.ts).
      .filter((path) => !path.startsWith('lists/'))
    expect(others.sort()).toEqual(['README.md', 'ca/unknown-ca.pem', 'ca/unknown-root.pem', 'expected.json'])
  })

  it('are small and hold no private key', () => {
    expect(present.reduce((sum, path) => sum + statSync(path).size, 0)).toBeLessThan(3 * 1024 * 1024)
    for (const path of present) expect(readFileSync(path, 'latin1'), path).not.toContain('PRIVATE KEY')
  })

  it('rest on CAs that still hold for years', async () => {
    for (const name of ANCHORS) {
      const [ca] = await readAnchorFile(read(name))
      expect(ca?.isCa).toBe(true)
      expect(ca && new Date(ca.validTo).getUTCFullYear()).toBeGreaterThan(2035)
    }
  })

  it('hold at least 60 that must be passed, each with a twin of one fault that must not', () => {
    const twins = files.filter(({ twinOf }) => twinOf !== null)
    const sound = new Set(files.filter(({ indication }) => indication === 'TOTAL-PASSED').map(({ file }) => file))
    expect(new Set(twins.map(({ twinOf }) => twinOf)).size).toBeGreaterThanOrEqual(60)
    expect(twins.filter(({ twinOf }) => !sound.has(twinOf ?? ''))).toEqual([])
    expect(twins.filter(({ indication }) => [indication].flat().includes('TOTAL-PASSED'))).toEqual([])
  })
})

describe('the verdict on', () => {
  for (const expectation of files.filter(({ file }) => !file.startsWith('mail/'))) {
    const { file, what } = expectation
    it(`${file} is as expected: ${what}`, () => {
      expect(differences(expectation, judge(read(file), expectation))).toEqual([])
    })
  }
})

describe('a fixture that is passed', () => {
  it('is not trusted without its root', () => {
    const trusted = passing.filter((expectation) => {
      const report = judge(read(expectation.file), { ...expectation, roots: [] })
      return report.indication === 'TOTAL-PASSED' || report.signatures.some((one) => one.trusted !== false)
    })
    expect(trusted.map(({ file }) => file)).toEqual([])
  })

  it('is not passed once an octet of what it signs is changed', () => {
    expect(passing.flatMap((expectation) => passesWithOctetChanged(expectation, 4))).toEqual([])
  })

  it('says the same of who signed what, or is not passed, once any other octet of a PDF is changed', () => {
    const pdfs = passing.filter(({ file }) => file.endsWith('.pdf'))
    expect(pdfs.flatMap((expectation) => passesOtherwiseWithOctetChanged(expectation, 4))).toEqual([])
  })
})

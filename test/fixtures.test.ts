import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Expectation } from '../scripts/fixtures/expectation.ts'
import { sha256Hex } from '../src/model/ids.ts'
import { readAnchorFile } from '../src/trust/index.ts'

const folder = join(import.meta.dirname, '../fixtures')
const { files }: { files: readonly (Expectation & { sha256: string })[] } = JSON.parse(
  readFileSync(join(folder, 'expected.json'), 'utf8'),
)
const present = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))

describe('the fixtures', () => {
  it('are as expected.json names them, byte for byte, and README.md lists each', () => {
    const readme = readFileSync(join(folder, 'README.md'), 'utf8')
    expect(files.length).toBeGreaterThan(20)
    for (const { file, sha256 } of files) {
      expect(sha256Hex(readFileSync(join(folder, file))), file).toBe(sha256)
      expect(readme).toContain(`\`${file}\``)
    }
    const listed = new Set(
      files.flatMap(({ file, roots, crls }) => [file, ...roots, ...crls]).map((name) => join(folder, name)),
    )
    const others = present.filter((path) => !listed.has(path)).map((path) => path.slice(folder.length + 1))
    expect(others.sort()).toEqual(['README.md', 'ca/unknown-ca.pem', 'expected.json'])
  })

  it('are small and hold no private key', () => {
    expect(present.reduce((sum, path) => sum + statSync(path).size, 0)).toBeLessThan(1024 * 1024)
    for (const path of present) expect(readFileSync(path, 'latin1'), path).not.toContain('PRIVATE KEY')
  })

  it('rest on a CA that still holds for years', () => {
    for (const name of ['ca/fixture-ca.pem', 'ca/unknown-ca.pem']) {
      const [ca] = readAnchorFile(readFileSync(join(folder, name)))
      expect(ca?.isCa).toBe(true)
      expect(ca && new Date(ca.validTo).getUTCFullYear()).toBeGreaterThan(2035)
    }
  })
})

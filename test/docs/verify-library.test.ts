import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const library = join(root, 'src/verify/index.ts')
const text = readFileSync(join(root, 'docs/verify-library.md'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'poststempel-docs-'))

/** Each program with the heading that it stands under, and what the page says that it prints. */
const examples = [
  ...text.matchAll(/^## ([^\n]+)\n(?:(?!^## )[\s\S])*?^```ts\n([\s\S]*?)^```\n\nprints\n\n```text\n([\s\S]*?)^```$/gm),
].map(([, title = '', code = '', printed = ''], index) => ({ title, code, printed, name: `example-${index + 1}` }))

beforeAll(() => {
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  for (const { name, code } of examples) writeFileSync(join(folder, `${name}.ts`), code)
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('docs/verify-library.md', () => {
  it('has an example of each use, and none that is not tried', () => {
    expect(examples.map(({ title }) => title)).toEqual([
      'Judge a PDF with your own roots',
      'Read the report',
      'Say it in plain words',
      'Write the ETSI validation report',
      'Judge a mail',
      'Validate a certification path',
      'Trust under terms',
    ])
    expect(text.match(/^```ts$/gm)?.length).toBe(examples.length)
  })

  it('has examples that the strict compiler takes', () => {
    const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'))
    const config = {
      compilerOptions: {
        ...compilerOptions,
        ...{ noEmit: true, types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
        paths: { 'poststempel/verify': [library] },
      },
      files: examples.map(({ name }) => `${name}.ts`),
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const check = (): string =>
      execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], {
        encoding: 'utf8',
        stdio: 'pipe',
      })
    expect(check()).toBe('')
    // A wrong use is noticed: the check sees the library's types.
    writeFileSync(join(folder, 'example-1.ts'), examples[0]?.code.replace('report.indication', 'report.verdict') ?? '')
    expect(check).toThrow()
    writeFileSync(join(folder, 'example-1.ts'), examples[0]?.code ?? '')
  })

  it.each(examples)('prints what it says: $title', ({ name, code, printed }) => {
    const file = join(folder, `${name}-run.ts`)
    writeFileSync(file, code.replace(`'poststempel/verify'`, `'${pathToFileURL(library)}'`))
    expect(execFileSync(process.execPath, [file], { cwd: root, encoding: 'utf8' })).toBe(printed)
  })
})

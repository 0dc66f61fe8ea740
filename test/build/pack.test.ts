import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { packCommand, packFolder } from '../../scripts/pack.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'poststempel-pack-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const write = (files: Readonly<Record<string, string>>): void => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}
const load = async (path: string) => await import(pathToFileURL(join(folder, path)).href)

describe('packing a folder of modules into one file', () => {
  it('leaves every module what it gave, each thing once', async () => {
    write({
      'package.json': '{"type":"module"}',
      'index.js': "export { Shape, area as size } from './shapes/shape.js';\nexport { twice } from './twice.js';\n",
      'twice.js': "import { area as inner } from './shapes/shape.js';\nexport const twice = (s) => 2 * inner(s);\n",
      'shapes/shape.js': [
        "import { basename } from 'node:path';",
        "import { UNIT } from '../unit.js';",
        'const local = 1;',
        'export class Shape {',
        '    side = UNIT;',
        '}',
        'export function area(shape) {',
        '    return shape.side * shape.side * local;',
        '}',
        "export const name = basename('/a/b');",
        '//# sourceMappingURL=shape.js.map',
      ].join('\n'),
      'unit.js': 'const local = 3;\nconst unit = local;\nexport { unit as UNIT };\n',
      'types.js': 'export {};\n',
    })
    await packFolder(folder)
    const [index, shape] = [await load('index.js'), await load('shapes/shape.js')]
    expect(Object.keys(index).sort()).toEqual(['Shape', 'size', 'twice'])
    expect(index.twice(new index.Shape())).toBe(18)
    expect([shape.name, shape.area(new shape.Shape())]).toEqual(['b', 9])
    expect(index.Shape).toBe(shape.Shape)
    expect((await load('unit.js')).UNIT).toBe(3)
    expect(readdirSync(folder, { recursive: true })).toContain('types.js')
    expect(readFileSync(join(folder, 'twice.js'), 'utf8')).not.toContain('inner')
  })

  it('refuses what leaves the folder, and what is not there', async () => {
    for (const [text, why] of [
      ["import { a } from '../outside.js';\nconsole.log(a);\n", 'not in the folder'],
      ["import { z } from 'zod';\nconsole.log(z);\n", 'not in the folder'],
      ["import { a } from './missing.js';\nconsole.log(a);\n", 'missing.js'],
    ] as const) {
      write({ 'index.js': text })
      await expect(packFolder(folder), text).rejects.toThrow(why)
    }
  })
})

it('packs a command with all that it needs at once, and leaves what it loads when it needs it', async () => {
  write({
    'package.json': '{"type":"module"}',
    'command/run.js': [
      "import { half } from '../half.js';",
      "export const run = async (n) => half(n) + (await import('../later.js')).more;",
    ].join('\n'),
    'half.js': 'export const half = (n) => n / 2;\n',
    'later.js': 'export const more = 100;\n',
  })
  await packCommand(join(folder, 'command/run.js'), ['../later.js'])
  rmSync(join(folder, 'half.js'))
  expect(await (await load('command/run.js')).run(4)).toBe(102)
  rmSync(join(folder, 'later.js'))
  expect(readFileSync(join(folder, 'command/run.js'), 'utf8')).toContain('../later.js')
})

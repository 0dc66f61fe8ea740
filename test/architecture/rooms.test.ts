import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const src = join(import.meta.dirname, '../../src')

/** Who may import whom: the table of docs/decisions/0005-rooms.md. A room always sees itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  verify: [],
  model: ['verify'],
  config: ['model'],
  sandbox: ['model'],
  net: ['model'],
  typeset: ['model'],
  store: ['model', 'verify'],
  trust: ['model', 'verify'],
  seal: ['model', 'verify'],
  intake: ['model', 'verify'],
  casework: ['model'],
  delivery: ['model'],
  archive: ['model'],
  web: ['model'],
}
/** These see several rooms: they put the parts together. */
const COMPOSERS = new Set([
  'main.ts',
  'gateway.ts',
  'pipeline.ts',
  'wiring.ts',
  'wiring-timestamps.ts',
  'web-deps.ts',
  'log.ts',
  'version.ts',
  'cli',
  'demo',
])
/** Rooms whose imports of verify/ must be types, but for these doors. */
const TYPES_ONLY_OF_VERIFY = new Set(['model'])
/** The one reader of MIME is part of verify/ by design, and intake shows exactly the parts that it found. */
const INTAKE_MAY_SEE = ['verify/mime', 'verify/smime']
/** verify/ reads no clock, no disk and no network. */
const SEALED_MAY_USE = new Set(['node:crypto', 'node:zlib', 'node:buffer'])

interface Import {
  readonly file: string
  readonly target: string
  readonly typeOnly: boolean
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
}

/** Finds static, side-effect, re-export and dynamic imports, and new URL(…, import.meta.url) of module files. */
function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')
  const found: Import[] = []
  const add = (target: string | undefined, typeOnly: boolean): void => {
    if (target) found.push({ file, target, typeOnly })
  }
  for (const match of text.matchAll(/^\s*(?:import|export)\s+(type\s+)?(?:[^'"();]*?\sfrom\s+)?['"]([^'"]+)['"]/gm)) {
    add(match[2], match[1] !== undefined)
  }
  for (const match of text.matchAll(/\bimport\(\s*['"`]([^'"`]+)['"`]\s*\)/g)) add(match[1], false)
  for (const match of text.matchAll(/new URL\(\s*['"`]([^'"`]+\.[jt]sx?)['"`]/g)) add(match[1], false)
  return found
}

const roomOf = (path: string): string => relative(src, path).split('/')[0] ?? ''
const all = sourceFiles(src).flatMap(importsOf)
const local = all
  .filter((i) => i.target.startsWith('.'))
  .map((i) => ({ ...i, path: resolve(dirname(i.file), i.target), from: roomOf(i.file) }))

describe('rooms', () => {
  it('finds imports at all', () => {
    expect(local.length).toBeGreaterThan(50)
  })

  it('import only whom the table names', () => {
    const wrong = local.filter(({ from, path }) => {
      const to = roomOf(path)
      if (from === to || COMPOSERS.has(from)) return false
      return !(MAY_IMPORT[from] ?? []).includes(to)
    })
    expect(wrong.map((i) => `${relative(src, i.file)} → ${i.target}`)).toEqual([])
  })

  it('that must see only types of verify/ see only types', () => {
    const wrong = local.filter(({ from, path, typeOnly }) => {
      if (roomOf(path) !== 'verify' || from === 'verify' || typeOnly) return false
      if (from === 'intake') return !INTAKE_MAY_SEE.some((room) => relative(src, path).startsWith(room))
      return TYPES_ONLY_OF_VERIFY.has(from)
    })
    expect(wrong.map((i) => `${relative(src, i.file)} → ${i.target}`)).toEqual([])
  })

  it('are all in the table', () => {
    const rooms = readdirSync(src, { withFileTypes: true }).filter(
      (e) => e.isDirectory() && sourceFiles(join(src, e.name)).length > 0,
    )
    expect(rooms.map((e) => e.name).filter((name) => !(name in MAY_IMPORT) && !COMPOSERS.has(name))).toEqual([])
  })

  it('sealed verify/ uses nothing but pure parts of Node and no package', () => {
    const wrong = all.filter(
      (i) => roomOf(i.file) === 'verify' && !i.target.startsWith('.') && !SEALED_MAY_USE.has(i.target),
    )
    expect(wrong.map((i) => `${relative(src, i.file)} → ${i.target}`)).toEqual([])
  })

  it('sealed verify/ reads no clock and no randomness', () => {
    const wrong = sourceFiles(join(src, 'verify')).filter((file) =>
      /Date\.now\(|new Date\(\)|Math\.random|randomBytes|performance\.now/.test(readFileSync(file, 'utf8')),
    )
    expect(wrong.map((file) => relative(src, file))).toEqual([])
  })

  it('have no circle of files', () => {
    const graph = new Map<string, string[]>()
    for (const i of local.filter((one) => !one.typeOnly)) graph.set(i.file, [...(graph.get(i.file) ?? []), i.path])
    const done = new Set<string>()
    const visit = (file: string, trail: readonly string[]): void => {
      if (trail.includes(file)) throw new Error(`circle: ${[...trail, file].map((f) => relative(src, f)).join(' → ')}`)
      if (done.has(file)) return
      for (const next of graph.get(file) ?? []) visit(next, [...trail, file])
      done.add(file)
    }
    for (const file of graph.keys()) visit(file, [])
    expect(done.size).toBeGreaterThan(10)
  })
})

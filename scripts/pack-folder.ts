import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** One compiled module, its imports and exports taken apart. */
interface Module {
  /** Relative to the folder: x509/certificate.js. */
  readonly path: string
  readonly body: string
  /** Modules of the folder that must run before it. */
  readonly needs: readonly string[]
  /** What it gives, as members of an object literal. */
  readonly exports: readonly { readonly name: string; readonly value: string }[]
}

const IMPORT = /^import \{(.*)\} from '(.*)';$/
const FORWARD = /^export \{(.*)\} from '(.*)';$/
const LIST = /^export \{(.*)\};$/
const DECLARATION = /^export ((?:async )?function\*?|class|const) ([\w$]+)/

/**
 * Takes a folder of compiled modules that import one another and Node's own modules only. Puts them all into one file
 * beside them, each in a function of its own, and leaves of each module what hands on from there: to load a hundred
 * files costs more than to judge a document. Whatever is imported from wherever is the same object as before.
 * @throws Error where a module is written in a way that this does not know, or where imports run in a circle
 */
export function packFolder(folder: string, packed = 'packed.js'): void {
  const modules = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.js'))
    .sort()
    .map((path) => readModule(folder, path))
  const builtins = new Set<string>()
  const texts = inOrder(modules).map((module) => {
    for (const [, name = ''] of module.body.matchAll(/= \$node_(\w+);/g)) builtins.add(name)
    const exported = module.exports.map(({ name, value }) => (name === value ? name : `${name}: ${value}`))
    return `const ${nameOf(module.path)} = (() => {\n${module.body}\nreturn { ${exported.join(', ')} };\n})();`
  })
  const imports = [...builtins].map((name) => `import * as $node_${name} from 'node:${name}';`)
  const exports = `export { ${modules.map(({ path }) => nameOf(path)).join(', ')} };`
  writeFileSync(join(folder, packed), `${[...imports, ...texts, exports].join('\n')}\n`)
  for (const { path, exports } of modules) {
    const own = nameOf(path)
    const from = relative(dirname(path), packed)
    const lines = [`import { ${own} } from '${from.startsWith('.') ? from : `./${from}`}';`]
    if (exports.length > 0) lines.push(`export const { ${exports.map(({ name }) => name).join(', ')} } = ${own};`)
    writeFileSync(join(folder, path), `${lines.join('\n')}\n`)
    rmSync(join(folder, `${path}.map`), { force: true })
  }
}

const nameOf = (path: string): string => `$${path.replace(/\.js$/, '').replace(/[^A-Za-z0-9]/g, '_')}`

function readModule(folder: string, path: string): Module {
  const needs: string[] = []
  const exports: { name: string; value: string }[] = []
  const objectOf = (specifier: string): string => {
    if (specifier.startsWith('node:')) return `$node_${specifier.slice(5)}`
    const target = relative(folder, join(folder, dirname(path), specifier))
    if (target.startsWith('..')) throw new Error(`${path} imports ${specifier}, which is not in the folder`)
    needs.push(target)
    return nameOf(target)
  }
  const lines = readFileSync(join(folder, path), 'utf8').split('\n')
  const body = lines.flatMap((line): string[] => {
    if (line.startsWith('//# sourceMappingURL=') || line === 'export {};') return []
    const [, names = '', specifier = ''] = IMPORT.exec(line) ?? []
    if (specifier) return [`const { ${split(names).map(([from, to]) => `${from}: ${to}`)} } = ${objectOf(specifier)};`]
    const [, handed = '', source = ''] = FORWARD.exec(line) ?? []
    if (source) {
      const object = objectOf(source)
      exports.push(...split(handed).map(([from, to]) => ({ name: to, value: `${object}.${from}` })))
      return []
    }
    const [, listed] = LIST.exec(line) ?? []
    if (listed !== undefined) {
      exports.push(...split(listed).map(([from, to]) => ({ name: to, value: from })))
      return []
    }
    const [, , name] = DECLARATION.exec(line) ?? []
    if (name) {
      exports.push({ name, value: name })
      return [line.slice('export '.length)]
    }
    if (/^(import|export)\b(?!\()/.test(line)) throw new Error(`${path}: "${line}" is of no form that can be packed`)
    return [line]
  })
  return { path, body: body.join('\n'), needs, exports }
}

/** Takes `a, b as c`; gives each with the name that it has from there on. */
function split(names: string): (readonly [string, string])[] {
  const parts = names.split(',').map((part) => part.trim())
  return parts
    .filter((part) => part !== '')
    .map((part) => {
      const [from = '', to = from] = part.split(' as ')
      return [from, to] as const
    })
}

/** Gives the modules so that each stands behind those that it needs. */
function inOrder(modules: readonly Module[]): readonly Module[] {
  const byPath = new Map(modules.map((module) => [module.path, module]))
  const ordered = new Set<Module>()
  const open = new Set<Module>()
  const visit = (module: Module): void => {
    if (ordered.has(module)) return
    if (open.has(module)) throw new Error(`imports run in a circle through ${module.path}`)
    open.add(module)
    for (const path of module.needs) {
      const needed = byPath.get(path)
      if (!needed) throw new Error(`${module.path} needs ${path}, which is not there`)
      visit(needed)
    }
    open.delete(module)
    ordered.add(module)
  }
  for (const module of modules) visit(module)
  return [...ordered]
}

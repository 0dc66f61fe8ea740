import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type InputOptions, type OutputOptions, type Plugin, rolldown } from 'rolldown'

/**
 * Takes a folder of compiled modules that import one another and Node's own modules only. Puts them all into one file
 * beside them and leaves of each module what hands on from there: to load a hundred files costs more than to judge a
 * document. Whatever is imported from wherever is the same object as before.
 * @throws Error where a module imports what is not in the folder
 */
export async function packFolder(folder: string): Promise<void> {
  const modules = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.js'))
  await pack(
    {
      input: Object.fromEntries(modules.map((path) => [path.slice(0, -'.js'.length), join(folder, path)])),
      plugins: [stayWithin(folder), nodeModules()],
      preserveEntrySignatures: 'strict',
    },
    {
      dir: folder,
      entryFileNames: '[name].js',
      chunkFileNames: 'packed.js',
      codeSplitting: { groups: [{ name: 'packed', test: () => true }] },
    },
  )
  for (const path of modules) rmSync(join(folder, `${path}.map`), { force: true })
}

/**
 * Takes a compiled module, and what it imports when first it needs it, as it stands there. Puts everything else that it
 * imports into it: what a person waits for is one file to load. Classes that it takes in are there twice then.
 */
export async function packCommand(file: string, stays: readonly string[]): Promise<void> {
  const external = (id: string): boolean => stays.includes(id)
  await pack({ input: file, external, plugins: [nodeModules()] }, { file, codeSplitting: false })
  writeFileSync(file, inAscii(readFileSync(file, 'utf8')))
  rmSync(`${file}.map`, { force: true })
}

async function pack(input: InputOptions, output: OutputOptions): Promise<void> {
  const treeshake = {
    moduleSideEffects: (id: string) => !id.startsWith(BUILTIN),
    propertyReadSideEffects: false as const,
  }
  const bundle = await rolldown({ treeshake, logLevel: 'silent', ...input })
  await bundle.write({ comments: false, ...output })
  await bundle.close()
}

/** One letter beyond Latin-1 makes Node hold all of a file in two bytes a letter. Our letters stand in literals only. */
const inAscii = (code: string): string =>
  code.replace(/[\u0080-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Fails for what would have to be taken in from elsewhere, and so be there twice. */
const stayWithin = (folder: string): Plugin => ({
  name: 'stay-within',
  async resolveId(source, importer) {
    if (source.startsWith('node:') || importer === undefined) return null
    const found = await this.resolve(source, importer, { skipSelf: true })
    if (!found?.id.startsWith(folder)) throw new Error(`${importer} imports ${source}, which is not in the folder`)
    return found
  },
})

const BUILTIN = '\0builtin:'

/** Takes Node's modules by what is used of them: to import one costs a view of all that it has. */
const nodeModules = (): Plugin => ({
  name: 'node-modules',
  resolveId: (source) => (source.startsWith('node:') ? `${BUILTIN}${source}` : null),
  load: (id) => {
    if (!id.startsWith(BUILTIN)) return null
    const source = id.slice(BUILTIN.length)
    const names = Object.keys(process.getBuiltinModule(source) ?? {})
    const lines = names.map((name) => `export const ${name} = builtin.${name};`)
    return `const builtin = process.getBuiltinModule('${source}');\n${lines.join('\n')}`
  },
})

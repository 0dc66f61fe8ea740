import type { RootsVerb } from './roots-verb.ts'

const HELP = `usage: poststempel roots VERB …

  list                 all trust anchors, one JSON object per line
  show SHA256          one of them (the first digits do), with what was done with it
  add FILE…            CA certificates from files; changes nothing without --yes
  disable SHA256       takes one out of force and keeps it
  enable SHA256        puts it back in force
  limit SHA256         lets it vouch for certain signers only
  remove SHA256        removes it
  export               those in force, as PEM
  test FILE…           judges files by the anchors in force and by planned ones

Each has --help. Works beside a running gateway; open cases are judged again after a change, and each change is on record.`

/** Each verb loads what it needs only. */
const VERBS: Readonly<Record<string, () => Promise<RootsVerb>>> = {
  show: async () => (await import('./roots-show.ts')).show,
  add: async () => (await import('./roots-add.ts')).add,
  disable: async () => (await import('./roots-change.ts')).disable,
  enable: async () => (await import('./roots-change.ts')).enable,
  limit: async () => (await import('./roots-change.ts')).limit,
  remove: async () => (await import('./roots-change.ts')).remove,
  export: async () => (await import('./roots-export.ts')).exportRoots,
  test: async () => (await import('./roots-test.ts')).test,
}

/** Runs `poststempel roots`; gives the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const [name = '', ...rest] = args
  if (name === 'list') return (await import('./list.ts')).listCommand('roots').run(args)
  const load = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined
  if (load) return (await import('./roots-verb.ts')).runVerb(await load(), rest)
  console.log(HELP)
  return name === '--help' ? 0 : 2
}

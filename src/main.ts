/** The command line's door: one file per command in cli/, imported only when asked for. */
const COMMANDS: Readonly<Record<string, () => Promise<{ run(args: readonly string[]): Promise<number> }>>> = {
  serve: () => import('./cli/serve.ts'),
  demo: () => import('./cli/demo.ts'),
  verify: () => import('./cli/verify.ts'),
  certificate: () => import('./cli/certificate.ts'),
  accounts: () => import('./cli/accounts.ts'),
  doctor: () => import('./cli/doctor.ts'),
  'api-tokens': () => import('./cli/api-tokens.ts'),
  submissions: () => list('submissions'),
  cases: () => list('cases'),
  letters: () => list('letters'),
  roots: () => import('./cli/roots.ts'),
  keys: () => import('./cli/keys.ts'),
  'trusted-lists': () => import('./cli/trusted-lists.ts'),
  seal: () => import('./cli/seal.ts'),
  history: () => import('./cli/history.ts'),
  archive: () => list('archive'),
}

const list = async (what: string) => (await import('./cli/list.ts')).listCommand(what)

/** Takes the words behind `poststempel`; runs that command and sets the exit code. */
export async function main(args: readonly string[]): Promise<void> {
  const [name = 'help', ...rest] = args
  if (name === '--version') {
    const { readVersion } = await import('./version.ts')
    console.log(`poststempel ${await readVersion()}`)
    return
  }
  const load = COMMANDS[name]
  if (!load) {
    console.log(`usage: poststempel COMMAND\n\ncommands: ${Object.keys(COMMANDS).join(', ')}`)
    process.exitCode = name === 'help' || name === '--help' ? 0 : 2
    return
  }
  try {
    process.exitCode = await (await load()).run(rest)
  } catch (thrown) {
    // parseArgs says what is wrong with the words; anything else is said by its code.
    if (!isUsageFault(thrown)) throw thrown
    console.error(`poststempel ${name}: ${thrown.message}\nSee: poststempel ${name} --help`)
    process.exitCode = 2
  }
}

const isUsageFault = (thrown: unknown): thrown is Error =>
  thrown instanceof TypeError && 'code' in thrown && String(thrown.code).startsWith('ERR_PARSE_ARGS')

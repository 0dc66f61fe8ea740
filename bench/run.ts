import { execFileSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { describeFigure, type Figure } from './figure.ts'

const HELP = `usage: npm run bench -- [NAME] [--json] [--corpus DIR]
Figures of one benchmark, the peers beside ours in the same run: smtp (postfix), verify (pyHanko, pdfsig, openssl),
paths (openssl, milliseconds). Without a name: all of them as a table. --json prints one JSON object.
  --corpus DIR  verify: a folder with rsa200, ec200, lta20, inc50 and roots (default: ../shared/corpus/perf where it
                is there; else documents made on the spot)
pyHanko is looked for in the Python that PYHANKO_PYTHON names, else in python3.`

interface BenchOptions {
  readonly corpus: string | undefined
}

const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<readonly Figure[]>>> = {
  smtp: async () => (await import('./smtp.ts')).benchSmtp(),
  paths: async () => (await import('./paths.ts')).benchPaths(),
  verify: async ({ corpus }) => (await import('./verify.ts')).benchVerify(corpus),
}

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean' }, help: { type: 'boolean' }, corpus: { type: 'string' } },
  allowPositionals: true,
})
if (values.help || positionals.some((name) => !(name in BENCHES))) {
  console.log(HELP)
  process.exit(values.help ? 0 : 2)
}
const host = { cpus: execFileSync('nproc', { encoding: 'utf8' }).trim(), node: process.versions.node }
for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHES)) {
  const figures = (await BENCHES[name]?.({ corpus: values.corpus })) ?? []
  if (values.json) console.log(JSON.stringify({ bench: name, host, figures }))
  else for (const figure of figures) console.log(describeFigure(name, figure))
}

import { execFileSync } from 'node:child_process'

const HELP = `usage: npm run bench -- [NAME] [--json]
Figures of one benchmark, the peer beside ours in the same run: smtp (postfix), verify (pdfsig),
paths (openssl, milliseconds).
Without a name: all of them as a table. --json prints one JSON object.`

/** One figure: what, ours, the peer's, in the same unit. */
export interface Figure {
  readonly what: string
  readonly unit: string
  readonly ours: number
  readonly peer: string
  readonly peers: number
}

const BENCHES: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  smtp: async () => (await import('./smtp.ts')).benchSmtp(),
  paths: async () => (await import('./paths.ts')).benchPaths(),
  verify: async () => (await import('./verify.ts')).benchVerify(),
}

const argv = process.argv.slice(2)
const names = argv.filter((word) => !word.startsWith('--'))
if (argv.includes('--help') || names.some((name) => !(name in BENCHES))) {
  console.log(HELP)
  process.exit(argv.includes('--help') ? 0 : 2)
}
const host = { cpus: execFileSync('nproc', { encoding: 'utf8' }).trim(), node: process.versions.node }
for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
  const figures = (await BENCHES[name]?.()) ?? []
  if (argv.includes('--json')) console.log(JSON.stringify({ bench: name, host, figures }))
  else
    for (const f of figures)
      console.log(
        `${name.padEnd(8)} ${f.what.padEnd(44)} ${f.ours.toFixed(0).padStart(7)} ${f.unit}  ${f.peer} ${f.peers.toFixed(0)}  ratio ${(f.ours / f.peers).toFixed(2)}`,
      )
}

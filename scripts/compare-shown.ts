import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readPemOrDer, verifyDocument } from '../src/verify/index.ts'
import type { Expectation } from './fixtures/expectation.ts'
import { findSilentTwins } from './fixtures/silent-twins.ts'

const HELP = `usage: node scripts/compare-shown.ts [READER ARGUMENT…]
Changes octets behind the signatures of the fixtures that pass, and asks a reader (default: pdftotext -q FILE -) what it shows
of each twin that still passes without a warning. FILE stands for the file among the arguments. Names each twin of which the
reader shows something else than of what was signed; exit 1 where there is one, 2 where there is no such reader.`

if (process.argv.includes('--help')) {
  console.log(HELP)
  process.exit(0)
}

const [program = 'pdftotext', ...given] = process.argv.slice(2)
const words = process.argv.length > 2 ? given : ['-q', 'FILE', '-']
const folder = mkdtempSync(join(tmpdir(), 'poststempel-shown-'))
const fixtures = join(import.meta.dirname, '../fixtures')
const read = (name: string): Buffer => readFileSync(join(fixtures, name))
const readAll = (names: readonly string[]): readonly Uint8Array[] => names.flatMap((name) => readPemOrDer(read(name)))

function show(pdf: Uint8Array): string {
  const file = join(folder, 'shown.pdf')
  writeFileSync(file, pdf)
  const run = spawnSync(
    program,
    words.map((word) => (word === 'FILE' ? file : word)),
  )
  if (run.error) {
    console.error(`${program} cannot be run: ${run.error.message}`)
    process.exit(2)
  }
  return run.stdout.toString('latin1')
}

let found = 0
const { files }: { readonly files: readonly Expectation[] } = JSON.parse(read('expected.json').toString())
for (const one of files) {
  if (one.indication !== 'TOTAL-PASSED' || !one.file.endsWith('.pdf')) continue
  const options = {
    validationTime: new Date(one.at),
    trustAnchors: readAll(one.roots),
    intermediates: readAll(one.intermediates),
    crls: readAll(one.crls),
    ocsps: readAll(one.ocsps),
    checkRevocation: one.checkRevocation,
    password: one.password,
  }
  const judge = (pdf: Uint8Array): ReturnType<typeof verifyDocument> => verifyDocument(pdf, options)
  for (const { at, mask } of findSilentTwins(read(one.file), { judge, show })) {
    found += 1
    console.log(`${one.file}: shows something else with octet ${at} changed by ${mask}`)
  }
}
rmSync(folder, { recursive: true })
console.log(found === 0 ? 'no twin that passes silently shows anything else' : `${found} twins show something else`)
process.exitCode = found === 0 ? 0 : 1

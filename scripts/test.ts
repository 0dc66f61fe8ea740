import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installMissing } from './debian-packages.ts'
import { startPostgres } from './postgres.ts'

const HELP = `usage: node scripts/test.ts [--quick] [--help]
Runs everything: build, Biome, types, the quick tests, then the full ones (both store engines, real clients, browser).
Installs the Debian packages that the full tests need where it runs as root on Debian; elsewhere it names them.
  --quick   only what needs nothing but Node: seconds
A run that left something out says so; with CI set in the environment it fails.
Closing line: 'N passed, N failed'.`

if (process.argv.includes('--help')) {
  console.log(HELP)
  process.exit(0)
}

const root = join(import.meta.dirname, '..')
const bin = (name: string): string => join(root, 'node_modules/.bin', name)
const scratch = mkdtempSync(join(tmpdir(), 'poststempel-test-'))
const tally = { passed: 0, failed: 0, failedNames: [] as string[], leftOut: [] as string[] }

/** Runs one step; a step that fails counts as one failure. */
function step(name: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): boolean {
  console.log(`\n== ${name}`)
  const { status } = spawnSync(command, args, { cwd: root, env, stdio: 'inherit' })
  if (status !== 0) {
    tally.failed += 1
    tally.failedNames.push(name)
  }
  return status === 0
}

/** Runs one vitest project and counts its tests; a runner that ends without a result is a failure. */
function testProject(project: 'quick' | 'full', env: NodeJS.ProcessEnv, filters: readonly string[] = []): void {
  const resultFile = join(scratch, `${project}.json`)
  console.log(`\n== tests: ${project} ${filters.join(' ')}`)
  const args = [
    'run',
    ...filters,
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${resultFile}`,
  ]
  const { status } = spawnSync(bin('vitest'), args, { cwd: root, env, stdio: 'inherit' })
  const result = readResult(resultFile)
  tally.passed += result.numPassedTests
  tally.failed += Math.max(result.numFailedTests, status === 0 ? 0 : 1)
  for (const { name: file, status: fileStatus, message, assertionResults } of result.testResults) {
    const failed = assertionResults.filter((one) => one.status === 'failed')
    for (const one of failed) tally.failedNames.push(`${file}: ${one.fullName}\n${one.failureMessages.join('\n')}`)
    if (fileStatus === 'failed' && failed.length === 0) tally.failedNames.push(`${file}\n${message}`)
  }
  if (result.numPendingTests + result.numTodoTests > 0)
    tally.leftOut.push(`${result.numPendingTests + result.numTodoTests} skipped ${project} tests`)
}

interface VitestResult {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

function readResult(file: string): VitestResult {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    console.error(`the test runner left no result: ${cause instanceof Error ? cause.message : cause}`)
    return { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0, testResults: [] }
  }
}

async function fullTests(): Promise<void> {
  const missing = installMissing(console.log)
  for (const { debianPackage, why } of missing) {
    tally.leftOut.push(`${debianPackage} (${why}) is missing: apt-get install ${debianPackage}`)
  }
  if (missing.length > 0) return
  const postgres = await startPostgres()
  try {
    const env = { ...process.env, POSTSTEMPEL_TEST_POSTGRES_URL: postgres.url }
    // The store's tests once more, now on both engines.
    testProject('quick', env, ['test/store'])
    testProject('full', env)
  } finally {
    await postgres.stop()
  }
}

async function main(): Promise<void> {
  if (!step('build', process.execPath, ['scripts/build.ts'])) return
  step('Biome', bin('biome'), ['check', '--error-on-warnings', '.'])
  step('types', bin('tsc'), ['--noEmit', '-p', 'tsconfig.json'])
  testProject('quick', process.env)
  if (process.argv.includes('--quick')) tally.leftOut.push('the full tests, as asked (--quick)')
  else await fullTests()
}

await main()
rmSync(scratch, { recursive: true, force: true })
// Once more at the end: a log is often kept by its last lines.
for (const what of tally.failedNames) console.log(`FAILED: ${what}`)
for (const what of tally.leftOut) console.log(`LEFT OUT: ${what}`)
if (tally.leftOut.length > 0 && process.env['CI'] && !process.argv.includes('--quick')) tally.failed += 1
console.log(`${tally.passed} passed, ${tally.failed} failed`)
process.exitCode = tally.failed > 0 || tally.passed === 0 ? 1 : 0

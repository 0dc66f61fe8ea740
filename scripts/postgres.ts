import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import pg from 'pg'

const HELP = `usage: node scripts/postgres.ts
Starts a throw-away PostgreSQL on a free loopback port, prints its URL and waits; Ctrl-C stops and removes it.
For tests:  POSTSTEMPEL_TEST_POSTGRES_URL=<the URL> npx vitest run test/store
Needs PostgreSQL's server programs (Debian: apt-get install postgresql). As root they run as the user postgres.`

const READY_WITHIN_MS = 30_000

export interface ThrowAwayPostgres {
  /** postgres://…, with a password of its own; the user may make schemas. */
  readonly url: string
  readonly pid: number
  /** Stops the server and removes all that it wrote. */
  stop(): Promise<void>
}

/** Starts PostgreSQL in a temporary folder: fsync on (its default), loopback only, socket in the folder. Throws where it is not installed. */
export async function startPostgres(): Promise<ThrowAwayPostgres> {
  const bin = findPrograms()
  const user = unprivilegedUser()
  const folder = mkdtempSync(join(tmpdir(), 'poststempel-postgres-'))
  const data = join(folder, 'data')
  const password = randomBytes(16).toString('hex')
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  chmodSync(folder, 0o700)
  for (const path of [folder, passwordFile]) if (user) chownSync(path, user.uid, user.gid)

  const server: { process: ChildProcess | null } = { process: null }
  const stop = async (): Promise<void> => {
    if (server.process) await ended(server.process)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    execFileSync(
      join(bin, 'initdb'),
      ['-D', data, '-U', 'poststempel', '-A', 'scram-sha-256', '--pwfile', passwordFile, '-E', 'UTF8', '--locale=C'],
      { ...user, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
    )
    const port = await freePort()
    const url = `postgres://poststempel:${password}@127.0.0.1:${port}/postgres`
    const child = spawn(
      join(bin, 'postgres'),
      ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', folder, '-c', 'max_connections=200'],
      { ...user, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
    )
    server.process = child
    await answers(url, child)
    return { url, pid: child.pid ?? 0, stop }
  } catch (fault) {
    await stop()
    throw fault
  }
}

/** Debian keeps them beside the versions, others on the PATH. */
function findPrograms(): string {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [...versions.map((it) => join(debian, it, 'bin')), ...(process.env['PATH'] ?? '').split(delimiter)]
  const found = folders.find((it) => existsSync(join(it, 'initdb')) && existsSync(join(it, 'postgres')))
  if (!found) throw new Error('PostgreSQL is not installed (Debian: apt-get install postgresql)')
  return found
}

/** PostgreSQL refuses root; Debian's package brings the user postgres. */
function unprivilegedUser(): { readonly uid: number; readonly gid: number } | null {
  if (process.getuid?.() !== 0) return null
  const idOf = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', resolve)
  })
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no free port on loopback')
  return address.port
}

async function answers(url: string, server: ChildProcess): Promise<void> {
  let complaint = ''
  server.stderr?.on('data', (piece: Buffer) => {
    complaint = (complaint + piece.toString()).slice(-2000)
  })
  const deadline = Date.now() + READY_WITHIN_MS
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1000 })
    client.on('error', () => {})
    const fault = await client.connect().then(
      () => null,
      (thrown: unknown) => thrown,
    )
    await client.end()
    if (fault === null) return
    if (server.exitCode !== null || Date.now() > deadline) throw new Error(`PostgreSQL does not start: ${complaint}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** SIGINT is PostgreSQL's fast shutdown: clients are sent away, nothing is left to recover. */
async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const exit = new Promise((resolve) => server.once('exit', resolve))
  server.kill('SIGINT')
  await exit
}

if (import.meta.main) {
  if (process.argv.length > 2) {
    console.log(HELP)
    process.exit(process.argv[2] === '--help' ? 0 : 2)
  }
  const server = await startPostgres()
  console.log(server.url)
  const end = async (): Promise<void> => {
    await server.stop()
    process.exit(0)
  }
  process.once('SIGINT', end)
  process.once('SIGTERM', end)
}

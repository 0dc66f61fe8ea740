import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const root = join(import.meta.dirname, '../..')

/** A gateway in a process of its own, as a municipality runs it. */
export interface GatewayProcess {
  readonly child: ChildProcess
  readonly http: string
  readonly smtpPort: number
  readonly lines: readonly string[]
  /** kill -9, and waits until it is gone. */
  kill(): Promise<void>
  /** SIGTERM; gives the exit code. */
  stop(): Promise<number | null>
}

/**
 * Starts `poststempel serve` from the build on free ports and waits for its ready line; in a process group of its own
 * where the whole group is to be signalled. @throws Error with its output
 */
export async function startGatewayProcess(
  dataDir: string,
  config: Readonly<Record<string, unknown>> = {},
  env: Readonly<Record<string, string>> = {},
  { ownGroup = false }: { readonly ownGroup?: boolean } = {},
): Promise<GatewayProcess> {
  const configFile = join(dataDir, '..', `config-${dataDir.split('/').at(-1)}.json`)
  writeFileSync(configFile, JSON.stringify(config))
  const child = spawn(
    process.execPath,
    [join(root, 'bin/poststempel.js'), 'serve', '--config', configFile, '--data', dataDir],
    {
      env: { PATH: process.env['PATH'], POSTSTEMPEL_SMTP_PORT: '0', POSTSTEMPEL_HTTP_PORT: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: ownGroup,
    },
  )
  const lines: string[] = []
  const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  const ready = new Promise<{ http: string; smtp: string }>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line)
        if (line.includes('"msg":"ready"')) resolve(JSON.parse(line))
      })
    }
    void gone.then((code) => reject(new Error(`the gateway ended with ${code}:\n${lines.join('\n')}`)))
  })
  const { http, smtp } = await ready
  return {
    child,
    http,
    smtpPort: Number(smtp.split(':').at(-1)),
    lines,
    kill: async () => {
      child.kill('SIGKILL')
      await gone
    },
    stop: async () => {
      child.kill('SIGTERM')
      return gone
    },
  }
}

/** What `poststempel … list` says of a data folder, beside its gateway or without one: one row for each line. */
export function listedBeside(dataDir: string, what: string): readonly Record<string, unknown>[] {
  const args = [join(root, 'bin/poststempel.js'), what, 'list', '--format', 'json', '--data', dataDir]
  const out = execFileSync(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 }).toString()
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

import { parseArgs } from 'node:util'
import { loadSettings } from '../config/index.ts'
import { createGateway } from '../gateway.ts'
import { createLog } from '../log.ts'
import { sayFault } from './say-fault.ts'
import { startWarnings } from './start-warnings.ts'

const HELP = `usage: poststempel serve [--config FILE] [--data DIR]
Runs the gateway. Without a configuration it listens on loopback (SMTP 2525, web 8025) and keeps outgoing mail in the
outbox page. POSTSTEMPEL_SMTP_PORT, POSTSTEMPEL_HTTP_PORT and POSTSTEMPEL_DATA change that; all keys are in
docs/configuration.md. When it accepts work it writes one JSON line {"msg":"ready","http":…,"smtp":…}.
SIGTERM finishes what is in hand and ends with 0.`

/** Runs `poststempel serve`; gives the exit code when it was told to stop. */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { config: { type: 'string' }, data: { type: 'string' }, help: { type: 'boolean' } },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  try {
    const settings = loadSettings({ configFile: values.config, dataDir: values.data })
    for (const warning of startWarnings(settings)) console.error(`Warning: ${warning}`)
    const gateway = createGateway(settings, { log: createLog() })
    // Listened for before anybody is told that we are ready: whoever reads that may stop us at once.
    const told = toldToStop()
    const { http, smtp, invitation } = await gateway.start()
    if (invitation) console.error(`First start: set the admin's password at ${invitation} (one time, for 7 days)`)
    console.log(JSON.stringify({ msg: 'ready', http, smtp }))
    await told
    await gateway.stop()
    return 0
  } catch (thrown) {
    return sayFault(thrown)
  }
}

/** A signal to the whole group comes twice where an old Node started us: once itself, once passed on. */
const ECHO_MS = 1_000

/** Resolves at the first SIGTERM or SIGINT; one more, later, ends the process at once, as an impatient person expects. */
export function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    let toldAtMs: number | null = null
    const onSignal = (): void => {
      if (toldAtMs !== null && performance.now() - toldAtMs > ECHO_MS) process.exit(1)
      toldAtMs ??= performance.now()
      resolve()
    }
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, onSignal)
  })
}

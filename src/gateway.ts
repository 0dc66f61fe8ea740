import { randomUUID } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { startFolder, startImap, startLmtp, startSmtp } from './intake/index.ts'
import { GatewayError } from './model/errors.ts'
import { planToday } from './model/recurring.ts'
import { PUBLIC_URL_SETTING, type Settings } from './model/settings.ts'
import type { Store } from './model/store.ts'
import { instant } from './model/time.ts'
import { pipeline, RECURRING } from './pipeline.ts'
import { lockDataFolder, startJobRunner } from './store/index.ts'
import { comparePolicy, loadCatalogue, recordGuard, reportUnrecorded, takeInConfigured } from './trust/index.ts'
import { readVersion } from './version.ts'
import { createInvitation, startWeb, type WebDeps } from './web/index.ts'
import { webDeps } from './web-deps.ts'
import { CERTIFICATES, type Overrides, type Parts, tokenFetcherFor, wire } from './wiring.ts'

/** Where a running gateway listens; invitation: the first admin's one-time link, at the first start only. */
export interface Running {
  readonly http: string
  readonly smtp: string
  readonly invitation: string | null
  readonly parts: Parts
  /** Resolves when no job is due or running. */
  idle(): Promise<void>
}

export interface Gateway {
  /** @throws GatewayError port-in-use, storage-unavailable, migration-mismatch, key-unusable */
  start(): Promise<Running>
  /** Finishes what is in hand: first no new mail, then the jobs that run, then the pages, then the store. */
  stop(): Promise<void>
}

const JOB_CONCURRENCY = 4

/** Takes checked settings, and what tests or the demo replace; gives the gateway, not started yet. */
export function createGateway(given: Settings, overrides: Overrides & Pick<WebDeps, 'demoHints'> = {}): Gateway {
  const stops: (() => Promise<unknown>)[] = []
  const start = async (): Promise<Running> => {
    const settings = await withRealPorts(given)
    await makeDataFolder(settings.dataDir)
    // Before anything else: what a second gateway released here would be done twice.
    const unlock = lockDataFolder(settings.dataDir)
    stops.unshift(async () => unlock())
    const parts = await wire(settings, overrides)
    const { store, clock, log } = parts
    stops.unshift(
      () => store.close(),
      () => parts.sandbox.close(),
    )
    await store.commit((write) => write.setSetting(PUBLIC_URL_SETTING, settings.web.publicUrl))
    await recordGuard(parts)
    await comparePolicy(parts, await readVersion())
    // Before the configuration's own changes: these are on record.
    await reportUnrecorded(parts)
    await takeInConfigured({ ...parts, catalogue: () => loadCatalogue(CERTIFICATES) })
    const owner = await nodeName(settings.dataDir)
    const released = await store.jobs.release(owner)
    if (released > 0) log.warn({ released }, 'jobs that were in hand at the last end begin again')
    await store.commit((write) => planToday(write, RECURRING, instant(clock())))
    const web = await startWeb({ ...webDeps(parts), ...(overrides.demoHints && { demoHints: overrides.demoHints }) })
    stops.unshift(() => web.stop())
    const runner = startJobRunner({
      store,
      handlers: pipeline(parts),
      owner,
      concurrency: JOB_CONCURRENCY,
      clock,
      log,
      pollMs: 1000,
    })
    stops.unshift(() => runner.stop())
    const smtp = await startSmtp({ settings, store, clock, log })
    stops.unshift(() => smtp.stop())
    if (settings.smtp.lmtp) {
      const lmtp = await startLmtp({ settings, store, clock, log }, settings.smtp.lmtp)
      stops.unshift(() => lmtp.stop())
    }
    if (settings.folder) {
      const folder = startFolder({ settings: { ...settings, folder: settings.folder }, store, clock, log })
      stops.unshift(() => folder.stop())
    }
    for (const mailbox of settings.imap) {
      const { maxMessageBytes } = settings.smtp
      const imap = startImap({ mailbox, maxMessageBytes, store, clock, log, fetcher: tokenFetcherFor(mailbox, clock) })
      stops.unshift(() => imap.stop())
    }
    return {
      http: web.url,
      smtp: `${smtp.host}:${smtp.port}`,
      invitation: await firstInvitation(store, parts),
      parts,
      idle: () => runner.idle(),
    }
  }
  const stop = async (): Promise<void> => {
    const faults: unknown[] = []
    // One that fails must leave nothing open: the store behind it, or the folder's lock.
    for (const one of stops.splice(0)) {
      try {
        await one()
      } catch (thrown) {
        faults.push(thrown)
      }
    }
    if (faults.length > 0) throw faults[0]
  }
  return {
    stop,
    start: async () => {
      try {
        return await start()
      } catch (thrown) {
        await stop()
        throw portFault(thrown)
      }
    },
  }
}

async function makeDataFolder(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new GatewayError('storage-unavailable', `The data folder ${dataDir} cannot be made.`, { cause })
  }
}

/** Links are made before anybody listens, so a port 0 is settled first. */
async function withRealPorts(settings: Settings): Promise<Settings> {
  if (settings.web.port !== 0) return settings
  const port = await freePort(settings.web.host)
  const publicUrl = settings.web.publicUrl.replace(/:0$/, `:${port}`)
  return { ...settings, web: { ...settings.web, port, publicUrl } }
}

function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, host, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** The lease owner: stays the same for a data folder, so that a restart takes back what a kill left. */
async function nodeName(dataDir: string): Promise<string> {
  const file = join(dataDir, 'node-id')
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (thrown) {
    if (!isSystemError(thrown, 'ENOENT')) throw thrown
    const name = randomUUID()
    await writeFile(file, `${name}\n`, { mode: 0o600 })
    return name
  }
}

async function firstInvitation(store: Store, { settings, clock }: Parts): Promise<string | null> {
  if ((await store.listAccounts()).some((account) => account.passwordHash !== null)) return null
  const path = await createInvitation(store, { username: 'admin', displayName: 'Administrator', role: 'admin' }, clock)
  return `${settings.web.publicUrl}${path}`
}

const isSystemError = (thrown: unknown, code: string): thrown is NodeJS.ErrnoException =>
  thrown instanceof Error && 'code' in thrown && thrown.code === code

/** What the rooms said of a port, and whether it is a matter of rights. */
function portFault(thrown: unknown): unknown {
  if (!(thrown instanceof GatewayError) || !isSystemError(thrown.cause, 'EACCES')) return thrown
  return new GatewayError('port-in-use', `${thrown.message}: this user may not open that port.`, {
    cause: thrown.cause,
  })
}

/** A parent to be killed: starts a child in an endless loop, says the child's pid, and waits. */
import { createSandbox } from '../../src/sandbox/index.ts'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const module = new URL('./hostile-task.ts', import.meta.url)
const sandbox = createSandbox({
  limits: { childMemoryBytes: 512 * 1024 * 1024, childTimeoutMs: 60_000 },
  log,
  taskModules: { normalise: module, verify: module, certificates: module, stamp: module },
  size: 1,
})
const answer: unknown = await sandbox.normalise(Buffer.from('pid'), '')
const looping = sandbox.normalise(Buffer.from('endless loop'), '')
process.send?.(answer)
await looping

/** The child: loads the task modules that its arguments name, runs one task at a time, and answers over IPC. */
import { GatewayError } from '../model/errors.ts'
import type { ReadyReply, TaskModule, TaskReply, TaskRequest } from './messages.ts'
import { createStanding } from './standing.ts'

// Ctrl-C and service managers signal the whole process group. When we end is the gateway's to say: it finishes what is
// in hand first, then kills us.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)

const loaded = new Map<string, Promise<TaskModule>>()

function load(module: string): Promise<TaskModule> {
  const before = loaded.get(module)
  if (before) return before
  const now: Promise<TaskModule> = import(module)
  loaded.set(module, now)
  return now
}

const standing = createStanding()

function inputOf({ input, standing: sent }: TaskRequest): unknown {
  if (!sent) return input
  const { name, value } = standing.toUse(sent)
  return Object.assign({}, input, { [name]: value })
}

async function answer(request: TaskRequest): Promise<TaskReply> {
  try {
    const { task } = await load(request.module)
    return { kind: 'done', value: await task(inputOf(request)) }
  } catch (thrown) {
    if (thrown instanceof GatewayError) return { kind: 'fault', code: thrown.code, message: thrown.message }
    const error = thrown instanceof Error ? thrown : new Error('not an Error')
    const frames = (error.stack ?? '').split('\n').filter((line) => line.trimStart().startsWith('at '))
    return { kind: 'crash', name: error.name, frames: frames.slice(0, 5).map((line) => line.trim()) }
  }
}

const send = (reply: ReadyReply | TaskReply): void => {
  process.send?.(reply)
}

process.on('message', (request: TaskRequest) => {
  answer(request).then(send, (thrown: unknown) => {
    // Only a result that cannot be sent ends here; the parent sees the exit and says child-crashed.
    process.exitCode = 1
    process.disconnect()
    throw thrown
  })
})
// The gateway is gone: nobody waits for us. A busy loop never gets here; setpriv's parent-death signal ends that.
process.on('disconnect', () => process.exit(0))
// Warm before the first document comes. A module that does not load says so when it is asked for.
await Promise.allSettled(process.argv.slice(2).map(load))
send({ kind: 'ready' })

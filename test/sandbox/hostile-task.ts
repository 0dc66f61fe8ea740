/** What a hostile document might make its process do: the tests' task module, run by the child. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { Worker } from 'node:worker_threads'
import { GatewayError } from '../../src/model/errors.ts'

const held: Buffer[] = []

const attempts: Readonly<Record<string, () => unknown>> = {
  pid: () => process.pid,
  environment: () => Object.keys(process.env).filter((name) => !name.startsWith('NODE_CHANNEL')),
  'endless loop': () => {
    for (;;) held.length = 0
  },
  'endless wait': () => new Promise(() => undefined),
  'short wait': () => new Promise((resolve) => setTimeout(() => resolve('waited'), 300)),
  'memory hog': async () => {
    for (;;) {
      held.push(Buffer.alloc(8 * 1024 * 1024, 1))
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  },
  'heap hog': () => {
    const objects: unknown[] = []
    for (;;) objects.push({ at: objects.length, text: String(objects.length) })
  },
  exit: () => process.exit(3),
  abort: () => process.kill(process.pid, 'SIGSEGV'),
  killed: () => process.kill(process.pid, 'SIGKILL'),
  'coded fault': () => {
    throw new GatewayError('too-many-parts', 'coded')
  },
  'other fault': () => {
    throw new TypeError('the CPR number 010101-1234 stands here')
  },
  'read /etc/passwd': () => readFileSync('/etc/passwd', 'utf8'),
  write: () => writeFileSync('/tmp/poststempel-sandbox-test', 'x'),
  spawn: () => spawnSync('/bin/true').error?.message ?? 'spawned',
  thread: () => new Worker('', { eval: true }),
  evaluate: () => Reflect.construct(Function, ['return 1'])(),
  network: () =>
    new Promise((resolve) => {
      const socket = connect(25, '192.0.2.1')
      socket.on('error', (error) => resolve('code' in error ? error.code : error.message))
      socket.on('connect', () => resolve('connected'))
    }),
}

/** Tries what the input names; a refusal comes back as its code. */
export async function task(input: { readonly raw: Uint8Array }): Promise<unknown> {
  const name = Buffer.from(input.raw).toString()
  const attempt = attempts[name]
  if (!attempt) return { echo: input.raw }
  try {
    return { result: await attempt() }
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_ACCESS_DENIED') return { refused: true }
    if (thrown instanceof EvalError) return { refused: true }
    throw thrown
  }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GatewayError } from '../model/errors.ts'
import type { Log } from '../model/ports.ts'
import type { Confinement } from './confinement.ts'
import type { ReadyReply, TaskReply, TaskRequest } from './messages.ts'
import { createStanding } from './standing.ts'

const MEMORY_POLL_MS = 50
const START_TIMEOUT_MS = 30_000

export interface ChildLimits {
  readonly timeoutMs: number
  readonly maxResidentBytes: number
}

/** One warm child process. It runs one task at a time; after any fault from outside it is not used again. */
export interface Child {
  readonly pid: number
  readonly isUsable: () => boolean
  /** @throws GatewayError child-timeout, child-memory, child-crashed, or the code that the task reported */
  run(request: TaskRequest): Promise<unknown>
  kill(): void
}

/** Starts a confined child with those task modules (as URLs) loaded, and waits until it is ready. @throws GatewayError child-crashed (retryable) */
export async function startChild(
  confinement: Confinement,
  modules: readonly string[],
  limits: ChildLimits,
  log: Log,
): Promise<Child> {
  const entry = fileURLToPath(new URL(`./child-entry${extname(import.meta.url)}`, import.meta.url))
  const [command = process.execPath, ...args] = [
    ...confinement.prefix,
    process.execPath,
    ...confinement.flags,
    entry,
    ...modules,
  ]
  const child = spawn(command, args, {
    // Nothing of our environment: it may hold secrets. What a child prints may quote a document: nobody reads it.
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  })
  let usable = true
  child.on('exit', () => {
    usable = false
  })
  // Sending to a child that has just gone raises this; its exit tells the story.
  child.on('error', () => {
    usable = false
  })
  // Marked at once: the exit is seen later, and until then no other document may be sent to it.
  const kill = () => {
    usable = false
    child.kill('SIGKILL')
  }
  await readiness(child)
  const standing = createStanding()
  return {
    pid: child.pid ?? 0,
    isUsable: () => usable && child.connected,
    kill,
    run: (request) => {
      const sent = request.standing ? { ...request, standing: standing.toSend(request.standing) } : request
      return runTask(child, kill, sent, limits, log)
    },
  }
}

function readiness(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (fault: GatewayError | null) => {
      clearTimeout(timer)
      child.off('message', onMessage)
      child.off('exit', onExit)
      child.off('error', onExit)
      if (!fault) return resolve()
      child.kill('SIGKILL')
      reject(fault)
    }
    const failed = () => new GatewayError('child-crashed', 'the child process did not start', { retryable: true })
    const onMessage = (reply: ReadyReply) => settle(reply.kind === 'ready' ? null : failed())
    const onExit = () => settle(failed())
    const timer = setTimeout(onExit, START_TIMEOUT_MS)
    child.on('message', onMessage)
    child.on('exit', onExit)
    child.on('error', onExit)
  })
}

function runTask(
  child: ChildProcess,
  kill: () => void,
  request: TaskRequest,
  limits: ChildLimits,
  log: Log,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      clearTimeout(timer)
      clearInterval(poll)
      child.off('message', onMessage)
      child.off('exit', onExit)
      act()
    }
    const stop = (code: 'child-timeout' | 'child-memory', message: string) => {
      kill()
      settle(() => reject(new GatewayError(code, message)))
    }
    const onMessage = (reply: TaskReply) => settle(() => conclude(reply, resolve, reject, log))
    const onExit = (code: number | null, signal: string | null) => settle(() => reject(faultOfExit(code, signal)))
    const timer = setTimeout(() => stop('child-timeout', 'the document took too long'), limits.timeoutMs)
    const poll = setInterval(() => {
      if (residentBytes(child.pid ?? 0) > limits.maxResidentBytes)
        stop('child-memory', 'the document took too much memory')
    }, MEMORY_POLL_MS)
    child.on('message', onMessage)
    child.on('exit', onExit)
    child.send(request, (error) => {
      if (error)
        settle(() => reject(new GatewayError('child-crashed', 'the child process is gone', { retryable: true })))
    })
  })
}

function conclude(
  reply: TaskReply,
  resolve: (value: unknown) => void,
  reject: (fault: GatewayError) => void,
  log: Log,
): void {
  if (reply.kind === 'done') {
    resolve(reply.value)
  } else if (reply.kind === 'fault') {
    reject(new GatewayError(reply.code, reply.message))
  } else {
    log.warn({ name: reply.name, frames: reply.frames }, 'A task in a child process threw what it should not')
    reject(new GatewayError('child-crashed', 'the document could not be read', { facts: { name: reply.name } }))
  }
}

/**
 * For exits that we did not cause: our own kills settle the task first. V8 aborts when its heap is full, which can come
 * before the next look at the resident memory. Any other signal (a stop of the whole process group, the kernel short of
 * memory) says nothing certain about the document: the task may be tried again.
 */
function faultOfExit(code: number | null, signal: string | null): GatewayError {
  if (signal === 'SIGABRT' || code === 134) return new GatewayError('child-memory', 'the document took too much memory')
  if (signal !== null) {
    return new GatewayError('child-crashed', 'the child process was killed', { retryable: true, facts: { signal } })
  }
  return new GatewayError('child-crashed', 'the child process ended', { facts: { exit: code ?? 'none' } })
}

let pageBytes: number | null = null

/** Resident memory from /proc; 0 where there is no /proc (then the heap limit alone holds) or the process is gone. */
function residentBytes(pid: number): number {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1])
    pageBytes ??= ownPageBytes()
    return pages * pageBytes
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown) return 0
    throw thrown
  }
}

/** Pages are 4 KiB on x86-64 and up to 64 KiB elsewhere: /proc gives our own size in both units. */
function ownPageBytes(): number {
  const pages = Number(readFileSync('/proc/self/statm', 'latin1').split(' ')[1])
  const kib = Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1])
  return 2 ** Math.round(Math.log2((kib * 1024) / pages))
}

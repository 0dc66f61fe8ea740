import { asGatewayError, GatewayError } from '../model/errors.ts'
import type { Child } from './child.ts'
import type { TaskRequest } from './messages.ts'

export interface Pool {
  /** Runs the task on the next free child. @throws GatewayError as the child does; internal where the pool is closed */
  run(request: TaskRequest): Promise<unknown>
  /** Ends all children; what still waits or runs is refused as retryable. */
  close(): Promise<void>
}

interface Waiting {
  readonly request: TaskRequest
  readonly resolve: (value: unknown) => void
  readonly reject: (fault: unknown) => void
}

type Started = { readonly child: Child } | { readonly fault: GatewayError }

const closedFault = () => new GatewayError('internal', 'the gateway is stopping', { retryable: true })

/**
 * Takes how to start a child; gives a pool that keeps size of them warm. A child that was killed, crashed or has done
 * tasksPerChild tasks is replaced: what one document did to its process meets few others.
 */
export function createPool(options: {
  readonly size: number
  readonly tasksPerChild: number
  readonly start: () => Promise<Child>
}): Pool {
  const waiting: Waiting[] = []
  const idle: (() => void)[] = []
  const running = new Set<Child>()
  const inHand = new Set<Waiting>()
  let closed = false

  const begin = async (): Promise<Started> => {
    try {
      const child = await options.start()
      if (closed) child.kill()
      else running.add(child)
      return { child }
    } catch (thrown) {
      return { fault: asGatewayError(thrown) }
    }
  }

  const nextTask = async (): Promise<Waiting | null> => {
    while (!closed) {
      const task = waiting.shift()
      if (task) return task
      await new Promise<void>((wake) => idle.push(wake))
    }
    return null
  }

  const retire = (started: Started) => {
    if (!('child' in started)) return
    running.delete(started.child)
    started.child.kill()
  }

  const serve = async () => {
    let started = await begin()
    let tasksDone = 0
    for (let task = await nextTask(); task !== null; task = await nextTask()) {
      // It may have failed to start, or died while it waited.
      if (!isUsable(started)) {
        retire(started)
        started = await begin()
        tasksDone = 0
      }
      inHand.add(task)
      await runOn(started, task)
      inHand.delete(task)
      tasksDone++
      if (!isUsable(started) || tasksDone >= options.tasksPerChild) {
        retire(started)
        started = await begin()
        tasksDone = 0
      }
    }
    retire(started)
  }

  const loops = Array.from({ length: options.size }, serve)

  return {
    run: (request) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(closedFault())
        waiting.push({ request, resolve, reject })
        idle.shift()?.()
      }),
    close: async () => {
      closed = true
      for (const task of [...waiting.splice(0), ...inHand]) task.reject(closedFault())
      for (const child of running) child.kill()
      for (const wake of idle.splice(0)) wake()
      await Promise.all(loops)
    },
  }
}

const isUsable = (started: Started): boolean => 'child' in started && started.child.isUsable()

async function runOn(started: Started, task: Waiting): Promise<void> {
  try {
    if ('fault' in started) throw started.fault
    task.resolve(await started.child.run(task.request))
  } catch (thrown) {
    task.reject(thrown)
  }
}

import type { SQLInputValue } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { GatewayError } from '../../model/errors.ts'
import type { LinkResult } from '../driver.ts'
import { fromSqlite } from './errors.ts'
import type { Statement, WriterAnswer, WriterRequest } from './writer-worker.ts'

type Request =
  | { readonly kind: 'one'; readonly statement: Statement }
  | { readonly kind: 'together'; readonly statements: readonly Statement[] }
  | { readonly kind: 'close' }

/** This thread's end of the writing connection: statements go over as messages and come back as results. */
export class Writer {
  readonly #worker: Worker
  readonly #pending = new Map<number, PromiseWithResolvers<LinkResult>>()
  #nextId = 1
  #closed = false

  /** Opens the database file for writing, making it where there is none. @throws GatewayError storage-unavailable */
  static async open(path: string): Promise<Writer> {
    // Beside this file: TypeScript from a checkout, JavaScript once built.
    const file = import.meta.url.endsWith('.ts') ? './writer-worker.ts' : './writer-worker.js'
    const writer = new Writer(new Worker(new URL(file, import.meta.url), { workerData: { path } }))
    await writer.#expect(0)
    return writer
  }

  private constructor(worker: Worker) {
    this.#worker = worker
    worker.on('message', (answer: WriterAnswer) => this.#settle(answer))
    worker.on('error', (cause) => this.#end(cause))
    worker.on('exit', () => this.#end(undefined))
  }

  run(sql: string, parameters: readonly unknown[]): Promise<LinkResult> {
    return this.#send({ kind: 'one', statement: { sql, parameters: parameters.map(portable) } })
  }

  /** Runs the statements as one transaction by one message. */
  async runTogether(statements: readonly { sql: string; parameters: readonly unknown[] }[]): Promise<void> {
    await this.#send({
      kind: 'together',
      statements: statements.map(({ sql, parameters }) => ({ sql, parameters: parameters.map(portable) })),
    })
  }

  async close(): Promise<void> {
    const done = this.#send({ kind: 'close' })
    this.#closed = true
    await done
  }

  #send(request: Request): Promise<LinkResult> {
    if (this.#closed) return Promise.reject(closed(undefined))
    const id = this.#nextId++
    const message: WriterRequest = { ...request, id }
    this.#worker.postMessage(message, transferables(request))
    return this.#expect(id)
  }

  #expect(id: number): Promise<LinkResult> {
    const waiting = Promise.withResolvers<LinkResult>()
    this.#pending.set(id, waiting)
    return waiting.promise
  }

  #settle(answer: WriterAnswer): void {
    const waiting = this.#pending.get(answer.id)
    this.#pending.delete(answer.id)
    if ('fault' in answer) waiting?.reject(fromSqlite(answer.fault))
    else waiting?.resolve(answer.result)
  }

  #end(cause: unknown): void {
    this.#closed = true
    for (const waiting of this.#pending.values()) waiting.reject(closed(cause))
    this.#pending.clear()
  }
}

const closed = (cause: unknown): GatewayError =>
  new GatewayError('storage-unavailable', 'the database is closed', { retryable: true, cause })

/** Bytes are copied into a buffer of their own: a view would take its whole buffer along, and the caller keeps his. */
function portable(parameter: unknown): SQLInputValue {
  if (parameter instanceof Uint8Array) return new Uint8Array(parameter)
  if (parameter === null || typeof parameter === 'string' || typeof parameter === 'number') return parameter
  if (typeof parameter === 'bigint') return parameter
  throw new GatewayError('internal', `SQLite takes no ${typeof parameter}`)
}

function transferables(request: Request): ArrayBuffer[] {
  if (request.kind === 'close') return []
  const statements = request.kind === 'one' ? [request.statement] : request.statements
  return statements.flatMap(({ parameters }) =>
    parameters.flatMap((it) => (it instanceof Uint8Array && it.buffer instanceof ArrayBuffer ? [it.buffer] : [])),
  )
}

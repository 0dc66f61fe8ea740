import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GatewayError } from '../../src/model/errors.ts'
import type { Log } from '../../src/model/ports.ts'
import type { Store } from '../../src/model/store.ts'
import { createStore } from '../../src/store/index.ts'

/** What the sender knows at the end: it may forget it, it must say so to a person, or it sends the same again. */
export type Outcome = 'taken' | 'refused' | 'later'

/** What may happen to a store while a submission is handed over. */
export type Fault =
  | 'storage-full'
  | 'storage-unavailable'
  /** No room for the bytes already. */
  | 'no-room-for-bytes'
  /** As after a kill between the commit and the answer: it is stored, and the sender never learns it. */
  | 'answer-lost'

/** What a channel could do wrong, for the proof that the contract notices. */
export type Betrayal =
  /** Says "received" whether it is stored or not. */
  | 'acknowledges-what-it-lost'
  /** Says "received" before it is stored. */
  | 'acknowledges-too-early'
  | 'knows-no-repeat'
  | 'takes-all-for-repeats'

/** One channel of intake, as its row describes it. */
export interface Channel {
  readonly name: string
  open(desk: Desk): Promise<OpenChannel>
}

export interface OpenChannel {
  /** Hands submission n over, whose bytes hold marker(n); the same n again is a repeat. bytes: how large it is about. */
  hand(n: number, bytes?: number): Promise<Outcome>
  /** Begins to hand n over and goes away: in the middle of it, or once all is said and before the answer. */
  goAway(n: number, when: 'in the middle' | 'before the answer'): Promise<void>
  stop(): Promise<void>
}

/** A store on disk, whose faults are at the test's command, with what the senders keep beside it. */
export interface Desk {
  readonly store: Store
  readonly log: Log
  readonly clock: () => Date
  /** Where senders keep what a repeat needs; it outlives the gateway. */
  readonly kept: Map<string, Promise<readonly string[]>>
  /** For channels that are files. */
  readonly folder: string
  fault(next: Fault | null): void
  /** Closes the store, as if its process had gone, and opens what lies on disk. */
  restart(): Promise<void>
  close(): Promise<void>
}

export const MAX_BYTES = 300_000
export const marker = (n: number): string => `this-is-submission-${n}-whole`

/** Gives a desk in a folder of its own. */
export async function openDesk(betrayal: Betrayal | null = null): Promise<Desk> {
  const folder = mkdtempSync(join(tmpdir(), 'poststempel-contract-'))
  const clock = (): Date => new Date()
  const open = () => createStore({ dataDir: join(folder, 'data'), database: { engine: 'sqlite' }, clock })
  let inner = await open()
  let fault: Fault | null = null
  let count = 0

  const accept: Store['accept'] = async (submission, raw, tokens) => {
    const told = { id: submission.id, duplicate: false }
    try {
      if (fault === 'storage-full' || fault === 'storage-unavailable') throw new GatewayError(fault, 'no')
      if (betrayal === 'acknowledges-too-early') {
        // As a gateway that is killed before it came to the commit.
        return told
      }
      count += 1
      const dedupKey =
        betrayal === 'knows-no-repeat'
          ? `${count}`
          : betrayal === 'takes-all-for-repeats'
            ? 'same'
            : submission.dedupKey
      const stored = await inner.accept({ ...submission, dedupKey }, raw, tokens)
      if (fault === 'answer-lost') throw new GatewayError('storage-unavailable', 'the connection is gone')
      return stored
    } catch (thrown) {
      if (betrayal === 'acknowledges-what-it-lost') return told
      throw thrown
    }
  }
  const putStream: Store['blobs']['putStream'] = async (bytes, maxBytes) => {
    if (fault === 'no-room-for-bytes') throw new GatewayError('storage-full', 'no')
    return inner.blobs.putStream(bytes, maxBytes)
  }
  const gone = async (): Promise<never> => {
    throw new GatewayError('storage-unavailable', 'no')
  }
  const store = new Proxy({} as Store, {
    get: (_, name: keyof Store) => {
      if (name === 'accept') return accept
      if (name === 'blobs') return { ...inner.blobs, putStream }
      // Pages and API wait for the case; here no job runs.
      if (name === 'submission') {
        return async (id: string) => {
          const row = await inner.submission(id)
          return row || betrayal ? { ...row, state: 'cased', caseId: null } : null
        }
      }
      if (fault === 'storage-unavailable' && name !== 'close') return gone
      return inner[name]
    },
  })
  const silent = (): void => undefined
  return {
    store,
    clock,
    folder,
    log: { info: silent, warn: silent, error: silent },
    kept: new Map(),
    fault: (next) => {
      fault = next
    },
    restart: async () => {
      fault = null
      await inner.close()
      inner = await open()
    },
    close: async () => {
      await inner.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

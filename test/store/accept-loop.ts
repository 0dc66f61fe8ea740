/**
 * A gateway's heart in a process of its own, to be killed: accepts submissions without end and says so.
 * usage: node accept-loop.ts DATA_DIR DATABASE_JSON CALLERS BYTES [COUNT]
 * Prints "start N" before and "ack N ID SHA256" after each, by one write each.
 */
import { randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'
import type { Settings } from '../../src/model/settings.ts'
import { createStore } from '../../src/store/index.ts'
import { submissionOf } from './samples.ts'

const [dataDir = '', databaseJson = '', callers = '1', bytes = '1000', count = 'Infinity'] = process.argv.slice(2)
const database: Settings['database'] = JSON.parse(databaseJson)
const store = await createStore({ dataDir, database, clock: () => new Date() })

/** Writes a whole line; a pipe that is full is waited for, as its reader may be slow. */
function say(line: string): void {
  for (let left = Buffer.from(`${line}\n`); left.length > 0; ) {
    try {
      left = left.subarray(writeSync(1, left))
    } catch (fault) {
      if (!(fault instanceof Error && 'code' in fault && fault.code === 'EAGAIN')) throw fault
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}

say('ready')

let next = 0
const caller = async (): Promise<void> => {
  for (let n = next++; n < Number(count); n = next++) {
    say(`start ${n}`)
    const raw = await store.blobs.put(new Uint8Array(randomBytes(Number(bytes))))
    const { id } = await store.accept(submissionOf(raw), raw)
    say(`ack ${n} ${id} ${raw.sha256}`)
  }
}
await Promise.all(Array.from({ length: Number(callers) }, caller))
await store.close()

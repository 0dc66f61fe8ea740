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
writeSync(1, 'ready\n')

let next = 0
const caller = async (): Promise<void> => {
  for (let n = next++; n < Number(count); n = next++) {
    writeSync(1, `start ${n}\n`)
    const raw = await store.blobs.put(new Uint8Array(randomBytes(Number(bytes))))
    const { id } = await store.accept(submissionOf(raw), raw)
    writeSync(1, `ack ${n} ${id} ${raw.sha256}\n`)
  }
}
await Promise.all(Array.from({ length: Number(callers) }, caller))
await store.close()

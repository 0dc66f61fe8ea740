import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Sandbox } from '../../src/model/ports.ts'
import { createSandbox } from '../../src/sandbox/index.ts'
import { createStanding, idOf } from '../../src/sandbox/standing.ts'
import { readPemOrDer } from '../../src/verify/index.ts'
import { silentLog } from '../casework/scene.ts'

const root = join(import.meta.dirname, '../..')
const bytes = readFileSync(join(root, 'fixtures/pdf/attest-ecdsa.pdf'))
const ca = readPemOrDer(readFileSync(join(root, 'fixtures/ca/fixture-ca.pem')))
const module = new URL('../../src/trust/verify-task.ts', import.meta.url)

let sandbox: Sandbox
beforeAll(() => {
  const taskModules = { normalise: module, verify: module, certificates: module, stamp: module }
  const limits = { childMemoryBytes: 512 * 1024 * 1024, childTimeoutMs: 20_000 }
  sandbox = createSandbox({ limits, log: silentLog, taskModules, size: 1, tasksPerChild: 9 })
})
afterAll(() => sandbox.close())

it('a document is judged by the list that came with it, whichever lists came before and in which child', async () => {
  const verdict = async (trustAnchors: readonly Uint8Array[]) => {
    const input = { bytes, fileName: 'a.pdf', validationTime: '2026-11-24T12:00:00.000Z', poe: null, trustAnchors }
    const report = await sandbox.verify({ ...input, intermediates: [], checkRevocation: 'off', algorithms: {} })
    return report.indication
  }
  const full = [...ca]
  const lists = Array.from({ length: 7 }, () => [] as Uint8Array[])
  for (const list of lists)
    expect([await verdict(full), await verdict(list)]).toEqual(['TOTAL-PASSED', 'INDETERMINATE'])
  expect(await verdict(full)).toBe('TOTAL-PASSED')
})

it('a list goes to a child once; the oldest makes room, on both sides alike', () => {
  const [parent, child] = [createStanding(), createStanding()]
  const lists = Array.from({ length: 6 }, (_, n) => ({ n }))
  let sent = 0
  for (const n of [0, 0, 1, 2, 3, 0, 4, 0, 5, 1, 4]) {
    const value = lists[n]
    if (!value) throw new Error('no list')
    const message = parent.toSend({ name: 'list', id: idOf(value), value })
    if ('value' in message) sent += 1
    expect(child.toUse(message).value).toBe(value)
  }
  expect(sent).toBe(8)
})

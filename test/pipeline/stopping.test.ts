import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { loadSettings } from '../../src/config/index.ts'
import { createGateway } from '../../src/gateway.ts'

const folder = mkdtempSync(join(tmpdir(), 'poststempel-stopping-'))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a gateway that stops', () => {
  it('closes all the rest where one part cannot be closed, and throws what the first of them threw', async () => {
    const settings = loadSettings({ dataDir: folder, smtpPort: 0, httpPort: 0 }, {})
    const first = createGateway(settings)
    const { parts } = await first.start()
    const { close } = parts.sandbox
    Object.assign(parts.sandbox, {
      close: async () => {
        await close()
        throw new Error('the sandbox cannot be closed')
      },
    })
    await expect(first.stop()).rejects.toThrow('the sandbox cannot be closed')
    await expect(parts.store.listCases()).rejects.toThrow()
    // What the first held, the folder's lock among it, is free.
    const second = createGateway(settings)
    await second.start()
    await second.stop()
  })
})

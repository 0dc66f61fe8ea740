import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { loadSettings } from '../../src/config/index.ts'
import { createGateway } from '../../src/gateway.ts'

const folder = mkdtempSync(join(tmpdir(), 'poststempel-lock-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const settings = {
  ...loadSettings({ dataDir: folder, smtpPort: 0, httpPort: 0 }, {}),
  senderAuthentication: 'off' as const,
}

describe('a data folder', () => {
  it('is one gateway’s: a second one is refused before it touches anything, and may start when the first has ended', async () => {
    const first = createGateway(settings)
    const { parts, http, idle } = await first.start()
    await expect(createGateway(settings).start()).rejects.toMatchObject({ code: 'data-folder-in-use' })
    // The first one goes on: nothing of its own was taken from it.
    await idle()
    expect((await parts.store.listJobs()).filter(({ attempts }) => attempts > 1)).toEqual([])
    expect((await fetch(`${http}/health`)).status).toBe(200)
    await first.stop()
    const second = createGateway(settings)
    await second.start()
    await second.stop()
  })
})

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
    const { parts } = await first.start()
    await parts.store.commit((write) => write.addJob('deliver', 'in hand', {}))
    const leased = await parts.store.jobs.lease('first', ['deliver'], 1, 60_000)
    await expect(createGateway(settings).start()).rejects.toMatchObject({ code: 'data-folder-in-use' })
    expect((await parts.store.listJobs({ states: ['leased'] })).map((job) => job.id)).toEqual(
      leased.map((job) => job.id),
    )
    await first.stop()
    const second = createGateway(settings)
    await second.start()
    await second.stop()
  })
})

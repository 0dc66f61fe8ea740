import { describe, expect, it } from 'vitest'
import { openCase } from '../../src/casework/index.ts'
import { scanSubmission } from '../../src/intake/index.ts'
import { GatewayError } from '../../src/model/errors.ts'
import type { ScanBytes } from '../../src/model/malware.ts'
import { given, pdf, scene, silentLog } from '../casework/scene.ts'

const away: ScanBytes = () => Promise.reject(new GatewayError('scanner-unavailable', 'away', { retryable: true }))

/** A submission with two PDFs whose first scan was skipped, as the scanner was away. */
async function skipped() {
  const world = scene()
  const submission = await given(world, [pdf('a.pdf'), pdf('b.pdf')])
  let count = 0
  const scan = async (scanner: ScanBytes, again: boolean) => {
    count += 1
    const payload = { submissionId: submission.id, ...(again ? { again: '1' } : {}) }
    await world.store.commit((write) => write.addJob('scan', `test:${count}`, payload))
    const job = await world.lease('scan')
    const parts = { store: world.store, clock: world.clock, log: silentLog }
    await scanSubmission(job, { ...parts, scanner: { scan: scanner, whenUnavailable: 'not-scanned' } })
  }
  await scan(away, false)
  const results = async () =>
    (await world.store.documentsOfSubmission(submission.id)).map(({ malware }) => malware?.result)
  return { ...world, submission, scan, results }
}

describe('the scan after the scanner was away', () => {
  it('waits for it, and nothing is called clean until then', async () => {
    const { scan, results } = await skipped()
    await expect(scan(away, true)).rejects.toMatchObject({ code: 'scanner-unavailable', retryable: true })
    expect(await results()).toEqual(['not-scanned', 'not-scanned', 'not-scanned'])
  })

  it('locks what it finds and the mail around it, and the history of the case says so', async () => {
    const world = await skipped()
    await openCase(await world.lease('open-case'), world.parts)
    await world.scan(
      async (bytes) =>
        Buffer.from(bytes).includes('b.pdf') ? { result: 'infected', name: 'Own.Test' } : { result: 'clean' },
      true,
    )
    expect(await world.results()).toEqual(['infected', 'clean', 'infected'])
    const caseId = (await world.store.submission(world.submission.id))?.caseId ?? ''
    const told = (await world.store.history(caseId)).filter(({ event }) => event === 'malware-found')
    expect(told).toHaveLength(1)
    expect(JSON.stringify(told[0]?.payload)).not.toContain('b.pdf')
  })

  it('asks only for what was not scanned, and does not verify again', async () => {
    const { store, scan } = await skipped()
    const asked: number[] = []
    const clean: ScanBytes = async (bytes) => {
      asked.push(bytes.length)
      return { result: 'clean' }
    }
    await scan(clean, true)
    await scan(clean, true)
    expect(asked).toHaveLength(3)
    expect(await store.listJobs({ kinds: ['verify'] })).toHaveLength(1)
  })
})

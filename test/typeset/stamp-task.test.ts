import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ApprovalStamp, Log, Sandbox } from '../../src/model/ports.ts'
import { createSandbox } from '../../src/sandbox/index.ts'
import { createTypesetter, makeAttest } from '../../src/typeset/index.ts'

const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const stamp: ApprovalStamp = {
  municipality: 'Søby Kommune',
  caseNumber: '2026-000123-7',
  decidedAt: '2026-11-24T23:30:00.000Z',
  decidedBy: 'Åse Ørsted',
  language: 'da',
  timeZone: 'Europe/Copenhagen',
  originalSha256: '4b80445b115403c43ff8d6d0aac2eb2b2a854db3c07e6f393b9f43b4c6db367f',
  verdict: 'Underskriften er gyldig.',
  genuineUrl: 'https://post.soeby.example/g/0192f3a4?t=AbCdEfGhIjKlMnOpQrStUvWxYz0',
}
const module = new URL('../../src/typeset/stamp-task.ts', import.meta.url)

/** A valid PDF of one page whose resources name that many small objects: each must be read and written again. */
function pdfOfObjects(count: number): Uint8Array {
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</X 4 0 R>>>>',
    `[${Array.from({ length: count }, (_, index) => `${index + 5} 0 R`).join(' ')}]`,
    ...Array.from({ length: count }, (_, index) => `<</A ${index}/B[1 2 3]/C(text)>>`),
  ]
  let at = 9
  const offsets: number[] = []
  const bodies = objects.map((object, index) => {
    const body = `${index + 1} 0 obj\n${object}\nendobj\n`
    offsets.push(at)
    at += body.length
    return body
  })
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`)
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows.join('')}`
  const trailer = `trailer\n<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${at}\n%%EOF\n`
  return Buffer.from(`%PDF-1.7\n${bodies.join('')}${table}${trailer}`, 'latin1')
}

const sandboxWith = (childMemoryBytes: number, childTimeoutMs: number): Sandbox =>
  createSandbox({
    limits: { childMemoryBytes, childTimeoutMs },
    log,
    taskModules: { normalise: module, verify: module, certificates: module, stamp: module },
    size: 1,
  })

let sandbox: Sandbox
beforeAll(() => {
  sandbox = sandboxWith(512 * 1024 * 1024, 20_000)
})
afterAll(() => sandbox.close())

describe('a PDF stamped in a child', () => {
  it('is the same, byte by byte, as one stamped here', async () => {
    const pdf = await makeAttest()
    const there = await sandbox.stampApproved(pdf, stamp)
    const here = await createTypesetter().stampApproved(pdf, stamp)
    expect(Buffer.from(there).equals(Buffer.from(here))).toBe(true)
  })

  it('that is none is said by its code', async () => {
    const fault = await sandbox.stampApproved(Buffer.from('no PDF'), stamp).catch((thrown: unknown) => thrown)
    expect(fault).toMatchObject({ code: expect.stringMatching(/^(not-a-pdf|malformed-pdf)$/), retryable: false })
  })

  it('of 300 000 objects ends at the limits, and this process goes on meanwhile', async () => {
    const hostile = pdfOfObjects(300_000)
    const before = process.memoryUsage().rss
    let longestPause = 0
    let last = performance.now()
    const beat = setInterval(() => {
      longestPause = Math.max(longestPause, performance.now() - last)
      last = performance.now()
    }, 10)
    try {
      const narrow = sandboxWith(256 * 1024 * 1024, 8000)
      const fault = await narrow.stampApproved(hostile, stamp).catch((thrown: unknown) => thrown)
      expect(fault).toMatchObject({ code: expect.stringMatching(/^child-(memory|timeout)$/), retryable: false })
      await narrow.close()
    } finally {
      clearInterval(beat)
    }
    expect(longestPause).toBeLessThan(1500)
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024)
    // The next citizen's is stamped as ever.
    expect((await sandbox.stampApproved(await makeAttest(), stamp)).length).toBeGreaterThan(1000)
  })
})

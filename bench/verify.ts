import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { prepareTrustStore, readPemOrDer, verifyDocument } from '../src/verify/index.ts'
import type { Figure } from './run.ts'

const root = join(import.meta.dirname, '..')
const FILES = ['attest-rsa.pdf', 'attest-ecdsa.pdf'] as const
const RUNS = 300
const PEER_RUNS = 20

/**
 * One-page signed PDFs judged per second in process on one thread, no caches between documents,
 * beside pdfsig as a process per file (it has no other way), which checks digest and signature without a trusted CA.
 */
export async function benchVerify(): Promise<readonly Figure[]> {
  return FILES.map((name) => {
    const file = join(root, 'fixtures/pdf', name)
    const bytes = readFileSync(file)
    const anchors = readPemOrDer(readFileSync(join(root, 'fixtures/ca/fixture-ca.pem')))
    const options = {
      fileName: name,
      validationTime: new Date('2026-12-01T00:00:00Z'),
      trustAnchors: prepareTrustStore(anchors),
      checkRevocation: 'if-present' as const,
    }
    const peers = perSecond(PEER_RUNS, () => execFileSync('pdfsig', [file], { stdio: 'ignore' }))
    perSecond(20, () => verifyDocument(bytes, options))
    const ours = perSecond(RUNS, () => {
      const { indication } = verifyDocument(bytes, options)
      if (indication !== 'TOTAL-PASSED') throw new Error(`${name} is ${indication}: nothing to time`)
    })
    return { what: `${name} judged`, unit: '/s', ours, peer: 'pdfsig', peers }
  })
}

function perSecond(runs: number, work: () => void): number {
  const from = performance.now()
  for (let run = 0; run < runs; run += 1) work()
  return runs / ((performance.now() - from) / 1000)
}

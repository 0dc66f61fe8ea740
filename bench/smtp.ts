import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../test/support/free-port.ts'
import { startGatewayProcess } from '../test/support/gateway-process.ts'
import { type Figure, moreIsBetter } from './figure.ts'
import { startPostfix } from './postfix.ts'

const SIZE = 20_000
const LOADS = [
  { connections: 1, mails: 400 },
  { connections: 10, mails: 2000 },
  { connections: 50, mails: 4000 },
] as const

/**
 * Sends mails with postfix's own load generator, many in one session as mail servers do (smtp-server waits 100 ms
 * before each greeting); gives mails accepted per second.
 */
async function load(port: number, connections: number, mails: number): Promise<number> {
  const words = ['-d', '-s', `${connections}`, '-m', `${mails}`, '-l', `${SIZE}`]
  const envelope = ['-f', 'bench@demokobing.example', '-t', 'post@demokobing.example']
  const from = performance.now()
  const source = spawn('smtp-source', [...words, ...envelope, `127.0.0.1:${port}`], { stdio: 'inherit' })
  const status = await new Promise((resolve) => source.once('exit', resolve))
  if (status !== 0) throw new Error(`smtp-source ended with ${status}`)
  return mails / ((performance.now() - from) / 1000)
}

/**
 * Mails of 20 KB accepted per second (250 after the flush), the whole gateway running behind it, beside postfix.
 * Both are loaded by smtp-source in turn, on the same disk.
 * Needs root and Debian's postfix. Our mails come from our own domain, so that no receipts are answered to.
 */
export async function benchSmtp(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'poststempel-bench-'))
  const postfix = startPostfix(await freePort())
  const gateway = await startGatewayProcess(join(folder, 'data'))
  try {
    const figures: Figure[] = []
    await load(postfix.port, 1, 20)
    await load(gateway.smtpPort, 1, 20)
    for (const { connections, mails } of LOADS) {
      const peers = await load(postfix.port, connections, mails)
      const ours = await load(gateway.smtpPort, connections, mails)
      const what = `20 KB mails accepted, ${connections} connection(s)`
      figures.push(moreIsBetter({ what, unit: '/s', ours, peer: 'postfix', peers }))
    }
    return figures
  } finally {
    await gateway.kill()
    postfix.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

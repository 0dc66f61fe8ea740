import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const data = mkdtempSync(join(tmpdir(), 'poststempel-demo-'))
const gnupg = mkdtempSync(join(tmpdir(), 'gpg-'))
const demo = (args: readonly string[], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, [join(root, 'bin/poststempel.js'), 'demo', ...args, '--data', data], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...env },
    timeout: 100_000,
  })

let said = ''
let tookMs = 0
beforeAll(() => {
  const from = Date.now()
  const { stdout, stderr, status } = demo(['--once'])
  tookMs = Date.now() - from
  said = stdout
  if (status !== 0) throw new Error(`demo --once ended with ${status}\n${stdout}\n${stderr}`)
})
afterAll(() => {
  rmSync(data, { recursive: true, force: true })
  rmSync(gnupg, { recursive: true, force: true })
})

describe('demo --once', () => {
  it('proves each step and says so in its last line, within a minute', () => {
    const proof = JSON.parse(said.trim().split('\n').at(-1) ?? '')
    expect(proof).toMatchObject({
      indication: 'TOTAL-PASSED',
      receipt: true,
      approved: true,
      replyEncrypted: true,
      sealed: true,
    })
    expect(proof.case).toMatch(/^\d{4}-\d{6}-.$/)
    expect(proof.tracking).toMatch(/^https?:\/\/\S+\/t\/[\w-]{22,}$/)
    expect(existsSync(join(proof.archived, 'bagit.txt'))).toBe(true)
    expect(tookMs).toBeLessThan(60_000)
  })

  it('tells it as a person reads it', () => {
    expect(said).toMatch(/Kai Jensen sendte sin attest \d\d\.\d\d → kvittering \d\d\.\d\d/)
  })

  it('leaves an answer that gpg opens and whose signature gpg finds good', () => {
    const gpg = (...args: string[]) => spawnSync('gpg', ['--homedir', gnupg, '--batch', ...args], { encoding: 'utf8' })
    const folder = join(data, 'demo')
    expect(gpg('--import', join(folder, 'kai-private.asc'), join(folder, 'municipality.asc')).status).toBe(0)
    const opened = gpg('--decrypt', join(folder, 'decision.eml'))
    expect(opened.status).toBe(0)
    expect(opened.stderr).toContain('Good signature from')
    expect(opened.stdout).toContain('application/pdf')
  })

  it('leaves an approved copy whose seal pdfsig finds sound', () => {
    const words = execFileSync('pdfsig', ['-nocert', join(data, 'demo', 'attest-godkendt.pdf')], { encoding: 'utf8' })
    expect(words).toContain('Signature is Valid')
    expect(words).toContain('Total document signed')
  })

  it('made all keys in the data folder, readable by the owner only', () => {
    expect(readdirSync(join(data, 'keys')).length).toBeGreaterThan(2)
    const modes = execFileSync(
      'find',
      [data, '-name', '*private*', '-o', '-name', 'people.json', '-o', '-name', '*.p12'],
      { encoding: 'utf8' },
    )
    for (const file of modes.trim().split('\n')) {
      expect(execFileSync('stat', ['-c', '%a', file], { encoding: 'utf8' }).trim()).toBe('600')
    }
  })
})

describe('demo', () => {
  it('names a busy port with its way out', async () => {
    const busy = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => busy.once('listening', resolve))
    const address = busy.address()
    const port = String(typeof address === 'object' && address ? address.port : 0)
    const { status, stderr } = demo([], { POSTSTEMPEL_HTTP_PORT: port, POSTSTEMPEL_SMTP_PORT: '0' })
    busy.close()
    expect(status).toBe(2)
    expect(stderr).toContain('[port-in-use]')
    expect(stderr).toContain('POSTSTEMPEL_HTTP_PORT')
  })

  it('send says so where no demo runs', () => {
    const { status, stderr } = demo(['send', join(root, 'fixtures/pdf/attest-adbe.pdf')])
    expect(status).toBe(2)
    expect(stderr).toContain('npm run demo')
  })
})

import { spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts'

const root = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'poststempel-beside-'))
const data = join(folder, 'data')
const poststempel = (...args: string[]) =>
  spawnSync(process.execPath, [join(root, 'bin/poststempel.js'), ...args], {
    encoding: 'utf8',
    cwd: folder,
    env: { PATH: process.env['PATH'] },
  })

let gateway: GatewayProcess
beforeAll(async () => {
  gateway = await startGatewayProcess(data, { senderAuthentication: 'off' })
})
afterAll(async () => {
  await gateway.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('commands beside a running gateway', () => {
  it('invite by a link to where the pages really are', () => {
    const { stdout, status } = poststempel('accounts', 'invite', 'bo', '--role', 'caseworker', '--data', data)
    expect(status).toBe(0)
    expect(stdout.trim()).toMatch(new RegExp(`^${gateway.http}/staff/invite/[\\w-]{27}$`))
  })

  it('list what it holds', () => {
    for (const what of ['submissions', 'cases', 'letters', 'roots', 'archive']) {
      expect(poststempel(what, 'list', '--format', 'json', '--data', data)).toMatchObject({ status: 0, stdout: '' })
    }
  })

  it('make no empty database where none is, and say so', () => {
    const nowhere = join(folder, 'nowhere')
    for (const words of [
      ['cases', 'list'],
      ['accounts', 'invite', 'bo'],
    ]) {
      const { status, stderr } = poststempel(...words, '--data', nowhere)
      expect(status).toBe(2)
      expect(stderr).toContain('[not-found]')
    }
    expect(existsSync(nowhere)).toBe(false)
  })

  it('do not start a second gateway on the same folder', () => {
    const { status, stderr } = poststempel('serve', '--data', data)
    expect(status).toBe(2)
    expect(stderr).toContain('[data-folder-in-use]')
  })
})

describe('roots beside a running gateway', () => {
  it('turn the verdict of a waiting case, and turn it back', async () => {
    const town = join(folder, 'town')
    const running = await startGatewayProcess(town, { senderAuthentication: 'off', checkRevocation: 'off' })
    const indication = (): string =>
      /"indication":"([^"]+)"/.exec(poststempel('cases', 'list', '--data', town).stdout)?.[1] ?? ''
    const becomes = (wanted: string) =>
      vi.waitFor(() => expect(indication()).toBe(wanted), { timeout: 30_000, interval: 300 })
    const why = ['--by', 'ida', '--data', town]
    try {
      const transport = createTransport({ host: '127.0.0.1', port: running.smtpPort, secure: false, ignoreTLS: true })
      await transport.sendMail({
        from: 'borger@example.org',
        to: 'olietank@demokobing.example',
        subject: 'Attest',
        text: 'Se venligst vedhæftede.',
        attachments: [{ filename: 'attest.pdf', path: join(root, 'fixtures/pdf/attest-unknown-ca.pdf') }],
      })
      transport.close()
      await becomes('INDETERMINATE')
      const file = join(root, 'fixtures/ca/unknown-ca.pem')
      const add = ['roots', 'add', file, '--purpose', 'document', '--note', 'ringet op', ...why]
      expect(poststempel(...add)).toMatchObject({ status: 1, stdout: expect.stringContaining('Nothing was changed') })
      // It came with the case that waits: what its file says of itself is no second source.
      const refused = { status: 2, stderr: expect.stringContaining('came with what a citizen sent') }
      expect(poststempel(...add, '--yes')).toMatchObject(refused)
      const told = new X509Certificate(readFileSync(file)).fingerprint256
      const typed = ['--fingerprint', told, '--yes']
      expect(poststempel(...add, ...typed)).toMatchObject({ status: 0, stdout: expect.stringContaining('1 open case') })
      await becomes('TOTAL-PASSED')
      const { sha256, addedBy } = JSON.parse(poststempel('roots', 'list', '--data', town).stdout)
      expect(addedBy).toBe('cli:ida')
      expect(poststempel('roots', 'disable', sha256, '--reason', 'prøve', ...why).status).toBe(0)
      await becomes('INDETERMINATE')
    } finally {
      await running.stop()
    }
  })
})

describe('serve', () => {
  it('says wrong words, a missing or broken configuration and an unusable folder without a stack trace', () => {
    const file = join(folder, 'a-file')
    writeFileSync(file, 'no JSON')
    const cases: readonly (readonly [readonly string[], string])[] = [
      [['serve', '--nope'], '--nope'],
      [['serve', '--config', join(folder, 'none.json')], 'is not there'],
      [['serve', '--config', file], 'is no JSON'],
      [['serve', '--data', file], '[storage-unavailable]'],
    ]
    for (const [words, said] of cases) {
      const { status, stderr } = poststempel(...words)
      expect(status).toBe(2)
      expect(stderr).toContain(said)
      expect(stderr).not.toMatch(/^\s+at /m)
    }
  })

  it('ends with 0 when it is told to stop', async () => {
    const other = await startGatewayProcess(join(folder, 'other'), { senderAuthentication: 'off' })
    expect(await other.stop()).toBe(0)
  })
})

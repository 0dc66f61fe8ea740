import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { run } from '../../src/cli/doctor.ts'

const folder = mkdtempSync(join(tmpdir(), 'poststempel-doctor-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const ZONE: Readonly<Record<string, readonly unknown[]>> = {
  'kommune.example/MX': [{ exchange: 'mail.kommune.example', priority: 10 }],
  'mail.kommune.example/A': ['192.0.2.25'],
  '25.2.0.192.in-addr.arpa/PTR': ['mail.kommune.example'],
  'kommune.example/TXT': [['v=spf1 mx -all']],
}
const resolver = async (name: string, type: string): Promise<unknown> => {
  const records = ZONE[`${name}/${type}`]
  if (!records) throw Object.assign(new Error('none'), { code: 'ENOTFOUND' })
  return records
}

let said: string[] = []
let server: Server | null = null
beforeEach(() => {
  said = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line))
  vi.spyOn(console, 'error').mockImplementation((line: string) => void said.push(line))
})
afterEach(() => {
  vi.restoreAllMocks()
  server?.close()
  server = null
})

/** What is said with this configuration; the port answers so. */
async function doctor(words: readonly string[], greeting: string, config: object = {}): Promise<number> {
  const listening = createServer((socket) => socket.end(greeting))
  server = listening
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  const address = listening.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const file = join(folder, 'config.json')
  const base = {
    municipality: { mailAddress: 'post@kommune.example' },
    smtp: { port, recipients: ['@kommune.example'] },
    web: { publicUrl: 'https://post.kommune.example' },
  }
  writeFileSync(file, JSON.stringify({ ...base, ...config }))
  return run([...words, '--config', file], resolver)
}

describe('poststempel doctor', () => {
  it('says of each thing how it stands, with the record to paste where one is missing', async () => {
    expect(await doctor(['Kommune.example.'], '220 mail ESMTP\r\n')).toBe(1)
    const [text = ''] = said
    expect(text).toMatch(/^ok +mx: mail for kommune\.example goes to mail\.kommune\.example$/m)
    expect(text).toMatch(/^PROBLEM +dmarc-missing: .*\n +_dmarc\.kommune\.example\. 3600 IN TXT "v=DMARC1/m)
    expect(text).toMatch(/^ok +smtp: /m)
    expect(text).toMatch(/^ok +recipients: /m)
    expect(text).toMatch(/^ok +web-address: /m)
    expect(text).toMatch(/^unknown +dkim-not-asked: /m)
  })

  it('says what of the gateway itself is amiss', async () => {
    const config = { municipality: {}, web: {} }
    expect(await doctor(['kommune.example', '--format', 'json'], '554 no\r\n', config)).toBe(1)
    const { domain, checks } = JSON.parse(said[0] ?? '')
    const codes = checks.map(({ code }: { code: string }) => code)
    expect(domain).toBe('kommune.example')
    expect(codes).toEqual(expect.arrayContaining(['smtp-silent', 'from-other', 'relay-missing', 'web-address']))
  })

  it('does not ask for a certificate where a mail server in front is the MX', async () => {
    const codes = async (config: object) => {
      said = []
      await doctor(['kommune.example', '--format', 'json'], '220 x\r\n', config)
      return said[0]
    }
    expect(await codes({})).toContain('starttls-missing')
    server?.close()
    expect(await codes({ trustedHop: { authservId: 'mail.kommune.example' } })).not.toContain('starttls')
  })

  it('says that a domain is not taken here', async () => {
    await doctor(['firma.example', '--format', 'json'], '220 x\r\n')
    expect(said[0]).toContain('recipients-other')
    expect(said[0]).toContain('mx-missing')
  })

  it.each([[[]], [['kommune']], [['a@b.example']], [['a.example', 'b.example']], [['a.example', '--format', 'xml']]])(
    'shows its usage for %j',
    async (words) => {
      expect(await run(words, resolver)).toBe(2)
      expect(said[0]).toContain('usage: poststempel doctor')
    },
  )
})

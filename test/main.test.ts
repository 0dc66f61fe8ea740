import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { main } from '../src/main.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const exitCode = process.exitCode

afterEach(() => {
  process.exitCode = exitCode
  vi.restoreAllMocks()
})

describe('poststempel', () => {
  it('says its version, and what it knows', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
    await main(['--version'])
    await main(['--help'])
    expect(log.mock.calls).toEqual([[`poststempel ${version}`], [expect.stringMatching(/commands: .*\bverify\b/)]])
    expect(process.exitCode).toBe(0)
  })

  it('ends with 2 for a command that it does not know', async () => {
    vi.spyOn(console, 'log').mockImplementation(() => undefined)
    await main(['stamp'])
    expect(process.exitCode).toBe(2)
  })
})

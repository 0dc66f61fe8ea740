import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const bin = join(root, 'bin/poststempel.js')
const folder = mkdtempSync(join(tmpdir(), 'poststempel-built-'))
const file = join(folder, 'plain.pdf')
writeFileSync(file, '%PDF-1.7\n')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Its command is packed into one file, apart from what only some of its uses load. */
describe('the built command verify', () => {
  it('ends without a fuss where nobody reads on', () => {
    const line = `"${process.execPath}" "${bin}" verify --data "${folder}" ${`"${file}" `.repeat(1000)} | head -n 1`
    const { stdout, stderr } = spawnSync('sh', ['-c', line], { encoding: 'utf8' })
    expect(stdout).toContain('plain.pdf')
    expect(stderr).toBe('')
  })

  it('says by its code what the configuration that it loads refuses', () => {
    writeFileSync(join(folder, 'poststempel.sqlite'), '')
    const { status, stderr } = spawnSync(process.execPath, [bin, 'verify', '--data', folder, file], {
      encoding: 'utf8',
      env: { POSTSTEMPEL_HTTP_PORT: 'none' },
    })
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('[configuration]') })
  })

  it('judges in several threads', () => {
    const words = ['verify', '--jobs', '2', '--format', 'json', '--data', join(folder, 'none')]
    const { stdout, status } = spawnSync(process.execPath, [bin, ...words, ...Array<string>(40).fill(file)], {
      encoding: 'utf8',
    })
    expect(stdout.match(/"file":"[^"]*plain\.pdf"/g)).toHaveLength(40)
    expect(status).toBe(2)
  })
})

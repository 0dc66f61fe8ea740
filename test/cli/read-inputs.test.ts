import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { createInputReader, parseInstant } from '../../src/cli/read-inputs.ts'
import { makeCa, makeCrl } from '../verify/make-pki.ts'

afterEach(() => vi.unstubAllEnvs())

describe('a time on the command line', () => {
  it.each([
    ['2026-01-02', '2026-01-02T00:00:00.000Z'],
    ['2026-01-02T10:00', '2026-01-02T10:00:00.000Z'],
    ['2026-01-02 10:00:30', '2026-01-02T10:00:30.000Z'],
    ['2026-01-02T10:00:30.5', '2026-01-02T10:00:30.500Z'],
    ['2026-01-02T10:00Z', '2026-01-02T10:00:00.000Z'],
    ['2026-01-02T10:00+01:00', '2026-01-02T09:00:00.000Z'],
    ['2026-01-02T10:00-01:00', '2026-01-02T11:00:00.000Z'],
    ['2026-01-02T10:00+01', '2026-01-02T09:00:00.000Z'],
    ['2026-01-02T10:00:00+0130', '2026-01-02T08:30:00.000Z'],
    ['2026-01-02t10:00z', '2026-01-02T10:00:00.000Z'],
    ['2026-01-02T10:00:30,123456789Z', '2026-01-02T10:00:30.123Z'],
    ['2026-01-02T00:30+01:00', '2026-01-01T23:30:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['0001-01-01', '0001-01-01T00:00:00.000Z'],
    ['2099-12-31T23:59:59Z', '2099-12-31T23:59:59.000Z'],
  ])('%s is %s, wherever the machine stands', (text, instant) => {
    vi.stubEnv('TZ', 'Pacific/Auckland')
    expect(parseInstant(text).toISOString()).toBe(instant)
  })

  it.each([
    '2026-01-02T24:00',
    '2026-01-02T10:00:60',
    '2026-01-02T10:00+25:00',
    '2026-01-02 10:00 PST',
    '2026-01-02 (Friday)',
    '2026-01-02T10:00Zulu',
    ' 2026-01-02',
    '+012026-01-02',
  ])('"%s" is refused, whatever else would read it', (text) => {
    expect(() => parseInstant(text)).toThrow('is not a date and time of ISO 8601')
  })

  it.each(['yesterday', '2026', '2026-13-01', '2026-01-02T10', '', '2026-02-30', '2026-02-29T10:00Z'])(
    '"%s" is refused',
    (text) => {
      expect(() => parseInstant(text)).toThrow('is not a date and time of ISO 8601')
    },
  )
})

describe('a folder of roots', () => {
  const folder = mkdtempSync(join(tmpdir(), 'poststempel-roots-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const root = makeCa('Root')
  const write = (name: string, bytes: Uint8Array | string): string => {
    writeFileSync(join(folder, name), bytes)
    return join(folder, name)
  }
  write('root.der', root.certificate.bytes)
  write('root.crl', makeCrl({ issuer: root }).bytes)
  write('README.md', '# Who these are')
  write('empty', '')

  it('is read though other files stand in it, and those are said', () => {
    const store = createInputReader().trustStore([folder])
    expect(store.bySha256(root.certificate.sha256)).not.toBeNull()
    expect(store.size).toBe(1)
    expect(store.unreadable.map((one) => /README\.md|empty/.exec(one)?.[0]).toSorted()).toEqual(['README.md', 'empty'])
  })

  it('is read for other evidence in the same way', () => {
    const { items, unreadable } = createInputReader().certificates([folder])
    expect(items.map(({ sha256 }) => sha256)).toEqual([root.certificate.sha256])
    expect(unreadable.map(({ file }) => file)).toContain(join(folder, 'README.md'))
  })

  it('is not meant where such a file is named itself', () => {
    expect(() => createInputReader().trustStore([join(folder, 'README.md')])).toThrow('README.md')
  })
})

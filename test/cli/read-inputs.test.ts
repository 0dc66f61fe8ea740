import { afterEach, describe, expect, it, vi } from 'vitest'
import { parseInstant } from '../../src/cli/read-inputs.ts'

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
  ])('%s is %s, wherever the machine stands', (text, instant) => {
    vi.stubEnv('TZ', 'Pacific/Auckland')
    expect(parseInstant(text).toISOString()).toBe(instant)
  })

  it.each(['yesterday', '2026', '2026-13-01', '2026-01-02T10', ''])('"%s" is refused', (text) => {
    expect(() => parseInstant(text)).toThrow('is not a date and time of ISO 8601')
  })
})

import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/model/errors.ts'
import { problemOf } from '../../src/web/problem.ts'
import { da } from '../../src/web/texts/da.ts'
import { en } from '../../src/web/texts/en.ts'

describe('a problem', () => {
  it.each([
    ['fetch-refused', 422],
    ['fetch-failed', 502],
  ] as const)('of fetching (%s) is told as what it is, in both languages', (code, status) => {
    const fault = new GatewayError(code, 'x', { retryable: true })
    expect(problemOf(fault, da)).toMatchObject({ status, code, ...da.problems.byCode[code] })
    expect(problemOf(fault, en)).toMatchObject({ status, code, ...en.problems.byCode[code] })
  })
})

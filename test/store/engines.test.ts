import { writeSync } from 'node:fs'
import { expect, it } from 'vitest'
import { engines } from '../support/engines.ts'

const STDERR = 2

it('every engine is tested whose server is there, and what is left out is said', () => {
  const names = engines().map(({ name }) => name)
  const hasServer = (process.env['POSTSTEMPEL_TEST_POSTGRES_URL'] ?? '') !== ''
  expect(names).toEqual(hasServer ? ['sqlite', 'postgres'] : ['sqlite'])
  if (!hasServer) writeSync(STDERR, 'PostgreSQL left out: POSTSTEMPEL_TEST_POSTGRES_URL is not set\n')
})

import { expect, it } from 'vitest'
import { startWarnings } from '../../src/cli/start-warnings.ts'
import { settings } from '../casework/scene.ts'

it('a start without a relay says that nobody will be told of trust by mail', () => {
  const notify = { mail: ['it@kommune.example'], webhook: null }
  const told = { ...settings, trust: { ...settings.trust, notify } }
  expect(startWarnings(told)).toEqual([expect.stringContaining('trust.notify.mail')])
  const relay = { host: 'mail.example', port: 25, user: null, password: null, requireTls: true }
  expect(startWarnings({ ...told, relay })).toEqual([])
  expect(startWarnings({ ...told, demo: true })).toEqual([])
  expect(startWarnings(settings)).toEqual([])
})

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { describeConfiguration, loadSettings } from '../../src/config/index.ts'
import { GatewayError } from '../../src/model/errors.ts'

const folder = mkdtempSync(join(tmpdir(), 'poststempel-config-'))
const write = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}
const messageOf = (work: () => unknown): string => {
  try {
    work()
  } catch (thrown) {
    if (thrown instanceof GatewayError && thrown.code === 'configuration') return thrown.message
    throw thrown
  }
  return 'nothing was thrown'
}

describe('configuration', () => {
  it('is complete without a file: loopback, SQLite, no relay', () => {
    const settings = loadSettings({}, {})
    expect(settings.smtp).toMatchObject({ host: '127.0.0.1', port: 2525 })
    expect(settings.web.publicUrl).toBe('http://127.0.0.1:8025')
    expect(settings.database).toEqual({ engine: 'sqlite' })
    expect(settings.relay).toBeNull()
  })

  it('reports all bad keys together', () => {
    const file = write('bad.json', JSON.stringify({ smtp: { port: 'x', prot: 1 }, municipality: { cvr: '12' } }))
    const message = messageOf(() => loadSettings({ configFile: file }, {}))
    expect(message).toContain('smtp.port')
    expect(message).toContain('prot')
    expect(message).toContain('municipality.cvr')
  })

  it('takes ports and the data folder from the environment', () => {
    const env = { POSTSTEMPEL_SMTP_PORT: '3025', POSTSTEMPEL_HTTP_PORT: '3080', POSTSTEMPEL_DATA: folder }
    const settings = loadSettings({}, env)
    expect(settings).toMatchObject({ dataDir: folder, smtp: { port: 3025 }, web: { port: 3080 } })
    expect(messageOf(() => loadSettings({}, { POSTSTEMPEL_SMTP_PORT: 'http' }))).toContain('POSTSTEMPEL_SMTP_PORT')
  })

  it('reads secrets from files and never shows them in a message', () => {
    const passwordFile = write('password', 's3cret\n')
    const relay = { host: 'mail.example', user: 'u', passwordFile }
    expect(loadSettings({ configFile: write('relay.json', JSON.stringify({ relay })) }, {}).relay?.password).toBe(
      's3cret',
    )
    const wrong = write('wrong.json', JSON.stringify({ relay, smtp: { port: -1 } }))
    expect(messageOf(() => loadSettings({ configFile: wrong }, {}))).not.toContain('s3cret')
  })

  it('takes what a municipality decides about algorithms, and refuses what is no date', () => {
    const algorithms = {
      schemes: {},
      digests: { sha224: '2026-01-01T00:00:00Z' },
      keys: { rsa: [{ fromBits: 3072, until: null }] },
    }
    const settings = loadSettings({ configFile: write('algorithms.json', JSON.stringify({ algorithms })) }, {})
    expect(settings.algorithms).toEqual(algorithms)
    const wrong = write('no-date.json', JSON.stringify({ algorithms: { digests: { sha224: 'soon' } } }))
    expect(messageOf(() => loadSettings({ configFile: wrong }, {}))).toContain('algorithms.digests.sha224')
  })

  it('refuses PostgreSQL without a connection URL', () => {
    const file = write('pg.json', JSON.stringify({ database: { engine: 'postgres' } }))
    expect(messageOf(() => loadSettings({ configFile: file }, {}))).toContain('POSTSTEMPEL_DATABASE_URL')
  })

  it('takes no webhook without a secret of some length, which it reads from a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'poststempel-config-'))
    const load = (notify: object, secret = '') => {
      writeFileSync(join(folder, 'secret'), secret)
      writeFileSync(join(folder, 'c.json'), JSON.stringify({ trust: { notify } }))
      return loadSettings({ configFile: join(folder, 'c.json') }, {}).trust.notify.webhook
    }
    const webhookUrl = 'https://hooks.example/trust'
    const webhookSecretFile = join(folder, 'secret')
    expect(() => load({ webhookUrl })).toThrow('webhookSecretFile')
    expect(() => load({ webhookUrl, webhookSecretFile }, 'short')).toThrow('fewer than 16')
    const whole = load({ webhookUrl, webhookSecretFile }, 'long enough a secret\n')
    expect(whole).toEqual({ url: webhookUrl, secret: 'long enough a secret', allowedNetworks: [] })
    expect(() => load({ webhookUrl: 'ftp://x.example', webhookSecretFile }, 'long enough a secret')).toThrow(
      'webhookUrl',
    )
  })

  it('takes a root by file or out of the catalogue, and not by both or neither', () => {
    const load = (anchor: object) => {
      const file = write(
        'anchors.json',
        JSON.stringify({ trust: { anchors: [{ purposes: ['mail'], note: 'x', ...anchor }] } }),
      )
      return loadSettings({ configFile: file }, {}).trust.anchors
    }
    const constraints = { emails: [], organizations: [], policies: [], permitted: [], excluded: [] }
    expect(load({ file: '/etc/ca.pem' })).toEqual([
      { from: { file: '/etc/ca.pem' }, purposes: ['mail'], note: 'x', constraints },
    ])
    expect(load({ catalogue: 'x', emails: ['b.dk'] })).toMatchObject([
      { from: { catalogue: 'x' }, constraints: { ...constraints, emails: ['b.dk'] } },
    ])
    for (const wrong of [{}, { file: 'a', catalogue: 'b' }, { file: 'a', purposes: [] }, { file: 'a', note: '' }]) {
      expect(() => load(wrong)).toThrow('trust.anchors.0')
    }
  })

  it('is documented key by key in docs/configuration.md as the schema stands', () => {
    const docs = readFileSync(join(import.meta.dirname, '../../docs/configuration.md'), 'utf8')
    expect(docs).toBe(describeConfiguration())
    expect(docs).toContain('`smtp.maxMessageBytes`')
  })
})

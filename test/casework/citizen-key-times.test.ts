import { generateKey } from 'openpgp'
import { describe, expect, it } from 'vitest'
import { citizenKeyTimes } from '../../src/casework/index.ts'
import { endOfEncryption } from '../../src/delivery/index.ts'
import type { CitizenKey } from '../../src/model/citizen-key.ts'
import { makeCa, makeLeaf } from '../verify/make-pki.ts'
import { BEGIN, scene } from './scene.ts'

const DAY = 86_400
const MADE = new Date(BEGIN.getTime() - DAY * 1000)
const dayOf = (days: number) => new Date(MADE.getTime() + days * DAY * 1000)
const openpgp = async (keyDays: number, partDays = 0) => {
  const made = await generateKey({
    ...{ type: 'ecc', curve: 'curve25519Legacy', userIDs: [{ email: 'kai@example.org' }], format: 'armored' },
    ...{ date: MADE, keyExpirationTime: keyDays * DAY, subkeys: [{ keyExpirationTime: partDays * DAY }] },
  })
  return made.publicKey
}
const at = BEGIN.toISOString()
const row = (kind: CitizenKey['kind'], certificate: string, change: Partial<CitizenKey> = {}): CitizenKey => ({
  ...{ id: 'k1', address: 'kai@example.org', kind, fingerprint: 'ef', certificate },
  ...{ source: 'uploaded', proof: 'none', state: 'counts', firstSeenAt: at, lastSeenAt: at, stateSince: at },
  ...change,
})
const endOf = async (key: CitizenKey, now = BEGIN) =>
  (await citizenKeyTimes(key, now, { store: scene().store, endOfEncryption })).end

describe('the end of a citizen’s key', () => {
  it('is that of the key or of its part for encryption, whichever comes first', async () => {
    expect(await endOf(row('openpgp', await openpgp(0)))).toEqual({ code: 'never' })
    expect(await endOf(row('openpgp', await openpgp(100)))).toEqual({ code: 'later', at: dayOf(100).toISOString() })
    expect(await endOf(row('openpgp', await openpgp(0, 90)))).toEqual({ code: 'later', at: dayOf(90).toISOString() })
    expect(await endOf(row('openpgp', await openpgp(50, 90)))).toEqual({ code: 'later', at: dayOf(50).toISOString() })
  })

  it('is warned of thirty days before, and said once it has come', async () => {
    const key = row('openpgp', await openpgp(100))
    const end = dayOf(100).toISOString()
    expect(await endOf(key, new Date(dayOf(70).getTime() - 1))).toEqual({ code: 'later', at: end })
    expect(await endOf(key, dayOf(70))).toEqual({ code: 'soon', at: end, days: 30 })
    expect(await endOf(key, new Date(dayOf(100).getTime() - 1))).toEqual({ code: 'soon', at: end, days: 1 })
    expect(await endOf(key, dayOf(100))).toEqual({ code: 'ended', at: end })
  })

  it('of a certificate is the one that the CA gave it', async () => {
    const notAfter = new Date('2027-06-01T00:00:00Z')
    const { certificate } = makeLeaf('Kai', makeCa('CA'), [], { notAfter })
    const pem = `-----BEGIN CERTIFICATE-----\n${Buffer.from(certificate.bytes).toString('base64')}\n-----END CERTIFICATE-----`
    expect(await endOf(row('smime', pem))).toEqual({ code: 'later', at: notAfter.toISOString() })
  })

  it('is not known of what cannot be read', async () => {
    expect(await endOf(row('openpgp', 'x'))).toEqual({ code: 'unknown' })
  })
})

describe('the time when a key was proven', () => {
  it('is that of the code that fitted first; other proofs have none', async () => {
    const met = { id: 'c1', keyId: 'k1', caseId: 'c', codeHash: 'x', createdAt: at, expiresAt: at, attemptsLeft: 4 }
    const store = { metChallengesOf: async () => [{ ...met, usedAt: at }] }
    const times = (proof: CitizenKey['proof']) =>
      citizenKeyTimes(row('openpgp', 'x', { proof }), BEGIN, { store, endOfEncryption })
    expect((await times('challenge')).provenAt).toBe(at)
    expect((await times('dmarc')).provenAt).toBeNull()
  })
})

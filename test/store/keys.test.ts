import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CitizenKey, KeyChallenge } from '../../src/model/citizen-key.ts'
import { newId } from '../../src/model/ids.ts'
import type { OwnKey } from '../../src/model/own-key.ts'
import type { Store } from '../../src/model/store.ts'
import { migrate } from '../../src/store/migrate.ts'
import { migrations } from '../../src/store/migrations/index.ts'
import { openPostgres } from '../../src/store/postgres/engine.ts'
import { openSqlite } from '../../src/store/sqlite/engine.ts'
import { engines, type TestStore } from '../support/engines.ts'
import { AT, addCase, LATER, sampleCase, sampleParty } from './samples.ts'

const ownKey = (change: Partial<OwnKey> = {}): OwnKey => ({
  id: newId(),
  kind: 'openpgp',
  state: 'active',
  source: 'self-made',
  certificate: 'x',
  subject: 'Søby <post@soeby.example>',
  addresses: ['post@soeby.example'],
  algorithm: 'Ed25519',
  file: 'openpgp-private.asc',
  createdAt: AT,
  expiresAt: null,
  stateSince: AT,
  reason: null,
  backedUpAt: null,
  ...change,
})

const citizenKey = (change: Partial<CitizenKey> = {}): CitizenKey => ({
  id: newId(),
  address: 'kai@example.dk',
  kind: 'openpgp',
  fingerprint: newId(),
  certificate: 'x',
  source: 'attached',
  proof: 'dmarc',
  state: 'candidate',
  firstSeenAt: AT,
  lastSeenAt: AT,
  stateSince: AT,
  ...change,
})

describe.each(engines())('keys are kept as they were written, on $name', (engine) => {
  let place: TestStore
  let store: Store
  beforeAll(async () => {
    place = await engine.open()
    store = place.store
  })
  afterAll(() => place.close())

  it('the municipality’s own, of which one of a kind is active', async () => {
    const key = ownKey()
    await store.commit((write) => write.addOwnKey(key))
    expect(await store.ownKeys()).toStrictEqual([key])
    await expect(store.commit((write) => write.addOwnKey(ownKey()))).rejects.toThrow()
    const other = ownKey({ kind: 'smime' })
    await store.commit(async (write) => {
      await write.updateOwnKey(key.id, { state: 'former', stateSince: LATER, backedUpAt: LATER })
      await write.addOwnKey(other)
    })
    expect(await store.ownKeys()).toStrictEqual([
      { ...key, state: 'former', stateSince: LATER, backedUpAt: LATER },
      other,
    ])
    await store.commit((write) => write.removeOwnKey(other.id))
    expect(await store.ownKeys()).toHaveLength(1)
    await expect(store.commit((write) => write.updateOwnKey('none', { reason: 'x' }))).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it('citizens’, of which one of a kind counts for an address', async () => {
    const [first, second] = [citizenKey({ state: 'counts' }), citizenKey({ kind: 'smime' })]
    await store.commit(async (write) => {
      await write.addCitizenKey(first)
      await write.addCitizenKey(second)
    })
    expect(await store.citizenKeysOf('kai@example.dk')).toStrictEqual([first, second])
    expect(await store.citizenKeysOf('kai@example.dk', 'smime')).toStrictEqual([second])
    expect(await store.citizenKeysOf('anden@example.dk')).toStrictEqual([])
    expect(await store.citizenKey(first.id)).toStrictEqual(first)
    await expect(store.commit((write) => write.addCitizenKey(citizenKey({ state: 'counts' })))).rejects.toThrow()
    const twice = citizenKey({ fingerprint: first.fingerprint })
    await expect(store.commit((write) => write.addCitizenKey(twice))).rejects.toThrow()
    await store.commit((write) => write.updateCitizenKey(first.id, { state: 'expired', lastSeenAt: LATER }))
    expect(await store.listCitizenKeys({ states: ['expired'] })).toStrictEqual([
      { ...first, state: 'expired', lastSeenAt: LATER },
    ])
    expect(await store.citizenKey('none')).toBeNull()
  })

  it('the codes that went out encrypted', async () => {
    const key = citizenKey({ address: 'ida@example.dk' })
    const challenge = await store.commit(async (write) => {
      const { id } = await addCase(write)
      const row: KeyChallenge = {
        id: newId(),
        keyId: key.id,
        caseId: id,
        codeHash: 'scrypt$a$b',
        createdAt: AT,
        expiresAt: LATER,
        attemptsLeft: 5,
        usedAt: null,
      }
      await write.addCitizenKey(key)
      await write.addKeyChallenge(row)
      await write.updateKeyChallenge(row.id, { attemptsLeft: 4, usedAt: LATER })
      return row
    })
    expect(await store.keyChallengesOf(challenge.caseId)).toStrictEqual([
      { ...challenge, attemptsLeft: 4, usedAt: LATER },
    ])
    expect(await store.metChallengesOf(challenge.keyId)).toStrictEqual([
      { ...challenge, attemptsLeft: 4, usedAt: LATER },
    ])
    expect(await store.metChallengesOf(newId())).toStrictEqual([])
    await store.commit((write) => write.addKeyChallenge({ ...challenge, id: newId() }))
    expect(await store.metChallengesOf(challenge.keyId)).toHaveLength(1)
  })

  it('parties of open cases are found by their address, whatever its case', async () => {
    const open = sampleCase()
    const closed = sampleCase({ state: 'archived' })
    const party = sampleParty(open.id, { email: 'Bo@example.dk' })
    await store.commit(async (write) => {
      await write.addCase(open)
      await write.addCase(closed)
      await write.addParty(party)
      await write.addParty(sampleParty(closed.id, { email: 'bo@example.dk' }))
    })
    expect(await store.openPartiesWith('bo@example.dk')).toStrictEqual([party])
  })
})

describe.each(engines())('what parties held before, on $name', (engine) => {
  it('becomes rows: where DMARC vouched the first key counts, and all else was for its own case', async () => {
    const place = await engine.place()
    const it = await (place.database.engine === 'sqlite'
      ? openSqlite(`${place.dataDir}/poststempel.sqlite`)
      : openPostgres(place.database.url))
    const before = migrations.filter(({ name }) => name !== 'keys')
    await migrate(it, before, () => new Date())
    const cell = (value: string | null) => (value === null ? 'null' : `'${value}'`)
    await it.transaction(async (db) => {
      const run = (text: string) => sql.raw(text).execute(db)
      await run(`insert into cases (id, number, case_type, title, state, channel, language, received_at, checked_at,
        due_on, indication, queue_rank) values ('c', 'n', 't', 't', 'archived', 'smtp', 'da', '${AT}', '${AT}', '${AT}',
        'TOTAL-PASSED', 0)`)
      const rows: readonly (readonly [string, string | null, string | null, string | null])[] = [
        ['p1', 'Kai@example.dk', 'openpgp', 'aa'],
        ['p2', 'kai@example.dk', 'dmarc', 'bb'],
        ['p3', 'kai@example.dk', 'dmarc', 'aa'],
        ['p4', 'kai@example.dk', 'dmarc', 'cc'],
        ['p5', 'ida@example.dk', null, 'dd'],
        ['p6', null, 'dmarc', 'ee'],
        ['p7', 'bo@example.dk', 'dmarc', null],
      ]
      for (const [id, email, proof, key] of rows) {
        await run(`insert into parties (id, case_id, role, email, email_proof, may_answer, wrote_encrypted, openpgp_key,
          openpgp_fingerprint, openpgp_source) values ('${id}', 'c', 'sender', ${cell(email)}, ${cell(proof)}, 1, 0,
          ${cell(key && `key ${key}`)}, ${cell(key)}, ${key === null ? 'null' : "'attached'"})`)
      }
    })
    await migrate(it, migrations, () => new Date())
    const rows = await it.reader.selectFrom('citizenKeys').selectAll().orderBy('made').execute()
    expect(rows.map((row) => `${row.id} ${row.address} ${row.fingerprint} ${row.proof} ${row.state}`)).toEqual([
      'p2 kai@example.dk bb dmarc counts',
      'p3 kai@example.dk aa dmarc candidate',
      'p4 kai@example.dk cc dmarc candidate',
      'p5 ida@example.dk dd none candidate',
    ])
    await it.close()
    await place.close()
  })
})

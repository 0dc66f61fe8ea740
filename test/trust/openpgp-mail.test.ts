import { createMessage, generateKey, type PrivateKey, sign } from 'openpgp'
import { beforeAll, describe, expect, it } from 'vitest'
import { openCase, withdrawKey } from '../../src/casework/index.ts'
import type { SenderProof } from '../../src/casework/ports.ts'
import type { CitizenKeyProof, CitizenKeyState } from '../../src/model/citizen-key.ts'
import { type JudgeParts, rejudgeCase, verifySubmission } from '../../src/trust/index.ts'
import { task } from '../../src/trust/verify-task.ts'
import { CASEWORKER, given, type Scene, scene, settings, silentLog } from '../casework/scene.ts'

const FROM = 'kai@example.org'
const BODY = 'Content-Type: text/plain; charset=utf-8\r\n\r\nTanken er sløjfet.\r\n'
let kai: PrivateKey
let mail: Buffer

beforeAll(async () => {
  // The key calls itself the mayor's, too: nobody has proven that.
  const userIDs = [{ name: 'Borgmesteren', email: 'borgmester@example.org' }, { email: FROM }]
  const date = new Date('2026-01-01T00:00:00Z')
  kai = (await generateKey({ type: 'curve25519', userIDs, date, format: 'object' })).privateKey
  const message = await createMessage({ binary: new Uint8Array(Buffer.from(BODY)) })
  const signature = await sign({ message, signingKeys: kai, detached: true, date: new Date('2026-11-24T09:00:00Z') })
  mail = Buffer.from(
    [
      `From: Kai <${FROM}>`,
      'MIME-Version: 1.0',
      'Content-Type: multipart/signed; protocol="application/pgp-signature"; boundary=b',
      '',
      '--b',
      BODY,
      '--b',
      'Content-Type: application/pgp-signature',
      '',
      signature.replace(/\r?\n/g, '\r\n'),
      '--b--',
      '',
    ].join('\r\n'),
  )
})

const judging = (world: Scene): JudgeParts => ({
  ...{ ...world.parts, log: silentLog, settings, fetcher: null },
  sandbox: { verify: task },
})

async function handedIn(world: Scene, state: 'normalised' | 'verified' = 'normalised') {
  const part = { name: 'mail.eml', bytes: mail, mediaType: 'message/rfc822', role: 'message' as const }
  return given(world, [part], { state })
}

const knows = (world: Scene, proof: CitizenKeyProof, state: CitizenKeyState = 'counts', address = FROM) =>
  world.store.commit((write) =>
    write.addCitizenKey({
      ...{ id: `key-${address}`, address, kind: 'openpgp', fingerprint: kai.getFingerprint() },
      ...{ certificate: kai.toPublic().armor(), source: 'attached', proof, state },
      ...{ firstSeenAt: AT, lastSeenAt: AT, stateSince: AT },
    }),
  )
const AT = '2026-11-01T00:00:00.000Z'

async function verdicts({ store }: Scene) {
  const [submission] = await store.listSubmissions()
  const rows = await store.verificationsOf(
    (await store.documentsOfSubmission(submission?.id ?? '')).map(({ id }) => id),
  )
  return Promise.all(
    rows.map(async ({ indication, subIndication, reportSha256 }) => {
      const report = JSON.parse(Buffer.from(await store.blobs.get(reportSha256)).toString('utf8'))
      return { indication, subIndication, userIds: report.signatures[0]?.userIds }
    }),
  )
}

describe('a mail signed by OpenPGP', () => {
  it.each<CitizenKeyProof>(['dmarc', 'challenge'])(
    'passes by the key that counts for its sender by %s, and names the address alone',
    async (proof) => {
      const world = scene()
      await handedIn(world)
      await knows(world, proof)
      await verifySubmission(await world.lease('verify'), judging(world))
      expect(await verdicts(world)).toEqual([{ indication: 'TOTAL-PASSED', subIndication: null, userIds: [FROM] }])
    },
  )

  it.each<[string, CitizenKeyProof, CitizenKeyState, string]>([
    ['another address', 'challenge', 'counts', 'else@example.org'],
    ['nobody vouches for', 'signature', 'candidate', FROM],
    ['waits behind another', 'challenge', 'candidate', FROM],
    ['an admin took out of use', 'challenge', 'revoked', FROM],
    ['was only fetched from a directory', 'tls', 'counts', FROM],
  ])('is undecided where its key is one of, or one that, %s', async (_, proof, state, address) => {
    const world = scene()
    await handedIn(world)
    await knows(world, proof, state, address)
    await verifySubmission(await world.lease('verify'), judging(world))
    const expected = { indication: 'INDETERMINATE', subIndication: 'NO_SIGNING_CERTIFICATE_FOUND' }
    expect(await verdicts(world)).toMatchObject([expected])
  })

  it('is judged again once its key counts, and once it counts no more', async () => {
    const world = scene()
    await handedIn(world)
    await verifySubmission(await world.lease('verify'), judging(world))
    expect(await verdicts(world)).toMatchObject([{ indication: 'INDETERMINATE' }])
    const proof: SenderProof = {
      ...{ emailProof: 'dmarc', openpgpKey: kai.toPublic().armor(), openpgpFingerprint: kai.getFingerprint() },
      ...{ openpgpSource: 'attached', chosenChannel: null },
    }
    const parts = { ...world.parts, proveSender: async () => proof, keyIsUsable: async () => true }
    await openCase(await world.lease('open-case'), parts)
    await rejudgeCase(await world.lease('rejudge'), judging(world))
    expect((await verdicts(world))[0]).toMatchObject({ indication: 'TOTAL-PASSED', userIds: [FROM] })
    const [row] = await world.store.citizenKeysOf(FROM)
    await withdrawKey({ id: row?.id ?? '', reason: 'stjålet', actor: CASEWORKER }, world.parts)
    await rejudgeCase(await world.lease('rejudge'), judging(world))
    expect((await verdicts(world))[0]).toMatchObject({ indication: 'INDETERMINATE' })
  })
})

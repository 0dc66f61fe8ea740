import { beforeEach, describe, expect, it } from 'vitest'
import { withdrawKey } from '../../src/casework/index.ts'
import { noteMailCertificates } from '../../src/casework/mail-certificates.ts'
import type { VerificationReport } from '../../src/model/report.ts'
import { makeCa, makeLeaf } from '../verify/make-pki.ts'
import { CASEWORKER, type Scene, scene } from './scene.ts'

const KAI = 'kai@example.org'
const AT = '2026-11-24T09:02:00.000Z'
const ca = makeCa('CA')
const issued = (notBefore: string) => makeLeaf('Kai', ca, [], { notBefore: new Date(notBefore) }).certificate
const old = issued('2026-01-01T00:00:00Z')
const young = issued('2026-06-01T00:00:00Z')

let world: Scene
beforeEach(() => {
  world = scene()
})

/** What is said of a mail that was signed by a certificate. */
function said(certificate: typeof old, change: object = {}, sender: object = {}): VerificationReport {
  const der = Buffer.from(certificate.bytes).toString('base64')
  const signer = { emails: [KAI], certificate: der }
  const signature = { kind: 'smime', indication: 'TOTAL-PASSED', signer, ...change }
  return { signatures: [signature], sender: { from: KAI, matchesSigner: true, ...sender } } as never
}
const note = (...reports: readonly VerificationReport[]) =>
  world.store.commit((write) => noteMailCertificates(write, KAI, reports, AT))
const kept = async () =>
  (await world.store.citizenKeysOf(KAI, 'smime')).map(({ fingerprint, state }) => [fingerprint, state])

describe('the certificate that signed a citizen’s mail', () => {
  it('is kept, and the one that was issued last counts', async () => {
    await note(said(young))
    const [row] = await world.store.citizenKeysOf(KAI, 'smime')
    expect(row).toMatchObject({ source: 'signed-mail', proof: 'anchor', fingerprint: young.sha256, state: 'counts' })
    expect(row?.certificate).toMatch(/^-----BEGIN CERTIFICATE-----/)
    await note(said(old), said(young))
    expect(await kept()).toEqual([
      [young.sha256, 'counts'],
      [old.sha256, 'replaced'],
    ])
  })

  it('makes way for a younger one', async () => {
    await note(said(old))
    await note(said(young))
    expect(await kept()).toEqual([
      [old.sha256, 'replaced'],
      [young.sha256, 'counts'],
    ])
  })

  it.each([
    ['a signature that did not pass', said(old, { indication: 'INDETERMINATE' })],
    ['another format', said(old, { kind: 'pdf' })],
    ['a signer that is not the sender', said(old, {}, { matchesSigner: false })],
    ['another sender', said(old, {}, { from: 'mette@example.org' })],
    ['a certificate for another address', said(old, { signer: { emails: ['mette@example.org'], certificate: 'x' } })],
    ['a key that only signs', said(old, { signer: { emails: [KAI] } })],
  ])('is not kept from %s', async (_what, report) => {
    await note(report)
    expect(await kept()).toEqual([])
  })

  it('that an admin took out of use stays out of use', async () => {
    await note(said(old), said(young))
    const id = (await world.store.citizenKeysOf(KAI, 'smime'))[1]?.id ?? ''
    await withdrawKey({ id, reason: 'stjålet', actor: CASEWORKER }, world.parts)
    await note(said(young))
    expect(await kept()).toEqual([
      [old.sha256, 'replaced'],
      [young.sha256, 'revoked'],
    ])
  })
})

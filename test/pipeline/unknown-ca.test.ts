import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sha256Hex } from '../../src/model/ids.ts'
import { type MadeIdentity, makeCa, makeEndEntity, signPdf, validYears } from '../../src/seal/index.ts'
import { kaisAttest, makeAttest } from '../../src/typeset/index.ts'
import type { WebDeps } from '../../src/web/index.ts'
import { webDeps } from '../../src/web-deps.ts'
import { type RunningGateway, startRunningGateway } from '../support/running-gateway.ts'

const validity = validYears(new Date(Date.now() - 86_400_000), 2)
const ADMIN = { kind: 'admin', id: 'account-1', name: 'Aksel Dam' } as const

let gateway: RunningGateway
let deps: WebDeps
let ca: MadeIdentity
let caseId: string
let documentId: string

beforeAll(async () => {
  gateway = await startRunningGateway()
  deps = webDeps(gateway.running.parts)
  ca = await makeCa({ country: 'DK', commonName: 'Firmaets CA' }, validity, 'rsa-2048')
  const anna = await makeEndEntity(ca, { profile: 'citizen', subject: { country: 'DK', commonName: 'Anna' }, validity })
  const pdf = signPdf(await makeAttest(kaisAttest()), anna, {
    subFilter: 'ETSI.CAdES.detached',
    signingTime: new Date(),
    name: 'Anna',
  })
  const lines = [
    'From: anna@firma.example',
    'To: olietank@demokobing.example',
    'Subject: Attest',
    'Message-ID: <anna-1@firma.example>',
    'MIME-Version: 1.0',
    'Content-Type: application/pdf; name="attest.pdf"',
    'Content-Disposition: attachment; filename="attest.pdf"',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from(pdf)
      .toString('base64')
      .replace(/(.{76})/g, '$1\r\n'),
    '',
  ]
  await gateway.send(lines.join('\r\n'))
  const { opened } = await gateway.whatBecameOf('<anna-1@firma.example>')
  caseId = opened.id
  const documents = await gateway.store.documentsOfCase(caseId)
  documentId = documents.find((one) => one.mediaType === 'application/pdf')?.id ?? ''
})
afterAll(() => gateway?.stop())

const FREE = { emails: [], organizations: [], policies: [], permitted: [], excluded: [] }
const plan = (wanted: Parameters<WebDeps['planTrust']>[0]['wanted']) =>
  deps.planTrust({ wanted, reason: 'ringet', actor: ADMIN })
const planned = (typedFingerprint: string, sha256: string) =>
  plan({ kind: 'candidate', caseId, sha256, typedFingerprint, purposes: ['document'], constraints: FREE })
const trusted = async () => [await gateway.store.listAnchors(), await gateway.store.listTrustChanges()] as const
const verdict = async () => (await deps.reportOf(documentId))?.indication

/** One story: each fact rests on those before. */
describe('a CA that came with a submission', () => {
  it('is offered by its waiting case, read in a child of its own', async () => {
    expect(await verdict()).toBe('INDETERMINATE')
    expect(await deps.candidateAnchors?.(caseId)).toMatchObject({
      anchors: [{ sha256: sha256Hex(ca.certificate), isCa: true, signer: 'Anna', wouldBe: 'TOTAL-PASSED' }],
      missing: [],
    })
  })

  it('is trusted for nothing by a wrong fingerprint, or by the name of another certificate', async () => {
    const sha256 = sha256Hex(ca.certificate)
    const other = 'ab'.repeat(32)
    const ask = (typedFingerprint: string, named = sha256) => planned(typedFingerprint, named)
    await expect(ask(other)).rejects.toMatchObject({ code: 'wrong-fingerprint' })
    await expect(ask('')).rejects.toMatchObject({ code: 'wrong-fingerprint' })
    await expect(ask(other, other)).rejects.toMatchObject({ code: 'wrong-state' })
    await gateway.running.idle()
    expect(await trusted()).toEqual([[], []])
    expect(await verdict()).toBe('INDETERMINATE')
  })

  it('needs its fingerprint by every other way, too: cut out of the file, in a bag of others, as an attachment', async () => {
    const fresh = await makeCa({ country: 'DK', commonName: 'Uskyldig CA' }, validity, 'ec-p256')
    const file = (bytes: Uint8Array, typedFingerprint = '') =>
      plan({
        ...{ kind: 'file', bytes, purposes: ['document'], constraints: FREE, countsFrom: null, countsUntil: null },
        typedFingerprint,
      })
    const pem = Buffer.from(ca.certificatePem)
    const refused = { code: 'wrong-fingerprint', facts: { subject: 'CN=Firmaets CA, C=DK', brought: true } }
    const bag = Buffer.from(`${fresh.certificatePem}\n${ca.certificatePem}`)
    const untyped = { ...refused, facts: { ...refused.facts, untyped: true } }
    for (const bytes of [pem, ca.certificate, bag]) await expect(file(bytes)).rejects.toMatchObject(untyped)
    const other = sha256Hex(fresh.certificate)
    await expect(file(bag, other)).rejects.toMatchObject({ ...refused, facts: { ...refused.facts, untyped: false } })
    const typed = `${other}\n${sha256Hex(ca.certificate).toUpperCase()}`
    const { steps } = (await deps.plannedTrust({ id: await file(bag, typed), actor: ADMIN, language: 'da' })).proposal
    expect(steps).toMatchObject([{ do: 'add', files: [sha256Hex(bag)] }])
    expect(await trusted()).toEqual([[], []])

    // A file that came as an attachment is nobody's other source, whatever is in it.
    const attachment = [
      ...['From: ole@firma.example', 'To: olietank@demokobing.example', 'Message-ID: <ole-1@firma.example>'],
      ...['MIME-Version: 1.0', 'Content-Type: application/octet-stream; name="rod.pem"'],
      ...['Content-Disposition: attachment; filename="rod.pem"', 'Content-Transfer-Encoding: base64', ''],
      Buffer.from(fresh.certificatePem)
        .toString('base64')
        .replace(/(.{76})/g, '$1\r\n'),
      '',
    ]
    await file(Buffer.from(fresh.certificatePem))
    await gateway.send(attachment.join('\r\n'))
    await gateway.whatBecameOf('<ole-1@firma.example>')
    await expect(file(Buffer.from(fresh.certificatePem))).rejects.toMatchObject({ code: 'wrong-fingerprint' })
    await file(Buffer.from(fresh.certificatePem), other)
  })

  it('by its fingerprint turns the verdict, with who and why on record, and is offered no more', async () => {
    const sha256 = sha256Hex(ca.certificate)
    const id = await planned(sha256.toUpperCase(), sha256)
    const document = await gateway.store.document(documentId)
    const bytes = await gateway.store.blobs.get(document?.sha256 ?? '')
    const stored = JSON.stringify(await gateway.store.adminHistory())
    for (const how of [{ change: id }, { certificates: ca.certificate, purposes: ['document'] as const }]) {
      const tested = await deps.testFile({ bytes, name: 'a.pdf', planned: how, actor: ADMIN })
      expect([tested.present.indication, tested.planned?.indication]).toEqual(['INDETERMINATE', 'TOTAL-PASSED'])
    }
    expect(JSON.stringify(await gateway.store.adminHistory())).toBe(stored)
    const { proposal } = await deps.plannedTrust({ id, actor: ADMIN, language: 'da' })
    expect(proposal.effects).toMatchObject({
      examined: 1,
      changed: [{ document: 'attest.pdf', after: 'TOTAL-PASSED' }],
    })
    expect((await trusted())[0]).toEqual([])
    expect(await deps.confirmTrust({ id, seen: proposal.trustStamp, actor: ADMIN })).toBe('carried-out')
    await gateway.running.idle()
    const [anchors, changes] = await trusted()
    const [submission] = await gateway.store.submissionsOfCase(caseId)
    expect(anchors).toMatchObject([{ sha256, source: `submission:${submission?.id}`, purposes: ['document'] }])
    expect(changes).toMatchObject([{ action: 'added', sha256, actor: 'Aksel Dam', reason: 'ringet' }])
    expect(await verdict()).toBe('TOTAL-PASSED')
    expect(await gateway.store.case(caseId)).toMatchObject({ indication: 'TOTAL-PASSED' })
    expect(await gateway.store.casesByAnchor()).toEqual([{ sha256, open: 1, all: 1 }])
    expect(await deps.candidateAnchors?.(caseId)).toEqual({ anchors: [], missing: [] })
  })

  it('in a file with a new one is told as there already, and the new one is added', async () => {
    const fresh = await makeCa({ country: 'DK', commonName: 'Ny CA' }, validity, 'ec-p256')
    const bytes = Buffer.from(`${ca.certificatePem}\n${fresh.certificatePem}`)
    const file = {
      kind: 'file',
      bytes,
      purposes: ['document'],
      constraints: FREE,
      countsFrom: null,
      countsUntil: null,
    } as const
    const id = await plan(file)
    const { proposal, anchors } = await deps.plannedTrust({ id, actor: ADMIN, language: 'da' })
    expect(anchors.map(({ sha256, present }) => [sha256, present])).toEqual([
      [sha256Hex(ca.certificate), true],
      [sha256Hex(fresh.certificate), false],
    ])
    await deps.confirmTrust({ id, seen: proposal.trustStamp, actor: ADMIN })
    const inQueue = await gateway.store.document(documentId)
    const signed = await gateway.store.blobs.get(inQueue?.sha256 ?? '')
    const disabledAt = '2026-11-24T09:02:00.000Z'
    const known = await gateway.store.anchor(sha256Hex(ca.certificate))
    await gateway.store.commit((write) => write.updateAnchor(known?.sha256 ?? '', { disabledAt }))
    // What is here and out of force counts in a test as if it were added, as on the command line.
    const how = { certificates: Buffer.from(ca.certificatePem), purposes: ['document'] as const }
    const tested = await deps.testFile({ bytes: signed, name: 'a.pdf', planned: how, actor: ADMIN })
    expect([tested.present.indication, tested.planned?.indication]).toEqual(['INDETERMINATE', 'TOTAL-PASSED'])
    await gateway.store.commit((write) => write.updateAnchor(known?.sha256 ?? '', { disabledAt: null }))
    await expect(plan(file)).rejects.toMatchObject({ code: 'duplicate' })
    expect((await trusted())[0]).toHaveLength(2)
  })
})

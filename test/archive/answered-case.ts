import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ArchiveCaseParts, createFolderConnector } from '../../src/archive/index.ts'
import { approveCase, carryOutApproval, openCase, settleLetter } from '../../src/casework/index.ts'
import type { Case } from '../../src/model/case.ts'
import { newId } from '../../src/model/ids.ts'
import type { Job } from '../../src/model/job.ts'
import type { Delivery } from '../../src/model/letter.ts'
import { CASEWORKER, type GivenPart, given, pdf, type Scene, scene } from '../casework/scene.ts'

export interface AnsweredScene extends Scene {
  readonly row: Case
  readonly job: Job
  readonly dir: string
  readonly archive: ArchiveCaseParts
}

/** A case that went all the way to its answer, its job "archive" leased, and an archive folder that is empty. */
export async function answeredCase(
  parts: readonly GivenPart[] = [pdf('Attest 010270-1234.pdf'), { name: 'note.txt', bytes: Buffer.from('hej') }],
): Promise<AnsweredScene> {
  const world = scene()
  await given(world, parts)
  await openCase(await world.lease('open-case'), world.parts)
  const [opened] = await world.store.listCases()
  const caseId = opened?.id ?? ''
  await approveCase({ caseId, actor: CASEWORKER }, world)
  await carryOutApproval(await world.lease('approve'), {
    ...world.parts,
    typesetter: {
      stampApproved: async (bytes) => Buffer.concat([bytes, Buffer.from('stamped')]),
      approvalPage: async () => Buffer.from('%PDF page'),
    },
    sealer: { sealPdf: async (bytes) => Buffer.concat([bytes, Buffer.from('sealed')]) },
  })
  await deliver(world, caseId)
  const row = await world.store.case(caseId)
  if (!row) throw new Error('no case')
  const dir = await mkdtemp(join(tmpdir(), 'poststempel-archive-'))
  return {
    ...world,
    row,
    dir,
    job: await world.lease('archive'),
    archive: { ...world.parts, connector: createFolderConnector(dir) },
  }
}

async function deliver({ store, clock }: Scene, caseId: string): Promise<void> {
  const letter = await store.letterByCause(`decision:${caseId}`)
  if (!letter) throw new Error('no letter')
  const mail = await store.blobs.put(Buffer.from('Message-ID: <out-1@demokobing.example>\r\n\r\nencrypted'))
  const at = clock().toISOString()
  const delivery: Delivery = {
    id: newId(),
    letterId: letter.id,
    caseId,
    channel: 'openpgp-mail',
    routeReason: 'key-from-sender',
    address: 'kai@example.org',
    messageId: '<out-1@demokobing.example>',
    rawSha256: mail.sha256,
    rawSize: mail.size,
    state: 'accepted',
    attempts: 1,
    possiblyDoubled: 0,
    createdAt: at,
    updatedAt: at,
  }
  await store.commit(async (write) => {
    await write.keepBlob(mail)
    await write.addDelivery(delivery)
    await write.addEvidence({ id: newId(), deliveryId: delivery.id, at, event: 'accepted', detail: { smtpCode: 250 } })
    await settleLetter(write, letter, delivery, clock().toISOString())
  })
}

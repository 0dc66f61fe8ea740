import type { ArchivePackage } from '../model/archive-package.ts'
import { GatewayError } from '../model/errors.ts'
import { finishJob } from '../model/finish-job.ts'
import { appendHistory } from '../model/history.ts'
import { newId } from '../model/ids.ts'
import type { Job } from '../model/job.ts'
import type { ArchiveConnector, Log } from '../model/ports.ts'
import type { Settings } from '../model/settings.ts'
import type { Store } from '../model/store.ts'
import { type Clock, instant } from '../model/time.ts'
import { gatherDossier } from './dossier.ts'
import { holdLease } from './hold-lease.ts'
import { planPackage, tenantFacts, writePackage } from './package.ts'
import { packageObjid } from './package-names.ts'
import { SYSTEM } from './system.ts'

export interface ArchiveCaseParts {
  readonly store: Store
  readonly connector: ArchiveConnector
  readonly clock: Clock
  readonly log: Log
  readonly settings: Pick<Settings, 'municipality' | 'caseTypes'>
}

/** A later version holds what came to the case after it was archived, such as a renewed time-stamp. */
interface Asked {
  readonly caseId: string
  readonly version: number
}

const askedBy = ({ key, payload }: Job): Asked => ({
  caseId: payload['caseId'] ?? key,
  version: Number(payload['version'] ?? 1),
})

/**
 * Job "archive", key: case id, or case id and version from the second on. Plans the package on record, puts it, and stores the archive's acknowledgement; only
 * then is the case archived. Each step is on disk before the next; a repeat goes on where the last one was killed.
 * @throws GatewayError archive-refused (retryable: the package is put anew), archive-unavailable, storage-full
 */
export async function archiveCase(job: Job, parts: ArchiveCaseParts): Promise<void> {
  const { store, connector, clock, log, settings } = parts
  await holdLease(job, store)
  const asked = askedBy(job)
  const { caseId, version } = asked
  const planned = await planOnRecord(asked, parts)
  if (planned.state === 'acknowledged') return store.commit((write) => finishJob(write, job))
  const put = planned.state === 'put' && planned.location && planned.fixity ? planned : await putPackage(planned, parts)

  const answer = await connector.acknowledge(put.location ?? '', put.fixity ?? '')
  if (!answer.acknowledged) {
    await store.commit((write) => write.updatePackage(planned.id, { state: 'refused' }))
    throw new GatewayError(
      'archive-refused',
      `The archive does not have the package: ${answer.problem ?? 'no reason'}`,
      {
        retryable: true,
        facts: { caseId: caseId, connector: connector.name },
      },
    )
  }
  await store.commit(async (write) => {
    const at = instant(clock())
    const state = (await write.case(caseId))?.state
    const isOpen = (await write.packagesOfCase(caseId)).some(
      (row) => row.id === planned.id && row.state !== 'acknowledged',
    )
    if ((state === 'answered' || state === 'archived') && isOpen) {
      await write.updatePackage(planned.id, { state: 'acknowledged', acknowledgedAt: at })
      if (state === 'answered') await write.updateCase(caseId, { state: 'archived', archivedAt: at })
      await appendHistory(write, {
        caseId: caseId,
        at,
        actor: SYSTEM,
        event: 'archived',
        payload: {
          packageId: planned.id,
          version,
          objid: packageObjid(settings.municipality.cvr, caseId, version),
          connector: connector.name,
          fixity: put.fixity,
        },
      })
    }
    await finishJob(write, job)
  })
  log.info({ caseId: caseId, packageId: planned.id, connector: connector.name }, 'case archived')
}

/**
 * Gives the package's row, made once. With it goes the history's last entry that belongs in the package: whatever
 * happens to the case between two attempts, both write the same bytes.
 */
async function planOnRecord(
  { caseId, version }: Asked,
  { store, connector, clock }: ArchiveCaseParts,
): Promise<ArchivePackage> {
  return store.commit(async (write) => {
    const answered = await write.case(caseId)
    if (!answered) throw new GatewayError('not-found', 'There is no such case', { facts: { caseId } })
    const known = (await write.packagesOfCase(caseId)).find(
      (row) => row.connector === connector.name && row.version === version,
    )
    if (known) return known
    if (answered.state !== 'answered' && answered.state !== 'archived') {
      throw new GatewayError('wrong-state', 'Only an answered case is archived', {
        facts: { caseId, state: answered.state },
      })
    }
    const at = clock()
    const row: ArchivePackage = {
      id: newId(at.getTime()),
      caseId,
      version,
      connector: connector.name,
      location: null,
      fixity: null,
      state: 'planned',
      acknowledgedAt: null,
      createdAt: instant(at),
    }
    await write.addPackage(row)
    await appendHistory(write, {
      caseId,
      at: row.createdAt,
      actor: SYSTEM,
      event: 'archive-planned',
      payload: { packageId: row.id, connector: connector.name, version },
    })
    return row
  })
}

async function putPackage(
  row: ArchivePackage,
  { store, connector, settings }: ArchiveCaseParts,
): Promise<Pick<ArchivePackage, 'location' | 'fixity'>> {
  const history = await store.history(row.caseId)
  const planned = history.find(({ event, payload }) => event === 'archive-planned' && payload?.['packageId'] === row.id)
  const dossier = await gatherDossier(store, row.caseId, {
    at: row.createdAt,
    historySeq: planned?.seq ?? history.length,
  })
  const tenant = tenantFacts(settings, dossier.case.caseType)
  const objid = packageObjid(tenant.municipality.cvr, row.caseId, row.version)
  const plan = planPackage(dossier, { objid, version: row.version, packedAt: row.createdAt, tenant })
  const { location, fixity } = await connector.put(objid, (folder) => writePackage(folder, plan, store.blobs))
  await store.commit((write) => write.updatePackage(row.id, { state: 'put', location, fixity }))
  return { location, fixity }
}

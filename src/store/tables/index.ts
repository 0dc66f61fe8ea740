import type { Reader, Writer } from '../../model/store.ts'
import type { Instant } from '../../model/time.ts'
import type { Db } from '../schema.ts'
import { accessReads, accessWrites } from './access.ts'
import { administrationReads, administrationWrites } from './administration.ts'
import type { AnchorList } from './anchor-list.ts'
import { apiReads, apiWrites } from './api.ts'
import { caseReads, caseWrites } from './cases.ts'
import { intakeReads, intakeWrites } from './intake.ts'
import { jobReads, jobWrites } from './jobs.ts'
import { keyReads, keyWrites } from './keys.ts'
import { letterReads, letterWrites } from './letters.ts'
import { preservationReads, preservationWrites } from './preservation.ts'
import { proposalReads, proposalWrites } from './proposals.ts'
import { trustReads, trustWrites } from './trust.ts'

/** Gives every read over one connection; a transaction KEEPS no list of anchors for others. */
export function createReader(db: Db, anchors: AnchorList, keeps = true): Reader {
  return {
    ...intakeReads(db),
    ...caseReads(db),
    ...accessReads(db),
    ...apiReads(db),
    ...letterReads(db),
    ...trustReads(db, anchors, keeps),
    ...keyReads(db),
    ...proposalReads(db),
    ...jobReads(db),
    ...administrationReads(db),
    ...preservationReads(db),
  }
}

/** Gives every write over a transaction; onJob is called for each job that it adds. */
export function createWriter(
  db: Db,
  parts: {
    readonly now: () => Instant
    readonly newId: () => string
    readonly onJob: () => void
    readonly anchors: AnchorList
  },
): Writer {
  return {
    ...createReader(db, parts.anchors, false),
    ...intakeWrites(db),
    ...caseWrites(db),
    ...accessWrites(db),
    ...apiWrites(db),
    ...letterWrites(db),
    ...trustWrites(db),
    ...keyWrites(db),
    ...proposalWrites(db),
    ...administrationWrites(db),
    ...preservationWrites(db),
    ...jobWrites(db, { now: parts.now, newId: parts.newId, onAdded: parts.onJob }),
  }
}
